"""Let a step that grows with the number of CAS take longer than other statements of a page may."""

from __future__ import annotations

from django.db import connection


def allow_long_statements() -> None:
    """Lift the limit on statements until the transaction ends. The limit on waiting for a lock stays."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
