"""How long the portal waits for its database before it gives up.

The limits of pages are short, because a person waits and each waiting page occupies a thread: a locked table must not
stop the whole portal. Commands and the worker get longer ones, because a migration or a job over all CAS takes minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SQLITE = "django.db.backends.sqlite3"
A_DAY = 24 * 3600

# A server that is switched off, or cut off from the network, answers nothing at all.
CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 15,  # seconds of silence before the first question
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}


@dataclass(frozen=True)
class Limits:
    """Seconds; 0 is no limit. SQLite knows only the limit on waiting for a lock."""

    statement: int
    lock: int
    idle: int  # within a transaction


def apply(limits: Limits, database: dict[str, Any]) -> None:
    """Set the limits in an entry of DATABASES, for all connections that are made from now on."""
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == SQLITE:
        options["timeout"] = limits.lock or A_DAY
        return
    for name, value in CONNECTING.items():
        options.setdefault(name, value)  # DATABASE_URL may say otherwise
    options["options"] = (
        f"{options.get('options', '')} -c statement_timeout={limits.statement}s -c lock_timeout={limits.lock}s "
        f"-c idle_in_transaction_session_timeout={limits.idle}s"
    ).lstrip()
