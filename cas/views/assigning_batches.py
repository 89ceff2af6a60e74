"""Assigning a batch: from the search to `Confirmation of assigned batch` (manual 4, guides 2 and 5)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cas.columns import as_line, columns
from cas.details import fields
from cas.finding.way_back import SEARCH, WayBack, along
from cas.forms.batches import AssignKindForm, BatchSearchForm
from cas.models import CAS, Batch, BatchStatus, Order, Rule
from cas.models.batch_summary import NAMED, BatchSummary
from cas.models.dividing import Division, name_to_complete, set_others_aside
from cas.payments import checkout
from cas.rules import Rules
from cas.views.assigning import to_provider
from cas.views.batch_standing import assignment_of, cas_of, page_of, warnings_about
from cas.views.batches import A_PAGE, OF_A_LIST, listed
from cas.views.loading import load_batch
from licences.access import requires
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.scoping import Reach
from licences.stored_searches import load_search
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import link, refused_to
from sms.core.govuk.pages import page_size, page_sizes, pagination
from sms.core.refused import Refused

SCREEN = "find_batch"
COPIED = ("applicant_id", "name", "number", "expires_on")
"""The columns of the CAS that users copy from the confirmation."""
READ = [name for column in columns(COPIED) for name in column.reads]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_ASSIGN)
def assign_kind(request: SignedInRequest) -> HttpResponse:
    """Ask whether to assign one CAS or a batch (guides 4 and 5, step 2)."""
    form = AssignKindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect("find_batch" if form.cleaned_data["kind"] == AssignKindForm.BATCH else "find_cas_to_assign")
    return render_form(request, "cas/assign_kind.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_ASSIGN)
def find_batch(request: SignedInRequest) -> HttpResponse:
    """Search for a batch. One result leads straight to it; otherwise keep the search and list it (guide 5, step 3)."""
    form = BatchSearchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = list(_found(request, form.cleaned_data["name"])[:2])
        search = StoredSearch.objects.keep(SCREEN, {"name": form.cleaned_data["name"]}, by=request.user)
        if len(found) == 1:
            return redirect(along(reverse("assign_batch", args=found), SEARCH, search.key))
        return redirect("found_batches", search.key)
    return render_form(request, "cas/assign_find_batch.html", {"form": form})


@require_safe
@requires(Action.CAS_ASSIGN)
def found_batches(request: SignedInRequest, key: str) -> HttpResponse:
    """Show the search form with what was typed, and the batches found, newest first."""
    search = load_search(request, key, SCREEN)
    page = Paginator(_found(request, search.asked["name"]), OF_A_LIST).get_page(request.GET.get("page"))
    context = {
        "form": BatchSearchForm(initial=search.asked),
        "page": page,
        "pagination": pagination(page, request.GET),
        "rows": listed(page.object_list),
        "key": key,
        "elsewhere": [] if page else _assigned_already(request, search.asked["name"]),
    }
    return render(request, "cas/assign_find_batch.html", context)


@require_safe
@requires(Action.CAS_ASSIGN)
def assign_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Confirm assignment of batch`, or why it is not possible yet (guide 2, step 8; guide 5, step 4)."""
    batch = load_batch(request, pk)
    if elsewhere := _redirect_if_paying_or_assigned(batch):
        return elsewhere
    rules = Rule.objects.on()
    summary = BatchSummary.of(batch, rules, Reach.of(request.user))
    context = assignment_of(request, batch, summary, rules) | warnings_about(request, batch, summary.seen, rules)
    return render(
        request, "cas/assign_batch.html", context | _way_back(request) | _students_of(request, summary.seen, rules)
    )


def _students_of(request: SignedInRequest, seen: list[CAS], rules: Rules) -> dict[str, object]:
    """Return a page of the CAS of a batch, oldest first, each with the headings of its warnings."""
    page = page_of(request, seen, NAMED)
    sponsor_status = request.user.sponsor.sponsor_status
    rows = [
        (cas, [each.heading for each in fields.warnings(cas, rules, sponsor_status=sponsor_status)]) for cas in page
    ]
    return {"rows": rows, "page": page, "pagination": pagination(page, request.GET)}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
def assign_ready(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Assign the READY TO GO`: ask for confirmation, move the other CAS aside, and go on to assign the batch."""
    batch = load_batch(request, pk)
    if elsewhere := _redirect_if_paying_or_assigned(batch):
        return elsewhere
    if request.method == "POST":
        return _set_aside(request, batch)
    division = Division.of(batch, Rule.objects.on())
    if refused := division.why_not():
        return refused_to(request, refused, "assign_batch", pk)
    context = {"batch": batch, "division": division, "name": name_to_complete(batch), "named": NAMED}
    return render(request, "cas/assign_ready.html", context)


def _set_aside(request: SignedInRequest, batch: Batch) -> HttpResponse:
    """Move the CAS that are not ready into a new batch, and go on to `Confirm assignment of batch`."""
    try:
        aside = set_others_aside(batch, request.POST.get("shown", ""), by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "assign_ready", batch.pk)
    see = link("See the batch", reverse("batch", args=[aside.pk]))
    messages.success(request, f"{aside.cas.count():,} CAS moved to “{aside.name}”.", extra_tags=see)
    return redirect("assign_batch", batch.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_ASSIGN)
def pay_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Online payment`. `OK` opens the order and goes to the provider (guide 2, step 9; guide 5, step 5)."""
    batch = load_batch(request, pk)
    if elsewhere := _redirect_if_paying_or_assigned(batch):
        return elsewhere
    rules = Rule.objects.on()
    summary = BatchSummary.of(batch, rules)
    context = assignment_of(request, batch, summary, rules)
    if not context["is_possible"]:
        return redirect("assign_batch", pk)
    if request.method == "POST":
        return _open_order(request, summary)
    # The digest of what `Confirm assignment of batch` showed. The order is refused if the batch has changed since.
    shown = request.GET.get("summary", summary.digest)
    return render(request, "cas/online_payment.html", {**context, **_way_back(request), "shown": shown})


@require_safe
@requires(Action.CAS_SEE)
def assigned_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Confirmation of assigned batch` (guide 2, step 10)."""
    batch = load_batch(request, pk)
    if not batch.assigned_at:
        return redirect("batch", pk)
    mine, count = cas_of(request, batch), batch.cas.count()
    page = page_of(request, mine, page_size(request, A_PAGE))
    lines = [as_line(cas, *COPIED) for cas in mine.only(*READ)]
    context = {"batch": batch, "page": page, "pagination": pagination(page, request.GET), "lines": lines}
    context |= {"page_sizes": page_sizes(page, request.GET)}
    context |= {"order": Order.objects.latest_for(batch), "count": count, "others": count - len(lines)}
    return render(request, "cas/batch_assigned.html", context)


def _found(request: SignedInRequest, name: str) -> QuerySet[Batch, int]:
    """Return the ids of the batches that the user can assign and whose name contains `name`, newest first."""
    return Batch.objects.for_user(request.user).unassigned().named(name).values_list("pk", flat=True)


def _assigned_already(request: SignedInRequest, name: str) -> list[Batch]:
    """Return the first assigned batches that the user may see whose name contains `name`, newest first."""
    mine = Batch.objects.for_user(request.user).of_status(BatchStatus.ASSIGNED)
    return list(mine.named(name).order_by("-pk")[:NAMED]) if name else []


def _way_back(request: SignedInRequest) -> dict[str, object]:
    return {"way_back": WayBack.of(request, search="found_batches", found="found_batches")}


def _redirect_if_paying_or_assigned(batch: Batch) -> HttpResponse | None:
    """Redirect to the confirmation of an assigned batch, or to the payment that is open; None for other batches."""
    if batch.assigned_at:
        return redirect("assigned_batch", batch.pk)
    if order := Order.objects.open_for_batch(batch):
        return redirect("order", order.reference)
    return None


def _open_order(request: SignedInRequest, summary: BatchSummary) -> HttpResponse:
    """Open the order for what was shown, and go to the provider's page."""
    try:
        order = checkout.open_for_batch(summary, request.POST.get("summary", ""), by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "assign_batch", summary.batch.pk)
    return to_provider(request, order)
