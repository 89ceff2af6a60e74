"""Divide an unassigned batch: keep the CAS that can be assigned, and move the others to be completed (section 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import constant_time_compare

from cas import refusals
from cas.keys import text_key
from cas.lifecycle import CASStatus
from cas.models.assigning import incomplete
from cas.models.batch import NAME_SIZE, Batch
from cas.models.batch_summary import digest_of
from cas.models.cas import CAS
from cas.models.rule import Rule
from cas.rules import Rules
from licences.models import User
from licences.permissions import Action
from sms.core.refused import Refused

TO_COMPLETE = " – to complete"
MOST_NAMES = 1_000  # that are tried

_ENDING = re.compile(f"{TO_COMPLETE}( [0-9]+)?$")


@dataclass(frozen=True)
class Division:
    """The CAS of an unassigned batch in two parts: those that are `ready` to be assigned, and the `others`.

    `digest` is a signature of both parts. The page that asks for confirmation sends it back.
    """

    batch: Batch
    ready: list[CAS]
    others: list[CAS]
    digest: str

    @classmethod
    def of(cls, batch: Batch, rules: Rules) -> Division:
        """Return the division of this batch, as it is now, by these rules."""
        limits = rules.limits(batch.licence.sponsor_status)
        ready: list[CAS] = []
        others: list[CAS] = []
        for cas in CAS.objects.filter(batch=batch).order_by("pk"):
            can_go = cas.status == CASStatus.READY_TO_GO and not any(incomplete(cas, limits))
            (ready if can_go else others).append(cas)
        versions = [{cas.pk: cas.version for cas in part} for part in (ready, others)]
        return cls(batch, ready, others, digest_of(batch, *versions))

    def why_not(self) -> Refused | None:
        """Return why the batch cannot be divided; None if it can be."""
        if refused := self.batch.why_not() or self.batch.licence.why_not_save(self.batch.route):
            return refused
        if not self.ready:
            return refusals.NONE_READY()
        return None if self.others else refusals.ALL_READY()


def name_to_complete(batch: Batch) -> str:
    """Return the name for the CAS of `batch` that are to be completed. No other batch of the sponsor has it.

    A number at its end tells it from earlier ones, and a long name is cut.
    """
    whole = _ENDING.sub("", batch.name)
    similar = Batch.objects.filter(licence=batch.licence_id, name_key__contains=text_key(TO_COMPLETE))
    taken = set(similar.values_list("name_key", flat=True))
    endings = [TO_COMPLETE, *(f"{TO_COMPLETE} {number}" for number in range(2, MOST_NAMES + 1))]
    names = [whole[: NAME_SIZE - len(ending)].rstrip() + ending for ending in endings]
    # If every name is taken, the batch is refused because its name is taken.
    return next((name for name in names if text_key(name) not in taken), names[-1])


@transaction.atomic
def set_others_aside(batch: Batch, shown: str, *, by: User) -> Batch:
    """Move the CAS of `batch` that cannot be assigned yet into a new batch of its owner. Return the new batch.

    Raises `Refused`, and moves none, if the batch or one of its CAS has changed since `shown`, the digest of the
    division on the page of `by`.
    """
    batch.lock_to_change(Action.CAS_EDIT, by=by)
    CAS.objects.filter(batch=batch).locked()
    division = Division.of(batch, Rule.objects.on())
    if not constant_time_compare(shown, division.digest):
        raise refusals.BATCH_CHANGED_SINCE_SHOWN()
    if refused := division.why_not():
        raise refused
    aside = Batch.objects.add(name_to_complete(batch), route=batch.route, by=by, owner=batch.owner)
    aside.put([cas.pk for cas in division.others], by=by)
    return aside
