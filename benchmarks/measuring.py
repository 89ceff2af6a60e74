"""Filling the database, running a part, and printing and keeping its figures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import ModuleType

from django.core.management import call_command

from benchmarks import report, rows
from benchmarks.races import Count, run


def fill(count: int) -> None:
    """Make the tables, and `count` CAS in them."""
    print(f"Making {count:,} CAS, once: about a minute for each 200,000", file=sys.stderr)
    call_command("migrate", verbosity=0)
    rows.make(count)
    rows.maintain()


def measure(part: ModuleType, *, seconds: float | None = None, rounds: int | None = None) -> list[str]:
    """Run all races of a part, print each figure when it is known, and return the same lines."""
    lines, took = [*report.HEAD], []
    print(*report.HEAD, sep="\n")
    for measured in part.prepare():
        if isinstance(measured, Count):
            found: Iterator[str] = iter([report.of_count(measured)])
        else:
            times = run(measured, seconds=seconds, rounds=rounds)
            found = report.of_race(measured, times)
            took.append(report.times_of(times))
        for line in found:
            print(line, flush=True)
            lines.append(line)
    lines += ["", *took]
    print("", *took, sep="\n")
    return lines


def keep(title: str, description: str, lines: list[str]) -> None:
    report.keep(title, description, lines, machine())


def machine() -> str:
    return f"{len(os.sched_getaffinity(0))} cores"
