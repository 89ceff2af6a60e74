"""The warnings about the details of several CAS, counted (specification, section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cas.details import fields
from cas.models import CAS
from cas.rules import Rules

NAMED = 10  # CAS of each warning


@dataclass
class Counted:
    """A warning, how many CAS have it, and the first of them."""

    heading: str
    number: int = 0
    named: list[CAS] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Return how many are not named."""
        return self.number - len(self.named)


def warnings_of(cas_list: Iterable[CAS], rules: Rules, sponsor_status: str) -> list[Counted]:
    """Return the warnings about these CAS of one sponsor by the rules of a day, in the order of the form.

    The CAS are named in the order in which they come. They are not all kept in memory.
    """
    found: dict[tuple[int, str], Counted] = {}
    for cas in cas_list:
        for warning in fields.warnings(cas, rules, sponsor_status=sponsor_status):
            key = warning.field.creation_counter, warning.heading
            counted = found.setdefault(key, Counted(warning.heading))
            counted.number += 1
            if len(counted.named) < NAMED:
                counted.named.append(cas)
    return [found[key] for key in sorted(found)]
