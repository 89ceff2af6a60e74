"""Regular jobs about licences, drafts, sessions and background jobs. Each may run twice, even at the same time."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from licences import hooks
from licences.clock_guard import waits_for_clock
from licences.jobs import engine, queue, runs
from licences.lifecycle import LICENCE_LIFECYCLE
from licences.message_board import mailing
from licences.models import (
    Allocation,
    Draft,
    Job,
    Licence,
    MessageMail,
    Session,
    SignIn,
    SignInCount,
    StoredSearch,
    User,
)
from sms.core import clock
from sms.core.refused import Refused

# No session can end later than this from now. The day allows for clocks that differ a little.
LONGEST_SESSION = timedelta(days=1, seconds=settings.SESSION_COOKIE_AGE)


@waits_for_clock
def expire_licences() -> int:
    """Expire each licence the day after its last day. Return how many."""
    sources = LICENCE_LIFECYCLE["expire"].sources
    expired = 0
    for licence in Licence.objects.filter(status__in=sources, expires_on__lt=clock.today()):
        with suppress(Refused):  # a caseworker has prolonged or ended it since it was read
            licence.expire(by=User.objects.system())
            expired += 1
    return expired


@waits_for_clock
def renew_allocations() -> int:
    """Start the new year of allocations that renew automatically, the day after their last day. Return how many."""
    system = User.objects.system()
    return sum(Allocation.objects.renew(each, by=system) is not None for each in Allocation.objects.to_renew())


@waits_for_clock
def delete_old_drafts() -> int:
    """Delete the drafts that have not changed for 30 days. Return how many."""
    return Draft.objects.purge()


@waits_for_clock
def delete_old_searches() -> int:
    """Delete the searches that are older than 30 days. Return how many."""
    return StoredSearch.objects.purge()


@waits_for_clock
def delete_old_sign_ins() -> int:
    """Delete sign-ins that are older than 90 days, and counts of wrong tries that no longer count. Return how many."""
    return SignIn.objects.purge() + SignInCount.objects.purge()


@waits_for_clock
def send_messages_by_email() -> int:
    """Send messages from the Home Office to the users who want them by email as well. Return how many."""
    return mailing.send_due()


@waits_for_clock
def delete_old_emails() -> int:
    """Delete the emails that were sent 30 days ago, or that could not be sent for 3 days. Return how many."""
    return MessageMail.objects.purge()


@waits_for_clock
def delete_ended_sessions() -> int:
    """Delete sessions that have timed out, and sessions written by a clock that ran ahead. Return how many."""
    now = clock.real_now()
    has_ended = Q(expire_date__lt=now) | Q(expire_date__gt=now + LONGEST_SESSION)
    return Session.objects.filter(has_ended).delete()[0]


def put_back_jobs() -> int:
    """End runs whose lease has run out, and queue pieces that are due or may be lost. Return how many were lost."""
    lost = runs.end_lost_runs()
    queue.fill_all()
    return lost + queue.enqueue_again()


@waits_for_clock
def delete_old_jobs() -> int:
    """Delete the jobs that have ended and belong to no printout or file, with the addresses in them.

    Return how many.
    """
    kept = {kind.name: kind.kept_for for kind in hooks.job_kinds() if kind.kept_for}
    return sum(Job.objects.purge(name, kept_for) for name, kept_for in kept.items())


@waits_for_clock
def delete_old_tasks() -> int:
    """Delete tasks from the queue in the database that ran over a day ago. Return how many."""
    return engine.delete_old_tasks()
