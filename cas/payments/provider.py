"""What the portal asks of a payment provider (specification, section 6)."""

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

    Of a payment that was made it names amount and currency; of others they may be unknown. It is final when the
    provider has nothing else to say of this payment, as far as anybody can know.
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
    """A callback that is not the provider's, or that cannot be read."""


class ProviderUnavailable(Exception):
    """The provider did not answer. What it knows is unknown; ask again later."""


class Provider(Protocol):
    name: str
    is_for_demonstrations: bool
    variables: Variables

    def problems(self) -> list[str]:
        """Return what keeps it from working here, a sentence each; nothing when its variables are right."""

    def page_origins(self) -> list[str]:
        """Return the origins of its pages, where browsers may go from a form of ours; none if they are the portal's."""

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        """Open a payment; returns what the provider calls it, and the address of the page to pay at.

        Asked again for the same order, it may open another: `Order.send_to` keeps the first that is told, and a page
        whose address nobody was told takes no money. Raises `ProviderUnavailable`.
        """

    def has_closed(self, order: Order) -> bool:
        """Whether the page to pay at takes no payment for it any more."""

    def fetch(self, order: Order) -> ProviderReport | None:
        """What the provider says of it now; nothing when it knows of no payment, or of none yet.

        Raises `ProviderUnavailable`.
        """

    def cancel(self, order: Order) -> None:
        """Ask that nobody can pay for it any more, where the provider can do that. Raises `ProviderUnavailable`."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> ProviderReport | None:
        """What a signed callback says; nothing when it is of no concern here. Raises `BadCallback`."""
