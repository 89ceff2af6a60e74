"""The reasons why a CAS cannot be assigned yet. Its page, the payment and batches all use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cas import refusals
from cas.details import fields
from cas.details.field import CASField
from cas.details.needs import is_empty
from cas.lifecycle import UNASSIGNED, CASStatus
from cas.rules import Limits
from licences.models import Allocation, Licence
from licences.permissions import Action
from sms.core import clock
from sms.core.refused import Refused

if TYPE_CHECKING:
    from cas.models.batch import Batch
    from cas.models.cas import CAS
    from licences.models import User


@dataclass(frozen=True)
class Obstacle:
    """A reason why a CAS cannot be assigned yet, with the field to complete or correct, if any."""

    refused: Refused
    field: CASField | None = None
    is_missing: bool = False

    @property
    def sentence(self) -> str:
        return str(self.refused)


def why_not_assign(
    cas: CAS, allocation: Allocation | None, limits: Limits, *, by: User, is_being_paid_for: bool = False
) -> list[Obstacle]:
    """Return why `by` cannot assign this CAS on its own now. Every page of the CAS gives this answer.

    At most one reason is not about its details. It comes first. `allocation` is the current one of the route. The place
    of a CAS that is being paid for is held already.
    """
    first = next(_beyond_details(cas, cas.licence), None)
    if first is None and not is_being_paid_for and (too_few := too_few_places(allocation, 1, by)):
        first = Obstacle(too_few)
    details = incomplete(cas, limits) if cas.status in UNASSIGNED else ()
    return [*([first] if first else []), *details]


def obstacles(cas: CAS, licence: Licence | None, limits: Limits, *, batch: Batch | None = None) -> Iterator[Obstacle]:
    """Yield the reasons why `cas` cannot be assigned, without the allocation (specification, section 3, *assign*).

    `limits` are today's for the sponsor. `batch` is the batch that is being assigned, if any: a CAS in a batch is
    assigned only with its batch. `licence` is None if the caller has already checked the licence, once for many CAS.
    """
    yield from _beyond_details(cas, licence, batch)
    if cas.status in UNASSIGNED:
        yield from incomplete(cas, limits)


def _beyond_details(cas: CAS, licence: Licence | None, batch: Batch | None = None) -> Iterator[Obstacle]:
    if cas.status in UNASSIGNED and cas.batch_id != (batch.pk if batch else None):
        yield Obstacle(refusals.IN_A_BATCH(batch=cas.batch) if cas.batch else refusals.NOT_IN_THE_BATCH())
    if cas.status not in UNASSIGNED:
        yield Obstacle(refusals.ALREADY_ASSIGNED(status=cas.status))
    elif licence and (refused := licence.why_not_assign(cas.route)):
        yield Obstacle(refused)


def incomplete(cas: CAS, limits: Limits) -> Iterator[Obstacle]:
    """Yield the missing and the wrong details of `cas`, by today's rules.

    A CAS can have none and still be WORK IN PROGRESS, because a new rule changes no status. It must be saved again.
    """
    found = list(_faults(cas, limits))
    yield from found
    if not found and cas.status == CASStatus.WORK_IN_PROGRESS:
        yield Obstacle(refusals.SAVE_AGAIN())


def _faults(cas: CAS, limits: Limits) -> Iterator[Obstacle]:
    values = fields.values_of(cas)
    for field in fields.missing(values, limits):
        value = values[field.name]
        if sentence := "" if is_empty(value) else field.why_no_answer(value):
            yield Obstacle(refusals.FIELD_INVALID.about(field.name, error=sentence), field)
            continue
        yield Obstacle(refusals.FIELD_MISSING.about(field.name, field=field.subject), field, is_missing=True)
    for name, sentence in fields.errors(values).items():
        yield Obstacle(refusals.FIELD_INVALID.about(name, error=sentence), fields.BY_NAME[name])
    if cas.course_end_date and cas.course_end_date < clock.today():
        ended = fields.BY_NAME["course_end_date"]
        yield Obstacle(refusals.COURSE_ENDED.about(ended.name), ended)


def too_few_places(allocation: Allocation | None, number: int, by: User) -> Refused | None:
    """Return why `number` places cannot be held, and what `by` can do about it; None if they can be held."""
    if allocation is None:
        return with_way_out(refusals.NO_ALLOCATION(), by)
    return with_way_out(allocation.too_few(number), by) if allocation.unused < number else None


def with_way_out(refused: Refused, by: User) -> Refused:
    """Return this refusal, with a sentence that says how `by` can get more places."""
    if by.may(Action.ALLOCATION_REQUEST):
        return refused.adding("Ask the Home Office for more with Request CoS/CAS increase.")
    return refused.adding("Ask a Level 1 user to request an increase.")
