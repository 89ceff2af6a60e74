"""Rows without which the portal does not work. They are written after every migration."""

from __future__ import annotations

from cas.declared_rules import RULES
from cas.models import Rule


def refill(using: str, **_: object) -> None:
    """Add the first values of each rule that has no value. Caseworkers add later values."""
    rows = Rule.objects.using(using)
    there = set(rows.values_list("name", flat=True))
    rows.bulk_create(
        Rule(name=rule.name, from_on=from_on, value=value)
        for rule in RULES
        if rule.name not in there
        for from_on, value in rule.first.items()
    )
