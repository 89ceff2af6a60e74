"""Taking an order to its provider, and doing what the provider says of it.

The provider's word decides, in whatever order, however often and however late it comes: the verbs of `Order` are safe
any number of times. Nothing here holds a transaction open while it talks to a provider.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cas.lifecycle import OrderStatus
from cas.models import Order
from cas.payments.provider import BadCallback, Provider, ProviderUnavailable, State, Word
from cas.payments.sandbox import Sandbox
from cas.payments.worldpay import Worldpay
from licences.models import User
from sms.core import clock
from sms.core.refused import Refused

logger = logging.getLogger(__name__)

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in (Sandbox(), Worldpay())}

SILENCE = timedelta(minutes=30)
PATIENCE = timedelta(hours=24)


def provider_named(name: str) -> Provider:
    """Raises `ImproperlyConfigured` for a provider that is not there, or that is for demonstrations only."""
    if name not in PROVIDERS or (name == Sandbox.name and not settings.DEMO):
        raise ImproperlyConfigured(f"There is no payment provider {name!r} here: set PAYMENT_PROVIDER.")
    return PROVIDERS[name]


def start(order: Order, return_url: str) -> str:
    """The address of the provider's page for this order: the same for everybody who asks.

    Raises `ProviderUnavailable`, and `Refused` when the page takes no payment any more.
    """
    provider = provider_named(order.provider)
    if provider.has_closed(order):
        raise Refused("The time to pay has passed. Cancel this payment, then select Assign again.")
    if not order.payment_url:
        order.send_to(*provider.create(order, return_url))
    return order.payment_url


def ask(order: Order) -> None:
    """Ask the provider about this order, and do what it says. Raises `ProviderUnavailable`."""
    word = provider_named(order.provider).fetch(order)
    if word is not None:
        obey(word, order)


def give_up(order: Order, *, by: User) -> None:
    """Cancel this order, unless the provider says that it was paid meanwhile. Raises `ProviderUnavailable`."""
    order.require("cancel", by=by)
    _shut(order)
    order.cancel(by=by)


def receive(provider: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take a callback in. Raises `BadCallback` when it is not the provider's, or cannot be right."""
    word = provider_named(provider).read_callback(headers, body)
    if word is None:
        return
    order = Order.objects.filter(reference=word.reference, provider=provider).first()
    if order is None:  # acknowledged all the same, or it would come again for days and hold up those behind it
        logger.warning("A signed callback of %s is about no order of ours", provider)
        return
    obey(word, order)


def obey(word: Word, order: Order) -> None:
    """Do what the provider says. Raises `BadCallback` when it speaks of other money than the order's."""
    if not _is_about(word, order):
        raise BadCallback("The provider speaks of another order or amount.")
    system = User.objects.system()
    if word.state is State.PAID:
        order.settle(by=system)
    elif word.state is State.DECLINED:
        order.decline(by=system)
    elif word.state is State.CANCELLED:
        order.cancel(by=system)
    elif word.state is State.UNPAID:
        order.lapse(by=system)


def _is_about(word: Word, order: Order) -> bool:
    if word.reference != order.reference:
        return False
    if word.amount_pence is None:
        return word.state is not State.PAID
    return (word.amount_pence, word.currency) == (order.total_pence, "GBP")


def _shut(order: Order) -> bool:
    """Ask that nobody can pay for this order any more, and settle it if somebody just did.

    Returns whether it is certain that nobody has paid or will: a provider that knows of no payment may be slow to
    hear of one. Only where nobody was ever sent to its page is there nothing to hear of.
    """
    provider = provider_named(order.provider)
    provider.cancel(order)
    word = provider.fetch(order)
    if word is None:
        return not order.payment_url
    if word.state is State.CANCELLED:  # that was us
        return True
    obey(word, order)
    return False


def chase_silent_orders() -> int:
    """Ask about each order that has been open and silent for 30 minutes; returns how many.

    It lapses when the provider says that it is unpaid, or has said nothing for certain in 24 hours.
    """
    silent = Order.objects.filter(status=OrderStatus.OPEN, opened_at__lt=clock.now() - SILENCE).order_by("id")
    failures = []
    for order in silent:
        try:
            _chase(order)
        except Exception as failure:
            failures.append(failure)
    if failures:  # only now, because one order that cannot be dealt with must not keep the others waiting
        raise ExceptionGroup("Some silent orders could not be dealt with.", failures)
    return len(silent)


def _chase(order: Order) -> None:
    is_unpaid = False
    try:
        ask(order)
        if order.status == OrderStatus.OPEN:
            is_unpaid = _shut(order)
    except (ProviderUnavailable, BadCallback):
        logger.warning("No answer about order %s", order.pk)
    if is_unpaid or order.opened_at <= clock.now() - PATIENCE:
        order.lapse(by=User.objects.system())
