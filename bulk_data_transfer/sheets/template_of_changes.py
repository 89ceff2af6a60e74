"""The templates for changes of existing CAS: an Excel workbook for each operation.

The first sheet has only the headings. `Notes` says of each column when it is needed, and `Codes` has the lists. A CAS
is named by its number or its Applicant ID, each in a column of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from bulk_data_transfer.columns import BY_NAME
from bulk_data_transfer.operation import CLOSING, DECISION, Operation
from bulk_data_transfer.sheets import template
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.sheets.reading import MOST_RECORDS
from bulk_data_transfer.sheets.sheet import letters
from bulk_data_transfer.sheets.xlsx_files import DATA_SHEET
from cas.details.fields import UPDATABLE_FEES
from cas.lifecycle import Closing, Outcome
from cas.models.assigned_together import REASON_SIZE
from sponsorship_duties.models import ActivityReason, ActivityType
from sponsorship_duties.models.reporting import DETAILS_SIZE

SAME_FOR_ALL = "If it is the same for every CAS, delete the column: the portal asks for it once"


class Note(NamedTuple):
    """When a column is needed, a hint, and the most characters of its text."""

    need: str
    hint: str = ""
    size: int = 0


_ONE_OF_TWO = "Mandatory, unless the other of the first two columns is filled in"
_BOTH_OR_NONE = "Mandatory if the other column of the pair is filled in"
NOTES: Mapping[str, Note] = {
    "number": Note(_ONE_OF_TWO),
    "applicant_id": Note(_ONE_OF_TWO, "It must be that of one CAS only"),
    **dict.fromkeys(UPDATABLE_FEES, Note("At least one fee is mandatory", "An empty cell leaves the fee unchanged")),
    "activity_type": Note("Mandatory", f"{SAME_FOR_ALL}, with the reason"),
    "reason": Note("Mandatory, except for a graduate notification", "The sheet Codes has the reasons of each type"),
    "happened_on": Note(
        "Mandatory, except for a graduate notification", f"The sheet Codes has its meaning. {SAME_FOR_ALL}"
    ),
    "completed_on": Note("Mandatory if the course was completed early. Otherwise leave it empty"),
    "details": Note("Mandatory, except for a graduate notification", SAME_FOR_ALL, DETAILS_SIZE),
    "withdrawal_reason": Note("Mandatory", SAME_FOR_ALL, REASON_SIZE),
    "applied_on": Note("Mandatory, unless the application has been recorded already"),
    **dict.fromkeys(DECISION, Note(_BOTH_OR_NONE, "Only if the application was decided")),
    **dict.fromkeys(CLOSING, Note(_BOTH_OR_NONE, "Only if the application ended without a decision")),
}


def template_of(operation: Operation) -> bytes:
    """Return the workbook for an operation, with the activity types and the reasons that are in use."""
    file = BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    workbook.set_properties({"title": operation.label, "created": template.MADE_AT})
    data, notes, codes = map(workbook.add_worksheet, (DATA_SHEET, template.NOTES, template.CODES))
    places = _write_codes(workbook, codes, operation)
    _write_headings(workbook, data, operation, places)
    rows = [_note(name, is_only="applicant_id" not in operation.columns) for name in operation.in_template]
    template.write_notes(workbook, notes, rows)
    workbook.close()
    return file.getvalue()


def _lists(operation: Operation) -> dict[str, list[str]]:
    """Return the lists to choose from, by column."""
    if "activity_type" in operation.columns:
        types = [each for each in ActivityType.objects.offered() if not each.is_withdrawal]
        reasons = ActivityReason.objects.in_use().filter(type__in=types)
        return {"activity_type": [each.name for each in types], "reason": list(dict.fromkeys(map(str, reasons)))}
    if "outcome" in operation.columns:
        return {"outcome": list(map(str, Outcome.labels)), "application_closed_as": list(map(str, Closing.labels))}
    return {}


def _write_codes(workbook: Workbook, sheet: Worksheet, operation: Operation) -> dict[str, str]:
    """Write a column for each list, and return by name of the column the cells that have it."""
    bold, places = workbook.add_format({"bold": True}), {}
    lists = _lists(operation)
    for column, (name, labels) in enumerate(lists.items()):
        sheet.write_string(0, column, BY_NAME[name].label, bold)
        sheet.write_column(1, column, labels)
        places[name] = f"={template.CODES}!${letters(column)}$2:${letters(column)}${len(labels) + 1}"
    if "reason" in lists:
        _write_reasons(sheet, bold, lists["activity_type"])
    sheet.set_column(0, 6, template.WIDEST)
    sheet.freeze_panes(1, 0)
    return places


def _write_reasons(sheet: Worksheet, bold: object, types: Sequence[str]) -> None:
    """Write which reasons each activity type has, and what its date means."""
    sheet.write_row(0, 3, ["For this activity type", "these reasons", "and this date"], bold)
    rows = ActivityReason.objects.in_use().filter(type__name__in=types).select_related("type")
    ordered = sorted(rows, key=lambda reason: (types.index(reason.type.name), reason.position))
    for number, reason in enumerate(ordered, start=1):
        sheet.write_row(number, 3, [reason.type.name, reason.name, reason.type.date_label])


def _write_headings(workbook: Workbook, sheet: Worksheet, operation: Operation, places: Mapping[str, str]) -> None:
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for index, name in enumerate(operation.in_template):
        column = BY_NAME[name]
        number_format = template.FORMATS.get(column.kind, template.AS_TEXT)
        sheet.set_column(index, index, template.width_of(column), workbook.add_format({"num_format": number_format}))
        sheet.write_string(0, index, heading_of(column), heading)
        if name in places:
            sheet.data_validation(1, index, MOST_RECORDS, index, template.validation(places[name]))
    sheet.set_row(0, 45)
    sheet.freeze_panes(1, 0)


def _note(name: str, *, is_only: bool) -> tuple[str, ...]:
    """Return the row of a column in the notes. `is_only` says that CAS are named by their number only."""
    note = Note("Mandatory") if name == "number" and is_only else NOTES[name]
    column = BY_NAME[name]
    kind = "choice" if name in {"activity_type", "reason", *DECISION[1:], CLOSING[0]} else column.kind
    how = "Choose from the list" if kind == "choice" else template.HOW.get(kind, template.HOW["text"])
    return heading_of(column), note.need, how, f"{note.size:,} characters" if note.size else "", note.hint
