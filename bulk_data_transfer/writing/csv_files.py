"""CSV, as Excel opens it in the United Kingdom: UTF-8 with a BOM, dates as 27/03/2027, amounts as 1234.50."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from bulk_data_transfer.sheets.formula_guard import BEGINNINGS, guarded
from bulk_data_transfer.writing.values import Write, uk_date, uk_moment, writers
from cas.columns import Column

TEXT_KINDS = ("text", "long text", "student", "person")


_WRITE: dict[str, Write] = {
    "date": uk_date,
    "moment": uk_moment,
    "yes/no": lambda answer: "Yes" if answer else "No",
}


def write(
    file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[Any]], as_codes: bool
) -> None:
    """Write a line of headings and a line for each of `rows`, which have a value for each column."""
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    write_row = csv.writer(lines).writerow
    write_row(headings)
    changed = writers(columns, _WRITE, as_codes=as_codes)
    texts = [place for place, column in enumerate(columns) if column.kind in TEXT_KINDS]
    for row in rows:
        written = list(row)
        for place in texts:
            if (text := written[place]) and text[0] in BEGINNINGS:
                written[place] = guarded(text)
        for place, of in changed:
            if (value := written[place]) is not None and value != "":
                written[place] = of(value)
        write_row(written)
    lines.flush()
    lines.detach()
