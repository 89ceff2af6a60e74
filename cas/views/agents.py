"""Pages of the register of agents. All users see it, and Level 1 users keep it (specification, sections 7 and 8)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cas.details import fields
from cas.finding.listing import counts_of, listing, wanted_status
from cas.forms.agents import AgentForm
from cas.models import CAS, Agent
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.timeline import timeline
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import saved
from sms.core.govuk.pages import pagination
from sms.core.refused import Stale

A_PAGE = 50
FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Action.AGENTS_SEE)
def agents(request: SignedInRequest) -> HttpResponse:
    """List the agents that users can choose, or the retired ones, by name."""
    sought, retired = request.GET.get("name", ""), "retired" in request.GET
    found = Agent.objects.for_user(request.user).named(sought)
    counts = dict(found.order_by().values_list("is_retired").annotate(Count("pk")))
    pages = Paginator(found.filter(is_retired=retired), A_PAGE)
    pages.count = counts.get(retired, 0)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pagination": pagination(page, request.GET),
        "sought": sought,
        "retired": retired,
        "counts": {each: counts.get(each, 0) for each in (False, True)},
    }
    return render(request, "cas/agents.html", context)


@require_http_methods(FORM)
@requires(Action.AGENTS_KEEP)
@keeps_drafts(AgentForm.parameters, is_new=True)
def add_agent(request: SignedInRequest, draft: FormDraft) -> HttpResponse:
    form = draft.shown(AgentForm(draft.typed))
    if form.is_valid():
        with form.refusals():
            rows = Agent.objects.for_user(request.user)
            agent = draft.save_once(rows, lambda: Agent.objects.add(form.cleaned_data, by=request.user))
            messages.success(request, "The agent is saved. You can now choose it on the CAS form.")
            return redirect("agent", agent.pk)
    return _form_page(request, form, draft)


@require_safe
@requires(Action.AGENTS_SEE)
def agent_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an agent, and the CAS that name it, as far as the user may see them."""
    agent = _load(request, pk)
    rows = CAS.objects.for_user(request.user).filter(agent=agent)
    counts = counts_of(rows, wanted_status(request))
    context = listing(request, rows, counts, named=f"agent:{pk}", is_search=True)
    context |= {"agent": agent, "lines": fields.displayed(agent.lines), "timeline": timeline(agent, request.GET)}
    return render(request, "cas/agent.html", context)


@require_http_methods(FORM)
@requires(Action.AGENTS_KEEP)
@keeps_drafts(AgentForm.parameters)
def edit_agent(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    agent = _load(request, pk)
    form = draft.shown(AgentForm(draft.typed, initial={**agent.lines, "version": agent.last_event()}))
    if form.is_valid():
        try:
            with form.refusals():
                changed = agent.amend(form.cleaned_data, by=request.user, seen=form.based_on())
                draft.finish()
                saved(request, changed, "The agent is saved. Existing CAS have not changed.")
                return redirect("agent", pk)
        except Stale as stale:
            again = AgentForm(initial={**form.cleaned_data, "version": agent.last_event()})
            return _form_page(request, again, draft, agent, stale)
    return _form_page(request, form, draft, agent)


@require_http_methods(FORM)
@requires(Action.AGENTS_KEEP)
def retire_agent(request: SignedInRequest, pk: int) -> HttpResponse:
    agent = _load(request, pk)
    if request.method == "POST":
        agent.retire(by=request.user)
        messages.success(request, f"{agent} is retired. Users can no longer choose it.")
        return redirect("agent", pk)
    return render(request, "cas/agent_retire.html", {"agent": agent})


@require_http_methods(FORM)
@requires(Action.AGENTS_KEEP)
def reinstate_agent(request: SignedInRequest, pk: int) -> HttpResponse:
    agent = _load(request, pk)
    if request.method == "POST":
        agent.reinstate(by=request.user)
        messages.success(request, f"{agent} is reinstated. Users can choose it again.")
        return redirect("agent", pk)
    return render(request, "cas/agent_reinstate.html", {"agent": agent})


def _form_page(
    request: SignedInRequest,
    form: AgentForm,
    draft: FormDraft,
    agent: Agent | None = None,
    stale: Stale | None = None,
) -> HttpResponse:
    context = {"form": form, "agent": agent, "draft": draft, "stale": stale}
    return render_form(request, "cas/agent_form.html", context, stale=stale)


def _load(request: SignedInRequest, pk: int) -> Agent:
    agent: Agent = get_object_or_404(Agent.objects.for_user(request.user), pk=pk)
    return agent
