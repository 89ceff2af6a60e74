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


@dataclass(frozen=True)
class Word:
    """A provider's word about the payment for the order `reference`."""

    reference: str
    state: State
    amount_pence: int
    currency: str = "GBP"


class BadCallback(Exception):
    """A callback that is not the provider's, or that cannot be read."""


class ProviderUnavailable(Exception):
    """The provider did not answer. What it knows is unknown; ask again later."""


class Provider(Protocol):
    name: str

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        """Open a payment; returns what the provider calls it, and the address of the page to pay at.

        Asked again for the same order, it answers with the same payment. Raises `ProviderUnavailable`.
        """

    def fetch(self, order: Order) -> Word | None:
        """What the provider says of it now; nothing when it has never heard of it. Raises `ProviderUnavailable`."""

    def cancel(self, order: Order) -> None:
        """Ask that nobody can pay for it any more. Raises `ProviderUnavailable`."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Word:
        """What a signed callback says. Raises `BadCallback`."""
