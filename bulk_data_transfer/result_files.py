"""The results of an upload as a file: the sender's own records, and what became of each (specification, section 11).

The columns of the results stand before those of the sender. So a row that is too short, or too long, has the same fault
when the file is sent again, and no value moves to another column.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from bulk_data_transfer import reading, refusals
from bulk_data_transfer.columns import BY_NAME
from bulk_data_transfer.models import Export, Stage, Upload, UploadRow
from bulk_data_transfer.records import LONGEST_SHOWN, PASTED, Record
from bulk_data_transfer.results import Listed, listed, outcome_of, subject_of
from bulk_data_transfer.sheets import headings, opening
from bulk_data_transfer.sheets.cells import Reader, money, reader_of
from bulk_data_transfer.sheets.sheet import DAY_ZERO, Cell, Sheet
from bulk_data_transfer.writing import cells
from bulk_data_transfer.xml import writing_results
from cas.details import fields
from licences.models import User

DATASET = "results"
FORMATS = ("xlsx", "csv", "xml")
AT_A_TIME = 1_000  # records that are read in one statement

Report = Callable[[int], None]
Results = Mapping[str | int, Sequence[str]]  # the cells of the results: by place in a sheet, by number in XML


def prepare(upload: Upload, *, by: User) -> Export:
    """Choose the results of an upload to export. Raises `Refused` if there are none now, or the file is not kept."""
    refuse_without_results(upload)
    ids = list(upload.rows.order_by("number").values_list("pk", flat=True))
    return Export.objects.prepare(DATASET, ids, name=f"Results of {upload.name}", by=by)


def refuse_without_results(upload: Upload) -> None:
    """Raise `Refused` if an upload has no results now, or if its file is not kept."""
    if upload.stored is None:
        raise refusals.FILE_NO_LONGER_KEPT()
    if upload.is_working:
        raise refusals.WORKED_ON_NOW()
    if upload.stage not in {Stage.CHECKED, Stage.IMPORTED}:
        raise refusals.NOT_CHECKED()


def write(export: Export, file: IO[bytes], *, report: Report) -> int:
    """Write the results of an upload, as the user who asked may see them now. Return how many records they have."""
    mine = UploadRow.objects.for_user(export.by).filter(pk__any_of=export.ids[:1])
    if (first := mine.select_related("upload__stored").first()) is None:
        return 0
    write_results(first.upload, export.format, file, by=export.by, report=report)
    return export.count


def write_results(
    upload: Upload, file_format: str, file: IO[bytes], *, by: User, report: Report = lambda done: None
) -> None:
    """Write the results of an upload in this format, as the user `by` may see them."""
    found = _records(upload, by=by, report=report)
    if file_format == "xml":
        file.write(writing_results.opening(upload.file_id).encode())
        file.writelines(_element(each).encode() for each in found)
        file.write(writing_results.closing().encode())
    else:
        _write_sheet(upload, file_format, file, found)


def _records(upload: Upload, *, by: User, report: Report) -> Iterator[Listed]:
    """Yield every record of an upload with the CAS that the user may see, in the order of the file."""
    rows = UploadRow.objects.filter(upload=upload).defer("details").order_by("number")
    last = 0
    while some := list(rows.filter(number__gt=last)[:AT_A_TIME]):
        yield from listed(some, by)
        last = some[-1].number
        report(last)


def _element(record: Listed) -> str:
    row, number = record.row, record.cas.number if record.cas else ""
    facts = {
        "Place": row.place,
        "ApplicantID": row.applicant_id,
        "Result": row.result or row.outcome,
        "CASNumber": number,
    }
    return writing_results.record(facts, {"Error": row.faults, "Warning": row.warnings})


def _write_sheet(upload: Upload, file_format: str, file: IO[bytes], found: Iterable[Listed]) -> None:
    if upload.stored is None:
        raise refusals.FILE_NO_LONGER_KEPT()
    is_sheet = upload.format in reading.SHEETS
    results = {each.row.place if is_sheet else each.row.number: _cells(each, has_places=not is_sheet) for each in found}
    with tempfile.TemporaryFile() as sent:
        upload.stored.copy_to(sent)
        sheet = opening.opened(sent) if is_sheet else None
        if sheet:
            given = _as_text(sheet, upload) if file_format == "csv" else ((row.place, row.cells) for row in sheet.rows)
            rows = _with_results(upload, sheet.headings.cells, given, results)
        else:
            records = reading.records(sent, most=len(results), is_pasted=upload.format == PASTED)
            names = _names(upload)
            titles = [headings.heading_of(BY_NAME[name]) for name in names]
            rows = _with_results(upload, titles, _as_cells(names, records), results)
        if file_format == "csv":
            cells.write_csv(file, rows)
        else:
            cells.write_xlsx(file, rows, is_from_1904=sheet is not None and sheet.day_zero != DAY_ZERO)


def _as_text(sheet: Sheet, upload: Upload) -> Iterator[tuple[str, Sequence[Cell]]]:
    """Yield the place and the cells of each row. Numbers that are dates or amounts become text that says so."""
    meant = headings.understood(sheet.headings, upload.columns).columns
    readers = {
        place: reader_of(column, sheet.day_zero)
        for place, column in meant.items()
        if column.kind in {"date", "partial date", "money"}
    }
    for row in sheet.rows:
        yield (
            row.place,
            [_number(cell, readers[place]) if place in readers else cell for place, cell in enumerate(row.cells)],
        )


def _number(cell: Cell, reader: Reader) -> Cell:
    return str(reader(cell)) if isinstance(cell, Decimal) else cell


def _cells(record: Listed, *, has_places: bool) -> Sequence[str]:
    """Return the cells of the results of a record. Cells move in the new file, so remarks name the column instead."""
    row = record.row
    remarks = [
        "\n".join(_in_words(remark, has_places=has_places) for remark in some) for some in (row.faults, row.warnings)
    ]
    return outcome_of(row), record.cas.number or "" if record.cas else "", *remarks


def _in_words(remark: Mapping[str, str], *, has_places: bool) -> str:
    parts = [remark["place"] if has_places else "", remark["sentence"]]
    if (subject := subject_of(remark["field"])) and subject not in remark["sentence"]:
        parts.insert(1, f"{subject}:")
    return f"{' '.join(filter(None, parts))} ({remark['code']})"


def _with_results(
    upload: Upload, titles: Sequence[Cell], rows: Iterable[tuple[str | int, Sequence[Cell]]], results: Results
) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a sheet with the cells of their results. Those of an earlier result file are left out.

    A column that the upload was read from stays: a sheet of CAS numbers keeps its own.
    """
    read = {headings.key(BY_NAME[name].label) for name in upload.columns if name in BY_NAME}
    added = [place for place, title in enumerate(headings.RESULTS) if headings.key(title) not in read]
    dropped = {
        place
        for place, title in enumerate(titles)
        if headings.is_of_results(str(title or "")) and headings.key(str(title)) not in read
    }
    none = [""] * len(headings.RESULTS)

    def row_of(result: Sequence[str], row: Sequence[Cell]) -> Sequence[Cell]:
        own = [cell for place, cell in enumerate(row) if place not in dropped] if dropped else row
        return [*(result[place] for place in added), *own]

    yield row_of(headings.RESULTS, titles)
    for place, row in rows:
        yield row_of(results.get(place, none), row)


def _as_cells(names: Sequence[str], records: Iterable[Record]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the number and the cells of each record of a file that is no sheet."""
    for record in records:
        given = _refused_values(record) | record.given
        given.setdefault("number", given.get("cas_number"))  # the name in graduate notifications
        yield record.number, [_cell(name, given.get(name)) for name in names]


def _names(upload: Upload) -> list[str]:
    """Return the names of the columns for the records of a file that is no sheet."""
    return [field.name for field in fields.fields_for(upload.route)] if upload.does.makes_cas else list(upload.columns)


def _refused_values(record: Record) -> dict[str, Any]:
    """Return the values that have a fault of form, by field, unless their remark has only their beginning."""
    return {each.field: each.value for each in record.faults if each.field and len(each.value) < LONGEST_SHOWN}


def _cell(name: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal | int) and BY_NAME[name].kind == "money":
        return money(Decimal(value))
    return "" if value is None else str(value)
