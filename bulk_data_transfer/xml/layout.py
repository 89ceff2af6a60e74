"""The blocks and elements of a CAS in a bulk file, made from the declarations of its fields.

Schema v2.1 and our own format have the same blocks. Reader, writers and schemas walk the same tree, which follows from
the `element` of each field. The tables here have only what the declarations cannot say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

from cas.details.field import CASField
from cas.details.fields import BY_NAME, FIELDS
from cas.details.needs import OPTIONAL
from licences.routes import Route

ADDITIONAL = "Additional"
"""The last block of a CAS in our own format, for all that v2.1 lacks."""

# The order of v2.1, where the form has another one. Elements of a block that are not named here come after these.
_ORDER = {
    "ApplicantData": [
        *("ApplicantID", "ApplicationID", "UCAS_UKPASS_Id", "FamilyName", "GivenName", "OtherNames"),
        *("Nationality", "Gender", "CountryOfBirth", "PlaceOfBirth", "DateOfBirth"),
    ],
    "EvidenceDetails": [
        *("SELTRequired", "ReasonSELTNotRequired", "EnglishLanguageLevelAttained", "SELTSpeakingLevel"),
        *("SELTListeningLevel", "SELTReadingLevel", "SELTWritingLevel", "TestProvider"),
    ],
}

# Blocks that a Child Student's CAS does not have, and those that v2.1 lets be absent.
_GENERAL_ONLY = ("WorkPlacementDetails", "EvidenceDetails")
_OPTIONAL_BLOCKS = frozenset(
    (*_GENERAL_ONLY, "PartnerInstitutionDetails", "OverseasHigherEducationInstitutionDetails", "WorkPlacementAddress")
)

# v2.1 demands the fields that a CAS can need, with these exceptions. It demands nothing inside EvidenceDetails.
_ALSO_DEMANDED = frozenset(("applicant_id", "is_accommodation_provided"))
_NOT_DEMANDED = frozenset(("placement_percent", "placement_justification"))

# v2.1 has the address of the work placement twice: in WorkPlacementDetails, and last in CourseDetails.
_PLACEMENT_ADDRESS = "WorkPlacementAddress"


@dataclass(frozen=True)
class Leaf:
    """An element with one value. `key` is the name of its field; of a leaf without a field, that of a fact.

    A leaf that `is_second` is read, but written only in its first place.
    """

    name: str
    key: str
    field: CASField | None = None
    is_demanded: bool = False  # by v2.1, in each block that is there
    is_second: bool = False


@dataclass(frozen=True)
class Block:
    """An element that holds others."""

    name: str
    parts: tuple[Leaf | Block, ...]
    is_demanded: bool = False

    @property
    def groups(self) -> list[tuple[str, list[Leaf | Block]]]:
        """Return the parts by name: the lines of an address have the same one."""
        return [(name, list(group)) for name, group in groupby(self.parts, key=lambda part: part.name)]


FACTS = (
    Leaf("ApplicantID", "applicant_id"),
    Leaf("CASNumber", "cas_number"),
    Leaf("Status", "status"),
    Leaf("DateOfChange", "changed_at"),
    Leaf("Category", "route", BY_NAME["route"]),
)
"""The elements before the blocks of our own format. An export fills them; of these, only the category is read."""


@cache
def v2_1(route: Route) -> Block:
    """Return the tree of a CAS of this route in schema v2.1."""
    left_out = {ADDITIONAL} if route == Route.STUDENT else {ADDITIONAL, *_GENERAL_ONLY}
    blocks = _blocks(is_second=route == Route.STUDENT)
    return Block("CAS", tuple(block for block in blocks if block.name not in left_out))


@cache
def ours() -> Block:
    """Return the tree of a CAS in our own format."""
    return Block("CAS", (*FACTS, *_blocks(is_second=True)))


def leaves(block: Block) -> Iterator[Leaf]:
    """Yield the leaves of a block, those of its blocks included, in order."""
    for part in block.parts:
        if isinstance(part, Leaf):
            yield part
        else:
            yield from leaves(part)


def _blocks(*, is_second: bool) -> list[Block]:
    """Return the blocks of a CAS. The address of the placement in the details of the course may be its second place."""
    nested: dict[str, Any] = {}
    for field in sorted(FIELDS, key=lambda field: field.element.startswith("x:")):  # ours are last
        path = field.element.replace("x:", f"{ADDITIONAL}/").split("/")
        inside = nested
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = field
    del nested["Header"]
    address = _block(_PLACEMENT_ADDRESS, nested["WorkPlacementDetails"][_PLACEMENT_ADDRESS])
    blocks = (_block(name, inside) for name, inside in nested.items())
    return [
        _with_address(block, address, is_second=is_second) if block.name == "CourseDetails" else block
        for block in blocks
    ]


def _block(name: str, nested: dict[str, Any]) -> Block:
    order = _ORDER.get(name, [])
    names = sorted(nested, key=lambda each: order.index(each) if each in order else len(order))
    parts = tuple(
        _block(each, nested[each]) if isinstance(nested[each], dict) else _leaf(name, each, nested[each])
        for each in names
    )
    return Block(name, parts, is_demanded=name not in _OPTIONAL_BLOCKS)


def _leaf(block: str, name: str, field: CASField) -> Leaf:
    is_needed = field.needed != OPTIONAL and block != "EvidenceDetails" and field.name not in _NOT_DEMANDED
    return Leaf(name.partition("[")[0], field.name, field, is_needed or field.name in _ALSO_DEMANDED)


def _with_address(course: Block, address: Block, *, is_second: bool) -> Block:
    lines = tuple(replace(leaf, is_second=is_second) for leaf in leaves(address))
    return replace(course, parts=(*course.parts, replace(address, parts=lines)))
