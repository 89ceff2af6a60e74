"""Email a user about a change of how they sign in, by a job, because a mail server can be slow.

The emails say what happened, when, and who did it or in which kind of browser. They contain no link and no secret.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from django.db import transaction

from licences import mail
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.jobs.verbs import ask
from licences.models import User
from licences.roles import named
from sms.core.refused import Refused

JOB_KIND = "notice"


class Notice(NamedTuple):
    """The subject of an email, which says what happened, and what it means for the user."""

    subject: str
    meaning: str


# By the verb of the history.
NOTICES = {
    "change_password": Notice("Your password was changed", "You were signed out in all other browsers."),
    "choose_password": Notice(
        "A new password was chosen with an emailed link",
        "The link was emailed to you. You were signed out everywhere.",
    ),
    "turn_on_second_factor": Notice(
        "Your second factor was turned on", "From now on, you need a code from the app to sign in."
    ),
    "replace_second_factor": Notice(
        "Your authenticator app was replaced", "The earlier app and the earlier recovery codes no longer work."
    ),
    "turn_off_second_factor": Notice(
        "Your second factor was turned off", "From now on, you need only your password to sign in."
    ),
    "reset_second_factor": Notice(
        "Your second factor was reset",
        "You were signed out everywhere. You can sign in with your password, and set up the second factor again.",
    ),
    "make_recovery_codes": Notice("New recovery codes were made", "The earlier recovery codes no longer work."),
    "use_recovery_code": Notice("A recovery code was used", "You cannot use this code again."),
    "change_email": Notice("Your email address was changed", "Emails from the portal no longer go to this address."),
    "reactivate": Notice("You can sign in again", "Your User ID was reactivated, with the password that you had."),
}


def job_kind() -> Kind:
    """Return the kind of job that emails a notice. Its user is the one whose account has changed."""
    return Kind(JOB_KIND, "email about an account", "emails about an account", _work, kept_for=mail.JOBS_KEPT_FOR)


def inform(user: User, verb: str, by: User, browser: str = "", to: str = "") -> None:
    """Email the notice of this verb soon, to this user's address or to the address `to`, if there is any.

    `by` made the change; if that is the user, `browser` is the kind of browser, such as "Firefox on Windows". If
    very many emails wait already, this email is not sent. The change is made all the same.
    """
    address = to or user.email
    if address:
        who = "" if by.pk == user.pk else named({by.role})
        arguments = {"verb": verb, "to": address, "by": who, "browser": browser}
        with suppress(Refused), transaction.atomic():
            ask(JOB_KIND, arguments, is_short=True, by=user)


def _work(run: Run) -> None:
    user, found = User.objects.select_related("licence").get(pk=run.job.by_id), run.job.arguments
    values = {"notice": NOTICES[found["verb"]], "at": run.job.asked_at, "by": found["by"], "browser": found["browser"]}
    mail.send("notice", found["to"], user=user, **values)
    with run.saving(progress=1, is_last=True):
        pass
