"""Functions that load a record for a view. They raise a 404 error if the user may not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from django.db.models import Model, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cas import refusals
from cas.details.text_warnings import FieldWarning
from cas.forms.cas import input_id, own_fields
from cas.lifecycle import OrderStatus
from cas.models import CAS, Batch, Order, Printout, Rule
from cas.models.assigning import why_not_assign
from cas.models.printout import KEPT_FOR as PRINTOUT_KEPT_FOR
from cas.rules import Rules
from licences.models import Allocation
from licences.requests import SignedInRequest
from licences.routes import Route
from licences.scoping import Reach
from sms.core.ids import HIGHEST
from sms.core.prepared import LATER, reading_records

ModelT = TypeVar("ModelT", bound=Model)


def load_route(route: str, covered: Iterable[Route]) -> Route:
    """Return the route in the address. Raises `Http404` if it is not `covered`: the licence lacks it or is closed."""
    for known in covered:
        if known == route:
            return known
    raise Http404


def load_cas(request: SignedInRequest, pk: int, *shown: str) -> CAS:
    """Return the CAS, with the related records that are `shown`: all of them, unless the page names its own.

    Raises `Http404` if it does not exist or this user may not see it.
    """
    read = _reading_cas(Reach.of(request.user), *shown or ("owner", "assigned_by", "batch", "agent"))
    cas = _only_of(read, pk)
    cas.licence = request.user.sponsor  # the same row, which is known already
    return cas


def load_batch(request: SignedInRequest, pk: int) -> Batch:
    """Return the batch. Raises `Http404` if it does not exist or this user may not see it."""
    batch = _only_of(_reading_batch(Reach.of(request.user)), pk)
    batch.licence = request.user.sponsor  # the same row, which is known already
    return batch


@lru_cache(maxsize=500)
def _reading_cas(reach: Reach, *shown: str) -> Callable[..., list[CAS]]:
    return reading_records(CAS.objects.for_user(reach).filter(pk=LATER), *shown)


@lru_cache(maxsize=500)
def _reading_batch(reach: Reach) -> Callable[..., list[Batch]]:
    return reading_records(Batch.objects.for_user(reach).filter(pk=LATER), "owner", "assigned_by")


def _only_of(read: Callable[..., list[ModelT]], pk: int) -> ModelT:
    for record in read(min(pk, HIGHEST)):  # an address can have a number that is too high for the database
        return record
    raise Http404


class Reason(NamedTuple):
    """Why a CAS cannot be assigned, and where to do something about it. Without a `link`, the text is the link."""

    text: str
    href: str = ""
    link: str = ""


def reasons(
    request: SignedInRequest,
    cas: CAS,
    rules: Rules,
    *,
    can_edit: bool,
    allocation: Allocation | None,
    order: Order | None = None,
) -> dict[str, list[Reason]]:
    """Return the reasons why the user cannot assign `cas` now by these rules, by section. Each page shows the same.

    A missing field is named by its label, and any other reason is a sentence. The reason that is not about a field
    comes first, under "". `order` is the open order of the CAS.
    """
    limits, user = rules.limits(cas.licence.sponsor_status), request.user
    edit = reverse("edit_cas", args=[cas.pk])
    found: dict[str, list[Reason]] = {}
    for obstacle in why_not_assign(cas, allocation, limits, by=user, is_being_paid_for=order is not None):
        section, reason = "", Reason(obstacle.sentence)
        if field := obstacle.field:
            section = field.section.name
            text = field.label if obstacle.is_missing else obstacle.sentence
            reason = Reason(text, f"{edit}#{input_id(cas.route, field.name)}" if can_edit else "")
        elif obstacle.refused.refusal is refusals.SAVE_AGAIN and can_edit:
            reason = Reason(obstacle.sentence, edit, "Amend")
        elif obstacle.refused.refusal is refusals.IN_A_BATCH and cas.batch:
            reason = Reason(obstacle.sentence, reverse("batch", args=[cas.batch.pk]), f"Go to the batch {cas.batch}")
        found.setdefault(section, []).append(reason)
    return found


def standing_of(request: SignedInRequest, cas: CAS) -> dict[str, object]:
    """Return what pages of `cas` say about its last payment, about changing it, and about assigning it."""
    if not cas.number:
        prefetch_related_objects([cas.licence], "routes")  # to save it and to assign it
    latest = Order.objects.latest_for(cas)
    order = latest if latest and latest.status == OrderStatus.OPEN else None
    why_not_save = cas.why_not("save", is_being_paid_for=order is not None)
    standing = {
        "latest": latest,
        "order": order,
        "why_not_save": why_not_save,
        "why_not_delete": cas.why_not("delete", is_being_paid_for=order is not None),
    }
    if cas.number:
        return {**standing, "reasons": {}, "warned": []}
    rules, can_edit = Rule.objects.on(), not why_not_save
    allocation = Allocation.objects.current(cas.licence_id, cas.route)
    found = reasons(request, cas, rules, can_edit=can_edit, allocation=allocation, order=order)
    return {**standing, "reasons": found, "warned": warned(cas, rules, can_edit=can_edit)}


def warned(cas: CAS, rules: Rules, *, can_edit: bool) -> list[tuple[FieldWarning, str]]:
    """Return the warnings about the details of `cas`, each with a link to its field if the CAS can be changed."""
    edit = reverse("edit_cas", args=[cas.pk]) if can_edit else ""
    on_form = own_fields(cas.route) if edit else []
    return [
        (warning, f"{edit}#{input_id(cas.route, warning.field.name)}" if warning.field in on_form else "")
        for warning in cas.warnings(rules)
    ]


def assign_again(order: Order | None, batch: Batch | None, cas: CAS | None) -> str:
    """Return where the CAS or the batch of an order that assigned nothing can be assigned again; "" if it cannot be."""
    if order is None or not order.has_ended_without_assigning:
        return ""
    if batch and not batch.assigned_at:
        return reverse("assign_batch", args=[batch.pk])
    return reverse("assign_cas", args=[cas.pk]) if cas and not (cas.number or cas.batch_id) else ""


def load_printout(request: SignedInRequest, key: str) -> Printout:
    """Return the printout. Raises `Refused`, a 404 error, if it was deleted or another user asked for it."""
    if asked := Printout.objects.for_user(request.user).select_related("job").filter(key=key).first():
        return asked
    raise refusals.PRINTOUT_NOT_KEPT(days=PRINTOUT_KEPT_FOR.days)


def load_order(request: SignedInRequest, reference: str) -> Order:
    """Return the order. Raises `Http404` if it does not exist or this user may not see it."""
    rows = Order.objects.for_user(request.user).select_related("licence", "allocation", "opened_by")
    return get_object_or_404(rows, reference=reference)
