"""A picture of the use of an allocation over its year, against the year before (specification, section 9).

The ledger says on which day places were used. The picture adds them up to the end of each month of the year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

from dateutil.relativedelta import relativedelta
from django.db.models import Sum
from django.db.models.functions import TruncDate

from licences.models import Allocation, AllocationEntry
from licences.models.allocation_entry import EFFECTS
from sms.core import clock
from sms.core.govuk import formats
from sms.core.pictures import Limit, Picture, Series

MONTHS = 12
USES = [kind for kind, effect in EFFECTS.items() if effect.used]


def pictures(allocations: Sequence[Allocation]) -> list[Picture]:
    """Return a picture for each allocation in force among `allocations`, which have all years of a licence.

    This takes one statement.
    """
    today = clock.today()
    pairs = [(now, _before(now, allocations)) for now in allocations if now.starts_on <= today <= now.expires_on]
    used = _used_by_day([each for pair in pairs for each in pair if each])
    return [_picture(now, before, used) for now, before in pairs]


def _before(now: Allocation, allocations: Sequence[Allocation]) -> Allocation | None:
    """Return the allocation of the same route whose year came before."""
    earlier = [each for each in allocations if each.route == now.route and each.starts_on < now.starts_on]
    return max(earlier, key=lambda each: each.starts_on, default=None)


def _used_by_day(allocations: Sequence[Allocation]) -> dict[int, dict[date, int]]:
    """Return the places used on each day, by the allocation's key."""
    entries = AllocationEntry.objects.filter(allocation__in=allocations, kind__in=USES).order_by()
    by_day = entries.values_list("allocation", TruncDate("at", tzinfo=clock.LONDON)).annotate(Sum("number"))
    used: dict[int, dict[date, int]] = defaultdict(dict)
    for pk, day, number in by_day:
        used[pk][day] = number
    return used


def _last_days(allocation: Allocation) -> list[date]:
    """Return the last day of each month of the allocation's year. The months begin on its first day."""
    ends = (allocation.starts_on + relativedelta(months=number) for number in range(1, MONTHS + 1))
    return [end - timedelta(days=1) for end in ends]


def _by_month(allocation: Allocation, used: dict[date, int]) -> list[int]:
    """Return the places used up to the end of each month. What a late payment used counts in the last month."""
    last_days = _last_days(allocation)
    months = [0] * MONTHS
    for day, number in used.items():
        place = next((place for place, last_day in enumerate(last_days) if day <= last_day), MONTHS - 1)
        months[place] += number
    return list(accumulate(months))


def _picture(now: Allocation, before: Allocation | None, used: dict[int, dict[date, int]]) -> Picture:
    today, last_days = clock.today(), _last_days(now)
    first_days = [now.starts_on, *(day + timedelta(days=1) for day in last_days[:-1])]
    so_far = _by_month(now, used[now.pk])
    this_year = [number if first <= today else None for first, number in zip(first_days, so_far, strict=True)]
    series = [Series(now.year, this_year, is_bars=True)]
    if before:
        series.append(Series(before.year, _by_month(before, used[before.pk])))
    return Picture(
        name=f"use-{now.route.lower().replace('_', '-')}",
        title=f"Places used, {now.get_route_display()} route",
        heading="Used by",
        labels=[formats.day(day).rpartition(" ")[0] for day in last_days],
        series=series,
        limits=[Limit(f"Limit of {now.year}: {now.granted:,}", now.granted)],
        short=lambda label: label.partition(" ")[2][:3],
    )
