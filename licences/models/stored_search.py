"""Searches that somebody made: kept on the server, so that nothing personal stands in an address (section 8)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models

from licences.models.user import User
from sms.core import clock, moments

KEPT_FOR = timedelta(days=30)


def new_key() -> str:
    """What stands in the address of a search: it cannot be guessed, and tells nothing."""
    return secrets.token_urlsafe(12)


class StoredSearchQuerySet(models.QuerySet["StoredSearch"]):
    def for_user(self, user: User) -> Self:
        """A search is nobody's but its own user's, whatever their level."""
        return self.filter(user=user)

    def keep(self, screen: str, asked: dict[str, Any], *, by: User) -> StoredSearch:
        """Keep what `by` asked for at the screen of this name."""
        return self.create(user=by, screen=screen, asked=asked, made_at=clock.now())

    def purge(self) -> int:
        """Delete those that are older than 30 days; returns how many."""
        moments.bring_back(self, "made_at")
        return self.filter(made_at__lt=clock.now() - KEPT_FOR).delete()[0]


class StoredSearch(models.Model):
    """What `user` asked for at `screen`: the texts as they were typed, by the name of the field."""

    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    screen = models.CharField(max_length=30)
    asked = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    objects = StoredSearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stored searches"
        indexes: ClassVar = [models.Index(fields=["made_at"], name="search_oldest")]

    def __str__(self) -> str:
        return f"search at {self.screen}"
