"""Take a file that a user sends: what it is taken for, and whether it is for this sponsor (section 11)."""

from __future__ import annotations

import tempfile
from pathlib import PurePath
from typing import IO, Any, BinaryIO, cast

from bulk_data_transfer import pasted, reading, refusals
from bulk_data_transfer.answers import OF_AGENT
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import OPERATIONS, Operation, guessed
from bulk_data_transfer.records import OURS, PASTED
from bulk_data_transfer.sheets import opening as sheet_opening
from bulk_data_transfer.sheets import reading as sheet_reading
from cas.details import fields
from cas.keys import passport_key
from cas.models.agent import USED
from licences import refusals as of_licences
from licences.models import Licence, User
from licences.permissions import require
from licences.routes import Route

APPLICANT = "applicant_id"


def send(file: IO[bytes], *, name: str, by: User, meant: Operation | None = None) -> Upload:
    """Keep a file, after a look at its beginning. Raises `Refused` for a fault of the file: nothing is kept then.

    `meant` is the operation that the user has chosen for a sheet. Otherwise its columns decide.
    """
    found = reading.taken_for(cast(BinaryIO, file), lambda columns: meant or guessed(columns, by))
    operation = OPERATIONS[found.operation]
    require(by, operation.action)
    if found.licence_number and found.licence_number.upper() != by.sponsor.number:
        raise refusals.ANOTHER_LICENCE(number=found.licence_number)
    taken_for = {
        "format": found.format,
        "operation": operation.name,
        "route": _route(file, found, by.sponsor) if operation.makes_cas else "",
        "file_id": found.file_id,
        "columns": list(found.columns),
        "warnings": [vars(each) for each in found.warnings],
    }
    return Upload.objects.send(file, name=PurePath(name).name, by=by, taken_for=taken_for)


def paste(text: str, operation: Operation, *, by: User) -> Upload:
    """Keep a pasted list of CAS numbers and Applicant IDs as a file of this operation. Raises `Refused`.

    A table that was copied from a sheet, with its headings, is kept as that sheet.
    """
    require(by, operation.action)
    if pasted.is_table(text):
        return send(pasted.as_sheet(text), name=pasted.NAME, by=by, meant=operation)
    taken_for = {"format": PASTED, "operation": operation.name, "columns": [pasted.COLUMN]}
    return Upload.objects.send(pasted.as_file(text), name=pasted.NAME, by=by, taken_for=taken_for)


def use_for(upload: Upload, operation: Operation, *, by: User) -> None:
    """Use a sheet or a pasted list for another operation. Raises `Refused`."""
    if upload.format not in {*reading.SHEETS, PASTED}:
        raise refusals.OPERATION_FIXED()
    columns, warnings = upload.columns, upload.warnings
    if upload.format in reading.SHEETS and upload.stored:
        with tempfile.TemporaryFile() as file:
            upload.stored.copy_to(file)
            found = reading.taken_for(cast(BinaryIO, file), lambda columns: operation)
        columns, warnings = list(found.columns), [vars(each) for each in found.warnings]
    upload.change_operation(operation, columns, warnings, by=by)


def _route(file: IO[bytes], found: reading.TakenFor, licence: Licence) -> str:
    """Return the route of all CAS of a file; "" if it does not say. Raises `Refused` for a route without a licence."""
    routes = licence.open_routes()
    route = found.route or _route_of_first(file, found) or (routes[0] if len(routes) == 1 else "")
    if route and route not in routes:
        raise of_licences.ROUTE_NOT_COVERED_SO_NO_SAVING(route=Route(route).label)
    return route


def _route_of_first(file: IO[bytes], found: reading.TakenFor) -> str:
    """Return the route of the first record, if the records of this format can say it."""
    has_column = "route" in found.columns and found.format in reading.SHEETS
    if not has_column and found.format != OURS:
        return ""
    first = next(reading.records(cast(BinaryIO, file), most=1), None)
    given = first.given.get("route", "") if first else ""
    return given if given in Route.values else ""


def answers_in(file: IO[bytes], names: list[str]) -> dict[str, dict[str, Any]]:
    """Return the answers of a sheet: by the key of the Applicant ID, and then by field name.

    Raises `Refused` if it is no sheet, or if it has no column for the Applicant ID or for one of the fields `names`.
    """
    wanted = [APPLICANT, *names]
    sheet = sheet_opening.opened(cast(BinaryIO, file))
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for record in sheet_reading.records(sheet, [*wanted, *_also(names)]):
        if record.faults:
            raise refusals.FAULT_IN_ANSWERS(place=record.faults[0].place, fault=record.faults[0].sentence)
        given = dict(record.given)
        seen |= given.keys()
        if applicant := passport_key(str(given.pop(APPLICANT, ""))):
            found[applicant] = given
    for name in wanted:
        if name not in seen:
            raise refusals.NO_ANSWERS_IN_SHEET(heading=fields.BY_NAME[name].subject)
    return found


def _also(names: list[str]) -> list[str]:
    """Return the fields that a sheet can answer together with these: the details of an agent."""
    return [name for name in OF_AGENT if name not in names] if USED in names else []
