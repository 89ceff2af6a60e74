"""Pages of batches: their list, `Batch details`, and how to rename, change and delete a batch (manual 4, guide 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.finding.batch_warnings import warnings_of
from cas.finding.duplicates import alike
from cas.finding.marking import marked_ids, marking
from cas.forms.batches import MoveForm, RenameForm
from cas.forms.cas import input_id
from cas.forms.drafts import edited
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Batch, BatchStatus, Order, Rule
from cas.models.assigning import Obstacle, incomplete
from cas.models.batch_summary import BatchSummary
from cas.rules import Limits, Rules
from cas.timeline import batch_timeline, with_names
from cas.views.loading import load_batch
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.models import Allocation
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.counting import Tally, tallies
from sms.core.govuk.answers import SELECTED, of_address, refuse, render_form, unselected
from sms.core.govuk.banners import link, refused_to, saved
from sms.core.govuk.pages import page_size, page_sizes, pagination
from sms.core.ids import id_in
from sms.core.limits import IN_REACH
from sms.core.refused import Refused, Stale

A_PAGE = 100
OF_A_LIST = 25
MOST_TARGETS = 500
NAMED = 10
NAMED_NEEDS = 3
NAMED_UNSAVED = 5

Needs = list[tuple[str, str]]
Context = dict[str, object]


@require_safe
@requires(Action.CAS_SEE)
def batches(request: SignedInRequest) -> HttpResponse:
    """List the batches that the user may see, or those of one status, newest first."""
    wanted = request.GET.get("status", "")
    wanted = wanted if wanted in BatchStatus.values else ""
    mine = Batch.objects.for_user(request.user)
    found = tallies({each: (mine.of_status(each), IN_REACH) for each in ("", *BatchStatus.values)})
    pages = Paginator(mine.of_status(wanted).order_by("-pk").values_list("pk", flat=True), OF_A_LIST)
    pages.count = found[wanted].number
    page = pages.get_page(request.GET.get("page"))
    context = {"page": page, "pagination": pagination(page, request.GET), "wanted": wanted, "counts": found}
    labels = {"": "All", **dict(BatchStatus.choices)}
    return render(request, "cas/batches.html", {**context, "labels": labels, "rows": listed(page.object_list)})


def listed(ids: Iterable[int]) -> list[Batch]:
    """Return these batches, newest first. Each has `size`, `ready` (numbers of CAS) and `is_being_paid_for`."""
    paying = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.OPEN)
    rows = Batch.objects.filter(pk__in=ids).select_related("owner").order_by("-pk")
    found = list(rows.annotate(is_being_paid_for=Exists(paying)))
    counts = {
        row["batch"]: row
        for row in CAS.objects.filter(batch__in=[batch.pk for batch in found])
        .values("batch")
        .annotate(size=Count("pk"), ready=Count("pk", filter=Q(status=CASStatus.READY_TO_GO)))
    }
    for batch in found:
        row = counts.get(batch.pk, {"size": 0, "ready": 0})
        batch.size, batch.ready = row["size"], row["ready"]  # type: ignore[attr-defined]
    return found


@require_safe
@requires(Action.CAS_SEE)
def batch_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Batch details` (guide 2, steps 5 and 7)."""
    return batch_details(request, load_batch(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
@keeps_drafts(RenameForm.parameters)
def rename_batch(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    batch = load_batch(request, pk)
    if request.method != "POST" and (refused := batch.why_not()):
        return refused_to(request, refused, "batch", pk)
    form = draft.shown(RenameForm(draft.typed, initial={"name": batch.name, "seen": batch.last_event()}))
    if form.is_valid():
        try:
            with form.refusals("name"):
                _rename(request, batch, form)
                draft.finish()
                return redirect("batch", pk)
        except Stale as stale:
            form = RenameForm(initial={"name": form.cleaned_data["name"], "seen": batch.last_event()})
            return _rename_page(request, batch, form, draft, stale)
    return _rename_page(request, batch, form, draft)


def _rename(request: SignedInRequest, batch: Batch, form: RenameForm) -> None:
    seen = id_in(form.cleaned_data["seen"])
    changed = batch.rename(form.cleaned_data["name"], by=request.user, seen=seen)
    saved(request, changed, f"The name of the batch is now “{batch.name}”.")


def _rename_page(
    request: SignedInRequest, batch: Batch, form: RenameForm, draft: FormDraft, stale: Stale | None = None
) -> HttpResponse:
    batch = load_batch(request, batch.pk)  # to show its saved name, not the refused name
    context = {"form": form, "draft": draft, "batch": batch, "since": with_names(stale.events) if stale else []}
    return render_form(request, "cas/batch_rename.html", context, stale=stale)


@require_POST
@requires(Action.CAS_EDIT)
def take_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Take out`: take the selected CAS out of the batch. They are kept, without a batch."""
    batch = load_batch(request, pk)
    selected = selected_in(request, batch)
    if refused := batch.why_not() or (None if selected else unselected("take out")):
        return batch_details(request, batch, refused=refused, selected=selected)
    try:
        number = batch.send(selected, None, by=request.user, seen=seen_in(request))
    except Refused as error:
        return batch_details(request, batch, refused=error, selected=selected)
    messages.success(request, f"{number:,} CAS taken out of this batch. Nothing else has changed.")
    return redirect("batch", pk)


@require_POST
@requires(Action.CAS_EDIT)
def move_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Move to another batch`: ask which batch, then move the selected CAS to it."""
    batch = load_batch(request, pk)
    selected = selected_in(request, batch)
    if refused := batch.why_not() or (None if selected else unselected("move")):
        return batch_details(request, batch, refused=refused, selected=selected)
    form = MoveForm(request.POST if "to" in request.POST else None, batches=targets(request, batch.route, batch))
    if form.is_valid():
        try:
            with form.refusals("to"):
                return _moved(request, batch, selected, form.chosen)
        except Stale as stale:
            return batch_details(request, batch, refused=stale, selected=selected)
    chosen = CAS.objects.filter(batch=batch, pk__any_of=selected).order_by("pk")[:NAMED]
    context = {"form": form, "batch": batch, "ids": sorted(selected), "chosen": chosen, "seen": seen_in(request)}
    context |= {"targets": form.batches, "most": MOST_TARGETS, "named": NAMED}
    return render_form(request, "cas/batch_move.html", context)


def _moved(request: SignedInRequest, batch: Batch, selected: set[int], to: Batch) -> HttpResponse:
    """Move the selected CAS of `batch`, and redirect to its page with a message. Raises `Refused`."""
    number = batch.send(selected, to, by=request.user, seen=seen_in(request))
    see = link("See the batch", reverse("batch", args=[to.pk]))
    messages.success(request, f"{number:,} CAS moved to “{to.name}”.", extra_tags=see)
    return redirect("batch", batch.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_DELETE)
def delete_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Delete batch`: ask for confirmation, then delete the batch. Its CAS are kept."""
    batch = load_batch(request, pk)
    if request.method == "POST":
        try:
            batch.remove(by=request.user)
        except Refused as refused:
            return refused_to(request, refused, "batch", pk)
        messages.success(request, f"The batch “{batch.name}” was deleted. Its CAS are kept.")
        return redirect("batches")
    if closed := batch.why_not():
        return refused_to(request, closed, "batch", pk)
    return render(request, "cas/batch_delete.html", {"batch": batch, "count": batch.cas.count()})


def needs(cas: CAS, obstacles: list[Obstacle], *, can_edit: bool) -> Needs:
    """Return the first few obstacles of a CAS as texts, each with a link to the field to complete or correct."""
    edit = reverse("edit_cas", args=[cas.pk])
    found = []
    for obstacle in obstacles[:NAMED_NEEDS]:
        text = obstacle.field.subject if obstacle.field and obstacle.is_missing else obstacle.sentence
        href = f"{edit}#{input_id(cas.route, obstacle.field.name)}" if obstacle.field and can_edit else ""
        found.append((text, href))
    if (more := len(obstacles) - NAMED_NEEDS) > 0:
        found.append((f"and {more} more", edit if can_edit else ""))
    return found


def _rows(cas_list: Iterable[CAS], summary: Any, limits: Limits, *, can_edit: bool) -> list[tuple[CAS, Needs]]:
    """Return the CAS, each with its first obstacles. `summary` is that of the batch; None if it is assigned."""
    if summary is None:
        return [(cas, []) for cas in cas_list]
    known: Mapping[int, list[Obstacle]] = summary.obstacles
    found = [(cas, known[cas.pk] if cas.pk in known else list(incomplete(cas, limits))) for cas in cas_list]
    return [(cas, needs(cas, obstacles, can_edit=can_edit)) for cas, obstacles in found]


def assignment_of(request: SignedInRequest, batch: Batch, rules: Rules, known: Iterable[CAS] = ()) -> Context:
    """Return the context of an unassigned batch: the number of CAS, the cost, and why it cannot be assigned yet."""
    licence = request.user.sponsor
    summary = BatchSummary.of(batch, rules, known={cas.pk: cas for cas in known})
    allocation = Allocation.objects.current(batch.licence_id, batch.route)
    why_not = summary.why_not(licence, allocation, by=request.user)
    can_edit = not (batch.why_not() or licence.why_not_save(batch.route))
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


def warnings_about(request: SignedInRequest, batch: Batch, rules: Rules, known: Iterable[CAS] = ()) -> Context:
    """Return the warnings about the CAS of an unassigned batch: all, or those `known`. They do not prevent it."""
    mine = CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk")
    looked_at, sponsor_status = known or mine.iterator(chunk_size=500), request.user.sponsor.sponsor_status
    return {
        "unsaved": list(mine.filter(pk__in=edited(request.user))[:NAMED_UNSAVED]),
        "alike": alike(mine, request.user),
        "warned": warnings_of(looked_at, rules, sponsor_status),
    }


def page_of(request: SignedInRequest, batch: Batch, a_page: int = A_PAGE) -> tuple[Page[CAS], int]:
    """Return a page of the CAS of this batch that the user may see, oldest first, and the number of all its CAS."""
    pages = Paginator(CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk"), a_page)
    return pages.get_page(request.GET.get("page")), batch.cas.count()


def batch_details(
    request: SignedInRequest,
    batch: Batch,
    *,
    refused: Refused | None = None,
    selected: set[int] = frozenset(),  # type: ignore[assignment]
) -> HttpResponse:
    """Show `Batch details`, with the refusal of an action on the `selected` CAS, if it was refused."""
    page, count = page_of(request, batch, page_size(request, A_PAGE))
    shown, rules = list(page.object_list), Rule.objects.on()
    context: Context = {"summary": None, "can_edit": False}
    if not batch.assigned_at:
        everything = () if page.has_other_pages() else shown
        context |= assignment_of(request, batch, rules, shown) | warnings_about(request, batch, rules, everything)
    sees_all, latest = page.paginator.count == count, Order.objects.latest_for(batch)
    limits = rules.limits(request.user.sponsor.sponsor_status)
    context |= {
        "batch": batch,
        "order": latest if latest and latest.status == OrderStatus.OPEN else None,
        "latest": latest,
        "rows": _rows(shown, context["summary"], limits, can_edit=bool(context["can_edit"])),
        "pagination": pagination(page, request.GET),
        "page_sizes": page_sizes(page, request.GET),
        **marking(request, f"batch:{batch.pk}", selected=selected, rows=page.paginator.object_list),  # type: ignore[arg-type]
        "count": count,
        "last": batch.cas.order_by("pk").values_list("pk", flat=True).last(),
        "tally": Tally(page.paginator.count),
        "others": count - page.paginator.count,
        "seen": batch.last_event(),
        "timeline": batch_timeline(batch, request.GET, with_names=sees_all),
        "since": with_names(refused.events) if isinstance(refused, Stale) else [],
    }
    if refused and not isinstance(refused, Stale):
        refuse(request, refused, beside=SELECTED)
    answer = render_form(request, "cas/batch.html", context, stale=isinstance(refused, Stale))
    return of_address(answer, reverse("batch", args=[batch.pk])) if refused else answer


def targets(request: SignedInRequest, route: str, without: Batch | None = None) -> list[Batch]:
    """Return the newest batches of this route into which the user can put CAS."""
    rows = Batch.objects.for_user(request.user).of_status(BatchStatus.UNASSIGNED).filter(route=route)
    rows = rows.exclude(pk=without.pk) if without else rows
    return list(rows.select_related("owner").order_by("-pk")[:MOST_TARGETS])


def selected_in(request: SignedInRequest, batch: Batch) -> set[int]:
    """Return the ids of the CAS that are selected in the list of this batch: single rows, or all on every page."""
    return set(marked_ids(request, CAS.objects.for_user(request.user).filter(batch=batch)))


def seen_in(request: SignedInRequest) -> int:
    """Return the id of the last line of the batch's history that the user saw."""
    return id_in(request.POST.get("seen", ""))
