"""Load an assigned CAS and its reports, for the views."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cas.columns import facts_of
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import User
from licences.requests import SignedInRequest
from sponsorship_duties.models import Activity


def ever_assigned(user: User) -> CASQuerySet:
    """Return every CAS of this user that was ever assigned (specification, section 8)."""
    rows: CASQuerySet = CAS.objects.for_user(user)
    return rows.filter(number__isnull=False)


def load_assigned(request: SignedInRequest, pk: int) -> CAS:
    """Return the CAS. Raises `Http404` if it was never assigned or the user may not see it."""
    return get_object_or_404(ever_assigned(request.user).select_related("licence", "owner", "assigned_by"), pk=pk)


def activities_of(cas: CAS) -> QuerySet[Activity]:
    """Return the reports about this CAS, newest first."""
    return Activity.objects.filter(cas=cas).history()


def marks_seen(request: SignedInRequest) -> list[str]:
    """Return the names of the marks that the page of this form has shown."""
    return request.POST.get("seen", "").split()


ABOUT = (
    "date_of_birth",
    "nationality",
    "passport_number",
    "course_title",
    "course_start_date",
    "latest_acceptance_date",
    "course_end_date",
    "assigned_on",
    "expires_on",
    "decided_on",
    "owner",
)


def about(cas: CAS) -> list[tuple[str, str]]:
    """Return the labels and values that identify the student and the course, for the pages."""
    return facts_of(cas, *ABOUT)
