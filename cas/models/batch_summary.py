"""What a batch holds: how many CAS, in which versions, and what stands in the way of assigning them.

It takes the same few statements for three CAS and for a thousand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.crypto import salted_hmac

from cas import refusals
from cas.lifecycle import CASStatus
from cas.models.assigning import Obstacle, incomplete, too_few_places
from cas.models.batch import Batch
from cas.models.cas import CAS
from licences.models import Allocation, Licence, User
from sms.core.refused import Refused

NAMED = 10  # CAS whose obstacles are told one by one


@dataclass(frozen=True)
class Unready:
    """A CAS of the batch that cannot be assigned yet, and why."""

    cas: CAS
    obstacles: list[Obstacle]


@dataclass(frozen=True)
class BatchSummary:
    """`versions` of all CAS of the batch by id; the first few of those that are `unready`, and how many they are."""

    batch: Batch
    versions: Mapping[int, int]
    unready: list[Unready]
    unready_count: int

    @classmethod
    def of(cls, batch: Batch) -> BatchSummary:
        """Of a batch that is not assigned, as it is now."""
        rows = list(CAS.objects.filter(batch=batch).order_by("pk").values_list("pk", "version", "status"))
        versions = {pk: version for pk, version, _ in rows}
        unfinished = [pk for pk, _, status in rows if status != CASStatus.READY_TO_GO]
        # What is READY TO GO is looked into only when nothing else is left to do: a course may have ended meanwhile.
        looked_into = unfinished[:NAMED] if unfinished else list(versions)
        found = [
            Unready(cas, list(incomplete(cas))) for cas in CAS.objects.filter(pk__any_of=looked_into).order_by("pk")
        ]
        unready = [each for each in found if unfinished or each.obstacles]
        return cls(batch, versions, unready[:NAMED], len(unfinished) or len(unready))

    @property
    def count(self) -> int:
        return len(self.versions)

    @property
    def ready_count(self) -> int:
        return self.count - self.unready_count

    @property
    def more(self) -> int:
        """How many are unready besides those that are named."""
        return self.unready_count - len(self.unready)

    @cached_property
    def digest(self) -> str:
        """Says which CAS in which versions these are, and cannot be made up. It travels with the forms that assign."""
        shown = json.dumps([self.batch.pk, sorted(self.versions.items())])
        return salted_hmac("cas.models.batch_summary", shown, algorithm="sha256").hexdigest()

    def why_not(self, licence: Licence, allocation: Allocation | None, *, by: User) -> list[Refused]:
        """Return why `by` cannot have the batch as a whole assigned, its CAS apart."""
        reasons = [
            self.batch.why_not(),
            licence.why_not_assign(self.batch.route),
            too_few_places(allocation, self.count, by) if self.count else refusals.BATCH_EMPTY(),
        ]
        return [reason for reason in reasons if reason]
