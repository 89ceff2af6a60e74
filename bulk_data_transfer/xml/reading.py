"""Reading the records of a file in XML, one at a time. `opening` says first what kind of file it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.xml import parsing, reading_cas, reading_changes
from bulk_data_transfer.xml.lexical import bare
from bulk_data_transfer.xml.names import GRADUATED, HOME_OFFICE, Kind, Root, local
from bulk_data_transfer.xml.opening import Opening

GRADUATED_REPORT = "GRADUATED"

_REPORT = f"{{{GRADUATED}}}CASReport"
_GRADUATION = f"{{{GRADUATED}}}BulkReportingCASGraduation"
_NUMBER = f"{{{GRADUATED}}}CASNumber"


def records(stream: BinaryIO, opened: Opening) -> Iterator[Record]:
    """Yield the records of a file whose beginning was read. The memory that it takes does not grow with the file.

    Raises `Refused` if a later part of the file has a fault of the file, such as an end that is missing. All that was
    read before is then of no use. A record of a graduate has two values: its `report`, and its `number`.
    """
    fill: Callable[[etree._Element, Record], None] = _fill_graduate
    if opened.kind == Kind.OUR_CHANGES:
        fill = partial(reading_changes.fill, root=opened.root)
    elif opened.kind != Kind.GRADUATES:
        fill = partial(reading_cas.fill, opened=opened)
    number, warnings = 0, list(opened.warnings)
    for element in _children(stream, opened.root):
        if element.tag != opened.root.record and element.tag.startswith(f"{{{HOME_OFFICE}"):
            if len(warnings) < reading_cas.MOST_WARNINGS:
                warnings.append(reading_cas.unknown(element))
            continue
        number += 1
        record = Record(number, f"line {parsing.line_of(element)}", warnings=warnings)
        warnings = []
        if element.tag == opened.root.record:
            fill(element, record)
        else:
            refused = refusals.NOT_EXPECTED(element=local(element.tag), parent=local(opened.root.tag))
            record.faults.append(Remark.of(refused, place=record.place))
        yield record


def _children(stream: BinaryIO, root: Root) -> Iterator[etree._Element]:
    """Yield the children of the root but its header, and take each out after it, so that memory stays flat.

    The parser is ahead: the children after the record that has ended may not be complete.
    """
    for event, element in parsing.events(stream, root.tag, root.record):
        parent = element.getparent()
        if event == "start" or (parent is not None and parent.tag != root.tag):
            continue  # also a record inside another one
        ended = [*element] if parent is None else [*reversed([*element.itersiblings(preceding=True)]), element]
        for child in ended:
            if child.tag != root.header:
                yield child
            child.clear()  # first, because lxml takes long to remove an element with many children
            (element if parent is None else parent).remove(child)


def _fill_graduate(element: etree._Element, record: Record) -> None:
    """Read a graduate notification. Its schema is not known, so other elements are named in a warning."""
    report = bare(found.text) if (found := element.find(_REPORT)) is not None else ""
    number = element.find(f"{_GRADUATION}/{_NUMBER}")
    if report != GRADUATED_REPORT:
        refused = refusals.UNKNOWN_REPORT(report=report[:50])
        record.faults.append(Remark.of(refused, place=record.place, field="report", value=report))
    if number is None or not bare(number.text):
        refused = refusals.MISSING_ELEMENT(element=local(_NUMBER), parent=local(element.tag))
        record.faults.append(Remark.of(refused, place=record.place, field="number"))
    else:
        record.given = {"report": report, "number": bare(number.text)}
        record.places["number"] = f"line {parsing.line_of(number)}"
    for each in element.iterdescendants():
        if each.tag not in {_REPORT, _GRADUATION, _NUMBER} and len(record.warnings) < reading_cas.MOST_WARNINGS:
            record.warnings.append(reading_cas.unknown(each))
