"""The messages that the portal writes to a sponsor when its licence, or a route of it, changes its status."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from licences.models.message import Message
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats

if TYPE_CHECKING:
    from licences.models.licence import Licence
    from licences.models.user import User

ENDED = "You can no longer create, change or assign CAS. Your live CAS are cancelled. You can still read, print and "
ENDED += "export CAS, and report on USED CAS."
REASON = "The reason is in the history of the licence."


class Words(NamedTuple):
    subject: str
    text: str
    is_important: bool = True


MOVED = {
    "suspend": Words(
        "Your licence is SUSPENDED",
        "The Home Office suspended your licence on {day}. You cannot assign CAS until it reinstates the licence. You "
        f"can still create and change CAS, and report on your students. {REASON}",
    ),
    "reinstate": Words(
        "Your licence is ACTIVE again",
        f"The Home Office reinstated your licence on {{day}}. You can assign CAS again. {REASON}",
        is_important=False,
    ),
    "revoke": Words("Your licence is REVOKED", f"The Home Office revoked your licence on {{day}}. {ENDED} {REASON}"),
    "surrender": Words("Your licence is SURRENDERED", f"Your licence ended on {{day}}. {ENDED} {REASON}"),
    "expire": Words("Your licence is EXPIRED", f"Your licence expired on {{day}}. {ENDED}"),
}
"""The words of the message about each move of a licence, by the name of the move."""


def moved(licence: Licence, move: str, *, by: User) -> None:
    """Write to the sponsor about a move of its licence, in the transaction of the move."""
    words = MOVED[move]
    _write(licence, words.subject, words.text, is_important=words.is_important, by=by)


def route_surrendered(licence: Licence, route: str, *, by: User) -> None:
    """Write to the sponsor that its licence no longer covers a route, in the transaction that ends the route."""
    label = Route(route).label
    text = (
        "Your licence has not covered the {label} route since {day}. The live CAS of this route are cancelled. You can "
        f"only delete its other CAS. {REASON}"
    )
    _write(licence, f"Your licence no longer covers the {label} route", text, label=label, by=by)


def _write(licence: Licence, subject: str, text: str, *, by: User, is_important: bool = True, **parts: str) -> None:
    said = text.format(day=formats.day(clock.today()), **parts)
    Message.objects.write_to(licence, subject, said, is_important=is_important, link=reverse("licence_history"), by=by)
