"""Reading a change of an existing CAS from a file in XML of our own: a fee update, a report or a withdrawal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.columns import BY_NAME
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.xml.lexical import bare, read_date, read_number
from bulk_data_transfer.xml.names import Root, local
from bulk_data_transfer.xml.parsing import line_of

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def _read_money(text: str) -> Any:
    """Return the amount, or a text that is none, for the check of the field to refuse."""
    return read_number(text) if _DECIMAL.fullmatch(text) else text


_READERS: Mapping[str, Callable[[str], Any]] = {"date": read_date, "money": _read_money}


def fill(element: etree._Element, record: Record, root: Root) -> None:
    """Read a record: the values of its elements, in any order. An empty element is not answered."""
    namespace = element.tag.removesuffix(local(element.tag))
    for child in element:
        place = f"line {line_of(child)}"
        name = root.elements.get(child.tag.removeprefix(namespace))
        if name is None or name in record.places:
            refused = refusals.NOT_EXPECTED(element=local(child.tag), parent=local(element.tag))
            record.faults.append(Remark.of(refused, place=place))
            continue
        record.places[name] = place
        if len(child):
            refused = refusals.NOT_EXPECTED(element=local(child[0].tag), parent=local(child.tag))
            record.faults.append(Remark.of(refused, place=place, field=name))
        elif text := bare(child.text):
            record.given[name] = _READERS.get(BY_NAME[name].kind, str)(text)
