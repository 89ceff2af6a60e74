"""Report activity on one CAS, or withdraw a report (manual 5, the first two functions, steps 4 to 8)."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cas.duties import REPORT
from cas.models import CAS
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import refused_to
from sponsorship_duties.forms import ActivityTypeForm, GraduateForm, ReportForm, WithdrawReportForm, WithdrawThisForm
from sponsorship_duties.models import Activity, ActivityType
from sponsorship_duties.models.choosing import offered_for, why_not_report, why_not_withdraw
from sponsorship_duties.models.marks import Unseen
from sponsorship_duties.views.loading import about, activities_of, load_assigned, marks_seen
from sponsorship_duties.views.return_to import return_to

FORM = ["GET", "HEAD", "POST"]
Form: TypeAlias = ReportForm | GraduateForm


@require_safe
@requires(Action.CAS_REPORT)
def report_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `CAS search results` for one CAS (step 4)."""
    cas = load_assigned(request, pk)
    return render(request, "duties/result.html", {"cas": cas, "about": about(cas), "way": return_to(request)})


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def activity_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the reports so far, and ask for the `Activity type` of the next one (steps 5 and 8)."""
    cas = load_assigned(request, pk)
    way = return_to(request)
    data = request.POST if request.method == "POST" else None
    form = ActivityTypeForm(data, types=offered_for(cas))
    if form.is_valid():
        return redirect(way.along("report_activity", pk, form.cleaned_data["activity_type"]))
    context = {"cas": cas, "form": form, "activities": activities_of(cas), "why_not": REPORT.why_not(cas), "way": way}
    return render_form(request, "duties/history.html", context)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
@keeps_drafts(WithdrawReportForm.parameters)
def report_activity(request: SignedInRequest, draft: FormDraft, pk: int, type_pk: int) -> HttpResponse:
    """Ask for `Date and reason`, and make the report or withdraw one (step 6)."""
    cas, way = load_assigned(request, pk), return_to(request)
    activity_type = get_object_or_404(ActivityType, pk=type_pk)
    if request.method != "POST" and (refused := why_not_report(cas, activity_type)):
        return refused_to(request, refused, way.along("activity_history", pk))
    form = draft.shown(_form(draft, cas, activity_type))
    return _saved(request, draft, cas, form) or _form_page(request, draft, cas, form)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
@keeps_drafts(WithdrawThisForm.parameters)
def withdraw_report(request: SignedInRequest, draft: FormDraft, pk: int, activity_pk: int) -> HttpResponse:
    """Withdraw this report, without a search by its date."""
    cas, way = load_assigned(request, pk), return_to(request)
    earlier = get_object_or_404(activities_of(cas), pk=activity_pk)
    if request.method != "POST" and (refused := why_not_withdraw(cas, earlier)):
        return refused_to(request, refused, way.along("activity_history", pk))
    activity_type = ActivityType.objects.get(is_withdrawal=True)
    form = draft.shown(WithdrawThisForm(draft.typed, activity_type=activity_type, earlier=earlier))
    return _saved(request, draft, cas, form) or _form_page(request, draft, cas, form)


@require_safe
@requires(Action.CAS_REPORT)
def activity_recorded(request: SignedInRequest, pk: int, activity_pk: int) -> HttpResponse:
    """Show `Activity recorded`. `OK` leads back to the activity history (step 7)."""
    cas = load_assigned(request, pk)
    activity = get_object_or_404(activities_of(cas), pk=activity_pk)
    return render(request, "duties/recorded.html", {"cas": cas, "activity": activity, "way": return_to(request)})


def _form(draft: FormDraft, cas: CAS, activity_type: ActivityType) -> Form:
    if activity_type.is_graduation:
        return GraduateForm(draft.typed, activity_type=activity_type)
    if activity_type.is_withdrawal:
        reason = activity_type.reasons.in_use().first()
        initial: dict[str, Any] = {"reason": reason and reason.pk}
        return WithdrawReportForm(draft.typed, cas=cas, activity_type=activity_type, initial=initial)
    return ReportForm(draft.typed, activity_type=activity_type)


def _saved(request: SignedInRequest, draft: FormDraft, cas: CAS, form: Form) -> HttpResponse | None:
    """Save the report and redirect; show the marks that the user has not seen; or return None if it is not valid."""
    if not form.is_valid():
        return None
    try:
        with form.refusals():
            made = _save(form, cas, request)
            draft.finish()
            return redirect(return_to(request).along("activity_recorded", cas.pk, made.pk))
    except Unseen as unseen:
        return _form_page(request, draft, cas, form, unseen)
    return None


def _form_page(
    request: SignedInRequest, draft: FormDraft, cas: CAS, form: Form, unseen: Unseen | None = None
) -> HttpResponse:
    context = {
        "cas": cas,
        "activities": activities_of(cas),
        "about": about(cas),
        "way": return_to(request),
        "form": form,
        "marked": unseen.marked if unseen else {},
        **({"draft": draft} if form.fields else {}),
    }
    return render_form(request, "duties/report.html", context, stale=unseen)


def _save(form: Form, cas: CAS, request: SignedInRequest) -> Activity:
    """Make the report and return it. Raises `Refused`."""
    if isinstance(form, WithdrawReportForm | WithdrawThisForm):
        assert form.earlier is not None  # because the form is valid
        report = form.report()
        return form.earlier.withdraw(
            by=request.user, on=report["happened_on"], details=report["details"], reason=report["reason"]
        )
    [made] = Activity.objects.report([cas.pk], by=request.user, seen=marks_seen(request), **form.report())
    return made
