"""The formats in which records can be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from bulk_data_transfer.writing import csv_files, json_lines, xlsx_files, xml_files
from cas.columns import Column
from licences.routes import Route

Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Format:
    """A format. `write` takes the file, the columns, their headings, the rows, and whether to write codes.

    A format with `columns` always has these, and is only for CAS. One with a `route` is an upload file for this route.
    It has no `write`: `xml_files.write_upload` can leave records out.
    """

    name: str
    label: str
    hint: str
    content_type: str
    write: Callable[[IO[bytes], Sequence[Column], Sequence[str], Rows, bool], None] | None
    is_packed: bool = False  # compressed already
    columns: tuple[Column, ...] = ()
    route: Route | None = None
    ending: str = ""

    @property
    def extension(self) -> str:
        return self.ending or self.name


def _upload_file(route: Route) -> Format:
    return Format(
        f"v2_1-{route.value.lower()}",
        f"Upload file of schema v2.1: {route.label}",
        "For the Home Office’s SMS. It has only CAS of this route, and says which of them it cannot hold.",
        "application/xml",
        None,
        columns=xml_files.V2_1,
        route=route,
        ending="xml",
    )


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format(
            "xlsx",
            "Excel (XLSX)",
            "Dates and amounts can be sorted and added up. Zeros at the beginning of an ID are kept.",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx_files.write,
            is_packed=True,
        ),
        Format(
            "csv",
            "CSV",
            "For another system. If you open it in Excel, Excel removes zeros at the beginning of an ID.",
            "text/csv",
            csv_files.write,
        ),
        Format(
            "jsonl",
            "JSON lines",
            "For programs: a JSON object for each record.",
            "application/jsonl",
            json_lines.write,
        ),
        Format(
            "xml",
            "XML of our own format",
            "All details of each CAS, with codes. It can be sent again under Bulk data transfer.",
            "application/xml",
            xml_files.write,
            columns=xml_files.OURS,
        ),
        *map(_upload_file, Route),
    )
}
