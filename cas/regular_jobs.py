"""Regular jobs about CAS and orders. Each is safe to run twice, and by two processes at the same time."""

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
    """Expire each CAS whose expiry date has passed. Return how many."""
    return CAS.objects.expire(by=User.objects.system())


def chase_silent_orders() -> int:
    """Ask the providers about open orders without a report. Return how many."""
    return chasing.chase_silent_orders()


def ask_providers_again() -> int:
    """Ask the providers about orders that are closed here but may still change at the provider. Return how many."""
    return chasing.ask_again()


@waits_for_clock
def delete_old_printouts() -> int:
    """Delete the printouts that were requested more than 7 days ago. Return how many."""
    return Printout.objects.purge()


def count_for_sqlite() -> int:
    """Once an hour, have SQLite gather statistics about the CAS, so that searches use the right index.

    Return 1 if it did, otherwise 0. PostgreSQL gathers its own.
    """
    if connection.vendor != "sqlite" or clock.now().minute:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")  # rows of each index, so that it stays quick with a million CAS
        cursor.execute(f"ANALYZE {CAS._meta.db_table}")
    return 1


def send_late_sandbox_callbacks() -> int:
    """In demo mode, send the sandbox's callbacks that a payer chose to send late. Return how many."""
    if not settings.DEMO:
        return 0
    late = SandboxPayment.objects.all().to_report()
    for payment in late:
        checkout.receive(sandbox.Sandbox.name, *sandbox.callback(payment))
        SandboxPayment.objects.filter(pk=payment.pk).update(report_at=None)
    return len(late)
