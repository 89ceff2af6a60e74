"""Take a file that a user sends: what it is taken for, and whether it is for this sponsor (section 11)."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO, Any, BinaryIO, cast

from bulk_data_transfer import reading, refusals
from bulk_data_transfer.models import Upload
from bulk_data_transfer.sheets import opening as sheet_opening
from bulk_data_transfer.sheets import reading as sheet_reading
from cas.details import fields
from cas.keys import passport_key
from licences import refusals as of_licences
from licences.models import User
from licences.routes import Route

APPLICANT = "applicant_id"


def send(file: IO[bytes], *, name: str, by: User) -> Upload:
    """Keep a file, after a look at its beginning. Raises `Refused` for a fault of the file: nothing is kept then."""
    found = reading.taken_for(cast(BinaryIO, file))
    licence = by.sponsor
    if found.licence_number and found.licence_number.upper() != licence.number:
        raise refusals.ANOTHER_LICENCE(number=found.licence_number)
    routes = licence.open_routes()
    route = found.route or _route_of_first(file, found) or (routes[0] if len(routes) == 1 else "")
    if route and route not in routes:
        raise of_licences.ROUTE_NOT_COVERED_SO_NO_SAVING(route=Route(route).label)
    taken_for: dict[str, Any] = {
        "format": found.format,
        "operation": "create",
        "route": route,
        "file_id": found.file_id,
        "columns": list(found.columns),
        "warnings": [vars(each) for each in found.warnings],
    }
    return Upload.objects.send(file, name=PurePath(name).name, by=by, taken_for=taken_for)


def _route_of_first(file: IO[bytes], found: reading.TakenFor) -> str:
    """Return the route of the first record of a sheet, if the sheet has a column for it."""
    if "route" not in found.columns or found.format not in {reading.CSV, reading.XLSX}:
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
    from_agent = [each.name for each in fields.FIELDS if each.section is fields.BY_NAME["is_agent_used"].section]
    return [name for name in from_agent if name not in names] if "is_agent_used" in names else []
