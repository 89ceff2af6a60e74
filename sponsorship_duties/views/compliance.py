"""`Compliance`: the rates of the Basic Compliance Assessment, and the CAS behind each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cas.finding.listing import counted, listing, wanted_status
from cas.finding.selection import LISTS, CASList
from cas.models import CAS
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core import clock
from sponsorship_duties.compliance.assessment import assess
from sponsorship_duties.compliance.breakdown import DIMENSIONS, Dimension, Row, breakdown
from sponsorship_duties.compliance.listed import listed
from sponsorship_duties.compliance.metrics import METRICS, Metric
from sponsorship_duties.compliance.pictures import month_of, picture
from sponsorship_duties.compliance.rates import Count, Period, total

Line = tuple[str, Count, str | None]
"""A line of a table: its name, its counts, and the query of the lists of its CAS; None if it has no lists."""


@require_safe
@requires(Action.COMPLIANCE_SEE)
def compliance(request: SignedInRequest) -> HttpResponse:
    """Show the rates of today, the same under the next bands, and each rate by month."""
    found = assess(CAS.objects.for_user(request.user))
    context = {
        "found": found,
        "metrics": METRICS,
        "pictures": {
            name: picture(metric, found.now.rates[name], found.months[name]) for name, metric in METRICS.items()
        },
        "months": {name: _months(counts) for name, counts in found.months.items()},
    }
    return render(request, "duties/compliance.html", context)


@require_safe
@requires(Action.COMPLIANCE_SEE)
def compliance_rate(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one rate by course, nationality and agent."""
    metric, day = _metric(name), clock.today()
    mine, period = CAS.objects.for_user(request.user), Period.before(day)
    parts = [(each, breakdown(each, metric, mine, period, day)) for each in DIMENSIONS.values()]
    context = {
        "metric": metric,
        "period": period,
        "parts": [(each.label, _groups(each, rows)) for each, rows in parts],
        "total": total(row.count for row in parts[0][1]),
    }
    return render(request, "duties/compliance_rate.html", context)


@require_safe
@requires(Action.COMPLIANCE_SEE)
def compliance_list(request: SignedInRequest, name: str, part: str) -> HttpResponse:
    """List the CAS behind a number: of a part of a rate, perhaps of a month, course, nationality or agent."""
    found = listed(name, part, request.GET.dict(), request.user)
    if found is None:
        raise Http404
    counts, named = counted(found.rows, wanted_status(request)), f"compliance:{name}/{part}{found.query}"
    context = listing(request, found.rows, counts, named=named, is_search=True)
    return render(request, "duties/compliance_list.html", {"listed": found, **context})


def behind_number(request: SignedInRequest, rest: str) -> CASList | None:
    """Return the CAS behind a number, for the actions on every list of CAS. `rest` is as in the address of the list."""
    place, _, query = rest.partition("?")
    name, _, part = place.partition("/")
    found = (
        listed(name, part, QueryDict(query).dict(), request.user) if request.user.may(Action.COMPLIANCE_SEE) else None
    )
    if found is None:
        return None
    address = f"{reverse('compliance_list', args=[name, part])}{found.query}"
    return CASList(found.rows.order_by("-pk"), address, f"Compliance: {found.title}")


LISTS["compliance"] = behind_number


def _months(counts: Mapping[date, Count]) -> list[Line]:
    return [(month_of(first), count, f"?month={first:%Y-%m}") for first, count in counts.items()]


def _groups(dimension: Dimension, rows: Iterable[Row]) -> list[Line]:
    """Return the groups of a dimension. Their addresses name a CAS like theirs, and no values of it."""
    return [(row.name, row.count, f"?by={dimension.name}&like={row.example}" if row.example else None) for row in rows]


def _metric(name: str) -> Metric:
    try:
        return METRICS[name]
    except KeyError:
        raise Http404 from None
