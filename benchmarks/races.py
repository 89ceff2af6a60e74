"""Timing contestants against each other in turn, so that whatever else the machine does meets all of them alike.

What counts is never a time but a ratio of times within one round: the median over all rounds, with its spread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gc import collect
from statistics import median, quantiles

TURN = 0.2  # seconds: what is quicker is repeated within its turn
FEWEST, MOST = 3, 31  # rounds


@dataclass(frozen=True)
class Goal:
    """How long `first` may take against `second`: at most so many times as long, or at least so many times faster.

    Without either it is told and not judged. What takes at most `or_more` milliseconds longer is never too long.
    """

    first: str
    second: str
    at_most: float | None = None
    faster_by: float | None = None
    or_more: float | None = None


@dataclass(frozen=True)
class Race:
    """Contestants by name, each a function that does the whole thing once. `seconds` is about how long all may take.

    `is_here` says that the work is done in this process, so that its own processor time means something. `before` is
    done before each call, off the clock. What takes minutes is run `once`, and not warmed up.
    """

    contestants: Mapping[str, Callable[[], object]]
    goals: Sequence[Goal]
    seconds: float = 60
    is_here: bool = True
    before: Callable[[], object] | None = None
    once: bool = False


@dataclass(frozen=True)
class Count:
    """A number that is no time, such as that of statements, and the most that it may be, if anybody says so."""

    what: str
    number: int
    at_most: int | None = None


@dataclass
class Times:
    """Seconds that one call of a contestant took, by the clock and of this process's processor time, by round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios, and between which two half of them lie."""

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
    """Let all contestants run, round by round, each round beginning with another one.

    `seconds` is about how long all may take, if not what the race says; `rounds` is how often, if not as often as
    there is time for.
    """
    calls = {name: 1 if race.once else _calls(race, name) for name in race.contestants}
    times = {name: Times() for name in race.contestants}
    names = list(race.contestants)
    end = time.perf_counter() + (race.seconds if seconds is None else seconds)
    rounds = 1 if race.once else rounds
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
    """How many calls fill a turn, by the second one, because the first warms up what there is to warm."""
    cold, _ = _turn(race, name, 1)
    warm, _ = _turn(race, name, 1) if cold < 10 * TURN else (cold, 0)
    return max(1, round(TURN / warm)) if race.before is None else 1


def _turn(race: Race, name: str, calls: int) -> tuple[float, float]:
    """Seconds for one call, by the clock and of the processor."""
    if race.before:
        race.before()
    contestant = race.contestants[name]
    collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        contestant()
    return (time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls
