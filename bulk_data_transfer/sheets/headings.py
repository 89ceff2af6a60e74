"""The headings of the columns of a sheet: how we write them, and how we understand those of a sender."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bulk_data_transfer import columns as of_files
from bulk_data_transfer import refusals
from bulk_data_transfer.records import LONGEST_SHOWN, Remark
from bulk_data_transfer.sheets.sheet import Row, is_blank, letters
from cas.columns import BY_NAME, Column, label_of
from cas.details import fields
from sms.core.characters import UNSTORABLE

RESULT, CAS_NUMBER, ERRORS, WARNINGS = "Result", label_of("number"), "Errors", "Warnings"
RESULTS = (RESULT, CAS_NUMBER, ERRORS, WARNINGS)
"""The headings of the columns that our result files add. A sheet may have them, and they mean nothing there."""

_TIMES = Counter(column.label for column in BY_NAME.values())


@dataclass(frozen=True)
class Understood:
    """The meaning of the headings of a sheet: columns of a CAS, by their place from 0.

    `not_read` has the other headings, and `warnings` a remark about each of them.
    """

    columns: Mapping[int, Column]
    not_read: list[str]
    warnings: list[Remark]


def heading_of(column: Column) -> str:
    """Return the heading of a column: its label, with its section if other columns have the same label."""
    field = fields.BY_NAME.get(column.name)
    return f"{field.section_name}: {column.label}" if field and _TIMES[column.label] > 1 else column.label


def understood(headings: Row, wanted: Collection[str]) -> Understood:
    """Return the meaning of the headings, for a reader of the `wanted` columns. Raises `Refused` about the file.

    A heading can be a label, a section with a label, or a name. Case, spaces and punctuation do not count.
    """
    columns: dict[int, Column] = {}
    not_read, warnings = [], []
    for index, cell in enumerate(headings.cells):
        heading = "" if is_blank(cell) else UNSTORABLE.sub("\ufffd", str(cell).strip())[:LONGEST_SHOWN]
        meanings = _meanings().get(key(heading), ())
        meant = [column for column in meanings if column.name in wanted]
        if len(meant) == 1:
            _refuse_a_second(columns, meant[0], index)
            columns[index] = meant[0]
        elif heading and not is_of_results(heading):
            place = f"{letters(index)}{headings.number}"
            not_read.append(heading)
            warnings.append(_not_read(heading, meant, place))
    if not columns:
        raise refusals.NO_HEADING_KNOWN(row=headings.number)
    return Understood(columns, not_read, warnings)


def count_known(headings: Row) -> int:
    """Return how many of the headings mean one column."""
    return sum(not is_blank(cell) and len(_meanings().get(key(str(cell)), ())) == 1 for cell in headings.cells)


def known(headings: Row) -> set[str]:
    """Return the names of the columns that the headings mean, for any reader."""
    meant = (_meanings().get(key(str(cell)), ()) for cell in headings.cells if not is_blank(cell))
    return {columns[0].name for columns in meant if len(columns) == 1}


def _refuse_a_second(columns: Mapping[int, Column], column: Column, index: int) -> None:
    first = next((place for place, found in columns.items() if found.name == column.name), None)
    if first is not None:
        raise refusals.HEADING_TWICE(first=letters(first), second=letters(index), heading=heading_of(column))


def _not_read(heading: str, meant: list[Column], place: str) -> Remark:
    if not meant:
        return Remark.of(refusals.COLUMN_NOT_READ(heading=heading), place=place, value=heading)
    *others, last = (f"“{heading_of(column)}”" for column in meant)
    unclear = refusals.HEADING_UNCLEAR(heading=heading, meanings=f"{', '.join(others)} or {last}")
    return Remark.of(unclear, place=place, value=heading)


@cache
def _meanings() -> Mapping[str, tuple[Column, ...]]:
    """Return the columns that each key means."""
    found: dict[str, dict[str, Column]] = {}
    for column in of_files.BY_NAME.values():
        for spelling in _spellings(column):
            found.setdefault(key(spelling), {})[column.name] = column
    return {key: tuple(columns.values()) for key, columns in found.items()}


def _spellings(column: Column) -> Iterator[str]:
    yield from (column.name, column.label)
    if field := fields.BY_NAME.get(column.name):
        yield f"{field.section_name}: {field.label}"


def is_of_results(heading: str) -> bool:
    """Return whether a heading is one of those that our result files add."""
    return key(heading) in _keys_of_results()


@cache
def _keys_of_results() -> frozenset[str]:
    return frozenset(map(key, RESULTS))


def key(heading: str) -> str:
    """Return the letters and figures of a heading, without case and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", heading).casefold() if sign.isalnum())
