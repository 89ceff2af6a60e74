"""The one clock: what time it is, and what day it is in London.

Everything that a rule counts in days counts London days. Nothing else in the project may read the time, so
that demo data can be made in the past and a training portal can live in another year.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")

_moved_to: ContextVar[datetime | None] = ContextVar("moved_to", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moved_to.get() or real_now()


def real_now() -> datetime:
    """The real moment, aware, wherever the clock is set: for what must end in real time, such as a session."""
    return timezone.now()  # noqa: TID251 here and nowhere else


def today() -> date:
    """The present date in London."""
    return now().astimezone(LONDON).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let the clock stand still at `moment` (aware) within the block, for this thread only."""
    token = _moved_to.set(moment)
    try:
        yield
    finally:
        _moved_to.reset(token)
