"""What the portal asks of a payment provider (specification, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from cas.models import Order


class State(Enum):
    """What a provider says of one payment."""

    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    """Nobody has paid, and nobody can any more."""
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Word:
    """A provider's word about the payment for the order `reference`.

    Of a payment that was made it names amount and currency; of others they may be unknown.
    """

    reference: str
    state: State
    amount_pence: int | None = None
    currency: str = "GBP"


class BadCallback(Exception):
    """A callback that is not the provider's, or that cannot be read."""


class ProviderUnavailable(Exception):
    """The provider did not answer. What it knows is unknown; ask again later."""


class Provider(Protocol):
    name: str

    def problems(self) -> list[str]:
        """What keeps it from working here, a sentence each; nothing when all of its settings are there."""

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        """Open a payment; returns what the provider calls it, and the address of the page to pay at.

        Asked again for the same order, it may open another: `Order.send_to` keeps the first that is told, and a page
        whose address nobody was told takes no money. Raises `ProviderUnavailable`.
        """

    def has_closed(self, order: Order) -> bool:
        """Whether the page to pay at takes no payment for it any more."""

    def fetch(self, order: Order) -> Word | None:
        """What the provider says of it now; nothing when it knows of no payment, or of none yet.

        Raises `ProviderUnavailable`.
        """

    def cancel(self, order: Order) -> None:
        """Ask that nobody can pay for it any more, where the provider can do that. Raises `ProviderUnavailable`."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Word | None:
        """What a signed callback says; nothing when it is of no concern here. Raises `BadCallback`."""
