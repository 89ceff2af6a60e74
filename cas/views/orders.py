"""Payments after the fact: their list, the page of an order, and its receipt (specification, section 6)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cas.lifecycle import OrderStatus
from cas.models import CAS, Batch, Order
from cas.printing.receipt import receipt
from cas.views.loading import assign_again, load_order
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.timeline import timeline
from sms.core.counting import tallies
from sms.core.govuk.banners import refused_to
from sms.core.govuk.pages import pagination
from sms.core.govuk.progress import Progress
from sms.core.limits import IN_REACH
from sms.core.refused import Refused

OF_A_LIST = 25
A_PAGE = 100  # CAS of an order

PROGRESS = {
    OrderStatus.OPEN: "We are waiting for the payment service.",
    OrderStatus.PAID: "The payment is confirmed.",
    OrderStatus.DECLINED: "The payment was declined.",
    OrderStatus.CANCELLED: "The payment was cancelled.",
    OrderStatus.LAPSED: "The payment has lapsed.",
    OrderStatus.REFUND_DUE: "The payment was received, but a refund is due.",
    OrderStatus.REFUNDED: "The payment was refunded.",
}
HEADINGS = {
    OrderStatus.OPEN: "Payment in progress",
    OrderStatus.REFUND_DUE: "A refund is due",
    OrderStatus.REFUNDED: "Payment refunded",
}


@require_safe
@requires(Action.CAS_ASSIGN)
def orders(request: SignedInRequest) -> HttpResponse:
    """List the payments that the user may see, or those of one status, newest first."""
    wanted = request.GET.get("status", "")
    wanted = wanted if wanted in OrderStatus.values else ""
    mine = Order.objects.for_user(request.user)
    rows = {"": mine, **{status: mine.filter(status=status) for status in OrderStatus.values}}
    found = tallies({status: (some, IN_REACH) for status, some in rows.items()})
    pages = Paginator(rows[wanted].select_related("batch", "opened_by").with_student(request.user), OF_A_LIST)
    pages.count = found[wanted].number
    page = pages.get_page(request.GET.get("page"))
    context = {"page": page, "pagination": pagination(page, request.GET), "wanted": wanted, "counts": found}
    return render(request, "cas/orders.html", context)


@require_safe
@requires(Action.CAS_ASSIGN)
def order_details(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show an order that is closed: what it was for, how it ended, its CAS and its history."""
    order = load_order(request, reference)
    return redirect("order", reference) if order.status == OrderStatus.OPEN else details(request, order)


@require_POST
@requires(Action.CAS_ASSIGN)
def print_receipt(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send the receipt of a payment as a PDF. This is a POST, because it adds a line to the history."""
    order = load_order(request, reference)
    try:
        document = receipt(order, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "order_details", reference)
    response = HttpResponse(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="receipt-{order.reference}.pdf"'
    return response


def details(request: SignedInRequest, order: Order) -> HttpResponse:
    """Show an order of any status, with the CAS that the user may see in the order in which they were created."""
    mine = CAS.objects.for_user(request.user).filter(order_lines__order=order).select_related("batch").order_by("pk")
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    batch = Batch.objects.for_user(request.user).filter(orders=order).first()
    cas = next(iter(page), None) if order.count == 1 and not batch else None
    context = {
        "order": order,
        "batch": batch,
        "cas": cas,
        "page": page,
        "pagination": pagination(page, request.GET),
        "others": order.count - page.paginator.count,
        "again": assign_again(order, batch or (cas and cas.batch), cas),
        "timeline": timeline(order, request.GET),
        "progress": progress_of(order),
    }
    return render(request, "cas/order.html", context)


def progress_of(order: Order) -> Progress:
    """Return the state of a payment, for a page that waits for its end."""
    status = OrderStatus(order.status)
    heading = HEADINGS.get(status, "Payment")
    return Progress(PROGRESS[status], has_ended=status != OrderStatus.OPEN, heading=heading)
