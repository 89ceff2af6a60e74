"""Reading one CAS of a file in XML: its schema checks its form, and its values come out as the fields take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.xml import faults, layout, lexical, schema
from bulk_data_transfer.xml.forms import form_of
from bulk_data_transfer.xml.layout import Leaf
from bulk_data_transfer.xml.names import COMMON, HOME_OFFICE, OURS, XSI, Kind, local
from bulk_data_transfer.xml.nodes import Nodes, find_leaves, nodes_of, tags_of
from bulk_data_transfer.xml.opening import Opening
from bulk_data_transfer.xml.parsing import line_of
from cas.details.fields import BY_NAME
from cas.details.partial_dates import CASPartialDate
from cas.details.types import CASDate
from licences.routes import Route

MOST_WARNINGS = 20  # about unknown elements of a record

_NIL = f"{{{XSI}}}nil"
_HINTS = (f"{{{XSI}}}type", f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
_REMOTE = f"{{{COMMON}}}CourseIsRemoteDelivery"  # newer than v2.1
_COURSE = f"{{{COMMON}}}CourseDetails"
_IS_REMOTE = Leaf("CourseIsRemoteDelivery", "is_remote_delivery", BY_NAME["is_remote_delivery"])
_STATELESS = {"STATELESS", '"STATELESS"'}
_ZERO_IS_NO_ANSWER = ("hours_per_week", "boarding_fees")  # v2.1 demands a value
_FALSE_MAY_BE_NO_ANSWER = ("is_atas_required", "is_dean_certificate_required")
_DATES = (CASDate, CASPartialDate)
_CHANGED_AT = "changed_at"
_PLACEMENT_ADDRESS = tuple(leaf.key for leaf in layout.leaves(layout.ours()) if leaf.is_second)

Found: TypeAlias = list[tuple[Leaf, etree._Element]]


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
def _readers() -> Mapping[str, Callable[[str], Any]]:
    return {name: lexical.reader(field) for name, field in BY_NAME.items()}


def fill(element: etree._Element, record: Record, opened: Opening) -> None:
    """Read a CAS into a record: its values, the faults of its form, and warnings about what was left out."""
    form = _format(opened.kind, opened.root.route)
    if opened.route:
        record.given["route"] = opened.route
    found: Found = []
    is_known = find_leaves(element, form.nodes, found)
    wrong: dict[etree._Element, Remark] = {}
    if not is_known or form.schema.faults(element):
        _repair(element, record, form, found)
        found.clear()
        find_leaves(element, form.nodes, found)
        leaf_of = {each: leaf for leaf, each in found}
        if entries := form.schema.faults(element):
            wrong = faults.remarks(element, entries, leaf_of, form.nodes, form.schema.demanded)
            record.faults += wrong.values()
    _read(record, found, wrong)
    if opened.kind == Kind.V2_1:
        _drop_fillers(record.given)


def unknown(element: etree._Element) -> Remark:
    """Return the warning about an element that the Home Office's schema v2.1 does not have."""
    return Remark.of(refusals.UNKNOWN_ELEMENT(element=local(element.tag)), place=f"line {line_of(element)}")


def _repair(element: etree._Element, record: Record, form: _Format, found: Found) -> None:
    """Take out what libxml2 refuses and is no fault.

    This is hints for a schema, the space around dates, a nationality without its quotes, and unknown elements.
    """
    etree.strip_attributes(element, *_HINTS)
    for leaf, each in found:
        if leaf.key == "nationality" and lexical.bare(each.text) in _STATELESS:
            each.text = "XXA"
        elif isinstance(leaf.field, _DATES) or leaf.key == _CHANGED_AT:
            dated = each[0] if len(each) else each
            dated.text = lexical.bare(dated.text)
    strange = {each: None for each in element.iterdescendants() if each.tag not in form.tags and _is_home_office(each)}
    for each in strange:
        parent = each.getparent()
        if each.tag == _REMOTE and parent is not None and parent.tag == _COURSE:
            _read_remote(each, record)
        elif len(record.warnings) < MOST_WARNINGS and parent not in strange:
            record.warnings.append(unknown(each))
    if strange:
        etree.strip_elements(element, *{each.tag for each in strange}, with_tail=False)


def _is_home_office(element: etree._Element) -> bool:
    return element.tag.startswith(f"{{{HOME_OFFICE}")


def _read_remote(element: etree._Element, record: Record) -> None:
    place, text = f"line {line_of(element)}", lexical.bare(element.text)
    if text in lexical.BOOLEANS:
        record.given[_IS_REMOTE.key] = lexical.BOOLEANS[text]
        record.places[_IS_REMOTE.key] = place
    elif element.get(_NIL) not in {"true", "1"}:
        refused = refusals.WRONG_FORM(subject=BY_NAME[_IS_REMOTE.key].subject, form=form_of(_IS_REMOTE))
        record.faults.append(Remark.of(refused, place=place, field=_IS_REMOTE.key, value=text))


def _read(record: Record, found: Found, wrong: Mapping[etree._Element, Remark]) -> None:
    """Read the values of the elements without a fault. An element without text is not answered."""
    readers, second = _readers(), Record(0, record.place)
    for leaf, element in found:
        holder = element[0] if len(element) else element  # a date of birth is one deeper
        text = holder.text
        if not text or leaf.field is None or element in wrong or holder in wrong:
            continue
        try:
            value = readers[leaf.key](text)
        except (ArithmeticError, LookupError, ValueError):
            if not wrong:
                raise  # the schema accepts only what can be read
            continue
        target = second if leaf.is_second else record
        target.given[leaf.key] = value
        place = f"line {line_of(element)}"
        if place != record.place:
            target.places[leaf.key] = place
    if second.given:
        _take_second(record, second)


def _take_second(record: Record, second: Record) -> None:
    """Take the address of the placement from its second place, unless there is one in the first."""
    first = {name: record.given[name] for name in _PLACEMENT_ADDRESS if name in record.given}
    if not first:
        record.given |= second.given
        record.places |= second.places
    elif second.given != first:
        place = next(iter(second.places.values()), record.place)
        record.warnings.append(Remark.of(refusals.TWO_ADDRESSES(), place=place, field=_PLACEMENT_ADDRESS[0]))


def _drop_fillers(given: dict[str, Any]) -> None:
    """Drop the values that v2.1 demands where nothing is answered."""
    for name in _ZERO_IS_NO_ANSWER:
        if given.get(name) == 0:
            del given[name]
    known = given | {"academic_level": str(given.get("academic_level", "")).strip(lexical.SPACE)}
    for name in _FALSE_MAY_BE_NO_ANSWER:
        if given.get(name) is False and not BY_NAME[name].asked.holds(known):
            del given[name]
