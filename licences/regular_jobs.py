"""What the system does by itself with licences, drafts and sessions. Each job may run twice, and at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from licences.clock_guard import waits_for_clock
from licences.jobs import engine, queue, runs
from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import Draft, Licence, SignIn, SignInCount, StoredSearch, User
from sms.core import clock
from sms.core.refused import Refused

# No session lasts longer from now on. The day is for clocks that differ a little.
LONGEST_SESSION = timedelta(days=1, seconds=settings.SESSION_COOKIE_AGE)


@waits_for_clock
def expire_licences() -> int:
    """Expire each licence the day after its last day; returns how many."""
    sources = LICENCE_LIFECYCLE["expire"].sources
    expired = 0
    for licence in Licence.objects.filter(status__in=sources, expires_on__lt=clock.today()):
        with suppress(Refused):  # prolonged, or ended by somebody else, since it was read
            licence.expire(by=User.objects.system())
            expired += 1
    return expired


@waits_for_clock
def delete_old_drafts() -> int:
    """Delete the drafts that nobody has touched for 30 days; returns how many."""
    return Draft.objects.purge()


@waits_for_clock
def delete_old_searches() -> int:
    """Delete the searches that are older than 30 days; return how many."""
    return StoredSearch.objects.purge()


@waits_for_clock
def delete_old_sign_ins() -> int:
    """Delete the sign-ins that are older than 90 days, and counts of wrong tries that are over; return how many."""
    return SignIn.objects.purge() + SignInCount.objects.purge()


@waits_for_clock
def delete_ended_sessions() -> int:
    """Delete the sessions that timed out, and those of a clock that ran ahead; returns how many."""
    now = clock.real_now()
    has_ended = Q(expire_date__lt=now) | Q(expire_date__gt=now + LONGEST_SESSION)
    return Session.objects.filter(has_ended).delete()[0]


def put_back_jobs() -> int:
    """End the runs that lost their lease, and put into the queue what is due or may be lost; return how many."""
    lost = runs.end_lost_runs()
    queue.fill_all()
    return lost + queue.enqueue_again()


@waits_for_clock
def delete_old_tasks() -> int:
    """Delete what the queue in the database keeps of tasks that ran over a day ago; return how many."""
    return engine.delete_old_tasks()
