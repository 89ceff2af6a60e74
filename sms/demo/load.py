"""Make the demo data, or delete all data to make it again."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction

from licences.models import Licence
from sms.core import triggers
from sms.demo import people, plan
from sms.demo.playback import play


def is_empty() -> bool:
    """Return whether the database has no licence, and so no data of users."""
    return not Licence.objects.exists()


@transaction.atomic
def make() -> None:
    play(people.stories())
    play(plan.stories())


@transaction.atomic
def clear() -> None:
    """Delete all data, with the history and the ledger. This is for demo mode only."""
    triggers.drop(connection)
    call_command("flush", interactive=False, verbosity=0)  # it sends post_migrate, which installs the triggers again
