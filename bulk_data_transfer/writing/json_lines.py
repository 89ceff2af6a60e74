"""JSON lines: a JSON object for each record, with the stored values by name of the column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from cas.columns import Column
from sms.core.clock import LONDON


def _plain(value: Any) -> str:
    """Return a date or an amount as text: 2027-03-27, 2027-03-27T14:05:00+00:00, 1234.50."""
    if isinstance(value, datetime):
        return value.astimezone(LONDON).isoformat(timespec="seconds")
    return str(value)


def write(
    file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[Any]], as_codes: bool
) -> None:
    """Write a line for each of `rows`. Codes stay codes, and nothing is guarded: programs read this, not Excel."""
    names = [column.name for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
    for row in rows:
        file.write(encode(dict(zip(names, row, strict=True))).encode())
        file.write(b"\n")
