"""Timing contestants against each other in turn, so that other work of the machine slows all of them equally.

A figure is never a time, but a ratio of times within one round: the median over all rounds, with its spread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gc import collect
from statistics import median, quantiles

TURN = 0.2  # seconds: a quicker contestant is repeated within its turn
FEWEST, MOST = 3, 31  # rounds


@dataclass(frozen=True)
class Goal:
    """A limit for `first` against `second`.

    `first` must take `at_most` times as long, or `at_most_more` milliseconds longer, or be `faster_by` so many times.
    Without any of them, the ratio is reported and not judged. `of_processor` judges the processor time of this process,
    and not the time by the clock.
    """

    first: str
    second: str
    at_most: float | None = None
    faster_by: float | None = None
    at_most_more: float | None = None
    of_processor: bool = False


@dataclass(frozen=True)
class Race:
    """Contestants by name, each a function that does the work once. `seconds` is about how long all may take.

    `is_here` says that the work is done in this process, so that its processor time is meaningful. `before` is called
    before each call and is not timed.
    """

    contestants: Mapping[str, Callable[[], object]]
    goals: Sequence[Goal]
    seconds: float = 60
    is_here: bool = True
    before: Callable[[], object] | None = None


@dataclass(frozen=True)
class Count:
    """A number that is not a time, such as the number of statements, with its goal, if it has one."""

    what: str
    number: int
    at_most: int | None = None


@dataclass
class Times:
    """The seconds for one call of a contestant in each round: by the clock, and processor time of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios, and the lower and upper quartile."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, firsts: Sequence[float], seconds: Sequence[float]) -> Ratio:
        ratios = [first / second for first, second in zip(firsts, seconds, strict=True)]
        if len(ratios) < 2:
            return cls(ratios[0], ratios[0], ratios[0])
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        return cls(median(ratios), low, high)


def run(race: Race, *, seconds: float | None = None, rounds: int | None = None) -> dict[str, Times]:
    """Run all contestants, round by round, and begin each round with a different one.

    `seconds` is about how long all may take, instead of the race's own time. `rounds` is the number of rounds, instead
    of as many as there is time for.
    """
    calls = {name: _calls(race, name) for name in race.contestants}
    times = {name: Times() for name in race.contestants}
    names = list(race.contestants)
    end = time.perf_counter() + (race.seconds if seconds is None else seconds)
    done = 0
    while done < (rounds or MOST) and (rounds or done < FEWEST or time.perf_counter() < end):
        for name in names:
            wall, cpu = _turn(race, name, calls[name])
            times[name].wall.append(wall)
            times[name].cpu.append(cpu)
        names = [*names[1:], names[0]] if done % 2 else names[::-1]
        done += 1
    return times


def _calls(race: Race, name: str) -> int:
    """Return how many calls fill a turn. The second call is timed, because the first one warms the caches."""
    cold, _ = _turn(race, name, 1)
    warm, _ = _turn(race, name, 1) if cold < 10 * TURN else (cold, 0)
    return max(1, round(TURN / warm)) if race.before is None else 1


def _turn(race: Race, name: str, calls: int) -> tuple[float, float]:
    """Return the seconds for one call, by the clock and of processor time."""
    if race.before:
        race.before()
    contestant = race.contestants[name]
    collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        contestant()
    return (time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls
