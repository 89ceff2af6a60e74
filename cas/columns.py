"""Every column of a CAS: its details, and the facts that the system keeps of it.

A column says what it is called, how people and files read its values, and how lists sort by it. Lists, searches, the
history, print, pages and the admin read their labels here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cas.details import fields
from cas.details.types import CASField
from cas.lifecycle import Outcome
from sms.core.clock import LONDON
from sms.core.govuk import formats

# How people read a value that is filled, and how a file has it. Other kinds are text, or have a way of their own.
_SHOWN: Mapping[str, Callable[[Any], str]] = {"date": formats.day, "moment": formats.moment}
_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "date": date.isoformat,
    "moment": lambda moment: datetime.isoformat(moment.astimezone(LONDON), timespec="seconds"),
    "money": "{:.2f}".format,
    "yes/no": lambda answer: "yes" if answer else "no",
}


def full_name(family_name: str, given_names: str) -> str:
    """Return "Nguyen, Thi", or "Nguyen" for a person with one name."""
    return ", ".join(filter(None, [family_name, given_names]))


@dataclass(frozen=True)
class Column:
    """One value of each CAS.

    `kind` is that of a field of `cas.details.types`, or "status", "student", "person" or "moment". `reads` are the
    database's columns that it is made of, as a query names them; `combine` makes it of several. Lists sort by the
    column if addresses have a name for that, `sorts_as`; `sorts_by` are then the database's columns.
    """

    name: str
    label: str
    kind: str
    reads: tuple[str, ...] = ()
    combine: Callable[..., Any] | None = None
    display: Callable[[Any], str] = str
    sorts_as: str = ""
    sorts_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "display", _SHOWN.get(self.kind, str) if self.display is str else self.display)
        object.__setattr__(self, "reads", self.reads or (self.name,))
        object.__setattr__(self, "sorts_by", self.sorts_by or self.reads)

    @property
    def falls_first(self) -> bool:
        """Whether the first select of its heading gives the last first, as with days and moments."""
        return self.kind in {"date", "moment"}

    def of(self, cas: Any) -> Any:
        """Return the value of a `cas.models.CAS`."""
        return self.made_of([_along(cas, path) for path in self.reads])

    def made_of(self, read: Sequence[Any]) -> Any:
        """Return the value that is made of what `reads` hold."""
        return self.combine(*read) if self.combine else read[0]

    def show(self, value: Any) -> str:
        """Return the value as people read it; "" for an empty one."""
        return "" if value is None or value == "" else self.display(value)

    def plain(self, value: Any) -> str:
        """Return the value as a file has it, which reads it back; "" for an empty one."""
        return "" if value is None or value == "" else _PLAIN.get(self.kind, str)(value)


def _along(record: Any, path: str) -> Any:
    """Follow `owner__name` from a record to its owner's name; None where there is no owner."""
    for attribute in path.split("__"):
        record = None if record is None else getattr(record, attribute)
    return record


def _person(name: str, label: str) -> Column:
    return Column(name, label, "person", (f"{name}__name", f"{name}__username"), lambda name, user_id: name or user_id)


def _detail(field: CASField) -> Column:
    return Column(
        field.name,
        field.label,
        field.kind,
        display=field.display_filled,
        sorts_as=_DETAILS_SORT_AS.get(field.name, ""),
    )


_DETAILS_SORT_AS = {"course_start_date": "start"}

FACTS = (
    Column(
        "name",
        "Name",
        "student",
        reads=("family_name", "given_names"),
        combine=full_name,
        sorts_as="name",
        sorts_by=("family_key", "given_key"),
    ),
    Column("status", "Status", "status", sorts_as="status"),
    Column("number", "CAS number", "text"),
    Column("sponsor", "Sponsor", "text", ("licence__name",)),
    Column("licence_number", "Sponsor licence number", "text", ("licence__number",)),
    _person("owner", "Owner"),
    Column("batch", "Batch", "text", ("batch__name",)),
    Column("created_at", "Created", "moment"),
    _person("created_by", "Created by"),
    Column("changed_at", "Last changed", "moment", display=formats.day, sorts_as="changed"),
    Column("assigned_on", "Date assigned", "date", sorts_as="assigned"),
    _person("assigned_by", "Assigned by"),
    Column("expires_on", "Expiry date", "date"),
    Column("applied_on", "Date of application", "date"),
    Column("decided_on", "Date used", "date"),
    Column("outcome", "Outcome", "choice", display=lambda value: str(Outcome(value).label)),
    Column("withdrawal_reason", "Reason for withdrawing", "long text"),
    Column("sponsor_note", "Sponsor note", "long text"),
)
"""What the system keeps of a CAS besides its details, in the order of its life."""

BY_NAME: Mapping[str, Column] = {column.name: column for column in (*FACTS, *map(_detail, fields.FIELDS))}

LISTED = ("name", "status", "number", "course_title", "course_start_date", "assigned_on", "owner", "changed_at")
"""The columns of lists, in their order. A column becomes one of lists by its name here, and nothing else."""


def label_of(name: str) -> str:
    """Return what pages and files call the column."""
    return BY_NAME[name].label


def columns(names: Iterable[str]) -> list[Column]:
    return [BY_NAME[name] for name in names]


def of_lists(*, all_sponsors: bool = False) -> list[Column]:
    """Return the columns of lists, in their order; of all sponsors' CAS, the sponsor stands in place of the owner."""
    return columns("sponsor" if all_sponsors and name == "owner" else name for name in LISTED)


def facts_of(cas: Any, *names: str, **instead: Any) -> list[tuple[str, Any]]:
    """Return labels and values of a `cas.models.CAS`, as people read them.

    `instead` has values by name that a page shows in its own way, such as a link.
    """
    return [
        (column.label, instead[column.name] if column.name in instead else column.show(column.of(cas)))
        for column in columns(names)
    ]


def for_pages() -> dict[str, Any]:
    """Return what all our templates may call."""
    return {"label_of": label_of, "facts_of": facts_of}
