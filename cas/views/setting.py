"""`Set one field` of the selected CAS of a batch: choose the field, type the value, confirm (section 11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cas.details.field import CASField
from cas.forms.setting import FieldForm, ValueForm, value_form
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch, Rule
from cas.models.setting import Setting, cas_to_set, set_field
from cas.timeline import with_names
from cas.views.batches import batch_details, seen_in, selected_in
from cas.views.loading import load_batch
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.ids import id_in
from sms.core.limits import MOST_SELECTED
from sms.core.refused import Refused, Stale

NAMED = 10  # the number of students named for each value
MOST_VALUES = 20  # that are replaced and listed


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
def set_one_field(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Set one field`: ask which field and which value, show what will change, then change it.

    A GET comes from a sign-in after a time-out, or from a reload in another tab: the selection is gone.
    """
    batch = load_batch(request, pk)
    if request.method != "POST":
        messages.error(request, "Nothing has been changed. Select the CAS again.")
        return redirect("batch", pk)
    selected = selected_in(request, batch)
    if error := _why_not(batch) if selected else "Select the CAS to change.":
        return batch_details(request, batch, error=error, selected=selected)
    try:
        cas_list = cas_to_set(batch, selected, by=request.user, seen=seen_in(request))
    except Stale as stale:
        return batch_details(request, batch, error=stale, selected=selected)
    form = FieldForm(request.POST if "field" in request.POST else None, route=batch.route)
    if not form.is_valid():
        return _ask(request, batch, cas_list, form)
    return _with_field(request, batch, cas_list, form.chosen)


def _why_not(batch: Batch) -> Refused | None:
    return batch.why_not() or batch.licence.why_not_save(batch.route)


def _with_field(request: SignedInRequest, batch: Batch, cas_list: list[CAS], field: CASField) -> HttpResponse:
    """Ask for the value; with a value, show what will change; with what was shown, change it."""
    form = value_form(batch.route, field.name)(_typed_or_none(request), initial={"field": field.name, "typed": "yes"})
    if not form.is_valid():
        return _ask(request, batch, cas_list, form, section=field.section.name)
    value = form.cleaned_data[field.name]
    if "shown" not in request.POST:
        return _confirm(request, batch, cas_list, field, form)
    try:
        shown, seen = _versions_in(request.POST["shown"]), seen_in(request)
        number = set_field(batch, field.name, value, shown, by=request.user, seen=seen)
    except Stale as stale:
        return _confirm(request, batch, cas_list, field, form, stale=stale)
    except Refused as refused:
        return batch_details(request, batch, error=refused, selected={cas.pk for cas in cas_list})
    text = field.display(value)
    done = f"set to “{text}”" if text else "emptied"
    messages.success(request, f"“{field.subject}” was {done} in {number:,} CAS.")
    return redirect("batch", batch.pk)


def _typed_or_none(request: SignedInRequest) -> Any:
    return request.POST if "typed" in request.POST else None


def _ask(
    request: SignedInRequest, batch: Batch, cas_list: list[CAS], form: FieldForm | ValueForm, *, section: str = ""
) -> HttpResponse:
    context = {**_context(request, batch, cas_list), "form": form, "section": section}
    return render(request, "cas/batch_set_field.html", context, status=422 if form.errors else 200)


def _confirm(
    request: SignedInRequest,
    batch: Batch,
    cas_list: list[CAS],
    field: CASField,
    form: ValueForm,
    *,
    stale: Stale | None = None,
) -> HttpResponse:
    """Show how many CAS change and how; after `stale`, also who saved one of them meanwhile."""
    value = form.cleaned_data[field.name]
    setting = Setting.of(cas_list, field, value, Rule.objects.limits_for(batch.licence))
    context = {
        **_context(request, batch, cas_list),
        "setting": setting,
        "left": {f"{reason}.": found for reason, found in setting.left.items()},
        "earlier": setting.earlier(),
        "most_values": MOST_VALUES,
        "text": field.display(value),
        "ready": setting.becoming(CASStatus.READY_TO_GO),
        "unready": setting.becoming(CASStatus.WORK_IN_PROGRESS),
        "shown": " ".join(f"{pk}-{version}" for pk, version in setting.versions.items()),
        "sent": [(name, request.POST.get(name, "")) for name in form.parameters()],
        "since": with_names(stale.events[:NAMED]) if stale else [],
    }
    return render(request, "cas/batch_set_field_confirm.html", context, status=409 if stale else 200)


def _context(request: SignedInRequest, batch: Batch, cas_list: list[CAS]) -> dict[str, object]:
    ids = [cas.pk for cas in cas_list]
    return {"batch": batch, "ids": ids, "seen": seen_in(request), "named": NAMED}


def _versions_in(text: str) -> dict[int, int]:
    """Return the versions by id of CAS in `text`, which has a pair such as 12-3 for each CAS."""
    pairs = (pair.partition("-") for pair in text.split()[:MOST_SELECTED])
    return {id_in(pk): id_in(version) for pk, _, version in pairs}
