"""Hooks: how an app takes part in what an app below it does, which may not import it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """Call the functions that other apps connect in their `AppConfig.ready()`.

    They are called in the order of their names, so that the order of `INSTALLED_APPS` makes no difference.
    """

    def __init__(self) -> None:
        self._functions: dict[str, Callable[P, R]] = {}

    def connect(self, function: Callable[P, R]) -> None:
        """Have `function` called from now on. To connect it twice makes no difference."""
        self._functions[f"{function.__module__}.{function.__qualname__}"] = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Call all functions and return what they answer."""
        return [self._functions[name](*args, **kwargs) for name in sorted(self._functions)]
