"""Sessions, each with its user, so that users can see where they are signed in (specification, section 9).

This module is the setting SESSION_ENGINE. It extends Django's sessions in the database, as Django documents it: a row
has one more column, so no page needs another statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.crypto import constant_time_compare

from licences.models.user import User
from sms.core import clock

MOST_SHOWN = 20

# Names in a session
ACTIVE_AT = "active_at"  # when the user was last active, in seconds since 1970
SIGNED_IN_AT = "signed_in_at"  # when the user signed in, in the same form
BROWSER = "browser"  # the kind of browser, such as "Firefox on Windows"


@dataclass(frozen=True)
class Use:
    """A place where a user is signed in, and whether it is the browser that asks."""

    browser: str
    since: datetime
    latest: datetime
    is_here: bool


class Session(AbstractBaseSession):
    """A session. `user` is empty before a visitor has signed in, such as between the password and the code."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sessions")

    objects: ClassVar = BaseSessionManager()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    @classmethod
    def uses(cls, user: User, *, here: str | None) -> list[Use]:
        """Return where this user is signed in, the latest first. `here` is the key of the session that asks."""
        rows = cls.objects.filter(user=user, expire_date__gt=clock.real_now()).order_by("-expire_date")[:MOST_SHOWN]
        found = [use for row in rows if (use := row.use(user, is_here=row.session_key == here))]
        return sorted(found, key=lambda use: use.latest, reverse=True)

    def use(self, user: User, *, is_here: bool) -> Use | None:
        """Return this session as the user sees it; None if it has been ended, or has not shown a page yet."""
        data = self.get_decoded()
        is_ended = not constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        if is_ended or not {SIGNED_IN_AT, ACTIVE_AT} <= data.keys():
            return None
        latest = clock.real_now() if is_here else _moment(data[ACTIVE_AT])  # the session that asks is not saved yet
        return Use(data.get(BROWSER) or "Unknown browser", _moment(data[SIGNED_IN_AT]), latest, is_here)


class SessionStore(db.SessionStore):
    """Keep sessions in the database, each with the user who has signed in."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        return row


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
