"""`Set one field` of the selected CAS of a batch: choose the field, type the value, confirm (section 11)."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from cas.details.field import CASField
from cas.forms.setting import SELECTED, FieldForm, ValueForm, parameters, value_form
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch, Rule
from cas.models.setting import Setting, cas_to_set, set_field
from cas.timeline import with_names
from cas.views.batches import batch_details, seen_in, selected_in
from cas.views.loading import load_batch
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form, unselected
from sms.core.ids import id_in, ids_in
from sms.core.limits import MOST_SELECTED
from sms.core.refused import Refused, Stale

NAMED = 10  # the number of students named for each value
MOST_VALUES = 20  # that are replaced and listed


class Chosen(NamedTuple):
    """The CAS of a batch that the user selected, and the texts that were `sent` or that their draft contains.

    `seen` is the id of the last line of the batch's history that the user saw.
    """

    request: SignedInRequest
    draft: FormDraft
    sent: MultiValueDict[str, str]
    batch: Batch
    cas_list: list[CAS]
    seen: int


def _batch_details(request: SignedInRequest, pk: int) -> str:
    return reverse("batch", args=[pk])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
@keeps_drafts(parameters, is_new=True, discarded=_batch_details)
def set_one_field(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """`Set one field`: ask which field and which value, show what will change, then change it.

    A GET continues with a draft, which contains the selection.
    """
    batch, sent = load_batch(request, pk), draft.typed
    if sent is None:
        messages.error(request, "Select the CAS to change, and then “Set one field”.")
        return redirect("batch", pk)
    selected, seen = _selected(request, batch, sent if draft.kept_at else None)
    if refused := _why_not(batch) or (None if selected else unselected("change")):
        return batch_details(request, batch, refused=refused, selected=selected)
    try:
        cas_list = cas_to_set(batch, selected, by=request.user, seen=seen)
    except Stale as stale:
        return batch_details(request, batch, refused=stale, selected=selected)
    return _with_cas(Chosen(request, draft, sent, batch, cas_list, seen))


def _selected(request: SignedInRequest, batch: Batch, kept: MultiValueDict[str, str] | None) -> tuple[set[int], int]:
    """Return the ids of the selected CAS, and the id of the last line of the batch's history that the user saw.

    If the form is filled from a draft, `kept`, the CAS that have left the batch since are no longer selected.
    """
    if kept is None:
        return selected_in(request, batch), seen_in(request)
    there = CAS.objects.for_user(request.user).filter(batch=batch, pk__any_of=ids_in(kept.getlist(SELECTED)))
    return set(there.values_list("pk", flat=True)), batch.last_event()


def _why_not(batch: Batch) -> Refused | None:
    return batch.why_not() or batch.licence.why_not_save(batch.route)


def _with_cas(chosen: Chosen) -> HttpResponse:
    """Ask for the field; with a field, go on to ask for its value."""
    sent = chosen.sent
    form = FieldForm(sent if "field" in sent else None, route=chosen.batch.route)
    form = form if "typed" in sent else chosen.draft.shown(form)
    return _with_field(chosen, form.chosen) if form.is_valid() else _ask(chosen, form)


def _with_field(chosen: Chosen, field: CASField) -> HttpResponse:
    """Ask for the value; with a value, show what will change; with what was shown, change it."""
    request, batch, form = chosen.request, chosen.batch, _value_form(chosen, field)
    if not form.is_valid():
        return _ask(chosen, form, section=field.section.name)
    value = form.cleaned_data[field.name]
    if "shown" not in request.POST:
        return _confirm(chosen, field, form)
    try:
        shown = _versions_in(request.POST["shown"])
        number = set_field(batch, field.name, value, shown, by=request.user, seen=chosen.seen)
    except Stale as stale:
        return _confirm(chosen, field, form, stale=stale)
    except Refused as refused:
        return batch_details(request, batch, refused=refused, selected={cas.pk for cas in chosen.cas_list})
    chosen.draft.finish()
    text = field.display(value)
    done = f"set to “{text}”" if text else "emptied"
    messages.success(request, f"“{field.subject}” was {done} in {number:,} CAS.")
    return redirect("batch", batch.pk)


def _value_form(chosen: Chosen, field: CASField) -> ValueForm:
    """Return the form for the value: empty, or with the value that was typed."""
    form = value_form(chosen.batch.route, field.name)
    if "typed" not in chosen.sent:
        return form(initial={"field": field.name, "typed": "yes"})
    return chosen.draft.shown(form(chosen.sent))


def _ask(chosen: Chosen, form: FieldForm | ValueForm, *, section: str = "") -> HttpResponse:
    context = {**_context(chosen), "form": form, "section": section}
    return render_form(chosen.request, "cas/batch_set_field.html", context)


def _confirm(chosen: Chosen, field: CASField, form: ValueForm, *, stale: Stale | None = None) -> HttpResponse:
    """Show how many CAS change and how; after `stale`, also who saved one of them meanwhile."""
    value = form.cleaned_data[field.name]
    setting = Setting.of(chosen.cas_list, field, value, Rule.objects.limits_for(chosen.batch.licence))
    context = {
        **_context(chosen),
        "setting": setting,
        "left": {f"{reason}.": found for reason, found in setting.left.items()},
        "earlier": setting.earlier(),
        "most_values": MOST_VALUES,
        "text": field.display(value),
        "ready": setting.becoming(CASStatus.READY_TO_GO),
        "unready": setting.becoming(CASStatus.WORK_IN_PROGRESS),
        "shown": " ".join(f"{pk}-{version}" for pk, version in setting.versions.items()),
        "sent": [(name, chosen.sent.get(name, "")) for name in form.parameters()],
        "since": with_names(stale.events[:NAMED]) if stale else [],
    }
    return render(chosen.request, "cas/batch_set_field_confirm.html", context, status=409 if stale else 200)


def _context(chosen: Chosen) -> dict[str, object]:
    ids = [cas.pk for cas in chosen.cas_list]
    return {"batch": chosen.batch, "ids": ids, "seen": chosen.seen, "draft": chosen.draft, "named": NAMED}


def _versions_in(text: str) -> dict[int, int]:
    """Return the versions by id of CAS in `text`, which has a pair such as 12-3 for each CAS."""
    pairs = (pair.partition("-") for pair in text.split()[:MOST_SELECTED])
    return {id_in(pk): id_in(version) for pk, _, version in pairs}
