"""Our own checks, which `manage.py check` runs as well as Django's."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections

from sms.core import triggers


def check_triggers(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Warn of each trigger in the database that differs from the models."""
    # This is not an error, because `migrate`, which corrects it, does not start if a check finds an error.
    return [
        checks.Warning(difference, hint="Run manage.py migrate, which writes the triggers again.", id="sms.W001")
        for alias in databases or ()
        for difference in triggers.differences(connections[alias])
    ]
