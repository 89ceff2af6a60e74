"""Reading the rows of a sheet as records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.sheets import cells
from bulk_data_transfer.sheets.headings import understood
from bulk_data_transfer.sheets.sheet import Cell, Row, Sheet, is_blank, letters
from cas.details import fields
from sms.core.refused import Refused

MOST_RECORDS = 10_000


class _Read(NamedTuple):
    """A column that is read: its place from 0, its letters, the name of its field, and how its cells are read."""

    place: int
    letters: str
    name: str
    reader: cells.Reader


def records(
    sheet: Sheet, wanted: Collection[str] = fields.BY_NAME.keys(), *, most: int = MOST_RECORDS
) -> Iterator[Record]:
    """Yield the records of a sheet: each row with an answer in one of the `wanted` columns of `cas.columns`.

    Raises `Refused` about the file: for its headings, for more than `most` records, and where it can no longer be read.
    """
    meant = understood(sheet.headings, wanted).columns
    columns = [
        _Read(index, letters(index), column.name, cells.reader_of(column, sheet.day_zero))
        for index, column in meant.items()
    ]
    number = 0
    for row in sheet.rows:
        filled = [(column, row.cells[column.place]) for column in columns if _is_filled(row, column.place)]
        if filled or row.refused:
            number += 1
            if number > most:
                raise refusals.TOO_MANY_RECORDS(most=f"{most:,}")
            yield _record(number, row, filled)


def _is_filled(row: Row, place: int) -> bool:
    return place < len(row.cells) and not is_blank(row.cells[place])


def _record(number: int, row: Row, filled: Iterable[tuple[_Read, Cell]]) -> Record:
    record = Record(number, row.place)
    if row.refused:  # its values may stand in the wrong columns
        record.faults.append(Remark.of(row.refused, place=row.place))
        return record
    for column, cell in filled:
        place = f"{column.letters}{row.number}"
        record.places[column.name] = place
        try:
            cells.refuse_unusable(cell)
            record.given[column.name] = column.reader(cell)
        except Refused as refused:
            fault = Remark.of(refused, place=place, field=column.name, value=cells.shown(cell))
            record.faults.append(fault)
    return record
