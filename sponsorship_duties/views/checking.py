"""`Sponsorship duties`, *Students to check*, and reports about several students at once."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.duties import REPORT
from cas.models import CAS
from cas.models.several import Parted, parted
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core import clock
from sms.core.counting import tallies
from sms.core.govuk import formats
from sms.core.govuk.pages import pagination
from sms.core.ids import ids_in
from sms.core.limits import IN_REACH, MOST_SELECTED
from sponsorship_duties.forms import ReportForm
from sponsorship_duties.models import Activity, ActivityType, NothingToReport
from sponsorship_duties.students_to_check import CHECKS, Check, counts
from sponsorship_duties.views.graduating import keep_given

A_FEW, A_PAGE = 5, 100
NAMED = 25  # students of one report that are named; the others are counted
SHOWN = ("status", "number", "family_name", "given_names", "course_title", "owner__name")
SEVERAL = "several"  # the screen of a stored search that keeps which CAS were selected


class Line(NamedTuple):
    """A student to check: since when, and when the check is due."""

    cas: CAS
    since: date
    due: date
    is_overdue: bool


@require_safe
@requires(Action.CAS_SEE)
def sponsorship_duties(request: SignedInRequest) -> HttpResponse:
    """Show the ways to find a CAS (manual 5, step 2), and below them the lists to check."""
    found = counts(request.user)
    parts = [
        (check, found[check.name], _lines(check, check.of(request.user)[:A_FEW]) if found[check.name].number else [])
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
    pages = Paginator(rows, A_PAGE)
    pages.count = tally.number
    page = pages.get_page(request.GET.get("page"))
    context = {
        "check": check,
        "tally": tally,
        "lines": _lines(check, cast("QuerySet[Any]", page.object_list)) if tally.number else [],
        "types": _types(check),
        "pagination": pagination(page, request.GET),
    }
    return render(request, "duties/check.html", context)


@require_POST
@requires(Action.CAS_REPORT)
def nothing_to_report(request: SignedInRequest, name: str) -> HttpResponse:
    """Take the selected CAS off the list."""
    check = _check(name)
    ids = _selected(request, check)
    said = NothingToReport.objects.say(ids, check=name, heading=check.heading, by=request.user)
    if said:
        messages.success(request, f"Nothing to report: {said:,} CAS taken off the list.")
    else:
        messages.error(request, "Select the CAS to take off the list.")
    return redirect("students_to_check", name)


@require_POST
@requires(Action.CAS_REPORT)
def report_selected(request: SignedInRequest, name: str, type_pk: int) -> HttpResponse:
    """Keep the selection, and redirect to the form of the report. Its address does not say which CAS are selected."""
    check = _check(name)
    activity_type = get_object_or_404(_types(check), pk=type_pk)
    ids = _selected(request, check)
    if not ids:
        messages.error(request, f"Select the CAS to report as {activity_type}.")
        return redirect("students_to_check", name)
    if activity_type.is_graduation:
        return keep_given(request, cas=[str(pk) for pk in ids])
    asked = {"cas": [str(pk) for pk in ids], "type": [str(type_pk)], "check": [check.name]}
    kept = StoredSearch.objects.keep(SEVERAL, asked, by=request.user)
    return redirect("report_several", kept.key)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_REPORT)
@keeps_drafts(ReportForm.parameters)
def report_several(request: SignedInRequest, draft: FormDraft, key: str) -> HttpResponse:
    """Make the same report about several CAS. The page names the students, and those left out with the reasons."""
    kept = load_search(request, key, SEVERAL, what="Selections of CAS")
    activity_type = get_object_or_404(ActivityType, pk=kept.asked["type"][0])
    check, chosen = CHECKS[kept.asked["check"][0]], _sorted_out(request, kept)
    form = draft.shown(ReportForm(draft.typed, activity_type=activity_type))
    if chosen.going and form.is_valid():
        with form.refusals():
            Activity.objects.report([cas.pk for cas in chosen.going], by=request.user, **form.report())
            draft.finish()
            messages.success(request, f"{activity_type}: reported for {formats.number(len(chosen.going))} CAS.")
            return redirect("students_to_check", check.name)
    context = {"form": form, "draft": draft, "going": chosen.going, "left": chosen.left, "named": NAMED, "check": check}
    return render(request, "duties/several.html", context, status=422 if form.errors else 200)


def _selected(request: SignedInRequest, check: Check) -> list[int]:
    """Return the ids of the selected CAS, or of all CAS on the list."""
    if "all" in request.POST:
        return list(check.of(request.user).values_list("pk", flat=True)[:MOST_SELECTED])
    return ids_in(request.POST.getlist("cas"))


def _sorted_out(request: SignedInRequest, kept: StoredSearch) -> Parted:
    """Divide the selected CAS that the user may still see into those that allow a report and those that do not."""
    rows = CAS.objects.for_user(request.user).filter(pk__any_of=ids_in(kept.asked["cas"]))
    reportable = dict(REPORT.why_not_each(rows.select_related("licence", "owner").order_by("family_key", "pk")))
    return parted(reportable, reportable.__getitem__)


def _types(check: Check) -> QuerySet[ActivityType]:
    """Return the types that can be reported for several students on the list."""
    types: QuerySet[ActivityType] = ActivityType.objects.offered().filter(is_for_several=True)
    return types if check.has_graduates else types.exclude(is_graduation=True)


def _check(name: str) -> Check:
    try:
        return CHECKS[name]
    except KeyError:
        raise Http404 from None


def _lines(check: Check, rows: QuerySet[Any]) -> list[Line]:
    today = clock.today()
    lines = []
    for cas in rows.select_related("owner").only(*SHOWN):
        due = check.due(cas.since)
        lines.append(Line(cas, cas.since, due, due < today))
    return lines
