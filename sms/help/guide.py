"""A guide and its steps. Each guide is data, in a module of its own in `sms.help.guides`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc

from markupsafe import Markup, escape

Block = Markup | list[Markup]  # a paragraph, or the points of a list


@dataclass(frozen=True)
class Step:
    """A step of a guide. `routes` are the names of the addresses whose screens it is about.

    An empty line separates paragraphs. Lines that begin with "- " are the points of a list. Labels are between double
    asterisks, and exactly those of the screens.
    """

    title: str
    text: str
    routes: tuple[str, ...] = ()

    @cached_property
    def blocks(self) -> list[Block]:
        return [_block(written) for written in cleandoc(self.text).split("\n\n")]

    def labels(self) -> list[str]:
        """Return the labels of screens that the text names."""
        return " ".join(self.text.split()).split("**")[1::2]


@dataclass(frozen=True)
class Guide:
    """A guide. `name` is part of its address. If it `is_public`, it needs no sign-in.

    A guide whose steps name no route is not shown: it is about screens that do not exist yet.
    """

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]
    is_for_level_1: bool = False
    is_public: bool = False

    def routes(self) -> Iterator[tuple[str, int]]:
        """Yield the name of each route, with the number of its step."""
        for number, step in enumerate(self.steps, start=1):
            for route in step.routes:
                yield route, number


def admin(record: str, *pages: str) -> tuple[str, ...]:
    """Return the names of pages about a kind of record of the admin: its list, its records and its decisions."""
    return tuple(f"admin:{record}_{page}" for page in pages)


def _block(written: str) -> Block:
    if written.startswith("- "):
        return [_marked(point) for point in written[2:].split("\n- ")]
    return _marked(written)


def _marked(text: str) -> Markup:
    """Return the text on one line, with its labels in bold."""
    parts = (Markup("<b>{}</b>").format(part) if is_label else escape(part) for is_label, part in _parts(text))
    return Markup("").join(parts)


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a text, with whether each is a label."""
    for place, part in enumerate(" ".join(text.split()).split("**")):
        yield place % 2 == 1, part
