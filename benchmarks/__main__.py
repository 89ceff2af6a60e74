"""List the parts, or run one and print its figures, for `script/bench`."""

from __future__ import annotations

import argparse
import ast
import os
import pkgutil
import signal
import sys
from contextlib import ExitStack
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import django

from benchmarks import databases

PARTS = Path(__file__).with_name("parts")
A_MILLION = 1_000_000


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database server is stopped too
    given = arguments().parse_args()
    if given.part is None:
        print("The parts. script/bench PART runs one; script/bench --help lists the options.\n")
        for name in names():
            print(f"  {name:<12}{docstring(name).partition(chr(10))[0]}")
        return
    name = databases.name_of(given.rows)
    with databases.opened(given.database, name) as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        django.setup()
        sys.excepthook = sys.__excepthook__  # show errors in the terminal: the log is discarded
        from benchmarks import measuring  # needs Django

        fill(given.database, given.rows)
        part = import_module(f"{PARTS.parent.name}.{PARTS.name}.{given.part}")
        with ExitStack() as stack:
            if rows := getattr(part, "BESIDE", None):
                databases.beside(stack.enter_context(databases.opened(given.database, databases.name_of(rows))))
                with databases.smaller():
                    fill(given.database, rows)
            lines = measuring.measure(part, seconds=given.seconds)
        if given.keep:
            title = f"{given.part} on {databases.ENGINES[given.database]}, {given.rows:,} CAS"
            measuring.keep(title, docstring(given.part), lines)


def fill(engine: str, count: int) -> None:
    """Make `count` CAS in the open database, unless it has them already.

    Another process makes them, so that the memory that this takes does not hide what is measured afterwards.
    """
    from benchmarks import measuring

    name = databases.name_of(count)
    if not databases.is_whole(engine, name):
        process = get_context("fork").Process(target=measuring.fill, args=(count,))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)
        databases.mark_whole(engine, name)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("script/bench", description="Measure a part of the portal, as ratios.")
    parser.add_argument("part", nargs="?", choices=names(), metavar="PART", help="one of: " + ", ".join(names()))
    parser.add_argument("--rows", type=int, default=A_MILLION, help="the number of CAS in the database: %(default)s")
    parser.add_argument("--database", choices=databases.ENGINES, default="postgresql", help="postgresql, or sqlite")
    parser.add_argument("--seconds", type=float, help="about how long each race takes, instead of its own time")
    parser.add_argument("--keep", action="store_true", help="write the figures into docs/benchmarks.md")
    return parser


def names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules([str(PARTS)])]


def docstring(name: str) -> str:
    """Return the docstring of a part. It is read from the file, because the import needs a database."""
    return ast.get_docstring(ast.parse((PARTS / f"{name}.py").read_text(encoding="utf-8"))) or ""


if __name__ == "__main__":
    main()
