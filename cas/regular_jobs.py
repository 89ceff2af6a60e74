"""What the system does by itself with CAS and orders. Each job may run twice, and at once."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from cas.models import CAS, Printout, SandboxPayment
from cas.payments import chasing, checkout
from cas.payments.providers import sandbox
from licences.clock_guard import waits_for_clock
from licences.models import User
from sms.core import clock


@waits_for_clock
def expire_cas() -> int:
    """Expire each CAS the day after its expiry date; returns how many."""
    return CAS.objects.expire(by=User.objects.system())


def chase_silent_orders() -> int:
    """Ask the providers about orders that stay silent; returns how many."""
    return chasing.chase_silent_orders()


def ask_providers_again() -> int:
    """Ask the providers about orders that ended here and may not have ended there; returns how many."""
    return chasing.ask_again()


@waits_for_clock
def delete_old_printouts() -> int:
    """Delete the printouts that were asked for more than 7 days ago; returns how many."""
    return Printout.objects.purge()


def count_for_sqlite() -> int:
    """Once an hour, let SQLite see how the rows of CAS are spread, so that it picks the right index for a search.

    PostgreSQL does so by itself.
    """
    if connection.vendor != "sqlite" or clock.now().minute:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")  # rows of each index: quick, however many there are
        cursor.execute(f"ANALYZE {CAS._meta.db_table}")
    return 1


def send_late_sandbox_callbacks() -> int:
    """In demo mode: tell the portal of payments at the sandbox whose payers chose to have it told late."""
    if not settings.DEMO:
        return 0
    late = SandboxPayment.objects.all().to_tell()
    for payment in late:
        checkout.receive(sandbox.Sandbox.name, *sandbox.callback(payment))
        SandboxPayment.objects.filter(pk=payment.pk).update(tell_at=None)
    return len(late)
