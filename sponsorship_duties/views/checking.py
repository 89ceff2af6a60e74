"""`Sponsorship duties`, and *Students to check*."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.columns import IDENTITY
from cas.finding.marking import Marked, marked_ids, marking
from cas.finding.selection import LISTS, CASList
from cas.finding.way_back import KEY
from cas.models import CAS
from licences.access import requires
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core import clock
from sms.core.counting import tallies
from sms.core.govuk.banners import link, nothing_selected
from sms.core.govuk.pages import page_size, page_sizes, pagination
from sms.core.ids import ids_in
from sms.core.limits import IN_REACH
from sponsorship_duties.models import ActivityType, NothingToReport
from sponsorship_duties.students_to_check import CHECKS, SHOWN, Check, Shown, counts, first
from sponsorship_duties.views.several import NAMED, keep_several

A_PAGE = 100
TAKEN_OFF = "taken-off"  # the screen of a stored search that keeps which CAS were taken off a list at once


class Line(NamedTuple):
    """A student to check: since when, and when the check is due."""

    cas: Shown
    since: date
    due: date
    is_overdue: bool


@require_safe
@requires(Action.CAS_SEE)
def sponsorship_duties(request: SignedInRequest) -> HttpResponse:
    """Show the ways to find a CAS (manual 5, step 2), and below them the lists to check."""
    found = counts(request.user)
    parts = [
        (check, found[check.name], _lines(check, first(check, request.user)) if found[check.name].number else [])
        for check in CHECKS.values()
    ]
    return render(request, "duties/home.html", {"parts": parts})


@require_safe
@requires(Action.CAS_SEE)
def students_to_check(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one list, earliest due first."""
    check = _check(name)
    rows = check.of(request.user)
    tally = tallies({name: (rows, IN_REACH)})[name]
    pages = Paginator(rows, page_size(request, A_PAGE))
    pages.count = tally.number
    page = pages.get_page(request.GET.get("page"))
    lines = _lines(check, cast("QuerySet[Any]", page.object_list).values_list(*SHOWN)) if tally.number else []
    context = {"check": check, "tally": tally, "lines": lines, "types": _types(check)}
    context |= {"pagination": pagination(page, request.GET), "page_sizes": page_sizes(page, request.GET)}
    context |= marking(request, f"check:{name}")
    return render(request, "duties/check.html", context)


@require_POST
@requires(Action.CAS_REPORT)
def nothing_to_report(request: SignedInRequest, name: str) -> HttpResponse:
    """Count and name the selected CAS. Once the user has confirmed them, take them off the list."""
    check = _check(name)
    ids = _selected(request, check)
    if not ids:
        return nothing_selected(request, reverse("students_to_check", args=[name]), "take off the list")
    if "confirmed" not in request.POST:
        return _confirm(request, check, ids)
    said = NothingToReport.objects.say(ids, check=name, heading=check.heading, by=request.user)
    if not said:
        messages.info(request, "These CAS were off the list already.")
        return redirect("students_to_check", name)
    kept = StoredSearch.objects.keep(TAKEN_OFF, {"cas": [str(pk) for pk in said]}, by=request.user)
    undo = link("Undo", reverse("just_taken_off", args=[name, kept.key]))
    messages.success(request, f"Nothing to report: {len(said):,} CAS taken off the list.", extra_tags=undo)
    return redirect("students_to_check", name)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_REPORT)
def taken_off(request: SignedInRequest, name: str, key: str = "") -> HttpResponse:
    """List the CAS taken off a list, or those taken off at once that `key` names. Put the selected ones back."""
    check = _check(name)
    rows = _taken_off(request, name, key)
    if request.method == "POST":
        return _put_back(request, check, rows)
    tally = tallies({name: (rows, IN_REACH)})[name]
    pages = Paginator(rows.select_related("cas", "by").order_by("-pk"), page_size(request, A_PAGE))
    pages.count = tally.number
    page = pages.get_page(request.GET.get("page"))
    context = {"check": check, "tally": tally, "lines": page, "is_just": bool(key)}
    context |= {"pagination": pagination(page, request.GET), "page_sizes": page_sizes(page, request.GET)}
    context |= marking(request, f"taken-off:{name}/{key}", first=Marked(is_all=bool(key)))
    return render(request, "duties/taken_off.html", context)


@require_POST
@requires(Action.CAS_REPORT)
def report_selected(request: SignedInRequest, name: str, type_pk: int) -> HttpResponse:
    """Keep the selection, and redirect to the form of the report. Its address does not say which CAS are selected."""
    check, here = _check(name), reverse("students_to_check", args=[name])
    activity_type = get_object_or_404(_types(check), pk=type_pk)
    if ids := _selected(request, check):
        return keep_several(request, ids, activity_type, back=here, done=here)
    return nothing_selected(request, here, f"report as {activity_type}")


def check_list(request: SignedInRequest, rest: str) -> CASList | None:
    """Return the list of students to check with this name, for the actions on every list of CAS."""
    check = CHECKS.get(rest)
    if check is None:
        return None
    return CASList(check.of(request.user), reverse("students_to_check", args=[rest]), check.heading)


def taken_off_list(request: SignedInRequest, rest: str) -> CASList | None:
    """Return the CAS taken off a list, or those taken off at once, for the actions on every list of CAS."""
    name, _, key = rest.partition("/")
    if name not in CHECKS or (key and not KEY.fullmatch(key)):
        return None
    rows, address = _taken_off(request, name, key), reverse("taken_off", args=[name])
    address = reverse("just_taken_off", args=[name, key]) if key else address
    mine = CAS.objects.for_user(request.user).filter(pk__in=rows.values("cas"))
    return CASList(mine.order_by("-pk"), address, f"Taken off the list {CHECKS[name].heading}")


LISTS |= {"check": check_list, "taken-off": taken_off_list}


def _taken_off(request: SignedInRequest, name: str, key: str) -> QuerySet[NothingToReport]:
    """Return the lines of what was taken off a list, or of what `key` says was taken off at once."""
    rows: QuerySet[NothingToReport] = NothingToReport.objects.for_user(request.user).standing().filter(check_name=name)
    if not key:
        return rows
    kept = load_search(request, key, TAKEN_OFF, what="Lists of CAS taken off")
    return rows.filter(cas__in=ids_in(kept.asked["cas"]))


def _confirm(request: SignedInRequest, check: Check, ids: list[int]) -> HttpResponse:
    """Show which CAS would leave the list. The page sends exactly those."""
    rows = check.of(request.user).filter(pk__any_of=ids).order_by("family_key", "given_key", "pk")
    going = list(rows.only("status", "family_name", "given_names", *IDENTITY, "course_title", "course_start_date"))
    context = {"check": check, "going": going, "ids": [cas.pk for cas in going], "named": NAMED}
    return render(request, "duties/nothing.html", context)


def _put_back(request: SignedInRequest, check: Check, rows: QuerySet[NothingToReport]) -> HttpResponse:
    ids = marked_ids(request, rows.order_by("-pk"), pk="cas_id")
    undone = NothingToReport.objects.undo(ids, check=check.name, heading=check.heading, by=request.user)
    if not undone:
        return nothing_selected(request, request.path, "put back on the list")
    messages.success(request, f"{len(undone):,} CAS put back. The list shows those that still need a check.")
    return redirect("students_to_check", check.name)


def _selected(request: SignedInRequest, check: Check) -> list[int]:
    """Return the ids of the selected CAS, or of all CAS on the list."""
    return marked_ids(request, check.of(request.user))


def _types(check: Check) -> QuerySet[ActivityType]:
    """Return the types that can be reported for several students on the list."""
    types: QuerySet[ActivityType] = ActivityType.objects.for_several()
    return types if check.has_graduates else types.exclude(is_graduation=True)


def _check(name: str) -> Check:
    try:
        return CHECKS[name]
    except KeyError:
        raise Http404 from None


def _lines(check: Check, rows: Iterable[tuple[Any, ...]]) -> list[Line]:
    """Return the lines of a list, from the columns `SHOWN`."""
    today = clock.today()
    lines = []
    for *shown, since in rows:
        due = check.due(since)
        lines.append(Line(Shown(*shown), since, due, due < today))
    return lines
