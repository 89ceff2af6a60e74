"""Hooks: let an app take part in the work of an app below it, which may not import it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """Functions that other apps connect in their `AppConfig.ready()`. Calling the hook calls all of them.

    They are called in the order of their names, so that the order of `INSTALLED_APPS` does not matter.
    """

    def __init__(self) -> None:
        self._functions: dict[str, Callable[P, R]] = {}

    def connect(self, function: Callable[P, R]) -> None:
        """Connect `function`. Connecting it twice has the same effect as connecting it once."""
        self._functions[f"{function.__module__}.{function.__qualname__}"] = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Call all functions. Return their results."""
        return [self._functions[name](*args, **kwargs) for name in sorted(self._functions)]
