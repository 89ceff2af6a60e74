"""Parts of the pages of a batch: its CAS, what each needs, and what prevents or should precede its assignment."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.urls import reverse

from cas.finding.batch_warnings import warnings_of
from cas.finding.duplicates import alike_in
from cas.forms.cas import input_id
from cas.forms.drafts import edited
from cas.models import CAS, Batch
from cas.models.assigning import Obstacle, incomplete
from cas.models.batch_summary import BatchSummary
from cas.models.queryset import CASQuerySet
from cas.rules import Limits, Rules
from licences.models import Allocation
from licences.requests import SignedInRequest
from sms.core.refused import Refused

NAMED_NEEDS = 3
NAMED_UNSAVED = 5

Needs = list[tuple[str, str]]
Context = dict[str, object]


def needs(cas: CAS, obstacles: list[Obstacle], *, can_edit: bool) -> Needs:
    """Return the first few obstacles of a CAS as texts, each with a link to the field to complete or correct."""
    if not obstacles:
        return []
    edit = reverse("edit_cas", args=[cas.pk])
    found = []
    for obstacle in obstacles[:NAMED_NEEDS]:
        text = obstacle.field.subject if obstacle.field and obstacle.is_missing else obstacle.sentence
        href = f"{edit}#{input_id(cas.route, obstacle.field.name)}" if obstacle.field and can_edit else ""
        found.append((text, href))
    if (more := len(obstacles) - NAMED_NEEDS) > 0:
        found.append((f"and {more} more", edit if can_edit else ""))
    return found


def with_needs(
    cas_list: Iterable[CAS], summary: BatchSummary | None, limits: Limits, *, can_edit: bool
) -> list[tuple[CAS, Needs]]:
    """Return the CAS, each with its first obstacles. `summary` is that of the batch; None if it is assigned."""
    if summary is None:
        return [(cas, []) for cas in cas_list]
    known = summary.obstacles
    found = [(cas, known[cas.pk] if cas.pk in known else list(incomplete(cas, limits))) for cas in cas_list]
    return [(cas, needs(cas, obstacles, can_edit=can_edit)) for cas, obstacles in found]


def assignment_of(
    request: SignedInRequest, batch: Batch, summary: BatchSummary, rules: Rules, closed: Refused | None = None
) -> Context:
    """Return the context of an unassigned batch: the number of CAS, the cost, and why it cannot be assigned yet.

    `closed` is why it cannot be changed, if it cannot.
    """
    licence = request.user.sponsor
    allocation = Allocation.objects.current(batch.licence_id, batch.route)
    why_not = closed or summary.why_not(licence, allocation, by=request.user)
    can_edit = not (closed or licence.why_not_save(batch.route))
    return {
        "batch": batch,
        "summary": summary,
        "allocation": allocation,
        "fee_pence": rules.fee_pence,
        "total_pence": rules.fee_pence * summary.count,
        "why_not": why_not,
        "unready": [(each.cas, needs(each.cas, each.obstacles, can_edit=can_edit)) for each in summary.unready],
        "is_possible": not (why_not or summary.unready_count),
        "can_edit": can_edit,
    }


def warnings_about(request: SignedInRequest, batch: Batch, seen: list[CAS], rules: Rules) -> Context:
    """Return the warnings about the CAS of an unassigned batch that the user has `seen`. They do not prevent it."""
    unsaved = edited(request.user)
    return {
        "unsaved": [cas for cas in seen if cas.pk in unsaved][:NAMED_UNSAVED],
        "alike": alike_in(batch, request.user),
        "warned": warnings_of(seen, rules, request.user.sponsor.sponsor_status),
    }


def cas_of(request: SignedInRequest, batch: Batch) -> CASQuerySet:
    """Return the CAS of this batch that the user may see, oldest first."""
    return CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk")


def page_of(request: SignedInRequest, rows: CASQuerySet | list[CAS], a_page: int) -> Page[CAS]:
    """Return the page of `rows` that the request asks for."""
    return Paginator(rows, a_page).get_page(request.GET.get("page"))
