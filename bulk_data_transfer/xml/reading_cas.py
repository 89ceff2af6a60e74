"""Reading one CAS of a file in XML: its schema checks its form, and its values come out as the fields take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.xml import faults, layout, lexical, schema
from bulk_data_transfer.xml.forms import form_of
from bulk_data_transfer.xml.layout import Leaf
from bulk_data_transfer.xml.names import COMMON, HOME_OFFICE, OURS, XSI, Kind, local
from bulk_data_transfer.xml.nodes import Nodes, leaves_of, nodes_of, tags_of
from bulk_data_transfer.xml.opening import Opening
from bulk_data_transfer.xml.parsing import line_of
from cas.details.fields import BY_NAME
from licences.routes import Route

MOST_WARNINGS = 20  # about unknown elements of a record

_NIL = f"{{{XSI}}}nil"
_XSI_TYPES = (f"{{{XSI}}}type", f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
_REMOTE = f"{{{COMMON}}}CourseIsRemoteDelivery"  # newer than v2.1
_COURSE = f"{{{COMMON}}}CourseDetails"
_IS_REMOTE = Leaf("CourseIsRemoteDelivery", "is_remote_delivery", BY_NAME["is_remote_delivery"])
_STATELESS = {"STATELESS", '"STATELESS"'}
_ZERO_IS_NO_ANSWER = ("hours_per_week", "boarding_fees")  # v2.1 demands a value
_FALSE_MAY_BE_NO_ANSWER = ("is_atas_required", "is_dean_certificate_required")
_PLACEMENT_ADDRESS = tuple(leaf.key for leaf in layout.leaves(layout.ours()) if leaf.is_second)


@dataclass(frozen=True)
class _Format:
    """A format of CAS: its schema, the places of its leaves, and the tags that it knows."""

    schema: schema.Schema
    nodes: Nodes
    tags: frozenset[str]


@cache
def _format(kind: Kind, route: Route | None) -> _Format:
    if kind == Kind.OURS or route is None:
        compiled, nodes = schema.compiled_ours(), nodes_of(layout.ours(), OURS)
    else:
        compiled, nodes = schema.compiled_v2_1(route), nodes_of(layout.v2_1(route), COMMON)
    return _Format(compiled, nodes, frozenset(tags_of(nodes)))


@cache
def _readers() -> Mapping[str, Callable[[etree._Element], Any]]:
    return {name: lexical.reader(field) for name, field in BY_NAME.items()}


def fill(element: etree._Element, record: Record, opened: Opening) -> None:
    """Read a CAS into a record: its values, the faults of its form, and warnings about what was left out."""
    form = _format(opened.kind, opened.root.route)
    if opened.route:
        record.given["route"] = opened.route
    if opened.kind == Kind.V2_1:
        _take_out(element, record, form.tags)
    etree.strip_attributes(element, *_XSI_TYPES)
    found = [(leaf, each) for leaf, each in leaves_of(element, form.nodes) if leaf.field]
    for leaf, each in found:
        if leaf.key == "nationality" and lexical.bare_text_of(each) in _STATELESS:
            each.text = "XXA"
    wrong: dict[etree._Element, Remark] = {}
    if entries := form.schema.faults(element):
        wrong = faults.remarks(element, entries, {each: leaf for leaf, each in found}, form.nodes)
        record.faults += wrong.values()
    _read(record, found, wrong)
    if opened.kind == Kind.V2_1:
        _drop_fillers(record.given)


def unknown(element: etree._Element) -> Remark:
    """Return the warning about an element that the Home Office's schema v2.1 does not have."""
    return Remark.of(refusals.UNKNOWN_ELEMENT(element=local(element.tag)), place=f"line {line_of(element)}")


def _take_out(record_element: etree._Element, record: Record, tags: frozenset[str]) -> None:
    """Take the elements out that v2.1 does not know, and read a newer one."""
    strange = [
        each
        for each in record_element.iterdescendants()
        if each.tag not in tags and each.tag.startswith(f"{{{HOME_OFFICE}")
    ]
    for each in strange:
        parent = each.getparent()
        if each.tag == _REMOTE and parent is not None and parent.tag == _COURSE:
            _read_remote(each, record)
        elif parent not in strange and len(record.warnings) < MOST_WARNINGS:
            record.warnings.append(unknown(each))
    if strange:
        etree.strip_elements(record_element, *{each.tag for each in strange}, with_tail=False)


def _read_remote(element: etree._Element, record: Record) -> None:
    place, text = f"line {line_of(element)}", lexical.bare_text_of(element)
    if text in lexical.BOOLEANS:
        record.given[_IS_REMOTE.key] = lexical.BOOLEANS[text]
        record.places[_IS_REMOTE.key] = place
    elif element.get(_NIL) not in {"true", "1"}:
        refused = refusals.WRONG_FORM(subject=BY_NAME[_IS_REMOTE.key].subject, form=form_of(_IS_REMOTE))
        record.faults.append(Remark.of(refused, place=place, field=_IS_REMOTE.key, value=text))


def _read(record: Record, found: list[tuple[Leaf, etree._Element]], wrong: Mapping[etree._Element, Remark]) -> None:
    """Read the values of the elements without a fault. The first place of the placement's address wins."""
    readers, second, places = _readers(), {}, {}
    for leaf, element in found:
        if element in wrong or element.get(_NIL) in {"true", "1"}:
            continue
        try:
            value = readers[leaf.key](element)
        except (ArithmeticError, LookupError, ValueError):
            if wrong:
                continue  # the schema does not look behind an element that is out of place
            raise
        if value == "":
            continue
        if leaf.is_second:
            second[leaf.key], places[leaf.key] = value, f"line {line_of(element)}"
        else:
            record.given[leaf.key], record.places[leaf.key] = value, f"line {line_of(element)}"
    first = {name: record.given[name] for name in _PLACEMENT_ADDRESS if name in record.given}
    if not first:
        record.given |= second
        record.places |= places
    elif second and second != first:
        place = next(iter(places.values()))
        record.warnings.append(Remark.of(refusals.TWO_ADDRESSES(), place=place, field="placement_address_line_1"))


def _drop_fillers(given: dict[str, Any]) -> None:
    """Drop the values that v2.1 demands where nothing is answered."""
    for name in _ZERO_IS_NO_ANSWER:
        if given.get(name) == 0:
            del given[name]
    known = given | {"academic_level": str(given.get("academic_level", "")).strip(lexical.SPACE)}
    for name in _FALSE_MAY_BE_NO_ANSWER:
        if given.get(name) is False and not BY_NAME[name].asked.holds(known):
            del given[name]
