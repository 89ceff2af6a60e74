"""The parts of an admin page: links, statuses, tables and sections of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sms.core.counting import Tally
from sms.core.govuk import formats


class Link(str):
    """Text that links to `href`."""

    href: str

    def __new__(cls, text: object, href: str) -> Link:
        link = super().__new__(cls, text)
        link.href = href
        return link


class Status(str):
    """A status, shown as a tag."""

    is_status = True


class Typed(str):
    """Text that a person typed. A long word is broken, so that the table keeps its width."""

    is_typed = True


class Figure(str):
    """A number, or an amount of money. A column of figures is aligned to the right."""

    is_figure = True


def number(value: int) -> Figure:
    return Figure(formats.number(value))


def pounds(pence: int) -> Figure:
    return Figure(formats.pounds(pence))


class Table(NamedTuple):
    """Rows under the heading `title`.

    If only some rows are shown, `more` links to all of them. `found` is then their number, and `total` adds them up.
    """

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    more: Link | None = None
    empty: str = "None."
    total: str = ""
    found: Tally | None = None


class Section(NamedTuple):
    """Facts under a heading: pairs of label and value."""

    title: str
    facts: Iterable[tuple[str, object]]
