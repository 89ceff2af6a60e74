"""The form of a CAS on a page: with what was typed, with lists to fill it in from, and beside another user's save."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.shortcuts import redirect

from cas.details import fields
from cas.finding.way_back import WayBack
from cas.forms.cas import CASForm, cas_form
from cas.forms.long_names import MOVE, move_rest, too_long
from cas.forms.merging import merge
from cas.forms.pickers import LAST_AGENT, PICK, LastAgent, pickers_for
from cas.forms.starting import Start
from cas.models import CAS
from cas.models.agent import LINES
from cas.rules import Rules
from cas.views.loading import warned
from licences.drafts import FormDraft
from licences.requests import SignedInRequest
from licences.routes import Route
from sms.core.govuk.answers import render_form
from sms.core.refused import Stale


def cas_form_of(
    request: SignedInRequest,
    draft: FormDraft,
    route: str,
    rules: Rules,
    *,
    cas: CAS | None = None,
    start: Start | None = None,
    last: Callable[[], LastAgent | None] = lambda: None,
) -> CASForm:
    """Return the form with what was typed. If nothing was, it has the values of `cas`, or those to start with.

    A button of the form can fill in stored values or the agent of the last CAS, which `last` looks for, or move the end
    of a long name. None of them saves anything.
    """
    licence = cas.licence if cas else request.user.sponsor
    limits = rules.limits(licence.sponsor_status)
    if not {PICK, MOVE} & request.POST.keys():
        starts_with = start.values if start and draft.typed is None else {}
        return draft.shown(cas_form(route, limits, data=draft.typed, cas=cas, starts_with=starts_with))
    typed = request.POST.copy()
    move_rest(typed, request.POST.get(MOVE, ""))
    for picker in pickers_for(request.user, route):
        if picker.name == request.POST.get(PICK):
            picker.fill(typed)
    if request.POST.get(PICK) == LAST_AGENT and (found := last()):
        typed.update(found.typed)
    return cas_form(route, limits, data=typed, cas=cas).as_draft()


def form_page(request: SignedInRequest, form: CASForm, context: Mapping[str, object], rules: Rules) -> HttpResponse:
    """Return the page of the form, with the warnings about a CAS that is saved."""
    pickers = pickers_for(request.user, form.route, agent=form.chosen_agent())
    always: dict[str, object] = {
        "form": form,
        "stale": None,
        "start": None,
        "way_back": WayBack.of(request),
        "pickers": pickers,
        "too_long": too_long(form),
        "warned": [],
    }
    if isinstance(cas := context["cas"], CAS):
        always["warned"] = warned(cas, rules, can_edit=True)
    context = {**always, **context}
    return render_form(request, "cas/form.html", context, stale=context["stale"])


def compare_saves(
    request: SignedInRequest, draft: FormDraft, cas: CAS, form: CASForm, rules: Rules, stale: Stale
) -> HttpResponse:
    """Show the changes of the other users beside those of this user, above a form based on the saved version."""
    cas.refresh_from_db()
    theirs, mine = fields.values_of(cas), form.details()
    if stale.events and mine.items() <= theirs.items():  # the same form, sent twice
        draft.finish()
        return redirect("saved_cas", cas.pk)
    values, differences = merge(mine, theirs, stale.events)
    is_theirs = all(values[name] == theirs[name] for name in LINES)
    agent = cas.agent_id if is_theirs else form.chosen_agent()
    form = type(form)(initial={**values, "version": cas.version, "agent": agent})
    context = {"cas": cas, "route": Route(cas.route), "draft": draft, "stale": stale, "differences": differences}
    return form_page(request, form, context, rules)
