"""Faults of form in our own words: libxml2 finds them, and here they get a code, a sentence, a line and a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.xml.forms import form_of
from bulk_data_transfer.xml.layout import Leaf
from bulk_data_transfer.xml.lexical import text_of
from bulk_data_transfer.xml.names import local
from bulk_data_transfer.xml.nodes import Nodes, inside
from bulk_data_transfer.xml.parsing import line_of
from cas.details.characters import LATIN_1, outside
from sms.core.refused import Refused

MOST_FAULTS = 20  # of a record
_MOST_NAMED = 5  # elements or characters in a sentence

_STEP = re.compile(r"(?:[^/:\[]*:)?([^/:\[]+)(?:\[([0-9]+)\])?")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)")

Leaves: TypeAlias = Mapping[etree._Element, Leaf]
Demanded: TypeAlias = frozenset[tuple[str, str]]


def remarks(
    record: etree._Element, found: list[etree._LogEntry], leaves: Leaves, nodes: Nodes, demanded: Demanded
) -> dict[etree._Element, Remark]:
    """Return a remark for each element of a record that has a fault: the first of its faults.

    `leaves` has the leaf of each element with a value, and `nodes` the places of leaves in the tree. `demanded` is that
    of the schema.
    """
    faults: dict[etree._Element, Remark] = {}
    first = {entry.path: entry for entry in reversed(found)}  # a path is looked up once: a record can have thousands
    for entry in reversed(first.values()):
        element = _element_at(record, entry.path or "")
        if element in faults:
            continue
        if len(faults) == MOST_FAULTS:
            faults[record] = Remark.of(refusals.MORE_FAULTS(), place=_place(record))
            break
        if entry.type_name == "SCHEMAV_ELEMENT_CONTENT":
            faults[element] = _out_of_order(record, element, entry.message, nodes, demanded)
        else:
            faults[element] = _wrong(element, entry, leaves)
    return faults


def _element_at(record: etree._Element, path: str) -> etree._Element:
    """Return the element at a path of libxml2, whose first step is the record."""
    element = record
    for name, number in _STEP.findall(path.partition("/")[2].partition("/")[2]):
        children = [child for child in element if name in {"*", local(child.tag)}]
        position = int(number or 1) - 1
        if position >= len(children):
            break
        element = children[position]
    return element


def _place(element: etree._Element) -> str:
    return f"line {line_of(element)}"


def _wrong(element: etree._Element, entry: etree._LogEntry, leaves: Leaves) -> Remark:
    kind = entry.type_name.removeprefix("SCHEMAV_")
    leaf = leaves.get(element)
    parent = element.getparent()
    if leaf is None and parent is not None:
        leaf = leaves.get(parent)  # a part of a date of birth
    refused = _wrong_value(element, kind, entry.message, leaf)
    return Remark.of(refused, place=_place(element), field=_key(leaf), value=text_of(element))


def _wrong_value(element: etree._Element, kind: str, message: str, leaf: Leaf | None) -> Refused:
    name = local(element.tag)
    subject = leaf.field.subject if leaf and leaf.field else f"“{name}”"
    text = text_of(element)
    if kind == "CVC_MAXLENGTH_VALID":
        length, size = map(int, re.findall("[0-9]+", message.partition("[facet")[2])[-2:])
        return refusals.TOO_LONG(subject=subject, size=size, length=length)
    if kind == "CVC_ELT_3_1":
        return refusals.NOT_NIL(subject=subject)
    if kind == "CVC_ELT_3_2_1":
        return refusals.WRONG_FORM(subject=subject, form="empty, because it is nil")
    if kind == "CVC_TYPE_3_1_2":
        return refusals.NOT_EXPECTED(element=local(element[0].tag), parent=name)
    if kind == "CVC_COMPLEX_TYPE_2_3":
        return refusals.LOOSE_TEXT(element=name)
    if kind in {"CVC_TYPE_3_1_1", "CVC_COMPLEX_TYPE_3_2_1", "CVC_COMPLEX_TYPE_3_2_2"}:
        return refusals.UNKNOWN_ATTRIBUTE(element=name)
    if "VALID" not in kind:
        return refusals.ANOTHER_FAULT(element=name)
    if not text:
        return refusals.EMPTY_ELEMENT(subject=subject)
    characters = leaf.field.characters or LATIN_1 if leaf and leaf.field else LATIN_1
    if kind == "CVC_PATTERN_VALID" and (wrong := outside(text, characters)):
        named = ", ".join(f"“{character}”" for character in wrong[:_MOST_NAMED])
        return refusals.WRONG_CHARACTERS(subject=subject, characters=named)
    return refusals.WRONG_FORM(subject=subject, form=form_of(leaf))


def _out_of_order(
    record: etree._Element, element: etree._Element, message: str, nodes: Nodes, demanded: Demanded
) -> Remark:
    """Return the remark about an element that its parent does not have next, or about a missing one."""
    is_incomplete = "Missing child" in message
    parent = element if is_incomplete or element is record else element.getparent()
    assert parent is not None, "a record is in a file"
    known, name, outer = inside(nodes, parent, record), local(element.tag), local(parent.tag)
    if not is_incomplete and element.tag not in known:
        refused = refusals.NOT_EXPECTED(element=name, parent=outer)
        return Remark.of(refused, place=_place(element), value=text_of(element).strip())
    found = _EXPECTED.search(message)
    expected = [local(each) for each in found[1].split(", ")] if found else []
    present = {local(child.tag) for child in parent}
    absent = [each for each in expected if each not in present]
    if missing := [each for each in absent if is_incomplete or (outer, each) in demanded]:
        refused = refusals.MISSING_ELEMENT(element=missing[-1], parent=outer)
        return Remark.of(refused, place=_place(element), field=_key_in(known, missing[-1]))
    named = ", ".join(f"“{each}”" for each in expected[:_MOST_NAMED]) or "no more elements"
    refused = refusals.OUT_OF_ORDER(element=name, parent=outer, expected=named)
    return Remark.of(refused, place=_place(element), field=_key_in(known, name), value=text_of(element).strip())


def _key_in(known: Nodes, name: str) -> str:
    leaves = [node[0] for tag, node in known.items() if local(tag) == name and not isinstance(node, dict)]
    return _key(leaves[0]) if leaves else ""


def _key(leaf: Leaf | None) -> str:
    return leaf.key if leaf and leaf.field else ""
