"""The parts of an admin page: links, statuses, tables and sections of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


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


class Table(NamedTuple):
    """Rows under the heading `title`. `more` links to all rows, if only some are shown, and `total` adds all up."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    more: Link | None = None
    empty: str = "None."
    total: str = ""


class Section(NamedTuple):
    """Facts under a heading: pairs of label and value."""

    title: str
    facts: Iterable[tuple[str, object]]
