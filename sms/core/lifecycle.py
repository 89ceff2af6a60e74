"""Lifecycles: tables of the named moves between statuses, checked when they are made.

A table does not depend on models. Buttons, verbs, the database's triggers, the tests and `docs/statuses.md` all read
it, so each rule about statuses is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """A named move of a lifecycle.

    `sources` are the statuses that it starts from, and `targets` those that it may end in. A move without sources
    creates a record, and a move without targets removes it. `by` has the kinds of user who may make it, and `rule`
    says in words what else is required. `done` is its title in the history.
    """

    name: str
    label: str
    sources: frozenset[str]
    targets: frozenset[str]
    by: frozenset[str]
    rule: str = ""
    done: str = ""

    @property
    def target(self) -> str:
        """Return the only status that this move ends in. Raises `ValueError` if there are several, or none."""
        (only,) = self.targets
        return only

    def edges(self) -> Iterator[tuple[str, str]]:
        return ((source, target) for source in sorted(self.sources) for target in sorted(self.targets))


class Lifecycle:
    """The statuses of one kind of record, and all moves between them."""

    def __init__(self, name: str, statuses: Iterable[str], moves: Iterable[Move]) -> None:
        """Check the table. Raises `ValueError` for an unknown or unreachable status, or for two moves of one name."""
        self.name = name
        self.statuses = tuple(statuses)
        self.moves = tuple(moves)
        self._by_name = {move.name: move for move in self.moves}
        if len(self._by_name) != len(self.moves):
            raise ValueError(f"{name}: two moves have the same name.")
        mentioned = {status for move in self.moves for status in move.sources | move.targets}
        if unknown := mentioned - set(self.statuses):
            raise ValueError(f"{name}: unknown statuses {sorted(unknown)}.")
        if unreachable := set(self.statuses) - self._reachable():
            raise ValueError(f"{name}: no move leads to {sorted(unreachable)}.")

    def __getitem__(self, name: str) -> Move:
        return self._by_name[name]

    @property
    def initial(self) -> frozenset[str]:
        """Return the statuses that a new record may have."""
        return frozenset().union(*(move.targets for move in self.moves if not move.sources))

    @property
    def final(self) -> frozenset[str]:
        """Return the statuses that no move starts from."""
        return frozenset(self.statuses) - frozenset().union(*(move.sources for move in self.moves))

    @property
    def removable(self) -> frozenset[str]:
        """Return the statuses in which a record may be removed."""
        return frozenset().union(*(move.sources for move in self.moves if not move.targets))

    def edges(self) -> frozenset[tuple[str, str]]:
        """Return every allowed pair of a status and the next one, which may be the same."""
        return frozenset(edge for move in self.moves for edge in move.edges()) | {
            (status, status) for status in self.statuses
        }

    def titles(self, kind: str) -> dict[tuple[str, str], str]:
        """Return the titles of the moves in the history of records of this `kind`."""
        return {(kind, move.name): move.done or move.label for move in self.moves}

    def open_to(self, status: str, who: Iterable[str]) -> list[Move]:
        """Return the moves from `status` that are open to `who`: a user's kinds, such as a level and owner."""
        kinds = frozenset(who)
        return [move for move in self.moves if status in move.sources and move.by & kinds]

    def _reachable(self) -> set[str]:
        found: set[str] = set(self.initial)
        while further := {target for move in self.moves if move.sources & found for target in move.targets} - found:
            found |= further
        return found
