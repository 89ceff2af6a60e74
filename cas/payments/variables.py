"""The variables of the environment that a payment provider needs. Its module names them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings


class Variables:
    """The variables of one provider.

    `defaults` names them without the provider's name: `base_url` of "worldpay" is WORLDPAY_BASE_URL. Each needs a
    value; one whose default is empty needs it from the environment.
    """

    def __init__(self, provider: str, **defaults: str) -> None:
        self._defaults = {f"{provider}_{name}".upper(): default for name, default in defaults.items()}
        self._provider = provider

    @property
    def names(self) -> frozenset[str]:
        """Return what the variables are called in the environment."""
        return frozenset(self._defaults)

    def text(self, name: str) -> str:
        """Return the value of the variable; "" if it has none."""
        return self._value(f"{self._provider}_{name}".upper())

    def listed(self, name: str) -> list[str]:
        """Return the parts of a value that has commas between them."""
        return [part for part in map(str.strip, self.text(name).split(",")) if part]

    def missing(self) -> Iterator[str]:
        """Say of each variable without a value that it is missing."""
        return (f"{name} is missing." for name in self._defaults if not self._value(name))

    def _value(self, name: str) -> str:
        return settings.PROVIDER_VARIABLES.get(name, self._defaults[name])
