"""Send emails: plain text from the templates in `templates/jinja2/mail`.

A mail server can be slow or unreachable, so pages do not call `send`: they ask for a job that calls it.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

JOBS_KEPT_FOR = timedelta(days=30)  # the jobs that email users, because they may hold an address


def send(name: str, to: str, **values: object) -> None:
    """Send the email `mail/NAME.txt` to the address `to` now. The first line of its template is the subject.

    The template can use `values`. Raises `OSError` if the mail server cannot be reached or does not accept the email.
    """
    subject, _, body = render_to_string(f"mail/{name}.txt", values).strip().partition("\n")
    EmailMessage(subject, f"{body.strip()}\n", to=[to]).send()


def address(view: str, *args: object, **query: str) -> str:
    """Return the whole address of a page, to link to it from an email. `query` is the part after the question mark."""
    return f"{settings.PORTAL_ADDRESS}{reverse(view, args=args)}{f'?{urlencode(query)}' if query else ''}"
