"""Rows without which the portal does not work. They are written after every migration."""

from __future__ import annotations

from datetime import date

from cas.models import Fee

FIRST_FEE = (date(2025, 4, 9), 5500)


def refill(using: str, **_: object) -> None:
    """Add the first fee of a CAS, if there is no fee. Caseworkers add later fees."""
    if not Fee.objects.using(using).exists():
        from_on, pence = FIRST_FEE
        Fee.objects.using(using).create(from_on=from_on, pence=pence)
