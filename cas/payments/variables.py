"""The environment variables that a payment provider needs. The provider's module names them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings


class Variables:
    """The environment variables of one provider.

    `defaults` has their names without the name of the provider: `base_url` of "worldpay" is WORLDPAY_BASE_URL. Every
    variable needs a value. If its default is empty, the environment must set it.
    """

    def __init__(self, provider: str, **defaults: str) -> None:
        self._defaults = {f"{provider}_{name}".upper(): default for name, default in defaults.items()}
        self._provider = provider

    @property
    def names(self) -> frozenset[str]:
        """Return the full names of the variables."""
        return frozenset(self._defaults)

    def text(self, name: str) -> str:
        """Return the value of the variable; "" if it is not set."""
        return self._value(f"{self._provider}_{name}".upper())

    def listed(self, name: str) -> list[str]:
        """Return the parts of a comma-separated value."""
        return [part for part in map(str.strip, self.text(name).split(",")) if part]

    def missing(self) -> Iterator[str]:
        """Yield a sentence for each variable without a value."""
        return (f"{name} is missing." for name in self._defaults if not self._value(name))

    def _value(self, name: str) -> str:
        return settings.PROVIDER_VARIABLES.get(name, self._defaults[name])
