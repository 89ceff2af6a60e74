"""`Manage live CAS`: sponsor note, fees and withdrawal of a CAS (manual 5, the last two functions, steps 4 to 6)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from cas.details import fields
from cas.duties import DUTIES, FEES, NOTE, REPORT, WITHDRAW, Duty
from cas.models import CAS
from cas.timeline import timeline
from licences import confirming
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.timeline import entries
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import UNCHANGED
from sms.core.refused import Refused, Stale
from sponsorship_duties.forms import FeesForm, NoteForm, WithdrawForm
from sponsorship_duties.views.loading import activities_of, load_assigned
from sponsorship_duties.views.return_to import return_to

FORM = ["GET", "HEAD", "POST"]

SCREENS = {REPORT: "activity_history", NOTE: "edit_note", FEES: "update_fees", WITHDRAW: "withdraw_cas"}
NAMES = {NOTE: "note", FEES: "fees"}  # of the templates, and in the address of the page after saving
SAVED = {"note": "sponsor note saved", "fees": "fees updated"}


@require_safe
@requires(Action.CAS_SEE)
def manage_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the whole CAS, and what its status allows (step 4)."""
    cas, way = load_assigned(request, pk), return_to(request)
    return render(
        request,
        "duties/manage.html",
        {
            "cas": cas,
            "way": way,
            "duties": [(duty, way.along(SCREENS[duty], pk), duty.why_not_by(request.user, cas)) for duty in DUTIES],
            "activities": activities_of(cas),
            "sections": fields.displayed(cas),
            "timeline": timeline(cas, request.GET),
        },
    )


@require_http_methods(FORM)
@requires(Action.CAS_NOTE)
@keeps_drafts(NoteForm.parameters)
def edit_note(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Edit the sponsor note, starting with the current text (step 5)."""
    cas = load_assigned(request, pk)

    def save(form: NoteForm) -> bool:
        return cas.write_note(form.cleaned_data["sponsor_note"], by=request.user, version=form.based_on())

    return _edit(request, draft, cas, NOTE, NoteForm, {"sponsor_note": cas.sponsor_note}, save)


@require_http_methods(FORM)
@requires(Action.CAS_FEES)
@keeps_drafts(FeesForm.parameters)
def update_fees(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Update the fees (step 5)."""
    cas = load_assigned(request, pk)

    def save(form: FeesForm) -> bool:
        return cas.update_fees(form.fees(), by=request.user, version=form.based_on())

    paid = {name: getattr(cas, name) for name in fields.UPDATABLE_FEES}
    return _edit(request, draft, cas, FEES, partial(FeesForm, cas=cas), paid, save)


@require_http_methods(FORM)
@requires(Action.CAS_WITHDRAW)
@keeps_drafts(WithdrawForm.parameters)
def withdraw_cas(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Withdraw the CAS, with a reason. The page warns that this cannot be undone."""
    cas = load_assigned(request, pk)
    if request.method != "POST" and (refused := WITHDRAW.why_not(cas)):
        return _not_possible(request, pk, refused)
    form = draft.shown(WithdrawForm(draft.typed))
    if form.is_valid():
        confirming.require_recent(request)
        with form.refusals():
            cas.withdraw(by=request.user, reason=form.cleaned_data["reason"])
            draft.finish()
            messages.success(request, format_html("The CAS of {} is WITHDRAWN.", cas.student_name))
            return redirect(return_to(request).along("manage_cas", pk))
    return _form_page(request, "duties/withdraw.html", cas, form, draft)


@require_safe
@requires(Action.CAS_SEE)
def duty_saved(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Show what was saved. `OK` leads back to `Manage live CAS` (step 6)."""
    cas = load_assigned(request, pk)
    if what not in SAVED:
        raise Http404
    shown = {"cas": cas, "what": what, "said": SAVED[what], "fees": _fees(cas), "way": return_to(request)}
    return render(request, "duties/saved.html", shown)


def _fees(cas: CAS) -> list[tuple[str, str]]:
    """Return the labels and the saved amounts of the fees that can be updated."""
    updatable = [fields.BY_NAME[name] for name in fields.UPDATABLE_FEES]
    return [(field.label, field.display(getattr(cas, field.name))) for field in updatable]


def _not_possible(request: SignedInRequest, pk: int, refused: Refused) -> HttpResponse:
    messages.error(request, str(refused))
    return redirect(return_to(request).along("manage_cas", pk))


def _edit(
    request: SignedInRequest,
    draft: FormDraft,
    cas: CAS,
    duty: Duty,
    form_class: Callable[..., Any],
    initial: dict[str, Any],
    save: Callable[[Any], bool],
) -> HttpResponse:
    """Show the form of the note or the fees, starting with the current values; or save it and redirect."""
    if request.method != "POST" and (refused := duty.why_not(cas)):
        return _not_possible(request, cas.pk, refused)
    form = draft.shown(form_class(draft.typed, initial={**initial, "version": cas.version}))
    template = f"duties/{NAMES[duty]}.html"
    if form.is_valid():
        try:
            with form.refusals():
                changed = save(form)
                draft.finish()
                return _after_saving(request, cas, NAMES[duty], changed)
        except Stale as stale:
            return _form_page(request, template, cas, _based_on_theirs(form_class, request, cas), draft, stale)
    return _form_page(request, template, cas, form, draft)


def _after_saving(request: SignedInRequest, cas: CAS, what: str, changed: bool) -> HttpResponse:
    """Redirect to the page that says what was saved; or if nothing changed, to `Manage live CAS`, which says so."""
    way = return_to(request)
    if changed:
        return redirect(way.along("duty_saved", cas.pk, what))
    messages.info(request, UNCHANGED)
    return redirect(way.along("manage_cas", cas.pk))


def _based_on_theirs(form_class: Callable[..., Any], request: SignedInRequest, cas: CAS) -> Any:
    """Return the form as sent, but with the current version: a user who sends it again has seen the other save."""
    cas.refresh_from_db()
    typed = request.POST.copy()
    typed["version"] = str(cas.version)
    return form_class(typed).as_draft()


def _form_page(
    request: SignedInRequest, template: str, cas: CAS, form: Any, draft: FormDraft, stale: Stale | None = None
) -> HttpResponse:
    saves = entries(stale.events) if stale else []
    context = {"cas": cas, "form": form, "draft": draft, "saves": saves, "way": return_to(request)}
    shown = {**context, "fees": _fees(cas)}
    return render_form(request, template, shown, stale=stale)
