"""The portal's clock: the time, and the date in London.

Rules that count days count London dates. No other module may read the time, so that demo data can be made in the past
and a training portal can run in another year.
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
    """Return the portal's current time, aware, in UTC."""
    return _moved_to.get() or real_now()


def real_now() -> datetime:
    """Return the real time, aware, even if the clock is set: sessions, for example, must end in real time."""
    return timezone.now()  # noqa: TID251 only here


def today() -> date:
    """Return the portal's current date in London."""
    return now().astimezone(LONDON).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware) within the block, for this thread only."""
    token = _moved_to.set(moment)
    try:
        yield
    finally:
        _moved_to.reset(token)
