"""Write tracebacks for a log: where an error happened and its kind, without the values that caused it.

The message of an exception often quotes values: PostgreSQL quotes the whole row, and `int()` its text. So the message
is left out, unless its class is known to quote only names in the code or the schema.
"""

from __future__ import annotations

import sqlite3
import textwrap
import traceback
from collections.abc import Iterator
from types import TracebackType

import psycopg
from django.core.exceptions import ImproperlyConfigured

SPEAK_OF_NAMES_ONLY = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    NotImplementedError,
)

REFUSED_BY_A_TRIGGER = "23000"  # sms/core/triggers.py, with a sentence from the code

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def without_values(exc_info: ExcInfo) -> str:
    """Return the traceback as Python writes it, with causes and groups, but with `words` instead of each message."""
    return "\n".join(_lines(exc_info[1], set()))


def words(error: BaseException) -> str:
    """Return the part of the error's message that is safe to log; "" if there is none."""
    if isinstance(error, psycopg.Error) and error.sqlstate:
        said = error.diag
        parts = [error.sqlstate, said.table_name, said.column_name, said.constraint_name]
        if error.sqlstate == REFUSED_BY_A_TRIGGER:
            parts.append(said.message_primary)
        return " ".join(part for part in parts if part)
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, sqlite3.Error):  # names tables, columns and constraints; values are bound, so it quotes none
        return f"{error} {getattr(error, 'sqlite_errorname', '')}".rstrip()
    if isinstance(error, (*SPEAK_OF_NAMES_ONLY, psycopg.OperationalError)):  # OperationalError here: no connection
        return str(error)
    return ""


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier and id(earlier) not in seen:
        yield from _lines(earlier, seen)
        yield "\nwhich led to:\n"
    yield "Traceback (most recent call last):"
    yield from (frame.rstrip("\n") for frame in traceback.extract_tb(error.__traceback__).format())
    kind = type(error)
    said = words(error)
    yield f"{kind.__module__}.{kind.__qualname__}" + (f": {said}" if said else "")
    if isinstance(error, BaseExceptionGroup):
        for number, part in enumerate(error.exceptions, start=1):
            yield f"  --- {number} of {len(error.exceptions)}"
            yield textwrap.indent("\n".join(_lines(part, seen)), "  | ")
