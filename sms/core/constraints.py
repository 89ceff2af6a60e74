"""Constraints of the database, each with a name that says what it means."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import CheckConstraint, Q


def known(field: str, values: Iterable[str], *, table: str) -> CheckConstraint:
    """Return the constraint that `field` has one of `values`."""
    return CheckConstraint(condition=Q(**{f"{field}__in": list(values)}), name=f"{table}_{field}_known")


def all_or_none(*fields: str, name: str) -> CheckConstraint:
    """Return the constraint that all of `fields` have a value, or none has."""
    every = Q(**{f"{field}__isnull": False for field in fields})
    none = Q(**{f"{field}__isnull": True for field in fields})
    return CheckConstraint(condition=every | none, name=name)
