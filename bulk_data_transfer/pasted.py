"""Pasted lists: CAS numbers or Applicant IDs, kept and read as a file of text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from bulk_data_transfer.records import Record
from sponsorship_duties.chosen import entries_of

COLUMN = "cas"


def as_file(text: str) -> BinaryIO:
    """Return a file with one entry of the list on each line."""
    return io.BytesIO("\n".join(entries_of(text)).encode("utf-8", "replace"))


def records(file: BinaryIO) -> Iterator[Record]:
    file.seek(0)
    for number, line in enumerate(file, start=1):
        yield Record(number, f"entry {number}", given={COLUMN: line.decode().strip()})
