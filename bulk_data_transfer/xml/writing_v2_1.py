"""Writing CAS as an upload file of the Home Office's schema v2.1, or saying why it cannot hold a CAS.

A file is the text of `opening`, the `text` of each record that has no reasons, and `closing`, encoded as `ENCODING`.
What v2.1 has no element for is left out: the block `Additional` of our own format, and what the route does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.xml import layout, lexical, writing
from bulk_data_transfer.xml.layout import Block, Leaf
from bulk_data_transfer.xml.names import COMMON, ROUTES, SCHEMA_IDS, TIER, UPLOAD, XSI
from cas.details import text_warnings
from cas.details.choices import Gender
from cas.details.fields import BY_NAME, FIELDS, TEXTS
from cas.details.needs import is_empty
from licences.routes import Route

ENCODING = "ISO-8859-1"

_NO_CODE = {
    "gender": {Gender.OTHER.value},
    "academic_level": {"BELOW_RQF3"},
    "previous_academic_level": {"BELOW_RQF3"},
    "reason_selt_not_required": {"UK_SCHOOL"},
}
_OF_ONE_ROUTE = tuple(each for each in FIELDS if each.applies)
_ADDRESSES = ("partner", "overseas", "study", "placement")
_LINES = tuple(tuple(f"{prefix}_address_line_{number}" for number in (1, 2, 3)) for prefix in _ADDRESSES)
_IF_EMPTY = {
    "NonSponsorEducationInstitutionData": "<NonSponsorEducationInstitutionData/>",
    "is_accommodation_provided": '<AccomodationProvided xsi:nil="true"/>',
}
_ALWAYS_THERE = {"hours_per_week": "0.0", "boarding_fees": "0"}  # v2.1 demands them; these values are no answers
_ASKED_ONLY = ("is_atas_required", "is_dean_certificate_required")  # false where it is not asked


@dataclass
class Written:
    """A CAS as v2.1 has it. If there are `reasons` why it cannot hold it, the text is empty.

    `changes` say which values have another spelling in the file.
    """

    text: str = ""
    reasons: list[Remark] = field(default_factory=list)
    changes: list[Remark] = field(default_factory=list)


def opening(*, route: str, file_id: str, licence_number: str) -> str:
    """Return the beginning of a file of CAS of one route."""
    category = ROUTES[Route(route)]
    header = {
        "BulkUploadFileId": file_id,
        "SchemaID": SCHEMA_IDS[category],
        "TierID": TIER,
        "Category": category,
        "SponsorLicenceNumber": licence_number,
    }
    content = "".join(f"<{name}>{lexical.escaped(value)}</{name}>" for name, value in header.items())
    root = f'<up:{_root(route)} xmlns:up="{UPLOAD}" xmlns="{COMMON}" xmlns:xsi="{XSI}">'
    return f"{writing.DECLARATION.format(encoding=ENCODING)}{root}\n<Header>{content}</Header>\n"


def closing(route: str) -> str:
    """Return the end of a file."""
    return f"</up:{_root(route)}>\n"


def _root(route: str) -> str:
    return f"BulkFileUpload{ROUTES[Route(route)]}RootElement"


def writer(route: str, names: Sequence[str]) -> Callable[[writing.Row], Written]:
    """Return the function that writes a CAS of this route from its values, in the order of `names`.

    The names are those of all fields that v2.1 has. A value is as the database has it.
    """
    tree = layout.v2_1(Route(route))
    write = writing.compiled(tree, names, if_empty=_IF_EMPTY)

    keys = list(dict.fromkeys(leaf.key for leaf in layout.leaves(tree)))

    def written(row: writing.Row) -> Written:
        values = dict(zip(names, row, strict=True)) | {"route": route}
        found = Written()
        _leave_out(values, route)
        _spell(values, found)
        _fill(values)
        found.reasons += [_no_code(name, values[name]) for name in keys if values[name] in _NO_CODE.get(name, ())]
        found.reasons += [_missing(name) for name in _missing_in(tree, values)]
        if not found.reasons:
            found.text = write([values[name] for name in names])
        return found

    return written


def _leave_out(values: dict[str, Any], route: str) -> None:
    """Empty the fields that the route does not have."""
    for each in _OF_ONE_ROUTE:
        if each.applies != route:
            values[each.name] = each.empty


def _spell(values: dict[str, Any], found: Written) -> None:
    """Give each text the spelling of the passport where v2.1 cannot carry its characters."""
    for text in TEXTS:
        value = values.get(text.name)
        if not value or text.element.startswith("x:") or not (warning := text_warnings.warning(text, value)):
            continue
        if warning.spelling:
            values[text.name] = warning.spelling
            remark = refusals.SPELLED(subject=text.subject, spelling=warning.spelling)
            found.changes.append(Remark.of(remark, field=text.name, value=value))
        else:
            remark = refusals.NO_SPELLING(warning=warning.sentence)
            found.reasons.append(Remark.of(remark, field=text.name, value=value))


def _fill(values: dict[str, Any]) -> None:
    """Give what v2.1 demands where nothing is answered, and move the lines of addresses up over empty ones."""
    for name, filler in _ALWAYS_THERE.items():
        if is_empty(values[name]):
            values[name] = filler
    for name in _ASKED_ONLY:
        if is_empty(values[name]) and not BY_NAME[name].asked.holds(values):
            values[name] = False
    for names in _LINES:
        filled = [values[name] for name in names if values[name]]
        values.update(zip(names, [*filled, "", "", ""], strict=False))


def _missing_in(block: Block, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the empty leaves that v2.1 demands in a block, and in those of its blocks that are written."""
    for part in block.parts:
        if isinstance(part, Leaf):
            if part.is_demanded and is_empty(values[part.key]) and part.key not in _IF_EMPTY:
                yield part.key
        elif _is_written(part, values):
            yield from _missing_in(part, values)


def _is_written(block: Block, values: Mapping[str, Any]) -> bool:
    return block.is_demanded or any(not (leaf.is_second or is_empty(values[leaf.key])) for leaf in layout.leaves(block))


def _missing(name: str) -> Remark:
    return Remark.of(refusals.DEMANDED_BY_SCHEMA(subject=BY_NAME[name].subject), field=name)


def _no_code(name: str, value: str) -> Remark:
    each = BY_NAME[name]
    refused = refusals.NO_CODE_IN_SCHEMA(subject=each.subject, value=each.display(value))
    return Remark.of(refused, field=name, value=value)
