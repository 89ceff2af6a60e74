"""Decide about which CAS graduate notifications can be made (specification, section 8)."""

from __future__ import annotations

from collections.abc import Iterable

from cas.lifecycle import CASStatus, Outcome
from cas.models import CAS
from sms.core.refused import Refused
from sponsorship_duties import refusals


def why_not_notify(cas: CAS) -> Refused | None:
    """Return why no graduate notification can be made about `cas` now; None if one can."""
    return why_not_notify_each([cas])[0][1]


def why_not_notify_each(cas_list: Iterable[CAS]) -> list[tuple[CAS, Refused | None]]:
    """Return each CAS with why no graduate notification can be made about it; None if one can. It asks once for all."""
    cas_list = list(cas_list)
    standing = CAS.objects.filter(pk__any_of=[cas.pk for cas in cas_list], activities__is_standing_graduation=True)
    notified = set(standing.values_list("pk", flat=True))
    return [(cas, _why_not(cas, is_notified=cas.pk in notified)) for cas in cas_list]


def _why_not(cas: CAS, *, is_notified: bool) -> Refused | None:
    if cas.status != CASStatus.USED:
        return refusals.GRADUATE_NOT_USED(status=cas.status)
    if cas.outcome != Outcome.GRANTED:
        return refusals.GRADUATE_NOT_GRANTED()
    return refusals.GRADUATE_NOTIFIED_ALREADY() if is_notified else None
