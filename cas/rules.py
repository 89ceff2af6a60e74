"""The rules that change by date, with the values of one day (specification, section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from licences.sponsor_status import SponsorStatus


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The value of every rule on `day`. Shares are in per cent and ages in years; a limit is itself allowed.

    `Rule.objects.on(day)` reads it, once for a request, a job or a file, which then pass it on.
    """

    day: date
    fee_pence: int
    placement_most_at_track_record: int
    placement_most_elsewhere: int
    remote_warned: int
    remote_most: int
    visa_brake: frozenset[str]
    student_least_age: int
    child_least_age: int
    child_most_age: int

    def placement_most(self, sponsor_status: str, *, is_rqf_6_or_above: bool) -> int:
        """Return the largest share of a course on placement that needs no justification, in per cent."""
        if is_rqf_6_or_above and sponsor_status == SponsorStatus.TRACK_RECORD:
            return self.placement_most_at_track_record
        return self.placement_most_elsewhere
