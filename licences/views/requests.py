"""Pages of what a sponsor asks of the Home Office. They are for Level 1 users (specification, sections 7 and 9)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from licences import confirming, refusals
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.licence_requests import verbs
from licences.licence_requests.kind import CHANGES, INCREASE, RENEWAL, SERVICES, Group, Kind, RequestForm
from licences.licence_requests.options import asked, frozen, options
from licences.licence_requests.table import GROUPS, every_parameter, kind_named
from licences.lifecycle import ENDED, REQUEST_LIFECYCLE
from licences.models import LicenceRequest
from licences.permissions import Action, require
from licences.requests import SignedInRequest
from licences.routes import Route
from licences.timeline import timeline
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import link, refused_to
from sms.core.govuk.pages import pagination
from sms.core.ids import id_in
from sms.core.limits import MOST_SELECTED
from sms.core.refused import WRONG_STATUS, Refused, Stale

A_PAGE = 50
FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Action.REQUESTS_MAKE)
def licence_requests(request: SignedInRequest) -> HttpResponse:
    """List the requests of the sponsor: first those that are open, then the others, the latest decision first."""
    mine = LicenceRequest.objects.for_user(request.user).select_related("licence")
    page = Paginator(mine.order_by(F("closed_at").desc(nulls_first=True), "-pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "asked": [asked(each) for each in page],
        "groups": GROUPS,
        "pagination": pagination(page, request.GET),
    }
    return render(request, "licences/requests.html", context)


@require_http_methods(FORM)
@requires(Action.ALLOCATION_REQUEST)
def request_increase(request: SignedInRequest) -> HttpResponse:
    return group_page(request, INCREASE)


@require_http_methods(FORM)
@requires(Action.RENEWAL_REQUEST)
def request_renewal(request: SignedInRequest) -> HttpResponse:
    return group_page(request, RENEWAL)


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
def request_changes(request: SignedInRequest) -> HttpResponse:
    return group_page(request, CHANGES)


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
def request_services(request: SignedInRequest) -> HttpResponse:
    return group_page(request, SERVICES)


def group_page(request: SignedInRequest, group: Group) -> HttpResponse:
    """Show what the sponsor can ask in this group, and what it has asked; or submit what is saved."""
    if request.method == "POST":
        return _submit(request, group)
    licence = request.user.sponsor
    found = [] if licence.status in ENDED else options(group, request.user)
    context = {
        "group": group,
        "ended": refusals.ENDED_SO_NO_REQUESTS(status=licence.status) if licence.status in ENDED else None,
        "options": found,
        "saved": [each for option in found for each in option.saved],
        "frozen": frozen(group, licence),
    }
    return render(request, "licences/request_group.html", context)


def _submit(request: SignedInRequest, group: Group) -> HttpResponse:
    sent = (text.partition("-") for text in request.POST.get("requests", "").split()[:MOST_SELECTED])
    seen = {id_in(pk): id_in(version) for pk, _, version in sent}
    if any(asked(each).kind.asks_again for each in LicenceRequest.objects.for_user(request.user).filter(pk__in=seen)):
        confirming.require_recent(request)
    try:
        submitted = verbs.submit(seen, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, group.view)
    what = "request has" if len(submitted) == 1 else "requests have"
    messages.success(
        request,
        f"{len(submitted)} {what} been submitted to the Home Office.",
        extra_tags=link("See your requests", reverse("licence_requests")),
    )
    return redirect(group.view)


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
@keeps_drafts(every_parameter)
def add_request(request: SignedInRequest, draft: FormDraft, kind: str, route: str = "") -> HttpResponse:
    """Ask for the details of a new request of this kind, and save it. Let the user choose a route if it needs one."""
    of_kind, licence = _load_kind(request, kind, route), request.user.sponsor
    if of_kind.has_route and not route:
        return redirect(of_kind.group.view)
    if refused := of_kind.why_not_ask(licence, route):
        return refused_to(request, refused, of_kind.group.view)
    initial = of_kind.initial(licence, route)
    form = draft.shown(of_kind.form_class(draft.typed, licence=licence, route=route, initial=initial))
    if form.is_valid():
        with form.refusals():
            draft.save_once(
                LicenceRequest.objects.for_user(request.user),
                lambda: verbs.save(of_kind, route=route, **_answers(form), by=request.user),
            )
            return _saved(request, of_kind)
    return _form_page(request, form, draft, of_kind)


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
@keeps_drafts(every_parameter)
def edit_request(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Change a request that is not submitted yet."""
    row = _load(request, pk)
    kind = asked(row).kind
    if not row.is_saved:
        return redirect("licence_request", pk)
    form = draft.shown(_form_of(row, row.details | {"reasons": row.reasons, "version": row.version}, draft.typed))
    if form.is_valid():
        try:
            with form.refusals():
                verbs.amend(row, **_answers(form), version=form.based_on(), by=request.user)
                draft.finish()
                return _saved(request, kind)
        except Stale as stale:
            form = _form_of(row, {**form.cleaned_data, "version": row.version})
            return _form_page(request, form, draft, kind, row, stale)
    return _form_page(request, form, draft, kind, row)


@require_safe
@requires(Action.REQUESTS_MAKE)
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a request: what is asked, its state, the decision, and its history."""
    row = _load(request, pk)
    return _page(request, "licences/request.html", row, {"timeline": timeline(row, request.GET)})


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
def delete_request(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _load(request, pk)
    if request.method != "POST" and row.is_saved:
        return _page(request, "licences/request_delete.html", row)
    try:
        _require_post(request, row, "delete")
        verbs.delete(row, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "licence_request", pk)
    messages.success(request, "The saved request is deleted.")
    return redirect(asked(row).kind.group.view)


@require_http_methods(FORM)
@requires(Action.REQUESTS_MAKE)
def withdraw_request(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _load(request, pk)
    if request.method != "POST" and row.is_waiting:
        return _page(request, "licences/request_withdraw.html", row)
    try:
        _require_post(request, row, "withdraw")
        verbs.withdraw(row, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "licence_request", pk)
    messages.success(request, "The request is withdrawn. You can make a new request.")
    return redirect("licence_request", pk)


def _require_post(request: SignedInRequest, row: LicenceRequest, move: str) -> None:
    """Raise the refusal of this move, which the request's status does not allow, for a page that only asks about it."""
    if request.method != "POST":
        raise WRONG_STATUS(name="request", status=row.status, move=REQUEST_LIFECYCLE[move].label)


def _form_of(row: LicenceRequest, initial: dict[str, Any], typed: Any = None) -> RequestForm:
    return asked(row).kind.form_class(typed, licence=row.licence, route=row.route, initial=initial)


def _answers(form: RequestForm) -> dict[str, Any]:
    return {"details": form.details, "reasons": form.cleaned_data["reasons"]}


def _saved(request: SignedInRequest, kind: Kind) -> HttpResponse:
    messages.success(request, "The request is saved. The Home Office does not see it until you submit it.")
    return redirect(kind.group.view)


def _load(request: SignedInRequest, pk: int) -> LicenceRequest:
    rows = LicenceRequest.objects.for_user(request.user).select_related("licence", "submitted_by", "closed_by")
    found: LicenceRequest = get_object_or_404(rows, pk=pk)
    return found


def _load_kind(request: SignedInRequest, name: str, route: str) -> Kind:
    """Return the kind, if it takes such a route. Raises `Http404`, and `NotAllowed` if the user may not ask for it."""
    try:
        kind = kind_named(name)
    except LookupError:
        raise Http404 from None
    if route and not (kind.has_route and route in Route):
        raise Http404
    require(request.user, kind.action)
    return kind


def _page(request: SignedInRequest, template: str, row: LicenceRequest, more: Any = None) -> HttpResponse:
    found = asked(row)
    return render(request, template, {"row": row, "asked": found, "kind": found.kind, **(more or {})})


def _form_page(
    request: SignedInRequest,
    form: RequestForm,
    draft: FormDraft,
    kind: Kind,
    row: LicenceRequest | None = None,
    stale: Stale | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "kind": kind,
        "row": row,
        "stale": stale,
        "title": kind.title(form.route),
        "facts": kind.now(form.licence, form.route),
        "notes": kind.notes(form.licence, form.route),
    }
    return render_form(request, "licences/request_form.html", context, stale=stale)
