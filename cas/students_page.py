"""What other apps add to `Students`, the home of everything about CAS: lines under `Needs attention`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from licences.models import User


class Line(NamedTuple):
    text: str
    href: str


NEEDS_ATTENTION: list[Callable[[User], Iterable[Line]]] = []
