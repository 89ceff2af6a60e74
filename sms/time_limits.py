"""Limit how long the portal waits for its database.

The limits of pages are short: each waiting page occupies a thread, so a locked table could stop the whole portal. The
worker and commands have longer ones, because a migration or a job over all CAS can take minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SQLITE = "django.db.backends.sqlite3"
A_DAY = 24 * 3600

# A server that is switched off or cut off from the network does not answer at all.
CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 15,  # seconds of silence before the first probe
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}


@dataclass(frozen=True)
class Limits:
    """Limits in seconds; 0 means no limit. SQLite has only the limit on waiting for a lock."""

    statement: int
    lock: int
    idle: int  # within a transaction


def apply(limits: Limits, database: dict[str, Any]) -> None:
    """Set the limits in an entry of DATABASES. They apply to connections that are opened later."""
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == SQLITE:
        options["timeout"] = limits.lock or A_DAY
        return
    for name, value in CONNECTING.items():
        options.setdefault(name, value)  # DATABASE_URL may have other values
    options["options"] = (
        f"{options.get('options', '')} -c statement_timeout={limits.statement}s -c lock_timeout={limits.lock}s "
        f"-c idle_in_transaction_session_timeout={limits.idle}s"
    ).lstrip()
