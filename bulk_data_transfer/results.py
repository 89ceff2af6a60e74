"""The results of a check or an import: by field with counts, and then record by record (specification, section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from bulk_data_transfer import codes, refusals
from bulk_data_transfer.columns import BY_NAME
from bulk_data_transfer.models import Outcome, Result, Upload, UploadRow
from cas import refusals as of_cas
from cas.details import fields
from cas.models import CAS
from licences.models import User

RECORDS_A_SECOND = 1000  # that an import creates on SQLite, measured with script/bench import
NOT_NOTICED = 5  # seconds that other users wait for an import without being warned of it
ALL = "all"
_TITLES: Mapping[str, str] = {
    of_cas.FIELD_MISSING.code: "is missing",
    of_cas.FIELD_INVALID.code: "is not valid",
    refusals.WARNED.code: "may be a mistake",
    refusals.DOES_NOT_APPLY.code: "does not apply to the route",
}
_REFUSALS = codes.by_code()


@dataclass(frozen=True)
class OfField:
    """How many records have the same fault, or the same warning, about the same field."""

    title: str
    count: int
    is_fault: bool
    field: str
    code: str


class Listed(NamedTuple):
    """A record as its list shows it. `cas` is the CAS that came of it or exists already, if the user may see it."""

    row: UploadRow
    cas: CAS | None
    outcome: str


def by_field(upload: Upload) -> list[OfField]:
    """Return what a check found, by field: faults first, the most frequent first."""
    found = [
        OfField(title_of(field, code), count, kind == "fault", field, code)
        for kind, field, code, count in upload.summary.get("by_field", ())
    ]
    return sorted(found, key=lambda each: not each.is_fault)


def can_be_imported(upload: Upload) -> bool:
    """Return whether a check found anything that an import can take."""
    totals = upload.summary.get("totals", {})
    return bool(totals.get("good") or totals.get("incomplete"))


def seconds_to_import(upload: Upload) -> int:
    """Return about how many seconds an import takes on SQLite, where no other user can save meanwhile.

    Return 0 if they would hardly notice it, and on PostgreSQL, where it stops no other user.
    """
    if connection.vendor == "postgresql" or not upload.summary:
        return 0
    totals = upload.summary["totals"]
    seconds = ceil((totals["good"] + totals["incomplete"]) / RECORDS_A_SECOND)
    return seconds if seconds >= NOT_NOTICED else 0


def subject_of(name: str) -> str:
    """Return the words for a field, or for another column, in sentences; "" if there is none of this name."""
    return fields.BY_NAME[name].subject if name in fields.BY_NAME else BY_NAME[name].label if name in BY_NAME else ""


def title_of(name: str, code: str) -> str:
    """Return what a remark with this code says about the field of this name, in words."""
    subject = subject_of(name)
    kind = _TITLES.get(code) or (_in_a_sentence(_REFUSALS[code].title) if code in _REFUSALS else code)
    return (
        f"{subject} {kind}" if subject and code in _TITLES else f"{subject}: {kind}" if subject else kind.capitalize()
    )


def _in_a_sentence(title: str) -> str:
    return " ".join("CAS" if word == "cas" else word for word in title.lower().split())


def groups(upload: Upload) -> dict[str, QuerySet[UploadRow]]:
    """Return the records of an upload by group, with one group for all.

    A record that exists already, or is twice in the file, is in no group of an outcome.
    """
    rows = UploadRow.objects.filter(upload=upload)
    outcomes = {outcome.value.lower(): rows.filter(outcome=outcome, is_duplicate=False) for outcome in Outcome}
    again = rows.filter(is_duplicate=True)
    return {
        ALL: rows,
        **outcomes,
        "duplicate": again.filter(duplicate_of__isnull=False),
        "twice": again.filter(duplicate_of=None),
        "no-longer": rows.filter(result=Result.NO_LONGER),
    }


def totals(upload: Upload) -> dict[str, int]:
    """Return how many records are in each group. Each record is in one, so that they make up the file."""
    found = upload.summary.get("totals", {})
    again = upload.summary.get("again", {})
    return {"twice": 0} | {name: number - again.get(name, 0) for name, number in found.items()}


def chosen(upload: Upload, group: str, field: str, code: str) -> QuerySet[UploadRow]:
    """Return the records of a group. If a code is given, they have a fault or a warning with it about this field."""
    rows = groups(upload).get(group, UploadRow.objects.none())
    return _with_remark(rows, field, code) if code else rows


def _with_remark(rows: QuerySet[UploadRow], field: str, code: str) -> QuerySet[UploadRow]:
    found = rows.values_list("number", "faults", "warnings").order_by()
    numbers = [
        number
        for number, faults, warnings in found.iterator()
        if any((remark["field"], remark["code"]) == (field, code) for remark in (*faults, *warnings))
    ]
    return rows.filter(number__any_of=numbers)


def listed(rows: Iterable[UploadRow], user: User) -> list[Listed]:
    """Return these records for a list, with the CAS that the user may see."""
    rows = list(rows)
    wanted = [pk for row in rows for pk in (row.cas_pk, row.duplicate_of) if pk]
    seen: dict[int, Any] = CAS.objects.for_user(user).filter(pk__any_of=wanted).in_bulk() if wanted else {}
    return [Listed(row, seen.get(row.cas_pk or row.duplicate_of or 0), outcome_of(row)) for row in rows]


def outcome_of(row: UploadRow) -> str:
    """Return what became of a record: what an import did with it, or else what a check says."""
    if row.result == Result.DUPLICATE and row.is_twice:
        return "Skipped: twice in the file"
    if row.result:
        return str(Result(row.result).label)
    outcome = str(Outcome(row.outcome).label)
    again = "exists already" if row.exists_already else "twice in the file" if row.is_twice else ""
    return f"{outcome}, {again}" if again else outcome
