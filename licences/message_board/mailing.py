"""Send messages by email to the users who want them by email as well. A regular job does so each minute."""

from __future__ import annotations

import logging
import time

from licences import mail
from licences.models import MessageMail
from sms.core import clock

MOST_AT_ONCE = 500  # emails of one run
LONGEST_RUN = 30  # seconds: the next run continues

logger = logging.getLogger(__name__)


def send_due() -> int:
    """Queue the emails that are due, and send them. Return how many were sent.

    Each email is claimed before it is sent, in a transaction of its own. So two processes do not send it twice, and
    after a kill it is sent again only if the process died between the mail server's answer and the next statement.
    """
    MessageMail.objects.queue()
    started, sent = time.monotonic(), 0
    for email in MessageMail.objects.due().select_related("message", "user")[:MOST_AT_ONCE]:
        if time.monotonic() - started > LONGEST_RUN:
            break
        if MessageMail.objects.claim(email.pk):
            sent += _send(email)
    return sent


def _send(email: MessageMail) -> bool:
    """Send one email that this process has claimed. Return whether the mail server accepted it."""
    page = mail.address("message", email.message_id)
    try:
        mail.send("message", email.user.email, message=email.message, page=page)
    except OSError as error:
        logger.warning("The email %s could not be sent: %s", email.pk, type(error).__name__)
        return False
    MessageMail.objects.filter(pk=email.pk).update(mailed_at=clock.now())
    return True
