"""Drafts: what somebody has typed into a form and not saved (specification, sections 2 and 8).

A private copy for its own user. It is no event, and changes nothing that anybody else can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from licences.models.user import User
from sms.core import clock, moments
from sms.core.characters import UNSTORABLE

KEPT_FOR = timedelta(days=30)
A_MINUTE = timedelta(minutes=1)  # the clocks of two servers may differ by as much
LONGEST, MOST = 20_000, 100  # characters of one value, and values of one name; what is beyond them is cut off

Typed = Mapping[str, list[str]]


class DraftQuerySet(models.QuerySet["Draft"]):
    def for_user(self, user: User) -> Self:
        """A draft is nobody's but its own user's, whatever their level."""
        return self.filter(user=user)

    def open(self) -> Self:
        """Those that hold something which is not saved yet, the last kept first."""
        return self.filter(kept_at__isnull=False).order_by("-kept_at", "-pk")

    @transaction.atomic
    def keep(
        self, *, user_id: int, form: str, subject: str, key: str, typed: Typed, drawn_at: datetime
    ) -> Draft | None:
        """Keep what was typed into a page that was drawn at `drawn_at`, in place of what was kept before.

        An empty form is no draft: then there is none afterwards. None, and nothing is kept, if the form was saved or
        discarded since: what comes from its page only now was overtaken on its way, or comes from another tab.
        """
        form_of: dict[str, Any] = {"user_id": user_id, "form": form, "subject": subject, "key": key}
        data = {name: _keepable(values) for name, values in typed.items()}
        kept: dict[str, Any] = {"data": data, "kept_at": clock.now()}
        if not any(any(values) for values in typed.values()):
            self.filter(**form_of).open().delete()
            return self.model(**form_of, **kept)
        draft, is_new = self.get_or_create(**form_of, defaults=kept)
        done_since = (drawn_at, clock.now() + A_MINUTE)  # what lies further ahead was written by a clock that ran ahead
        if not is_new and not self.filter(pk=draft.pk).exclude(done_at__range=done_since).update(**kept):
            return None
        draft.kept_at = kept["kept_at"]
        return draft

    def finish(self, *, saved: Mapping[str, str] | None = None) -> int:
        """Their forms are saved, or what was typed is to be forgotten. Returns how many there were.

        Nothing of it is kept but what is `saved`: what tells the same form again, and what it became.
        """
        return self.update(data=saved or {}, kept_at=None, done_at=clock.now())

    def purge(self) -> int:
        """Delete those that nobody has touched for 30 days; returns how many."""
        moments.bring_back(self, "kept_at", "done_at")
        limit = clock.now() - KEPT_FOR
        untouched = [Q(**{name: None}) | Q(**{f"{name}__lt": limit}) for name in ("kept_at", "done_at")]
        return self.filter(*untouched).delete()[0]


class Draft(models.Model):
    """What `user` has typed into one form.

    `form` is the name of the form's address, and `subject` what stands in that address, such as the id of a CAS.
    `key` tells several drafts apart for something new, of which there can be many at once; else it is empty.
    `data` is raw: the lists of texts that the browser sent. Once the form is saved, at `done_at`, nothing is kept of
    it; the row stays until it is purged, to know which pages were drawn before, and which was sent twice.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="drafts")
    form = models.CharField(max_length=50)
    subject = models.CharField(max_length=100)
    key = models.CharField(max_length=30, blank=True)
    data = models.JSONField(default=dict)
    kept_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "form", "subject", "key"], name="draft_once_for_a_form"),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=False) | Q(done_at__isnull=False), name="draft_is_kept_or_done"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kept_at"], name="draft_oldest")]

    def __str__(self) -> str:
        return f"draft of {self.form} {self.subject}"

    @property
    def typed(self) -> MultiValueDict[str, str]:
        """The data as a form takes them."""
        return MultiValueDict(self.data)

    @property
    def address(self) -> str:
        """Where this draft is gone on with."""
        return address_of(self.form, self.subject, self.key)


def address_of(form: str, subject: str, key: str = "") -> str:
    """The address of the form, with the draft that it shall show."""
    path = reverse(form, args=subject.split("/") if subject else [])
    return f"{path}?{urlencode({'draft': key})}" if key else path


def _keepable(values: list[str]) -> list[str]:
    return [UNSTORABLE.sub("\ufffd", value[:LONGEST]) for value in values[:MOST]]
