"""The rules that change by date, with the values of one day (specification, section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from licences.sponsor_status import SponsorStatus


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits that conditions on the details of a CAS name, for the sponsors of one status on one day.

    They are the largest shares of a course on placement that need no justification, in per cent.
    """

    placement_most_from_rqf_6: int
    placement_most_below_rqf_6: int


@dataclass(frozen=True)
class Lines:
    """The lines of a rate of the Basic Compliance Assessment, in per cent: where it passes, and where it is green.

    Without a green line, a pass is green.
    """

    passing: Fraction
    green: Fraction | None = None


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
    child_least_age_alone: int
    refusal_bands: Lines
    enrolment_bands: Lines
    completion_bands: Lines

    def limits(self, sponsor_status: str) -> Limits:
        """Return the limits for the CAS of a sponsor with this status."""
        has_record = sponsor_status == SponsorStatus.TRACK_RECORD
        return Limits(
            placement_most_from_rqf_6=(
                self.placement_most_at_track_record if has_record else self.placement_most_elsewhere
            ),
            placement_most_below_rqf_6=self.placement_most_elsewhere,
        )
