"""Making the demo data, and making them anew."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction

from licences.models import Licence
from sms.core import triggers
from sms.demo import people, plan
from sms.demo.playback import play


def is_empty() -> bool:
    """Whether there is no licence yet: nothing that a person has made."""
    return not Licence.objects.exists()


@transaction.atomic
def make() -> None:
    play(people.stories())
    play(plan.stories())


@transaction.atomic
def clear() -> None:
    """Throw everything away, the history and the ledger included. For demonstrations only."""
    triggers.drop(connection)
    call_command("flush", interactive=False, verbosity=0)  # it sends post_migrate, which installs the triggers again
