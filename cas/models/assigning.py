"""Why a CAS cannot be assigned yet: the same reasons on its page, before payment and for a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cas.details import fields
from cas.details.types import CASField
from cas.lifecycle import CASStatus
from licences.models import Allocation, Licence
from sms.core import clock

if TYPE_CHECKING:
    from cas.models.batch import Batch
    from cas.models.cas import CAS
    from licences.models import User

NOT_IN_IT = "This CAS is not in the batch."


@dataclass(frozen=True)
class Obstacle:
    """One reason, as a sentence; with the field to complete or correct, if there is one."""

    sentence: str
    field: CASField | None = None
    is_missing: bool = False


def obstacles(cas: CAS, licence: Licence | None, *, batch: Batch | None = None) -> Iterator[Obstacle]:
    """What stands in the way of assigning `cas`, the allocation apart (specification, section 3, *assign*).

    `batch` is the batch that is to be assigned, if it is one: what is in a batch is assigned only with it. There is no
    `licence` where it was asked before, once for many CAS.
    """
    if cas.batch_id != (batch.pk if batch else None):
        yield Obstacle(f"This CAS is in the batch “{cas.batch}”. Assign it with the batch." if cas.batch else NOT_IN_IT)
    if cas.status not in {CASStatus.WORK_IN_PROGRESS, CASStatus.READY_TO_GO}:
        yield Obstacle(f"This CAS is {cas.status}. It has already been assigned.")
        return
    if licence and (reason := licence.why_not_assign(cas.route)):
        yield Obstacle(reason)
    yield from incomplete(cas)


def incomplete(cas: CAS) -> Iterator[Obstacle]:
    """What is missing or wrong in the details of `cas`, by today's rules."""
    for field in fields.missing(cas):
        yield Obstacle(f"“{field.subject}” is mandatory.", field, is_missing=True)
    for name, sentence in fields.errors(cas).items():
        yield Obstacle(sentence, fields.BY_NAME[name])
    if cas.course_end_date and cas.course_end_date < clock.today():
        ended = fields.BY_NAME["course_end_date"]
        yield Obstacle("The course has already ended. Check the expected course end date.", ended)


def too_few_places(allocation: Allocation | None, route: str, number: int, by: User) -> str:
    """Why `number` places cannot be held, with the way out; empty when they can."""
    if allocation is None:
        reason = "Your sponsor has no current allocation for this route."
    elif allocation.unused < number:
        reason = allocation.too_few(number)
    else:
        return ""
    return with_way_out(reason, by)


def with_way_out(reason: str, by: User) -> str:
    """The reason why there are too few places, and what `by` can do about it."""
    if by.may("allocation.request"):
        return f"{reason} Ask the Home Office for more with Request CoS/CAS increase."
    return f"{reason} Ask a Level 1 user to request an increase."
