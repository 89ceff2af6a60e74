"""The messages that the portal writes to a sponsor about a late payment or a refund.

They name no student: they may be sent by email.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.urls import reverse

from licences.models import Licence, Message, User
from sms.core.govuk import formats


class Order(Protocol):
    """A `cas.models.order.Order`, which this module may not import."""

    licence: Licence
    reference: str
    count: int
    refunded_on: date | None
    refund_reference: str

    @property
    def total_pence(self) -> int: ...


def closed(order: Order, move: str, *, by: User) -> None:
    """Write to the sponsor if a refund is due or was made by this move, in its transaction."""
    if move == "owe":
        _refund_due(order, by=by)
    elif move == "refund":
        _refunded(order, by=by)


def paid_late(order: Order, *, by: User) -> None:
    """Write to the sponsor that an order was paid after it had ended, in the transaction that assigns its CAS."""
    text = (
        f"The payment of {_amount(order)} had ended without payment, but the payment service has received the money "
        "since. We have assigned the CAS. Withdraw any that you do not need."
    )
    _write(order, f"A late payment of {formats.pounds(order.total_pence)} arrived", text, by=by)


def _refund_due(order: Order, *, by: User) -> None:
    text = (
        f"The payment of {_amount(order)} arrived, but the CAS could not be assigned. The Home Office will refund it. "
        "The page of the order says why."
    )
    _write(order, f"A refund of {formats.pounds(order.total_pence)} is due", text, by=by)


def _refunded(order: Order, *, by: User) -> None:
    text = (
        f"The Home Office refunded the payment of {_amount(order)} on {formats.day(order.refunded_on)}. "
        f"The reference of the refund is {order.refund_reference}."
    )
    _write(order, f"{formats.pounds(order.total_pence)} was refunded", text, by=by)


def _amount(order: Order) -> str:
    return f"{formats.pounds(order.total_pence)} for {order.count:,} CAS (order {order.reference})"


def _write(order: Order, subject: str, text: str, *, by: User) -> None:
    link = reverse("order_details", args=[order.reference])
    Message.objects.write_to(order.licence, subject, text, link=link, by=by)
