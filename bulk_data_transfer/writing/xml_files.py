"""XML files of CAS: our own format, and upload files of the Home Office's schema v2.1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.xml import writing, writing_v2_1
from cas.columns import Column, columns
from cas.details import fields
from licences.routes import Route

_FACTS = {"number": "cas_number"}  # columns that have another name in the tree of elements

OURS = tuple(columns(["number", "status", "changed_at", *fields.BY_NAME]))
"""The columns of our own format."""

V2_1 = (Column("id", "ID", "number"), *columns(fields.BY_NAME))
"""The columns from which an upload file is made. The id is for what is left out."""


def write(
    file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[Any]], as_codes: bool
) -> None:
    """Write our own format, which always has codes, and elements instead of headings."""
    written = writing.writer([_FACTS.get(column.name, column.name) for column in columns])
    file.write(writing.opening().encode())
    for row in rows:
        file.write(written(row).encode())
    file.write(writing.closing().encode())


def write_upload(
    file: IO[bytes], rows: Iterable[Sequence[Any]], *, route: Route, file_id: str, licence_number: str
) -> tuple[int, list[dict[str, Any]]]:
    """Write an upload file from rows of `V2_1`. Return how many CAS it has, and what `Export.left_out` keeps."""
    names = [column.name for column in V2_1[1:]]
    written = writing_v2_1.writer(route, names)
    place = names.index("route") + 1
    count, left_out = 0, []
    opening = writing_v2_1.opening(route=route, file_id=file_id, licence_number=licence_number)
    file.write(opening.encode(writing_v2_1.ENCODING))
    for row in rows:
        found = written(row[1:]) if row[place] == route else _of_another(Route(row[place]))
        file.write(found.text.encode(writing_v2_1.ENCODING))
        count += bool(found.text)
        if remarks := found.reasons or found.changes:
            kept = [[remark.field, remark.code, remark.sentence] for remark in remarks]
            left_out.append({"cas": row[0], "is_left_out": bool(found.reasons), "remarks": kept})
    file.write(writing_v2_1.closing(route).encode(writing_v2_1.ENCODING))
    return count, left_out


def _of_another(route: Route) -> writing_v2_1.Written:
    return writing_v2_1.Written(reasons=[Remark.of(refusals.ANOTHER_ROUTE(route=route.label), field="route")])
