"""The CAS that an upload file of schema v2.1 leaves out or spells in another way, for the page of its export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from bulk_data_transfer.models import Export
from bulk_data_transfer.sheets.sheet import Cell
from bulk_data_transfer.writing import cells
from cas.columns import label_of
from cas.models import CAS
from licences.models import User

AT_A_TIME = 1_000
MOST_SHOWN = 100


class LeftOut(NamedTuple):
    """A CAS that an upload file does not have, or has with another spelling. `remarks` are sentences with a code."""

    cas: CAS | None
    is_left_out: bool
    remarks: list[tuple[str, str]]


def shown(export: Export, user: User) -> list[LeftOut]:
    """Return the first of them, those that were left out before the others."""
    return list(_listed(_ordered(export)[:MOST_SHOWN], user))


def write_csv(export: Export, file: IO[bytes], user: User) -> None:
    """Write a line for each remark."""
    cells.write_csv(file, _lines(export, user))


def _lines(export: Export, user: User) -> Iterator[Sequence[Cell]]:
    yield [label_of("applicant_id"), label_of("name"), "In the file", "Code", "Reason"]
    for each in _listed(_ordered(export), user):
        who = [each.cas.applicant_id, each.cas.student_name] if each.cas else ["", ""]
        for code, sentence in each.remarks:
            yield [*who, "No" if each.is_left_out else "Yes", code, sentence]


def _ordered(export: Export) -> list[dict[str, Any]]:
    return sorted(export.left_out, key=lambda each: not each["is_left_out"])


def _listed(kept: list[dict[str, Any]], user: User) -> Iterator[LeftOut]:
    """Yield these with their CAS, if the user may see it."""
    for first in range(0, len(kept), AT_A_TIME):
        some = kept[first : first + AT_A_TIME]
        found = CAS.objects.for_user(user).in_bulk([each["cas"] for each in some])
        for each in some:
            remarks = [(code, sentence) for _, code, sentence in each["remarks"]]
            yield LeftOut(found.get(each["cas"]), each["is_left_out"], remarks)
