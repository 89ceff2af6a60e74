"""The places of leaves in the tree of a CAS, by tag, to find the leaf of each element of a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from bulk_data_transfer.xml.layout import Block, Leaf
from bulk_data_transfer.xml.lexical import PARTIAL
from cas.details.partial_dates import CASPartialDate

Nodes: TypeAlias = "dict[str, list[Leaf] | Nodes]"
"""The leaves with each tag, in order, or the places inside the block with this tag."""


def nodes_of(block: Block, namespace: str) -> Nodes:
    """Return the places inside a block."""
    nodes: Nodes = {}
    for name, group in block.groups:
        leaves = [part for part in group if isinstance(part, Leaf)]
        blocks = [part for part in group if isinstance(part, Block)]
        nodes[f"{{{namespace}}}{name}"] = leaves or nodes_of(blocks[0], namespace)
    return nodes


def tags_of(nodes: Nodes) -> Iterator[str]:
    """Yield every tag of a tree, those inside a date of birth included."""
    for tag, node in nodes.items():
        yield tag
        if isinstance(node, dict):
            yield from tags_of(node)
        elif isinstance(node[0].field, CASPartialDate):
            yield from (tag.replace(node[0].name, part) for part in PARTIAL.values())


def find_leaves(element: etree._Element, nodes: Nodes, found: list[tuple[Leaf, etree._Element]]) -> bool:
    """Add the elements of a record that have values, each with its leaf. Return whether its blocks have no others."""
    seen: dict[str, int] = {}
    has_others = False
    for child in element:
        node = nodes.get(tag := child.tag)
        if node is None:
            has_others = True
        elif isinstance(node, dict):
            has_others |= not find_leaves(child, node, found)
        elif (number := seen.get(tag, 0)) < len(node):
            seen[tag] = number + 1
            found.append((node[number], child))
    return not has_others


def inside(nodes: Nodes, element: etree._Element, record: etree._Element) -> Nodes:
    """Return the places inside an element of a record; none if the tree does not have it."""
    path = [element, *element.iterancestors()]
    for each in reversed(path[: path.index(record)]):
        node = nodes.get(each.tag)
        nodes = node if isinstance(node, dict) else {}
    return nodes
