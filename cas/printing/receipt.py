"""The receipt of a payment: what was paid for, how much, when and by whom (specification, section 6)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from cas import refusals
from cas.models import CAS, Order
from licences.models import Event
from sms.core import clock
from sms.core.pdf import pdf

if TYPE_CHECKING:
    from licences.models import User


def receipt(order: Order, *, by: User) -> bytes:
    """Return the receipt of an order as an accessible PDF, and add a line to its history: printed by `by`.

    The caller must take `order` from `Order.objects.for_user(by)`. Raises `Refused` if no payment was received.
    """
    if not order.is_settled:
        raise refusals.NO_PAYMENT_RECEIVED()
    only = CAS.objects.for_user(by).filter(order_lines__order=order).first() if order.count == 1 else None
    context = {"order": order, "cas": only, "paid_at": _paid_at(order), "printed_at": clock.now(), "by": by}
    document = pdf(render_to_string("cas/receipt.html", context), title=f"Receipt {order.reference}")
    Event.objects.record("print_receipt", order, by=by)
    return document


def _paid_at(order: Order) -> datetime:
    """Return when the portal learned that this order was paid. The order must be settled."""
    known = Event.objects.about("order", order.pk).filter(verb__in=["pay", "owe"])
    return known.values_list("at", flat=True)[0]
