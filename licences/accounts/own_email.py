"""The own email address: a change takes effect when its user follows the link that is mailed to the new address.

A link works once and for a day, for the user who asked for it, and only the latest. Its key holds no address.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from licences import mail, refusals
from licences.accounts import notices
from licences.jobs import verbs
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.models import Event, Job, User
from licences.models.account import EMAIL_FIELDS
from licences.models.event import changes
from sms.core import clock

JOB_KIND = "address"
WORKS_FOR = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
MOST_ASKED = 5  # links of one user in an hour, so that no user can fill the mailbox of another person
SALT = "licences.accounts.own_email"


def job_kind() -> Kind:
    """Return the kind of job that emails a link to a new address."""
    return Kind(JOB_KIND, "email to a new address", "emails to a new address", _work, kept_for=mail.JOBS_KEPT_FOR)


@transaction.atomic
def ask(user: User, email: str) -> None:
    """Email a link to this address, which may be the present one. The latest link replaces all before it.

    Raises `Refused` if the address is confirmed already, or after too many links.
    """
    user = _locked(user)
    if email == user.email and user.email_confirmed_at:
        raise refusals.EMAIL_CONFIRMED_ALREADY()
    asked = Job.objects.filter(kind=JOB_KIND, by=user, asked_at__gt=clock.now() - AN_HOUR)
    if asked.count() >= MOST_ASKED:
        raise refusals.TOO_MANY_LINKS_TO_ADDRESSES(most=MOST_ASKED)
    before = user.visible()
    user.new_email, user.new_email_at = email, clock.real_now()
    user.save(update_fields=EMAIL_FIELDS)
    Event.objects.record("ask_for_email_link", user, by=user, data=changes(before, user.visible()))
    verbs.ask(JOB_KIND, {}, is_short=True, by=user)


@transaction.atomic
def cancel(user: User) -> None:
    """Keep the present address. The link to the new address no longer works. Do nothing if there is none."""
    user = _locked(user)
    if not user.new_email:
        return
    before = user.visible()
    user.new_email, user.new_email_at = "", None
    user.save(update_fields=EMAIL_FIELDS)
    Event.objects.record("cancel_email_link", user, by=user, data=changes(before, user.visible()))


def key_of(user: User) -> str:
    """Return the key of the latest link of this user."""
    return signing.dumps(_state(user), salt=SALT)


def works(user: User, key: str) -> bool:
    """Return whether a link with this key works now for this user."""
    try:
        state = signing.loads(key, salt=SALT, max_age=WORKS_FOR)
    except signing.BadSignature:
        return False
    return bool(user.new_email) and state == _state(user)


@transaction.atomic
def confirm(user: User, key: str, *, browser: str = "") -> None:
    """Let the new address take effect, and email the old one. Raises `Refused` if the link no longer works."""
    user = _locked(user)
    if not works(user, key):
        raise refusals.LINK_NOT_VALID()
    before, email = user.email, user.new_email
    user.set_email(email, confirmed_at=clock.real_now())
    user.save(update_fields=EMAIL_FIELDS)
    if email == before:
        Event.objects.record("confirm_email", user, by=user)
    else:
        Event.objects.record("change_email", user, by=user, data={"email": [before, email]})
        if before:
            notices.inform(user, "change_email", user, browser, before)


def _state(user: User) -> list[object]:
    """Return what makes a link invalid when it changes: the address, the password, and the end of all sessions."""
    sessions = salted_hmac(SALT, f"{user.password} {user.sessions_ended}", algorithm="sha256").hexdigest()
    return [user.pk, user.new_email_at and user.new_email_at.isoformat(), sessions]


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _work(run: Run) -> None:
    user = User.objects.get(pk=run.job.by_id)
    if user.is_active and user.new_email:
        link = mail.address("confirm_email", key_of(user))
        mail.send("confirm_email", user.new_email, user=user, link=link)
    with run.saving(progress=1, is_last=True):
        pass
