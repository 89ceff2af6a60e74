"""Make sheets in memory, and read them."""

import csv
import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from bulk_data_transfer.sheets import opening, reading
from cas.details import fields
from sms.core.refused import Refused
from sms.core.values import Invalid

EVERY_FIELD = frozenset(fields.BY_NAME)


def csv_of(*rows, encoding="utf-8", delimiter=","):
    """Return a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_of(*rows, **options):
    """Return a workbook with one sheet. A value can be a pair: a value, and the number format of its cell."""
    return workbook_of({"Sheet1": rows}, **options)


def workbook_of(sheets, hidden=(), **options):
    """Return a workbook with these rows of each sheet. The first sheet that is not hidden is the active one."""
    file = io.BytesIO()
    workbook = Workbook(file, {"in_memory": True, **options})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                write(workbook, sheet, row, column, value)
        if name in hidden:
            sheet.hide()
        elif not any(each is not sheet and each.get_name() not in hidden for each in workbook.worksheets()):
            sheet.activate()
            sheet.set_first_sheet()
    workbook.close()
    return file


def write(workbook, sheet, row, column, value):
    value, number_format = value if isinstance(value, tuple) else (value, None)
    style = workbook.add_format({"num_format": number_format}) if number_format else None
    if isinstance(value, str) and not value.startswith("{="):
        sheet.write_string(row, column, value, style)
    elif value is not None:
        sheet.write(row, column, value, style)


def with_parts(file, parts, without=()):
    """Return the archive with these parts added, or in place of those of the same name."""
    changed = io.BytesIO()
    with ZipFile(file) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name not in without:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed


def part_of(file, name):
    with ZipFile(file) as archive:
        return archive.read(name).decode()


def records(file, wanted=EVERY_FIELD, **options):
    return list(reading.records(opening.opened(file), wanted, **options))


def refusal_of(file, **options):
    """Return the refusal of a file when it is opened or read."""
    with pytest.raises(Refused) as refused:
        records(file, **options)
    return refused.value.refusal


def outcome(file, name):
    """Return the value of a field of the only record, as it would be stored; or else the sentence of its fault."""
    (record,) = records(file)
    if record.faults:
        assert [fault.field for fault in record.faults] == [name]
        return record.faults[0].sentence
    try:
        return fields.BY_NAME[name].checked(record.given.get(name))
    except Invalid as invalid:
        return str(invalid)
