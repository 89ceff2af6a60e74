"""Send an order to its provider, and act on the provider's reports.

Reports can arrive in any order, more than once and late, because the verbs of `Order` are safe to repeat. No function
here holds a transaction open while it waits for a provider.
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
    """Return the provider `name`. Raises `ImproperlyConfigured` if it is unknown, or is a sandbox outside demo mode."""
    provider = PROVIDERS.get(name)
    if provider is None or (provider.is_for_demonstrations and not settings.DEMO):
        raise ImproperlyConfigured(f"The payment provider {name!r} is not available: set PAYMENT_PROVIDER.")
    return provider


def page_origins() -> list[str]:
    """Return the origins of the provider's pages, which the Content-Security-Policy allows forms to lead to."""
    try:
        return provider_named(settings.PAYMENT_PROVIDER).page_origins()
    except ImproperlyConfigured:  # `cas.startup` then stops the portal from starting
        return []


def open_for_cas(cas: CAS, version: int, *, by: User) -> Order:
    """Open an order for one CAS, in the version that was shown to `by`. Raises `Refused`."""
    return Order.objects.open({cas.pk: version}, by=by, provider=settings.PAYMENT_PROVIDER)


def open_for_batch(summary: BatchSummary, shown: str, *, by: User) -> Order:
    """Open an order for a batch. Raises `Refused` if `shown`, the digest on the user's page, no longer matches it."""
    if not constant_time_compare(shown, summary.digest):
        raise refusals.BATCH_CHANGED_SINCE_SHOWN()
    versions, batch = summary.versions, summary.batch
    return Order.objects.open(versions, by=by, provider=settings.PAYMENT_PROVIDER, batch=batch)


def start(order: Order, return_url: str) -> str:
    """Return the address of the provider's page for this order. It is the same for every user.

    Raises `ProviderUnavailable`; `Refused` if the page no longer takes payments.
    """
    provider = provider_named(order.provider)
    if provider.has_closed(order):
        raise refusals.TOO_LATE_TO_PAY()
    if not order.payment_url:
        order.send_to(*provider.create(order, return_url))
    return order.payment_url


def ask(order: Order) -> None:
    """Ask the provider about this order, and act on its report. Raises `ProviderUnavailable`, `BadCallback`."""
    report = provider_named(order.provider).fetch(order)
    if report is not None:
        apply_report(report, order)


def cancel(order: Order, *, by: User) -> None:
    """Cancel this order, unless the provider says that it has been paid. Raises `ProviderUnavailable`."""
    order.require("cancel", by=by)
    shut(order)
    order.cancel(by=by)


def receive(provider: str, headers: Mapping[str, str], body: bytes) -> None:
    """Act on a callback. Raises `BadCallback` if the provider did not send it, or if it cannot be correct."""
    report = provider_named(provider).read_callback(headers, body)
    if report is None:
        return
    order = Order.objects.filter(reference=report.reference, provider=provider).first()
    if order is None:  # acknowledge it: otherwise the provider repeats it for days and delays later callbacks
        logger.warning("A signed callback from %s is about an unknown order", provider)
        return
    apply_report(report, order)


def apply_report(report: ProviderReport, order: Order) -> None:
    """Act on the provider's report, and keep it.

    Raises `BadCallback` if the report is about another order or a different amount. A report of a different amount is
    only kept: a caseworker decides what to do.
    """
    if report.reference != order.reference:
        raise BadCallback("The provider reported another order.")
    other_amount = _other_amount(report, order)
    if not other_amount:
        _do(report.state, order)
    order.record_provider_report(report.state, is_final=report.is_final, other_amount=other_amount)
    if other_amount:
        raise BadCallback("The provider reported another amount.")


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
    """Return the amount in `report`, in words, if it differs from the order's; otherwise ""."""
    if report.amount_pence is None:
        return "no amount" if report.state is PaymentState.PAID else ""
    if (report.amount_pence, report.currency) == (order.total_pence, "GBP"):
        return ""
    if report.currency == "GBP":
        return formats.pounds(report.amount_pence)[:40]
    return f"{report.amount_pence} {report.currency}"[:40]


def shut(order: Order) -> bool:
    """Ask the provider to stop payments for this order, and act on its report if it has been paid meanwhile.

    Return whether it is certain that the order has not been paid and will not be. A provider that knows of no payment
    may hear of one later, unless no user was ever sent to its page.
    """
    provider = provider_named(order.provider)
    provider.cancel(order)
    report = provider.fetch(order)
    if report is None:
        return not order.payment_url
    if report.state is PaymentState.CANCELLED:  # by this call; the caller now closes the order here
        return True
    apply_report(report, order)
    return False
