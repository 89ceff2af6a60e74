"""What `manage.py check` looks at besides Django's own checks."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections

from sms.core import triggers


def check_triggers(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """The triggers in the database are those that the models would write today."""
    # A warning and not an error, because `migrate`, which mends it, refuses to start upon an error.
    return [
        checks.Warning(difference, hint="Run manage.py migrate, which writes the triggers again.", id="sms.W001")
        for alias in databases or ()
        for difference in triggers.differences(connections[alias])
    ]
