"""Ask providers about orders without a report, or without a final report (specification, section 6)."""

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

# Worldpay repeats an event for a week. If nothing is known a day after that, no report will come.
REMEMBERED = timedelta(days=8)
ASKED_EVERY = timedelta(hours=1)

DOWN = 3  # unanswered calls in a row, after which the run stops


def chase_silent_orders() -> int:
    """Ask about each order that has been open for 30 minutes. Return how many.

    An order lapses if the provider says that it is unpaid, or has not reported a payment within 24 hours. An order
    that was paid with a different amount waits for a caseworker. No order lapses while the clock may be wrong. A clock
    that ran ahead may have opened orders in the future. The portal asks about them too, but they do not lapse before
    their time.
    """
    now, may_lapse = clock.now(), not clock_problem()
    is_silent = Q(opened_at__lt=now - SILENCE) | Q(opened_at__gt=now)
    silent = Order.objects.filter(is_silent, status=OrderStatus.OPEN)
    count = silent.count()
    try:
        _ask_about(silent, _chase if may_lapse else checkout.ask)
    finally:
        unpaid = silent.exclude(provider_state=PaymentState.PAID) if may_lapse else silent.none()
        for order in unpaid.filter(opened_at__lte=now - PATIENCE):
            order.lapse(by=User.objects.system())
    return count


def ask_again() -> int:
    """Ask, at most once an hour, about each order of the last 8 days without a final report. Return how many."""
    now = clock.now()
    orders = Order.objects.not_final().filter(opened_at__gte=now - REMEMBERED).with_last_asked(now)
    is_due = Q(last_asked=None) | Q(last_asked__lte=now - ASKED_EVERY)
    return _ask_about(orders.filter(is_due), checkout.ask)


def _chase(order: Order) -> None:
    checkout.ask(order)
    is_unpaid = order.status == OrderStatus.OPEN and order.provider_state != PaymentState.PAID
    if is_unpaid and order.opened_at <= clock.now() and checkout.shut(order):
        order.lapse(by=User.objects.system())


def _ask_about(orders: OrderQuerySet, ask: Callable[[Order], None]) -> int:
    """Ask about each of `orders`, starting with the one asked about longest ago. Return how many.

    An exception about one order does not delay the others. The exceptions are raised at the end, as an
    `ExceptionGroup`.
    """
    failures, unanswered, asked = [], 0, 0
    for order in orders.with_last_asked(clock.now()).order_by(F("last_asked").asc(nulls_first=True), "id"):
        Order.objects.filter(pk=order.pk).update(asked_at=clock.now())
        asked += 1
        try:
            ask(order)
            unanswered = 0
        except BadCallback:
            logger.warning("The provider's report about order %s cannot be correct", order.pk)
        except ProviderUnavailable:
            logger.warning("No answer about order %s", order.pk)
            unanswered += 1
        except Exception as failure:
            failures.append(failure)
        if unanswered == DOWN:
            break
    if failures:
        raise ExceptionGroup("The check of some orders failed.", failures)
    return asked
