"""The engine under every status: a table of named moves, checked when it is made.

The table knows no models. Buttons, verbs, the database's triggers, the tests and `docs/statuses.md` all read it,
so a rule about statuses is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """One named move of a lifecycle.

    `sources` are the statuses it starts from, and `targets` those it may end in: a move without sources makes a
    new record, and one without targets removes it. `by` names who may make it; `rule` says the rest in words.
    `done` is what the history says afterwards.
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
        """The one status that this move ends in. Raises `ValueError` when there are several, or none."""
        (only,) = self.targets
        return only

    def edges(self) -> Iterator[tuple[str, str]]:
        return ((source, target) for source in sorted(self.sources) for target in sorted(self.targets))


class Lifecycle:
    """The statuses of one kind of record, and the only ways from one to another."""

    def __init__(self, name: str, statuses: Iterable[str], moves: Iterable[Move]) -> None:
        """Raises `ValueError` for a table with an unknown or unreachable status, or with a move's name twice."""
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
            raise ValueError(f"{name}: no way leads to {sorted(unreachable)}.")

    def __getitem__(self, name: str) -> Move:
        return self._by_name[name]

    @property
    def initial(self) -> frozenset[str]:
        """The statuses that a new record may have."""
        return frozenset().union(*(move.targets for move in self.moves if not move.sources))

    @property
    def final(self) -> frozenset[str]:
        """The statuses that nothing leads out of."""
        return frozenset(self.statuses) - frozenset().union(*(move.sources for move in self.moves))

    @property
    def removable(self) -> frozenset[str]:
        """The statuses in which a record may be removed."""
        return frozenset().union(*(move.sources for move in self.moves if not move.targets))

    def edges(self) -> frozenset[tuple[str, str]]:
        """Every allowed pair of a status and the next, staying in the same one included."""
        return frozenset(edge for move in self.moves for edge in move.edges()) | {
            (status, status) for status in self.statuses
        }

    def titles(self, kind: str) -> dict[tuple[str, str], str]:
        """Return what the history of records of this `kind` says of each move."""
        return {(kind, move.name): move.done or move.label for move in self.moves}

    def open_to(self, status: str, who: Iterable[str]) -> list[Move]:
        """The moves that `who` (a user's own kinds: level, owner, caseworker, system) may make from `status`."""
        kinds = frozenset(who)
        return [move for move in self.moves if status in move.sources and move.by & kinds]

    def _reachable(self) -> set[str]:
        found: set[str] = set(self.initial)
        while further := {target for move in self.moves if move.sources & found for target in move.targets} - found:
            found |= further
        return found
