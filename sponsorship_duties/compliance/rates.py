"""Rates, and the bands that they fall into (specification, section 9). All fractions are exact.

This module asks no database. A rate is in per cent: of failures, such as refusals, or of all others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from cas.rules import Lines

SMALL = 50  # a sponsor with fewer CAS in the period is assessed at discretion


class Band(Enum):
    """The result of a rate, the best first. `colour` is that of its tag."""

    label: str
    colour: str
    is_missed: bool

    def __new__(cls, label: str, colour: str, is_missed: bool = False) -> Band:
        band = object.__new__(cls)
        band._value_ = label
        band.label, band.colour, band.is_missed = label, colour, is_missed
        return band

    PASS = "Pass", "blue"  # while there are no colours
    GREEN = "Green", "green"
    AMBER = "Amber", "orange"
    RED = "Red", "red", True
    MISSED = "Not passed", "red", True  # while there are no colours

    @classmethod
    def worst(cls, bands: Iterable[Band | None]) -> Band | None:
        """Return the worst of these bands; None if none is known."""
        order = list(cls)
        return max((band for band in bands if band), key=order.index, default=None)


class Period(NamedTuple):
    """The days of an assessment. Both count."""

    first: date
    last: date

    @classmethod
    def before(cls, day: date) -> Period:
        """Return the 12 months that end on the day before `day`."""
        last = day - timedelta(days=1)
        return cls(last - relativedelta(years=1) + timedelta(days=1), last)

    def months(self) -> list[date]:
        """Return the first day of each month that has days in the period. The first and last may be in it in part."""
        first = self.first.replace(day=1)
        count = (self.last.year - first.year) * 12 + self.last.month - first.month + 1
        return [first + relativedelta(months=number) for number in range(count)]


class Count(NamedTuple):
    """How many CAS are counted, how many of them failed, and how many are left out."""

    counted: int = 0
    failed: int = 0
    left_out: int = 0

    def plus(self, other: Count) -> Count:
        return Count(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def share(self) -> Fraction | None:
        """Return the share that failed, in per cent; None if none is counted."""
        return Fraction(100 * self.failed, self.counted) if self.counted else None


def total(counts: Iterable[Count]) -> Count:
    """Return the sum of these counts."""
    found = Count()
    for count in counts:
        found = found.plus(count)
    return found


@dataclass(frozen=True)
class Rate:
    """A rate and its lines. `is_of_failures` says that it is the share that failed, as the refusal rate is."""

    count: Count
    lines: Lines
    is_of_failures: bool
    has_colours: bool

    @property
    def value(self) -> Fraction | None:
        """Return the rate in per cent; None if no CAS is counted."""
        share = self.count.share
        return share if share is None or self.is_of_failures else 100 - share

    @property
    def band(self) -> Band | None:
        """Return the band; None if no CAS is counted."""
        return None if self.value is None else self._band_of(self.value)

    def _band_of(self, value: Fraction) -> Band:
        if not self._meets(value, self.lines.passing):
            return Band.RED if self.has_colours else Band.MISSED
        if not self.has_colours:
            return Band.PASS
        return Band.GREEN if self.lines.green is None or self._meets(value, self.lines.green) else Band.AMBER

    def _meets(self, value: Fraction, line: Fraction) -> bool:
        return value < line if self.is_of_failures else value >= line

    @property
    def until_amber(self) -> int | None:
        """Return how many more failures would end the green band: 0 if it has ended, None if there is no green line."""
        return None if self.lines.green is None else self._until(self.lines.green)

    @property
    def until_red(self) -> int | None:
        """Return how many more failures would miss the pass line: 0 if it is missed, None if no number would."""
        return self._until(self.lines.passing)

    def _until(self, line: Fraction) -> int | None:
        """Return how many more failures would miss `line`, if nothing else changes.

        Another refusal is one more decision. Another failure of the other rates is one of the CAS that are counted.
        """
        counted, failed, share = self.count.counted, self.count.failed, line / 100
        if self.value is not None and not self._meets(self.value, line):
            return 0
        if self.is_of_failures:
            return max(1, ceil((share * counted - failed) / (1 - share))) if share < 1 else None
        more = floor(counted - failed - share * counted) + 1
        return more if more <= counted - failed else None


def has_colours(lines: Collection[Lines]) -> bool:
    """Return whether the bands of a day have colours: they have while any rate has a green line."""
    return any(each.green is not None for each in lines)


def shown(value: Fraction | int | None) -> str:
    """Return a rate as text, rounded down to 2 decimals, so that it is never shown on the other side of a line."""
    if value is None:
        return "–"
    hundredths = floor(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".") + "%"
