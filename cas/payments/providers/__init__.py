"""The payment providers: each has a module, with a `PROVIDER` of the same name.

No other code names them. PAYMENT_PROVIDER chooses one, and its environment variables begin with its name.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from cas.payments.provider import Provider


def find() -> dict[str, Provider]:
    """Return the providers by name. Raises `ValueError` if the name of a provider differs from its module's."""
    found: dict[str, Provider] = {}
    for module in iter_modules(__path__):
        provider: Provider = import_module(f"{__name__}.{module.name}").PROVIDER
        if provider.name != module.name:
            raise ValueError(f"The provider in {module.name}.py is called {provider.name!r}.")
        found[provider.name] = provider
    return found
