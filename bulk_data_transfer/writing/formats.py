"""The formats in which records can be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from bulk_data_transfer.writing import csv_files, json_lines, xlsx_files
from cas.columns import Column

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Format:
    """A format. `write` takes the file, the columns, their headings, the rows, and whether to write codes."""

    name: str
    label: str
    hint: str
    content_type: str
    write: Callable[[IO[bytes], Sequence[Column], Sequence[str], Rows, bool], None]
    is_packed: bool = False  # compressed already


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format(
            "xlsx",
            "Excel (XLSX)",
            "Dates and amounts can be sorted and added up. Zeros at the beginning of an ID are kept.",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx_files.write,
            is_packed=True,
        ),
        Format(
            "csv",
            "CSV",
            "For another system. If you open it in Excel, Excel removes zeros at the beginning of an ID.",
            "text/csv",
            csv_files.write,
        ),
        Format(
            "jsonl",
            "JSON lines",
            "For programs: a JSON object for each record.",
            "application/jsonl",
            json_lines.write,
        ),
    )
}
