"""Searches, kept on the server so that no personal details appear in an address (specification, section 8)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models

from licences.models.user import User
from sms.core import clock, moments

KEPT_FOR = timedelta(days=30)


def new_key() -> str:
    """Return a random key for the address of a search. It cannot be guessed, and says nothing about the search."""
    return secrets.token_urlsafe(12)


class StoredSearchQuerySet(models.QuerySet["StoredSearch"]):
    def for_user(self, user: User) -> Self:
        """Return the searches of `user`. Even a Level 1 user sees only their own."""
        return self.filter(user=user)

    def keep(self, screen: str, asked: dict[str, Any], *, by: User) -> StoredSearch:
        """Keep what the user `by` asked for at this screen, and return the search."""
        return self.create(user=by, screen=screen, asked=asked, made_at=clock.now())

    def purge(self) -> int:
        """Delete the searches that are older than 30 days. Return how many."""
        moments.bring_back(self, "made_at")
        return self.filter(made_at__lt=clock.now() - KEPT_FOR).delete()[0]


class StoredSearch(models.Model):
    """A search that `user` made at `screen`. `asked` maps the names of fields to the texts that the user typed."""

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
