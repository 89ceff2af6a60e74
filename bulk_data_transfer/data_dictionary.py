"""The page of docs about the operations of bulk files."""

from __future__ import annotations

from collections.abc import Iterator

from bulk_data_transfer.operation import OPERATIONS
from bulk_data_transfer.xml.names import ROOTS, local


def as_markdown() -> str:
    """Return the operations as `docs/bulk-files.md` shows them."""
    lists = ", ".join(each.label for each in OPERATIONS.values() if each.takes_lists)
    return "\n".join(
        [
            "# Operations of bulk files",
            "",
            "The uses of a file that users send under `Bulk data transfer`. Written by `manage.py document` from",
            "`bulk_data_transfer/operation.py` and `bulk_data_transfer/xml/names.py`.",
            "",
            "## Sheets",
            "",
            "A sheet about existing CAS names each by its CAS number or its Applicant ID. Sheets and lists of",
            "caseworkers name them by the CAS number only, because Applicant IDs belong to a sponsor.",
            "",
            "| operation | permission | possible with | columns |",
            "|---|---|---|---|",
            *(
                f"| {each.label} | `{each.action}` | {each.hint} "
                f"| {'see `fields.md`' if each.makes_cas else '; '.join(each.headings)} |"
                for each in OPERATIONS.values()
            ),
            "",
            f"A list of CAS numbers or Applicant IDs can be pasted for: {lists}.",
            "",
            "## XML about existing CAS",
            "",
            "The elements of a record can be in any order. An empty element is not answered. A report with an expected",
            "enrolment date and no activity type says that the student failed to enrol. In a sheet it does not: the",
            "activity type must be given there, and the expected enrolment date is the date of the report.",
            "",
            "| operation | root | file ID | record | elements of a record |",
            "|---|---|---|---|---|",
            *_rows(),
            "",
        ]
    )


def _rows() -> Iterator[str]:
    for root in ROOTS.values():
        if root.elements:
            names = ", ".join(f"`{name}`" for name in root.elements)
            tags = f"`{local(root.tag)}` | `{root.file_id}` | `{local(root.record)}`"
            yield f"| {OPERATIONS[root.operation].label} | {tags} | {names} |"
