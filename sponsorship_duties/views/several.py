"""Report about several CAS at once: those selected in a list, those that a search found, or a pasted list."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.duties import REPORT
from cas.finding.selection import selection_of
from cas.models import CAS
from cas.models.several import Parted, parted
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected
from sms.core.govuk.pages import pagination
from sms.core.ids import ids_in
from sms.core.limits import MOST_SELECTED
from sponsorship_duties.chosen import ANY_REPORT, divided
from sponsorship_duties.forms import ActivityTypeForm, PasteReportForm, ReportForm
from sponsorship_duties.models import Activity, ActivityType
from sponsorship_duties.models.marks import Unseen
from sponsorship_duties.views.loading import marks_seen

FORM = ["GET", "HEAD", "POST"]
A_PAGE = 500  # reports on the page that can be printed
NAMED, NAMED_LEFT = 25, 500  # CAS to report, and entries left out for one reason, that are named
# The screens of stored searches that keep which CAS were chosen, what is reported about them, and what was reported.
CHOSEN, SEVERAL, GRADUATES, REPORTED = "chosen", "report-several", "graduates", "reported"
SELECTIONS = "Selections of CAS"


@require_POST
@requires(Action.CAS_REPORT)
def report_found(request: SignedInRequest) -> HttpResponse:
    """Keep the CAS selected in a list, and redirect to choose what to report. The address does not say which."""
    selection = selection_of(request)
    if not selection.ids:
        return nothing_selected(request, selection.back, "report on")
    cut = ["yes"] if selection.is_cut else []
    return _keep_chosen(request, cas=[str(pk) for pk in selection.ids], back=[selection.back], cut=cut)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
@keeps_drafts(PasteReportForm.parameters)
def paste_to_report(request: SignedInRequest, draft: FormDraft, key: str = "") -> HttpResponse:
    """Ask for a list of CAS numbers or Applicant IDs. With `key`, begin with a list that was given before."""
    kept = load_search(request, key, CHOSEN, what=SELECTIONS).asked if key else {}
    form = draft.shown(PasteReportForm(draft.typed, initial={"listed": kept.get("typed", [""])[0]}))
    if form.is_valid():
        draft.finish()
        return _keep_chosen(request, typed=[form.cleaned_data["listed"]], back=[reverse("sponsorship_duties")])
    context = {"form": form, "draft": draft, "key": key}
    return render_form(request, "duties/paste.html", context)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def choose_activity(request: SignedInRequest, key: str) -> HttpResponse:
    """Show the CAS chosen, and those left out with the reasons. Ask for the `Activity type`."""
    kept = load_search(request, key, CHOSEN, what=SELECTIONS)
    found = divided(kept.asked, request.user, ANY_REPORT)
    types = ActivityType.objects.for_several()
    form = ActivityTypeForm(request.POST if request.method == "POST" else None, types=types)
    if found.going and form.is_valid():
        ids, here = [cas.pk for cas in found.going], reverse("choose_activity", args=[key])
        activity_type = get_object_or_404(types, pk=form.cleaned_data["activity_type"])
        return keep_several(request, ids, activity_type, back=here, done=kept.asked["back"][0])
    shown = {"named": NAMED, "named_left": NAMED_LEFT, "most": MOST_SELECTED}
    context = {"form": form, "key": key, "found": found, "asked": kept.asked, **shown}
    return render_form(request, "duties/choose.html", context)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
@keeps_drafts(ReportForm.parameters)
def report_several(request: SignedInRequest, draft: FormDraft, key: str) -> HttpResponse:
    """Make the same report about several CAS. The page names the students, and those left out with the reasons."""
    kept = load_search(request, key, SEVERAL, what=SELECTIONS)
    activity_type = get_object_or_404(ActivityType, pk=kept.asked["type"][0])
    chosen = _reportable(request, kept)
    form = draft.shown(ReportForm(draft.typed, activity_type=activity_type))
    if not (chosen.going and form.is_valid()):
        return _form_page(request, form, draft, kept, chosen)
    try:
        with form.refusals():
            made = _report(request, form, chosen)
            draft.finish()
            return keep_reported(request, made, kept.asked["done"][0])
    except Unseen as unseen:
        return _form_page(request, form, draft, kept, chosen, unseen)
    return _form_page(request, form, draft, kept, chosen)


@require_safe
@requires(Action.CAS_REPORT)
def several_reported(request: SignedInRequest, key: str) -> HttpResponse:
    """List the reports that were made at once, by name, to be printed."""
    kept = load_search(request, key, REPORTED, what="Lists of reports")
    mine = Activity.objects.for_user(request.user).filter(pk__any_of=ids_in(kept.asked["activities"]))
    rows = mine.select_related("cas", "type", "by", "withdrawal").order_by("cas__family_key", "cas__given_key", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "made": page,
        "number": page.paginator.count,
        "first": next(iter(page), None),
        "done": kept.asked["done"][0],
        "pagination": pagination(page, request.GET),
    }
    return render(request, "duties/reported.html", context)


def keep_several(
    request: SignedInRequest, ids: Iterable[int], activity_type: ActivityType, *, back: str, done: str
) -> HttpResponse:
    """Keep the CAS to report on, and redirect to the form of this type. `done` is where its end leads."""
    given = [str(pk) for pk in ids]
    if activity_type.is_graduation:
        return keep_graduates(request, cas=given)
    asked = {"cas": given, "type": [str(activity_type.pk)], "back": [back], "done": [done]}
    return redirect("report_several", StoredSearch.objects.keep(SEVERAL, asked, by=request.user).key)


def keep_graduates(request: SignedInRequest, **asked: list[str]) -> HttpResponse:
    """Keep the graduates that were given, and redirect to check them. The address does not say which they are."""
    return redirect("check_graduates", StoredSearch.objects.keep(GRADUATES, asked, by=request.user).key)


def keep_reported(request: SignedInRequest, made: Iterable[Activity], done: str) -> HttpResponse:
    """Keep which reports were made at once, and redirect to the page that lists them."""
    asked = {"activities": [str(activity.pk) for activity in made], "done": [done]}
    return redirect("several_reported", StoredSearch.objects.keep(REPORTED, asked, by=request.user).key)


def _keep_chosen(request: SignedInRequest, **asked: list[str]) -> HttpResponse:
    return redirect("choose_activity", StoredSearch.objects.keep(CHOSEN, asked, by=request.user).key)


def _reportable(request: SignedInRequest, kept: StoredSearch) -> Parted:
    """Divide the chosen CAS that the user may still see into those that allow a report and those that do not."""
    rows = CAS.objects.for_user(request.user).filter(pk__any_of=ids_in(kept.asked["cas"]))
    reportable = dict(REPORT.why_not_each(rows.select_related("licence", "owner").order_by("family_key", "pk")))
    return parted(reportable, reportable.__getitem__)


def _report(request: SignedInRequest, form: ReportForm, chosen: Parted) -> list[Activity]:
    """Make the reports. Raises `Refused`, and `Unseen` about marks that the page has not shown."""
    ids = [cas.pk for cas in chosen.going]
    return Activity.objects.report(ids, by=request.user, seen=marks_seen(request), **form.report())


def _form_page(
    request: SignedInRequest,
    form: ReportForm,
    draft: FormDraft,
    kept: StoredSearch,
    chosen: Parted,
    unseen: Unseen | None = None,
) -> HttpResponse:
    shown = {"going": chosen.going, "left": chosen.left, "named": NAMED, "back": kept.asked["back"][0]}
    context = {"form": form, "draft": draft, "marked": unseen.marked if unseen else {}, **shown}
    return render_form(request, "duties/several.html", context, stale=unseen)
