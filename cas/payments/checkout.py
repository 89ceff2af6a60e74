"""Taking an order to its provider, and doing what the provider says of it.

The provider's report decides, in whatever order, however often and however late it comes: the verbs of `Order` are safe
any number of times. Nothing here holds a transaction open while it talks to a provider.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import constant_time_compare

from cas import refusals
from cas.lifecycle import PaymentState
from cas.models import CAS, Order
from cas.models.batch_summary import BatchSummary
from cas.payments import providers
from cas.payments.provider import BadCallback, Provider, ProviderReport
from licences.models import User
from sms.core.govuk import formats

logger = logging.getLogger(__name__)

PROVIDERS = providers.find()


def provider_named(name: str) -> Provider:
    """Return this provider. Raise `ImproperlyConfigured` where it is unknown, or for demonstrations only."""
    provider = PROVIDERS.get(name)
    if provider is None or (provider.is_for_demonstrations and not settings.DEMO):
        raise ImproperlyConfigured(f"There is no payment provider {name!r} here: set PAYMENT_PROVIDER.")
    return provider


def page_origins() -> list[str]:
    """Return the origins of the provider's pages, to which a form may lead a browser."""
    try:
        return provider_named(settings.PAYMENT_PROVIDER).page_origins()
    except ImproperlyConfigured:  # the portal does not start so
        return []


def open_for_cas(cas: CAS, version: int, *, by: User) -> Order:
    """Open an order for one CAS, as it was shown to `by` in this version. Raises `Refused`."""
    return Order.objects.open({cas.pk: version}, by=by, provider=settings.PAYMENT_PROVIDER)


def open_for_batch(summary: BatchSummary, shown: str, *, by: User) -> Order:
    """Open an order for a batch, if it holds what `shown`, the digest of its summary, stood for. Raises `Refused`."""
    if not constant_time_compare(shown, summary.digest):
        raise refusals.BATCH_CHANGED_SINCE_SHOWN()
    versions, batch = summary.versions, summary.batch
    return Order.objects.open(versions, by=by, provider=settings.PAYMENT_PROVIDER, batch=batch)


def start(order: Order, return_url: str) -> str:
    """The address of the provider's page for this order: the same for everybody who asks.

    Raises `ProviderUnavailable`, and `Refused` when the page takes no payment any more.
    """
    provider = provider_named(order.provider)
    if provider.has_closed(order):
        raise refusals.TOO_LATE_TO_PAY()
    if not order.payment_url:
        order.send_to(*provider.create(order, return_url))
    return order.payment_url


def ask(order: Order) -> None:
    """Ask the provider about this order, and do what it says. Raises `ProviderUnavailable`."""
    report = provider_named(order.provider).fetch(order)
    if report is not None:
        apply_report(report, order)


def cancel(order: Order, *, by: User) -> None:
    """Cancel this order, unless the provider says that it was paid meanwhile. Raises `ProviderUnavailable`."""
    order.require("cancel", by=by)
    shut(order)
    order.cancel(by=by)


def receive(provider: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take a callback in. Raises `BadCallback` when it is not the provider's, or cannot be right."""
    report = provider_named(provider).read_callback(headers, body)
    if report is None:
        return
    order = Order.objects.filter(reference=report.reference, provider=provider).first()
    if order is None:  # acknowledged all the same, or it would come again for days and hold up those behind it
        logger.warning("A signed callback of %s is about no order of ours", provider)
        return
    apply_report(report, order)


def apply_report(report: ProviderReport, order: Order) -> None:
    """Do what the provider says, and keep it.

    Raises `BadCallback` when it speaks of another order, and when it speaks of other money: then nothing is done but
    to keep what it said, and a caseworker decides.
    """
    if report.reference != order.reference:
        raise BadCallback("The provider speaks of another order.")
    other_amount = _other_amount(report, order)
    if not other_amount:
        _do(report.state, order)
    order.record_provider_report(report.state, is_final=report.is_final, other_amount=other_amount)
    if other_amount:
        raise BadCallback("The provider speaks of another amount.")


def _do(state: PaymentState, order: Order) -> None:
    system = User.objects.system()
    if state is PaymentState.PAID:
        order.settle(by=system)
    elif state is PaymentState.DECLINED:
        order.decline(by=system)
    elif state is PaymentState.CANCELLED:
        order.cancel(by=system)
    elif state is PaymentState.UNPAID:
        order.lapse(by=system)


def _other_amount(report: ProviderReport, order: Order) -> str:
    """The amount of which `report` speaks, in words, if it is not the order's."""
    if report.amount_pence is None:
        return "no amount" if report.state is PaymentState.PAID else ""
    if (report.amount_pence, report.currency) == (order.total_pence, "GBP"):
        return ""
    if report.currency == "GBP":
        return formats.pounds(report.amount_pence)[:40]
    return f"{report.amount_pence} {report.currency}"[:40]


def shut(order: Order) -> bool:
    """Ask that nobody can pay for this order any more, and settle it if somebody just did.

    Returns whether it is certain that nobody has paid or will: a provider that knows of no payment may be slow to
    hear of one. Only where nobody was ever sent to its page is there nothing to hear of.
    """
    provider = provider_named(order.provider)
    provider.cancel(order)
    report = provider.fetch(order)
    if report is None:
        return not order.payment_url
    if report.state is PaymentState.CANCELLED:  # that was us, and is heard when the order has ended here, too
        return True
    apply_report(report, order)
    return False
