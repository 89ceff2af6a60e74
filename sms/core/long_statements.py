"""Allow a statement that grows with the number of CAS to take longer than other statements."""

from __future__ import annotations

from django.db import connection


def allow_long_statements() -> None:
    """Lift the time limit on statements until the transaction ends. The limit on waiting for a lock stays."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
