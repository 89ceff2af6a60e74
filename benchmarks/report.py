"""The figures of a run, as lines of a table that is the same on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from benchmarks.races import Count, Goal, Race, Ratio, Times
from sms.core import clock
from sms.core.govuk import formats

PAGE = Path(__file__).resolve().parent.parent / "docs/benchmarks.md"

INTRODUCTION = """\
# Benchmarks

`script/bench` measures how fast the portal is, and lists its parts if it is run without arguments. `script/bench
search` runs one part, on PostgreSQL with a million invented CAS of 300 sponsors of very different sizes. It makes the
CAS the first time, which takes 5 minutes, and keeps them in `var/bench` until a migration or the code that makes them
changes.

- `--database sqlite` uses SQLite.
- `--rows 100000` uses fewer CAS.
- `--seconds 5` takes less time.
- `--keep` writes the figures into this page.

Each figure is a ratio of times within one run. All contestants run in turn, round by round. The result is the median of
the rounds' ratios; half of the rounds lie between the two values in the next column. A floor is the least work that
gives the same result. The floors are in the benchmark's own code, and tests check that they find the same as the
portal. The processor time is that of the measuring process, without the database
server's. Times depend on the machine and its other work; ratios depend on them less.
"""

HEAD = ["| figure | goal | result | half of the rounds between | processor time | |", "|---|---|---|---|---|---|"]


def of_count(count: Count) -> str:
    if count.at_most is None:
        return f"| {count.what} | | {count.number} | | | |"
    met = "met" if count.number <= count.at_most else "**not met**"
    return f"| {count.what} | at most {count.at_most} | {count.number} | | | {met} |"


def of_race(race: Race, times: Mapping[str, Times]) -> Iterator[str]:
    for goal in race.goals:
        yield _line(goal, times, race.is_here)


def times_of(times: Mapping[str, Times]) -> str:
    """Return a sentence with the quickest time of each contestant, to show the order of magnitude."""
    took = (f"{name}: {_milliseconds(min(each.wall))}" for name, each in times.items())
    rounds = len(next(iter(times.values())).wall)
    return f"The quickest of {rounds} round{'s' * (rounds > 1)}: {'; '.join(took)}."


def _line(goal: Goal, times: Mapping[str, Times], is_here: bool) -> str:
    first, second = times[goal.first], times[goal.second]
    more = median(1000 * (one - other) for one, other in zip(first.wall, second.wall, strict=True))
    if goal.faster_by is not None:
        first, second = second, first
    wall = Ratio.of(first.wall, second.wall)
    cpu = Ratio.of(first.cpu, second.cpu) if is_here else None
    cells = [
        f"{goal.first} against {goal.second}",
        _wish(goal),
        f"{_times(wall.middle)}{_unit(goal, more)}",
        f"{_times(wall.low)} and {_times(wall.high)}",
        _times(cpu.middle) if cpu else "",
        _verdict(goal, (cpu if cpu and goal.of_processor else wall).middle, more),
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _unit(goal: Goal, more: float) -> str:
    if goal.at_most_more is not None:
        return f", {more:.2f} ms more"
    return " faster" if goal.faster_by is not None else ""


def _wish(goal: Goal) -> str:
    if goal.at_most is not None:
        return f"at most {goal.at_most:.3g}x{' of processor time' * goal.of_processor}"
    if goal.at_most_more is not None:
        return f"at most {goal.at_most_more} ms more"
    return "" if goal.faster_by is None else f"at least {goal.faster_by}x faster"


def _verdict(goal: Goal, found: float, more: float) -> str:
    if goal.at_most is not None:
        is_met = found <= goal.at_most
    elif goal.at_most_more is not None:
        is_met = more <= goal.at_most_more
    elif goal.faster_by is not None:
        is_met = found >= goal.faster_by
    else:
        return ""
    return "met" if is_met else "**not met**"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 20 else f"{ratio:.1f}x" if ratio >= 5 else f"{ratio:.2f}x"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def keep(title: str, description: str, lines: list[str], machine: str, page: Path = PAGE) -> None:
    """Write a run into its section of the page, in place of the earlier run."""
    text = page.read_text(encoding="utf-8") if page.exists() else INTRODUCTION
    _, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    by_title = {section.partition("\n")[0]: section.strip() for section in sections}
    day = formats.day(clock.today())
    by_title[f"## {title}"] = "\n".join([f"## {title}", "", description, "", f"{day}, {machine}.", "", *lines])
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n\n".join([INTRODUCTION.strip(), *sorted(by_title.values())]) + "\n", encoding="utf-8")
