"""Work out the shapes of a picture of figures, for the macro in `templates/jinja2/pictures.html`.

A picture has a slot for each label, from left to right. In each slot a series has one value, drawn as a bar or as a
point of a line. The axis begins at 0. Positions are in the units of the picture's own coordinates, from its top left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, groupby
from math import ceil
from typing import NamedTuple

from sms.core.govuk import formats

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 76, 8, 16, 44  # the margins around the plot. The left and the bottom have the labels
MOST_STEPS = 5  # of the axis
BARS_TAKE = Fraction(7, 10)  # of their slot

Number = int | Fraction


def whole(value: Number) -> str:
    """Return a whole number as text, such as 1,234."""
    return formats.number(int(value))


class Rectangle(NamedTuple):
    """A bar, and the text that a pointer over it shows."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Point(NamedTuple):
    """A point of a line, and the text that a pointer over it shows."""

    x: float
    y: float
    text: str


class Step(NamedTuple):
    """A mark of an axis: its position and its text. A `minor` one is left out of a narrow picture."""

    at: float
    text: str
    is_minor: bool = False


@dataclass(frozen=True)
class Series:
    """A name, and a value for each label of the picture. None leaves a gap."""

    name: str
    values: Sequence[Number | None]
    is_bars: bool = False


@dataclass(frozen=True)
class Limit:
    """A horizontal line across the picture, at `value`. The `name` says what it is, with its value."""

    name: str
    value: Number


@dataclass(frozen=True)
class Picture:
    """Hold the figures to draw. `name` is the id of the picture on its page, `title` its heading.

    `heading` is that of the labels, in the table of the same figures. `show` writes a value, in the table and on the
    axis. `short` writes a label on the axis, where there is little room.
    """

    name: str
    title: str
    heading: str
    labels: Sequence[str]
    series: Sequence[Series]
    limits: Sequence[Limit] = ()
    show: Callable[[Number], str] = whole
    short: Callable[[str], str] = str

    @property
    def view_box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def plot(self) -> tuple[float, float, float, float]:
        """Return the left, top, right and bottom of the plot."""
        return LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM

    @property
    def rows(self) -> list[list[str]]:
        """Return the rows of the table: a label, and the value of each series, "–" where there is none."""
        columns = [self.labels, *([self.shown(value) for value in series.values] for series in self.series)]
        return [list(row) for row in zip(*columns, strict=True)]

    @property
    def description(self) -> str:
        """Return the picture in words, for screen readers: the last and the highest value of each series."""
        return " ".join([*map(self._in_words, self.series), *(f"{limit.name}." for limit in self.limits)])

    def _in_words(self, series: Series) -> str:
        found = [(label, value) for label, value in zip(self.labels, series.values, strict=True) if value is not None]
        if not found:
            return f"{series.name}: no figures."
        last, highest = found[-1], max(found, key=lambda each: each[1])
        words = f"{series.name}: {self.show(last[1])}, {last[0]}"
        return f"{words}." if highest[1] == last[1] else f"{words}; highest {self.show(highest[1])}, {highest[0]}."

    def shown(self, value: Number | None) -> str:
        return "–" if value is None else self.show(value)

    # The axes

    @property
    def step(self) -> int:
        """Return the distance between two marks of the axis: 1, 2 or 5, or 10, 20 or 50, and so on."""
        steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
        return next(step for step in steps if step * MOST_STEPS >= self._highest)

    @property
    def top(self) -> int:
        """Return the value at the top of the axis."""
        return max(1, ceil(self._highest / Fraction(self.step))) * self.step

    @property
    def _highest(self) -> Number:
        values = (value for series in self.series for value in series.values if value is not None)
        return max((*values, *(limit.value for limit in self.limits)), default=0)

    @property
    def marks(self) -> list[Step]:
        """Return the marks of the vertical axis, from 0."""
        return [Step(self.y(value), self.show(value)) for value in range(0, self.top + 1, self.step)]

    @property
    def slots(self) -> list[Step]:
        """Return the labels below the plot, in the middle of their slots. A narrow picture shows every third."""
        return [
            Step(self.middle(place), self.short(label), is_minor=place % 3 != 0)
            for place, label in enumerate(self.labels)
        ]

    def y(self, value: Number) -> float:
        """Return the vertical position of a value."""
        return rounded(TOP + (1 - Fraction(value) / self.top) * (HEIGHT - TOP - BOTTOM))

    def middle(self, place: int) -> float:
        """Return the horizontal position of the middle of a slot. The first is number 0."""
        return rounded(LEFT + (place + Fraction(1, 2)) * self._slot)

    @property
    def _slot(self) -> Fraction:
        """Return the width of a slot."""
        return Fraction(WIDTH - LEFT - RIGHT, len(self.labels))

    # The series

    def bars(self, series: Series) -> Iterator[Rectangle]:
        """Yield the bars of a series. The bars of several series stand side by side in each slot."""
        drawn = [each for each in self.series if each.is_bars]
        width = self._slot * BARS_TAKE / len(drawn)
        for place, value in enumerate(series.values):
            if value is not None:
                x = LEFT + self._slot * (place + (1 - BARS_TAKE) / 2) + width * drawn.index(series)
                y = self.y(value)
                text = self._text(series, place, value)
                yield Rectangle(rounded(x), y, rounded(width), rounded(HEIGHT - BOTTOM - y), text)

    def dots(self, series: Series) -> Iterator[Point]:
        """Yield the points of a series that is a line."""
        for place, value in enumerate(series.values):
            if value is not None:
                yield Point(self.middle(place), self.y(value), self._text(series, place, value))

    def lines(self, series: Series) -> Iterator[str]:
        """Yield the lines between points without a gap, as SVG takes them: `x,y x,y`."""
        placed = enumerate(series.values)
        for is_gap, part in groupby(placed, key=lambda each: each[1] is None):
            if not is_gap:
                yield " ".join(f"{self.middle(place)},{self.y(value)}" for place, value in part if value is not None)

    def _text(self, series: Series, place: int, value: Number) -> str:
        return f"{self.labels[place]}, {series.name}: {self.show(value)}"


def rounded(value: float | Fraction) -> float:
    """Return a position with one decimal, which is less than a pixel."""
    return round(float(value), 1)
