"""The interface of a payment provider (specification, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cas.lifecycle import PaymentState
from cas.models import Order
from cas.payments.variables import Variables


@dataclass(frozen=True)
class ProviderReport:
    """A provider's report about the payment for the order `reference`.

    It has the amount and the currency of a payment that was made. For other payments they may be unknown. It is final
    if the provider is not expected to report anything else about this payment.
    """

    reference: str
    state: PaymentState
    amount_pence: int | None = None
    currency: str = "GBP"
    is_final: bool = False

    def __post_init__(self) -> None:
        """Raise `TypeError` for an amount that is not whole pence, such as 5500.0 or true."""
        is_amount = self.amount_pence is None or type(self.amount_pence) is int
        if not is_amount or not isinstance(self.currency, str):
            raise TypeError("The amount is not a whole number, or the currency is not text.")


class BadCallback(Exception):
    """Raised for a callback that the provider did not send, or that cannot be read or be correct."""


class ProviderUnavailable(Exception):
    """Raised when the provider does not answer. The state of the payment is unknown: ask again later."""


class Provider(Protocol):
    name: str
    is_for_demonstrations: bool
    variables: Variables

    def problems(self) -> list[str]:
        """Return a sentence for each problem with the provider's variables."""

    def page_origins(self) -> list[str]:
        """Return the origins of its pages, which forms of the portal lead to; none if the portal serves the pages."""

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        """Open a payment. Return the provider's reference for it, and the address of the payment page.

        A second call for the same order may open another payment. `Order.send_to` keeps only the first address, and
        no user can pay on a page whose address is not shown. Raises `ProviderUnavailable`.
        """

    def has_closed(self, order: Order) -> bool:
        """Return whether the payment page no longer takes a payment for the order."""

    def fetch(self, order: Order) -> ProviderReport | None:
        """Return the provider's current report about the order; None if it knows of no payment yet.

        Raises `ProviderUnavailable`.
        """

    def cancel(self, order: Order) -> None:
        """Stop payments for the order, if the provider can do that. Raises `ProviderUnavailable`."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> ProviderReport | None:
        """Return the report in a signed callback; None if it is not about a payment. Raises `BadCallback`."""
