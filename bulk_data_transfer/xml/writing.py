"""Writing CAS as XML in our own format.

A file is the text of `opening`, of `writer` for each record, and of `closing`, in UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bulk_data_transfer.xml import layout, lexical
from bulk_data_transfer.xml.layout import Block, Leaf
from bulk_data_transfer.xml.names import OURS, ROUTES
from licences.routes import Route

Row = Sequence[Any]
Write = Callable[[Row], str]

DECLARATION = '<?xml version="1.0" encoding="{encoding}"?>\n'


def opening(*, route: str = "", file_id: str = "", licence_number: str = "") -> str:
    """Return the beginning of a file. Each CAS has its own route: that of the header is for files of one route."""
    known = {
        "BulkUploadFileId": file_id,
        "Category": ROUTES[Route(route)] if route else "",
        "SponsorLicenceNumber": licence_number,
    }
    content = "".join(f"<{name}>{lexical.escaped(value)}</{name}>" for name, value in known.items() if value)
    header = f"<Header>{content}</Header>\n" if content else ""
    return f'{DECLARATION.format(encoding="UTF-8")}<BulkDataCAS xmlns="{OURS}">\n{header}'


def closing() -> str:
    """Return the end of a file."""
    return "</BulkDataCAS>\n"


def writer(names: Sequence[str]) -> Write:
    """Return the function that writes a CAS from its values, which come in the order of `names`.

    The names are those of fields, and of the facts that only exports have: cas_number, status, changed_at. A value is
    as the database has it. A CAS with its number also gets its Applicant ID first, where other systems look for it.
    """
    facts = {"cas_number", "status", "changed_at"} & set(names)
    tree = layout.ours()
    if not facts:
        tree = Block(tree.name, tuple(part for part in tree.parts if part not in layout.FACTS[:-1]))
    return compiled(tree, names)


def compiled(tree: Block, names: Sequence[str], *, if_empty: Mapping[str, str] | None = None) -> Write:
    """Return the function that writes a block from a row of values in the order of `names`.

    `if_empty` has what to write for an empty block, by its name, and for an empty leaf, by its key.
    """
    write = _block(tree, {name: place for place, name in enumerate(names)}, if_empty or {})
    return lambda row: f"{write(row)}\n"


def _block(block: Block, places: Mapping[str, int], if_empty: Mapping[str, str]) -> Write:
    steps: list[Write] = []
    for name, group in block.groups:
        blocks = [part for part in group if isinstance(part, Block)]
        steps += [_block(part, places, if_empty) for part in blocks]
        leaves = [part for part in group if isinstance(part, Leaf) and part.key in places and not part.is_second]
        each = [_leaf(leaf, places[leaf.key], if_empty.get(leaf.key, "")) for leaf in leaves]
        steps += [_lines(name, each)] if len(each) > 1 else each
    before, after, empty = f"<{block.name}>", f"</{block.name}>", if_empty.get(block.name, "")

    def write(row: Row) -> str:
        content = "".join([step(row) for step in steps])
        return f"{before}{content}{after}" if content else empty

    return write


def _leaf(leaf: Leaf, place: int, empty: str) -> Write:
    before, after, text = f"<{leaf.name}>", f"</{leaf.name}>", lexical.writer(leaf.field)

    def write(row: Row) -> str:
        value = row[place]
        return empty if value is None or value == "" else f"{before}{text(value)}{after}"

    return write


def _lines(name: str, lines: Sequence[Write]) -> Write:
    """Return the function that writes the lines of an address. An empty element keeps the place of an empty line."""

    def write(row: Row) -> str:
        texts = [line(row) for line in lines]
        while texts and not texts[-1]:
            texts.pop()
        return "".join([text or f"<{name}/>" for text in texts])

    return write
