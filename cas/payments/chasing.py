"""Asking providers about orders of which nothing is heard, or not yet the last (specification, section 6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F, Q

from cas.lifecycle import OrderStatus, PaymentState
from cas.models import Order
from cas.models.order import OrderQuerySet
from cas.payments import checkout
from cas.payments.provider import BadCallback, ProviderUnavailable
from licences.clock_guard import clock_problem
from licences.models import User
from sms.core import clock

logger = logging.getLogger(__name__)

SILENCE = timedelta(minutes=30)
PATIENCE = timedelta(hours=24)

# Worldpay sends an event again for a week. What is not known a day later will not become known by itself.
REMEMBERED = timedelta(days=8)
ASKED_EVERY = timedelta(hours=1)

DOWN = 3  # unanswered questions in a row, after which a provider is left alone until the next run


def chase_silent_orders() -> int:
    """Ask about each order that has been open and silent for 30 minutes; returns how many.

    It lapses when the provider says that it is unpaid, or has said nothing for certain in 24 hours. One that was paid
    with another amount waits for a caseworker. While the clock is doubted, none lapses. Those that a clock that ran
    ahead opened in the future are asked about, too: their age is unknown, so they do not lapse before their day.
    """
    now, may_lapse = clock.now(), not clock_problem()
    is_silent = Q(opened_at__lt=now - SILENCE) | Q(opened_at__gt=now)
    silent = Order.objects.filter(is_silent, status=OrderStatus.OPEN)
    count = silent.count()
    try:
        _ask_about(silent, _chase if may_lapse else checkout.ask)
    finally:
        unheard = silent.exclude(provider_state=PaymentState.PAID) if may_lapse else silent.none()
        for order in unheard.filter(opened_at__lte=now - PATIENCE):
            order.lapse(by=User.objects.system())
    return count


def ask_again() -> int:
    """Ask, once an hour, about each order of the last 8 days that is not final at its provider; returns how many."""
    now = clock.now()
    orders = Order.objects.not_final().filter(opened_at__gte=now - REMEMBERED).with_last_asked(now)
    is_due = Q(last_asked=None) | Q(last_asked__lte=now - ASKED_EVERY)
    return _ask_about(orders.filter(is_due), checkout.ask)


def _chase(order: Order) -> None:
    checkout.ask(order)
    is_unheard = order.status == OrderStatus.OPEN and order.provider_state != PaymentState.PAID
    if is_unheard and order.opened_at <= clock.now() and checkout.shut(order):
        order.lapse(by=User.objects.system())


def _ask_about(orders: OrderQuerySet, ask: Callable[[Order], None]) -> int:
    """Ask about each of `orders`, those first about which nobody has asked for longest; returns about how many.

    Raises an `ExceptionGroup` only when all had their turn: one that cannot be dealt with keeps no other waiting.
    """
    failures, unanswered, asked = [], 0, 0
    for order in orders.with_last_asked(clock.now()).order_by(F("last_asked").asc(nulls_first=True), "id"):
        Order.objects.filter(pk=order.pk).update(asked_at=clock.now())
        asked += 1
        try:
            ask(order)
            unanswered = 0
        except BadCallback:
            logger.warning("What the provider says about order %s cannot be right", order.pk)
        except ProviderUnavailable:
            logger.warning("No answer about order %s", order.pk)
            unanswered += 1
        except Exception as failure:
            failures.append(failure)
        if unanswered == DOWN:
            break
    if failures:
        raise ExceptionGroup("Some orders could not be dealt with.", failures)
    return asked
