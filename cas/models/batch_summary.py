"""A summary of an unassigned batch: its CAS and their versions, and why the batch cannot be assigned yet.

It takes the same few statements for 3 CAS and for 1,000.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.crypto import salted_hmac

from cas import refusals
from cas.details import fields
from cas.lifecycle import CASStatus
from cas.models.assigning import Obstacle, incomplete, too_few_places
from cas.models.batch import Batch
from cas.models.cas import CAS
from cas.rules import Rules
from licences.models import Allocation, Licence, User
from licences.scoping import Reach
from sms.core.prepared import LATER, reading_records
from sms.core.refused import Refused

NAMED = 10  # the number of CAS whose obstacles are listed
DETAILS = ("id", "version", "status", *fields.BY_NAME)
"""The columns that the pages of an unassigned batch show or check. Reading all columns takes twice as long."""


@dataclass(frozen=True)
class Unready:
    """A CAS of the batch that cannot be assigned yet, and why."""

    cas: CAS
    obstacles: list[Obstacle]


@dataclass(frozen=True)
class BatchSummary:
    """The CAS of a batch in figures.

    `versions` has the version of every CAS, by id. `seen` are the CAS that the page may show, oldest first. `unready`
    has the first CAS that are not ready, `NAMED` at most, of `unready_count` in all. `obstacles` has those of the CAS
    that were checked, by id.
    """

    batch: Batch
    versions: Mapping[int, int]
    seen: list[CAS]
    unready: list[Unready]
    unready_count: int
    obstacles: Mapping[int, list[Obstacle]]

    @classmethod
    def of(cls, batch: Batch, rules: Rules, reach: Reach | None = None) -> BatchSummary:
        """Return the summary of an unassigned batch, as it is now, by these rules.

        With the `reach` of a user, it has the CAS that they may see, with only their details. They are read after the
        versions, so that the digest is never newer than the page.
        """
        rows = list(CAS.objects.filter(batch=batch).order_by("pk").values_list("pk", "version", "status"))
        versions = {pk: version for pk, version, _ in rows}
        unfinished = [pk for pk, _, status in rows if status != CASStatus.READY_TO_GO]
        # CAS that are READY TO GO are checked only if no other CAS is left to complete: a course may have ended.
        looked_into = unfinished[:NAMED] if unfinished else list(versions)
        limits = rules.limits(batch.licence.sponsor_status)
        seen = _reading(reach)(batch.pk) if reach else []
        at_hand = {cas.pk: cas for cas in seen}
        if unknown := [pk for pk in looked_into if pk not in at_hand]:
            at_hand |= {cas.pk: cas for cas in CAS.objects.filter(pk__any_of=unknown)}
        found = [Unready(at_hand[pk], list(incomplete(at_hand[pk], limits))) for pk in looked_into if pk in at_hand]
        unready = [each for each in found if unfinished or each.obstacles]
        obstacles = {each.cas.pk: each.obstacles for each in found}
        return cls(batch, versions, seen, unready[:NAMED], len(unfinished) or len(unready), obstacles)

    @property
    def count(self) -> int:
        return len(self.versions)

    @property
    def ready_count(self) -> int:
        return self.count - self.unready_count

    @property
    def more(self) -> int:
        """Return how many CAS are not ready and are not in `unready`."""
        return self.unready_count - len(self.unready)

    @cached_property
    def digest(self) -> str:
        """Return a signature of the CAS and their versions. The forms that assign the batch send it back."""
        return digest_of(self.batch, self.versions)

    def why_not(self, licence: Licence, allocation: Allocation | None, *, by: User) -> Refused | None:
        """Return why `by` cannot assign the batch; None if nothing prevents it.

        The caller has checked that the batch can be changed, and that its CAS are ready.
        """
        if refused := licence.why_not_assign(self.batch.route):
            return refused
        return too_few_places(allocation, self.count, by) if self.count else refusals.BATCH_EMPTY()


@lru_cache(maxsize=500)
def _reading(reach: Reach) -> Callable[..., list[CAS]]:
    return reading_records(CAS.objects.for_user(reach).filter(batch=LATER).order_by("pk"), only=DETAILS)


def digest_of(batch: Batch, *versions: Mapping[int, int]) -> str:
    """Return a signature of what a page showed: a batch, and the versions of its CAS by id, in one or more parts."""
    shown = json.dumps([batch.pk, *(sorted(part.items()) for part in versions)])
    return salted_hmac("cas.models.batch_summary", shown, algorithm="sha256").hexdigest()
