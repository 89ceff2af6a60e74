"""How orders ended, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cas.lifecycle import OrderStatus
from cas.models import Order
from sms.core import clock
from sms.core.govuk import formats

ENDINGS: Mapping[OrderStatus, str] = {
    OrderStatus.PAID: "It was paid on {day}.",
    OrderStatus.DECLINED: "It was declined on {day}. No money was taken.",
    OrderStatus.CANCELLED: "It was cancelled on {day}. No money was taken.",
    OrderStatus.LAPSED: "It lapsed on {day}, because the payment service did not confirm it.",
    OrderStatus.REFUND_DUE: "The money arrived, but the CAS could not be assigned. A refund has been due since {day}.",
    OrderStatus.REFUNDED: "The money arrived, but the CAS could not be assigned. It was refunded on {refunded}.",
}


def how_it_ended(order: Order) -> str:
    """Return how the order ended and on which day; "" for an open order."""
    if order.closed_at is None:
        return ""
    day = formats.day(order.closed_at.astimezone(clock.LONDON).date())
    refunded = formats.day(order.refunded_on) if order.refunded_on else day
    return ENDINGS[OrderStatus(order.status)].format(day=day, refunded=refunded)


def for_pages() -> dict[str, Any]:
    """Return the functions that every template can call."""
    return {"how_it_ended": how_it_ended}
