"""The schemas, made from the declarations: our own, which is published, and one that is equivalent to v2.1.

The second one is only for our own validation and is never published: its namespaces are the Home Office's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import cast

from lxml import etree

from bulk_data_transfer.xml import layout, simple_types
from bulk_data_transfer.xml.layout import Block, Leaf
from bulk_data_transfer.xml.names import COMMON, OURS, SCHEMA_IDS, TIER
from bulk_data_transfer.xml.simple_types import XS, restricted, xs
from cas.details.characters import LATIN_1
from cas.details.fields import BY_NAME, need_of
from cas.details.partial_dates import CASPartialDate
from licences import numbers as licence_numbers
from licences.routes import Route

FILE_ID = {"minLength": 2, "maxLength": 50, "pattern": r"[A-Za-z0-9][A-Za-z0-9 _.\-]+"}
_FAMILY_NAME = "family_name"  # all that our own format demands
_DEMANDED = frozenset(("CAS", "ApplicantData"))


@dataclass(frozen=True)
class _Dialect:
    """A schema: the type of each leaf, the parts that may be absent or nil, and the notes on them."""

    type_of: Callable[[Leaf], etree._Element]
    is_demanded: Callable[[Leaf | Block], bool]
    is_nillable: Callable[[Leaf], bool]
    note: Callable[[Leaf], str] = lambda leaf: ""


def _is_demanded_by_ours(part: Leaf | Block) -> bool:
    return part.name in _DEMANDED if isinstance(part, Block) else part.key == _FAMILY_NAME


def _note(leaf: Leaf) -> str:
    """Return the words about a leaf of our own format."""
    if leaf.field is None:
        return "Written by exports. Not read"
    field = BY_NAME[leaf.key]
    needed = need_of(field, field.needed).in_words(BY_NAME)
    route = f"{field.applies.label} route only" if field.applies else ""
    partial = "In part if the passport shows only a part" if isinstance(field, CASPartialDate) else ""
    words = [f"{field.section_name}: {field.label}", f"Mandatory {needed}" if needed != "never" else "Optional"]
    return ". ".join(filter(None, [*words, route, partial or field.limits]))


_OURS = _Dialect(
    simple_types.ours,
    _is_demanded_by_ours,
    lambda leaf: leaf.key != _FAMILY_NAME,
    _note,
)
_V2_1 = _Dialect(
    simple_types.v2_1,
    lambda part: part.is_demanded,
    lambda leaf: leaf.key == "is_accommodation_provided",
)


@cache
def ours() -> str:
    """Return our own schema, to be published."""
    header = _header({"BulkUploadFileId": restricted("token", **FILE_ID), **_ours_in_header()}, 0)
    records = xs(
        "sequence",
        xs("element", ref="ours:Header", minOccurs="0"),
        xs("element", ref="ours:CAS", minOccurs="0", maxOccurs="unbounded"),
    )
    root = xs("element", xs("complexType", records), name="BulkDataCAS")
    tree = _schema(OURS, root, header, _block(layout.ours(), _OURS))
    etree.indent(tree)
    return etree.tostring(tree, encoding="unicode") + "\n"


@cache
def compiled_ours() -> Schema:
    """Return our own schema, ready to validate a `CAS` or a whole file."""
    return Schema(etree.fromstring(ours()), _demanded(layout.ours(), _OURS))


@cache
def compiled_v2_1(route: Route) -> Schema:
    """Return the schema that accepts the same as v2.1, ready to validate a `Header` or a `CAS` of this route."""
    parts = {
        "BulkUploadFileId": restricted("string", **FILE_ID),
        "Version": restricted("string", minLength=1, pattern=f"{simple_types.character_class(LATIN_1)}+"),
        "SchemaID": restricted("string", enumeration=list(SCHEMA_IDS.values())),
        "TierID": restricted("string", enumeration=[TIER]),
        "Category": restricted("string", enumeration=list(SCHEMA_IDS)),
        "SponsorLicenceNumber": restricted("string", length=9, pattern=licence_numbers.PATTERN),
    }
    tree = layout.v2_1(route)
    in_header = frozenset(("Header", name) for name in parts if name != "Version")
    return Schema(_schema(COMMON, _header(parts, 1), _block(tree, _V2_1)), in_header | _demanded(tree, _V2_1))


def _demanded(block: Block, dialect: _Dialect) -> frozenset[tuple[str, str]]:
    """Return the names of each block and each part that it must have."""
    inside = (_demanded(part, dialect) for part in block.parts if isinstance(part, Block))
    own = frozenset((block.name, part.name) for part in block.parts if dialect.is_demanded(part))
    return own.union(*inside)


class Schema:
    """A compiled schema. `demanded` has the names of each element and of each one that must be inside it.

    It validates one element at a time, because lxml keeps the faults in the schema itself.
    """

    def __init__(self, tree: etree._Element, demanded: frozenset[tuple[str, str]]) -> None:
        self.demanded = demanded
        self._schema = etree.XMLSchema(tree)
        self._lock = Lock()

    def faults(self, element: etree._Element) -> list[etree._LogEntry]:
        """Return the faults of an element; none if it is valid."""
        with self._lock:
            return (
                [] if self._schema.validate(element) else [*cast("Iterable[etree._LogEntry]", self._schema.error_log)]
            )


def _schema(namespace: str, *elements: etree._Element) -> etree._Element:
    tree = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS, "ours": namespace})
    tree.set("targetNamespace", namespace)
    tree.set("elementFormDefault", "qualified")
    tree.extend(elements)
    return tree


def _ours_in_header() -> dict[str, etree._Element]:
    category = next(leaf for leaf in layout.FACTS if leaf.key == "route")
    return {
        "Category": simple_types.ours(category),
        "SponsorLicenceNumber": restricted("token", pattern=licence_numbers.PATTERN),
    }


def _header(parts: dict[str, etree._Element], demanded: int) -> etree._Element:
    elements = [
        xs("element", kind, name=name, minOccurs="0" if name == "Version" else str(demanded))
        for name, kind in parts.items()
    ]
    return xs("element", xs("complexType", xs("sequence", *elements)), name="Header")


def _block(block: Block, dialect: _Dialect) -> etree._Element:
    parts = []
    for _, group in block.groups:
        first = group[0]
        part = _leaf(first, dialect) if isinstance(first, Leaf) else _block(first, dialect)
        if not dialect.is_demanded(first):
            part.set("minOccurs", "0")
        if len(group) > 1:
            part.set("maxOccurs", str(len(group)))
        parts.append(part)
    return xs("element", xs("complexType", xs("sequence", *parts)), name=block.name)


def _leaf(leaf: Leaf, dialect: _Dialect) -> etree._Element:
    element = xs("element", name=leaf.name)
    if note := dialect.note(leaf):
        element.append(xs("annotation", xs("documentation", text=note)))
    element.append(dialect.type_of(leaf))
    if dialect.is_nillable(leaf):
        element.set("nillable", "true")
    return element
