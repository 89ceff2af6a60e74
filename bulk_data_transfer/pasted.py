"""Pasted lists: CAS numbers or Applicant IDs, kept and read as a file of text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from bulk_data_transfer.records import Record
from bulk_data_transfer.sheets.headings import known
from bulk_data_transfer.sheets.opening import opened
from sms.core.refused import Refused
from sponsorship_duties.chosen import entries_of

COLUMN = "cas"
NAME = "Pasted list"


def is_table(text: str) -> bool:
    """Return whether the text begins with several headings of columns, as copied from a sheet."""
    try:
        return len(known(opened(as_sheet(text)).headings)) > 1
    except Refused:
        return False


def as_sheet(text: str) -> BinaryIO:
    return io.BytesIO(text.encode("utf-8", "replace"))


def count(text: str) -> int:
    """Return how many records a pasted text has."""
    return len(text.strip().splitlines()) - 1 if is_table(text) else len(entries_of(text))


def as_file(text: str) -> BinaryIO:
    """Return a file with one entry of the list on each line."""
    return io.BytesIO("\n".join(entries_of(text)).encode("utf-8", "replace"))


def records(file: BinaryIO) -> Iterator[Record]:
    file.seek(0)
    for number, line in enumerate(file, start=1):
        yield Record(number, f"entry {number}", given={COLUMN: line.decode().strip()})
