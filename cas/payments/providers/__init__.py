"""The payment providers: one module each, with a `PROVIDER` that has the module's name.

Nothing else names them. PAYMENT_PROVIDER chooses one, and its variables in the environment begin with its name.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from cas.payments.provider import Provider


def find() -> dict[str, Provider]:
    """Return each provider by its name. Raise `ValueError` for one that is not called as its module is."""
    found: dict[str, Provider] = {}
    for module in iter_modules(__path__):
        provider: Provider = import_module(f"{__name__}.{module.name}").PROVIDER
        if provider.name != module.name:
            raise ValueError(f"The provider in {module.name}.py is called {provider.name!r}.")
        found[provider.name] = provider
    return found
