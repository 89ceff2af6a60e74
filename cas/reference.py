"""Rows that the program cannot do without, written after every migration."""

from __future__ import annotations

from datetime import date

from cas.models import Fee

FIRST_FEE = (date(2025, 4, 9), 5500)


def refill(using: str, **_: object) -> None:
    """The first fee of a CAS; caseworkers add the later ones."""
    if not Fee.objects.using(using).exists():
        from_on, pence = FIRST_FEE
        Fee.objects.using(using).create(from_on=from_on, pence=pence)
