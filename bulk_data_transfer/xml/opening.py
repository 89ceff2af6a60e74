"""The beginning of a file in XML: what kind of file it is, and its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.xml import faults, parsing, schema
from bulk_data_transfer.xml.lexical import bare
from bulk_data_transfer.xml.names import CATEGORIES, HOME_OFFICE, ROOTS, SCHEMA_IDS, Kind, Root, local

LONGEST_SHOWN = 100  # characters of the name of a root
_LONGEST_ID = 50  # characters of a file ID
MOST_WARNINGS = 20  # about unknown elements of a header


@dataclass(frozen=True)
class Opening:
    """The kind of a file, and its header. A value that the file does not have is empty.

    `route` is that of all CAS of the file; in our own format a CAS can have its own.
    """

    root: Root
    encoding: str
    route: str = ""
    file_id: str = ""
    version: str = ""
    schema_id: str = ""
    category: str = ""
    licence_number: str = ""
    warnings: tuple[Remark, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.root.kind


def opening(stream: BinaryIO) -> Opening:
    """Read the beginning of a file. Raises `Refused` for a fault of the file. The stream must be able to seek."""
    root, header, encoding = None, None, parsing.encoding_of(stream)
    for event, element in parsing.events(stream):
        if root is None:
            if (root := ROOTS.get(element.tag)) is None:
                raise refusals.UNKNOWN_ROOT(root=local(element.tag)[:LONGEST_SHOWN])
        elif event == "end" and element.tag == root.header:
            header = element
            break
        elif event == "start" and element.tag == root.record:
            break
    assert root is not None, "a file without a root is not XML"
    if header is None and root.kind not in {Kind.OURS, Kind.OUR_CHANGES}:
        raise refusals.NO_HEADER(header=local(root.header))
    return Opening(root, encoding) if header is None else _with_header(root, encoding, header)


def _with_header(root: Root, encoding: str, header: etree._Element) -> Opening:
    if root.elements:
        return _with_flat_header(root, encoding, header)
    known = {"BulkUploadFileId", "Version", "SchemaID", "TierID", "Category", "SponsorLicenceNumber"}
    unknown = [each for each in header if each.tag.startswith(f"{{{HOME_OFFICE}") and local(each.tag) not in known]
    warnings = tuple(
        Remark.of(refusals.UNKNOWN_ELEMENT(element=local(each.tag)), place=f"line {parsing.line_of(each)}")
        for each in unknown[:MOST_WARNINGS]
    )
    etree.strip_elements(header, *(each.tag for each in unknown), with_tail=False)
    compiled = schema.compiled_v2_1(root.route) if root.route else schema.compiled_ours()
    if found := compiled.faults(header):
        remark = next(iter(faults.remarks(header, found, {}, {}, compiled.demanded).values()))
        raise refusals.WRONG_HEADER(fault=remark.sentence)
    values = _values(header)
    category = values.get("Category", "")
    opened = Opening(
        root,
        encoding,
        route=CATEGORIES[category] if category else "",
        file_id=values.get("BulkUploadFileId", ""),
        version=values.get("Version", ""),
        schema_id=values.get("SchemaID", ""),
        category=category,
        licence_number=values.get("SponsorLicenceNumber", ""),
        warnings=warnings,
    )
    _check_category(opened)
    return opened


def _with_flat_header(root: Root, encoding: str, header: etree._Element) -> Opening:
    """Return the opening of a file that changes existing CAS. Its header has a file ID, and perhaps a licence."""
    values = _values(header)
    file_id = values.get(root.file_id, "")
    if len(file_id) > _LONGEST_ID:
        raise refusals.WRONG_HEADER(
            fault=refusals.TOO_LONG(subject=f"“{root.file_id}”", size=_LONGEST_ID, length=len(file_id))
        )
    return Opening(root, encoding, file_id=file_id, licence_number=values.get("SponsorLicenceNumber", ""))


def _values(header: etree._Element) -> dict[str, str]:
    return {local(each.tag): bare(each.text) for each in header}


def _check_category(opened: Opening) -> None:
    """Raise `Refused` if the root, the schema and the category of a v2.1 file do not agree."""
    if opened.kind != Kind.V2_1:
        return
    if opened.route != opened.root.route:
        name = local(opened.root.tag)
        raise refusals.WRONG_CATEGORY(category=opened.category, place="first element", value=name)
    if opened.schema_id != SCHEMA_IDS[opened.category]:
        raise refusals.WRONG_CATEGORY(category=opened.category, place="schema", value=opened.schema_id)
