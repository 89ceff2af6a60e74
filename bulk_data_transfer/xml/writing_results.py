"""Writing the results of a file as XML: what became of each record, with the codes of its faults and warnings.

A file is the text of `opening`, of `record` for each record, and of `closing`, in UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulk_data_transfer.xml import lexical, writing
from bulk_data_transfer.xml.names import RESULTS

_PARTS = ("code", "field", "place", "sentence")  # of a remark; its value is in the file that was sent


def opening(file_id: str) -> str:
    """Return the beginning of a file."""
    declaration = writing.DECLARATION.format(encoding="UTF-8")
    return (
        f'{declaration}<BulkDataResults xmlns="{RESULTS}">\n<Header>{_element("BulkUploadFileId", file_id)}</Header>\n'
    )


def closing() -> str:
    """Return the end of a file."""
    return "</BulkDataResults>\n"


def record(facts: Mapping[str, str | None], remarks: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """Return the element of a record. `remarks` has lists by the name of their elements. What is empty is absent."""
    content = [_element(name, value) for name, value in facts.items() if value]
    for name, some in remarks.items():
        content += [f"<{name}>{_parts(remark)}</{name}>" for remark in some]
    return f"<Record>{''.join(content)}</Record>\n"


def _parts(remark: Mapping[str, str]) -> str:
    return "".join(_element(part.capitalize(), remark[part]) for part in _PARTS if remark[part])


def _element(name: str, value: str) -> str:
    return f"<{name}>{lexical.escaped(value)}</{name}>"
