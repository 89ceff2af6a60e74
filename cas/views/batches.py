"""Pages of batches: their list, `Batch details`, and how to rename, change and delete a batch (manual 4, guide 2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.finding.marking import marked_ids, marking
from cas.forms.batches import MoveForm, RenameForm
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Batch, BatchStatus, Order, Rule
from cas.models.batch_summary import BatchSummary
from cas.timeline import batch_timeline, with_names
from cas.views.batch_standing import Context, assignment_of, cas_of, page_of, warnings_about, with_needs
from cas.views.loading import load_batch
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.scoping import Reach
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


def batch_details(
    request: SignedInRequest,
    batch: Batch,
    *,
    refused: Refused | None = None,
    selected: set[int] = frozenset(),  # type: ignore[assignment]
) -> HttpResponse:
    """Show `Batch details`, with the refusal of an action on the `selected` CAS, if it was refused."""
    mine, latest = cas_of(request, batch), Order.objects.latest_for(batch)
    order = latest if latest and latest.status == OrderStatus.OPEN else None
    context: Context = {"can_edit": False}
    rules, summary = Rule.objects.on(), None
    if not batch.assigned_at:
        summary = BatchSummary.of(batch, rules, Reach.of(request.user))
        closed = batch.why_not(is_being_paid_for=order is not None)
        context = assignment_of(request, batch, summary, rules, closed)
        context |= warnings_about(request, batch, summary.seen, rules)
    page = page_of(request, mine if summary is None else summary.seen, page_size(request, A_PAGE))
    count = batch.cas.count() if summary is None else summary.count
    sees_all, limits = page.paginator.count == count, rules.limits(request.user.sponsor.sponsor_status)
    context |= {
        "batch": batch,
        "order": order,
        "latest": latest,
        "summary": summary,
        "rows": with_needs(page, summary, limits, can_edit=bool(context["can_edit"])),
        "pagination": pagination(page, request.GET),
        "page_sizes": page_sizes(page, request.GET),
        **marking(request, f"batch:{batch.pk}", selected=selected, rows=mine),
        "count": count,
        "last": max(summary.versions, default=None) if summary else None,
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
