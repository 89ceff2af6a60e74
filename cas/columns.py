"""Every column of a CAS: its details, and the facts that the system keeps about it.

A column has a label, two ways to write its values (for people and for files), and the order in which lists sort by it.
Lists, searches, the history, print, pages and the admin take their labels only from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cas.details import fields
from cas.details.field import CASField
from cas.lifecycle import Closing, Outcome
from sms.core.clock import LONDON
from sms.core.govuk import formats

# How to write a filled value for people, and for a file. Other kinds are plain text, or have a `display` of their own.
_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "date": formats.day,
    "moment": formats.moment,
    "student": formats.Name,
    "person": formats.Name,
}
_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "date": date.isoformat,
    "moment": lambda moment: datetime.isoformat(moment.astimezone(LONDON), timespec="seconds"),
    "money": "{:.2f}".format,
    "yes/no": lambda answer: "yes" if answer else "no",
}


def full_name(family_name: str, given_names: str) -> formats.Name:
    """Return "Nguyen, Thi", or "Nguyen" for a person with one name."""
    return formats.Name(", ".join(filter(None, [family_name, given_names])))


def office(name: str, city: str) -> str:
    """Return "Compass Study Abroad Ltd, Amman" for an office of an agent."""
    return ", ".join(filter(None, [name, city]))


@dataclass(frozen=True)
class Column:
    """A column: one value of each CAS.

    `kind` is a kind of field of `cas.details.types`, or "status", "student", "person" or "moment". `reads` names the
    database columns that the value is made from, as a query does. `combine` makes one value from several. If lists can
    sort by the column, `sorts_as` is its name in addresses, and `sorts_by` are the database columns to sort by.
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
        """Return whether selecting its heading sorts in descending order first, as for dates and times."""
        return self.kind in {"date", "moment", "partial date"}

    def of(self, cas: Any) -> Any:
        """Return the value of a `cas.models.CAS`."""
        return self.made_of([_along(cas, path) for path in self.reads])

    def made_of(self, read: Sequence[Any]) -> Any:
        """Return the value made from `read`, the values of the columns in `reads`."""
        return self.combine(*read) if self.combine else read[0]

    def show(self, value: Any) -> str:
        """Return the value as text for people; "" for an empty value."""
        return "" if value is None or value == "" else self.display(value)

    def plain(self, value: Any) -> str:
        """Return the value as text for a file, from which it can be read again; "" for an empty value."""
        return "" if value is None or value == "" else _PLAIN.get(self.kind, str)(value)


def _along(record: Any, path: str) -> Any:
    """Return the value at a path such as `owner__name`; None if there is no owner."""
    for attribute in path.split("__"):
        record = None if record is None else getattr(record, attribute)
    return record


def person(name: str, label: str) -> Column:
    """Return a column with the name of the user in the column `name`, or the user ID if there is no name."""
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
    person("owner", "Owner"),
    Column("batch", "Batch", "text", ("batch__name",)),
    Column("agent", "Agent from the register", "text", ("agent__agent_name", "agent__agent_city"), office),
    Column("created_at", "Created", "moment"),
    person("created_by", "Created by"),
    Column("changed_at", "Last changed", "moment", display=formats.day, sorts_as="changed"),
    Column("assigned_on", "Date assigned", "date", sorts_as="assigned"),
    person("assigned_by", "Assigned by"),
    Column("expires_on", "Expiry date", "date"),
    Column("applied_on", "Date of application", "date"),
    Column("application_closed_as", "Application closed", "choice", display=lambda value: str(Closing(value).label)),
    Column("application_closed_on", "Date of closing", "date"),
    Column("decided_on", "Date used", "date"),
    Column("outcome", "Outcome", "choice", display=lambda value: str(Outcome(value).label)),
    Column("reviewed_on", "Date of administrative review", "date"),
    Column("withdrawal_reason", "Reason for withdrawing", "long text"),
    Column("sponsor_note", "Sponsor note", "long text"),
)
"""The columns that are not details, in the order in which they are filled."""

BY_NAME: Mapping[str, Column] = {column.name: column for column in (*FACTS, *map(_detail, fields.FIELDS))}

LISTED = (
    "name",
    "date_of_birth",
    "applicant_id",
    "status",
    "number",
    "course_title",
    "course_start_date",
    "batch",
    "owner",
    "assigned_on",
    "changed_at",
)
"""The columns of lists, in order. To add a column to lists, add its name here."""

BELOW = frozenset({"date_of_birth", "applicant_id", "number", "course_start_date", "owner", "sponsor"})
"""The columns of lists whose values stand below the one before them, in the same cell."""

IDENTITY = ("date_of_birth", "applicant_id")
"""The columns that tell two students of one name apart. Every list of CAS has them."""


def label_of(name: str) -> str:
    """Return the label of the column on pages and in files."""
    return BY_NAME[name].label


def columns(names: Iterable[str]) -> list[Column]:
    return [BY_NAME[name] for name in names]


def of_lists(*, all_sponsors: bool = False) -> list[Column]:
    """Return the columns of lists, in order. A list of all sponsors' CAS has the sponsor instead of the owner."""
    return columns("sponsor" if all_sponsors and name == "owner" else name for name in LISTED)


def in_cells(listed: Iterable[Column]) -> list[list[Column]]:
    """Return these columns as a list shows them: those of each cell, one below the other."""
    cells: list[list[Column]] = []
    for column in listed:
        if column.name in BELOW and cells:
            cells[-1].append(column)
        else:
            cells.append([column])
    return cells


def identity_of(cas: Any) -> list[tuple[str, str]]:
    """Return the date of birth and the Applicant ID of a `cas.models.CAS`, with their labels, if it has them."""
    return [(label, value) for label, value in facts_of(cas, *IDENTITY) if value]


def identity_cells(cas: Any) -> list[str]:
    """Return the same for the cells of a table."""
    return [value or "–" for _, value in facts_of(cas, *IDENTITY)]


def facts_of(cas: Any, *names: str, **instead: Any) -> list[tuple[str, Any]]:
    """Return the labels and values of these columns of a `cas.models.CAS`, for people.

    `instead` has, by column name, the values to show in another way, such as a link.
    """
    return [
        (column.label, instead[column.name] if column.name in instead else column.show(column.of(cas)))
        for column in columns(names)
    ]


def as_line(cas: Any, *names: str) -> str:
    """Return these columns of a `cas.models.CAS` as a line to paste into a spreadsheet, with tabs between them."""
    return "\t".join(_cell(column.plain(column.of(cas))) for column in columns(names))


def _cell(text: str) -> str:
    """Return text for one cell. An apostrophe keeps the spreadsheet from taking it for a formula."""
    inline = " ".join(text.split())
    return f"'{inline}" if inline.startswith(("=", "+", "-", "@")) else inline


def for_pages() -> dict[str, Any]:
    """Return the functions that every template can call."""
    return {"label_of": label_of, "facts_of": facts_of, "identity_of": identity_of, "full_name": full_name}
