"""Sign-ins, and the lock after three wrong tries (specification, section 9).

All times here are real time, even if the portal's clock is set to another day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When

from licences.models.event import Event
from licences.models.user import User
from sms.core import clock, moments
from sms.core.constraints import known
from sms.core.govuk import formats

WRONG_TRIES = 3
LOCKED_FOR = timedelta(minutes=30)
KEPT_FOR = timedelta(days=90)

# Failed sign-ins from one network within LOCKED_FOR. If all 500 people on a campus behind one address lock themselves
# out, they cause 1,500.
NETWORK_FAILURES = 5_000


class Outcome(models.TextChoices):
    RIGHT = "RIGHT", "Signed in"
    CODE_DUE = "CODE_DUE", "Right password, code still due"
    WRONG = "WRONG", "Wrong password"
    WRONG_CODE = "WRONG_CODE", "Wrong code"
    UNKNOWN = "UNKNOWN", "Unknown User ID"
    LOCKED = "LOCKED", "Refused: locked"
    DEACTIVATED = "DEACTIVATED", "Refused: deactivated"
    LINK = "LINK", "Asked for a link to choose a password"


class SignInCountQuerySet(models.QuerySet["SignInCount"]):
    def count_try(self, user: User, browser: str) -> bool:
        """Count a try before its password is checked. Return whether it may be checked.

        One conditional statement decides, so that of any number of tries at once only three are checked.
        """
        self.bulk_create([self.model(user=user, browser=browser, tried_at=_now())], ignore_conflicts=True)
        now = _now()
        not_locked = Q(locked_until__isnull=True) | Q(locked_until__lte=now)
        is_over = Q(tried_at__lte=now - LOCKED_FOR)
        counting = self.filter(not_locked, Q(tries__lt=WRONG_TRIES) | is_over, user=user, browser=browser)
        tries = Case(When(is_over, then=Value(1)), default=F("tries") + 1)
        return counting.update(tries=tries, tried_at=now, locked_until=None) == 1

    @transaction.atomic
    def lock_after_wrong_try(self, user: User, browser: str) -> None:
        """Lock the account for this browser if the wrong try was the third."""
        third = self.filter(user=user, browser=browser, tries__gte=WRONG_TRIES)
        if third.update(tries=0, locked_until=_now() + LOCKED_FOR):
            Event.objects.record("lock", user, by=User.objects.system())

    def take_back_try(self, user: User, browser: str) -> None:
        """Take back a try whose password was right.

        The wrong tries before it still count, because another person may have made them.
        """
        self.filter(user=user, browser=browser, tries__gt=0).update(tries=F("tries") - 1)

    def locked(self) -> SignInCountQuerySet:
        """Return the counts that lock their accounts now."""
        return self.filter(locked_until__gt=_now()).order_by("browser")

    def purge(self) -> int:
        """Delete the counts that no longer have an effect. Return how many.

        No lock lasts longer than 30 minutes from now, even if a clock that ran ahead wrote it.
        """
        moments.bring_back(self, "tried_at")
        latest = _now() + LOCKED_FOR
        self.filter(locked_until__gt=latest).update(locked_until=latest)
        return self.exclude(locked_until__gt=_now()).filter(tried_at__lte=_now() - LOCKED_FOR).delete()[0]


class SignInCount(models.Model):
    """A count of the wrong tries for one account, from one known browser or from all other browsers together.

    `browser` is the key of a browser that has signed in to this account before (`licences/known_browsers.py`), or ""
    for all others. A stranger's tries count under "", so they never lock out a user in their usual browser.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="sign_in_counts")
    browser = models.CharField(max_length=32, blank=True)
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    objects = SignInCountQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "browser"], name="sign_in_count_once_for_a_browser")
        ]

    def __str__(self) -> str:
        return f"{self.tries} wrong tries for {self.user_id}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def record(self, outcome: Outcome, *, user: User | None, browser: str, network: str) -> None:
        """Record a sign-in or a failed try. `user` is None for an unknown user ID, which may be a mistyped password."""
        self.create(outcome=outcome, user=user, browser=browser, network=network, tried_at=_now())

    def is_network_limited(self, network: str) -> bool:
        """Return whether too many tries from this network have failed in the last 30 minutes."""
        failed = self.filter(network=network, tried_at__gt=_now() - LOCKED_FOR).exclude(
            outcome__in=[Outcome.RIGHT, Outcome.CODE_DUE]
        )
        return failed[:NETWORK_FAILURES].count() >= NETWORK_FAILURES

    def purge(self) -> int:
        """Delete the sign-ins that are older than 90 days. Return how many."""
        moments.bring_back(self, "tried_at")
        return self.filter(tried_at__lte=_now() - KEPT_FOR).delete()[0]


class SignIn(models.Model):
    """A successful or failed sign-in, for caseworkers. It is not an event of the history.

    A stranger can cause any number of these, and the history cannot be shortened. `network` is an IPv4 address or the
    first 64 bits of an IPv6 address. `browser` is the kind of browser, such as "Firefox on Windows".
    """

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sign_ins")
    outcome = models.CharField("outcome", max_length=20, choices=Outcome.choices)
    tried_at = models.DateTimeField("day")
    browser = models.CharField(max_length=100, blank=True)
    network = models.CharField(max_length=45, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in"
        constraints: ClassVar = [known("outcome", Outcome.values, table="sign_in")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-tried_at"], name="sign_in_user"),
            models.Index(fields=["network", "tried_at"], name="sign_in_network"),
            models.Index(fields=["tried_at"], name="sign_in_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} on {formats.moment(self.tried_at)}"


def _now() -> datetime:
    return clock.real_now()
