"""Drafts: what a user has typed into a form and not saved (specification, sections 2 and 8).

A draft is a private copy for its own user. It is not an event, and changes nothing that other users can see.
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
LATELY = timedelta(hours=12)  # a draft kept since then is of the work that a time-out ended
A_MINUTE = timedelta(minutes=1)  # the clocks of two servers may differ by this much
# Characters of one value, and values of one name; the rest is cut off. The longest value is a pasted list, in which a
# browser sends each line break as two characters.
LONGEST, MOST = 400_000, 100

Typed = Mapping[str, list[str]]


class DraftQuerySet(models.QuerySet["Draft"]):
    def for_user(self, user: User) -> Self:
        """Return the drafts of `user`. Even a Level 1 user sees only their own."""
        return self.filter(user=user)

    def open(self) -> Self:
        """Return the drafts with texts that are not saved yet, latest first."""
        return self.filter(kept_at__isnull=False).order_by("-kept_at", "-pk")

    def kept_lately(self) -> Self:
        """Return the open drafts of the last 12 hours, latest first."""
        return self.open().filter(kept_at__gte=clock.now() - LATELY)

    @transaction.atomic
    def keep(
        self, *, user_id: int, form: str, subject: str, key: str, typed: Typed, drawn_at: datetime
    ) -> Draft | None:
        """Keep the texts `typed` into a page that was drawn at `drawn_at`, instead of those kept before.

        If all texts are empty, delete the draft. Keep nothing and return None if the form was saved or discarded after
        the page was drawn: the texts then arrive late, or come from another tab.
        """
        form_of: dict[str, Any] = {"user_id": user_id, "form": form, "subject": subject, "key": key}
        data = {name: _keepable(values) for name, values in typed.items()}
        kept: dict[str, Any] = {"data": data, "kept_at": clock.now()}
        if not any(any(values) for values in typed.values()):
            self.filter(**form_of).open().delete()
            return self.model(**form_of, **kept)
        draft, is_new = self.get_or_create(**form_of, defaults=kept)
        done_since = (drawn_at, clock.now() + A_MINUTE)  # a time further ahead was written by a clock that ran ahead
        if not is_new and not self.filter(pk=draft.pk).exclude(done_at__range=done_since).update(**kept):
            return None
        draft.kept_at = kept["kept_at"]
        return draft

    def finish(self, *, saved: Mapping[str, str] | None = None) -> int:
        """Mark the drafts as done, because their forms were saved or discarded. Return how many.

        The texts are deleted. Only `saved` is kept: a digest that recognises the same texts, and their record.
        """
        return self.update(data=saved or {}, kept_at=None, done_at=clock.now())

    def purge(self) -> int:
        """Delete the drafts that have not changed for 30 days. Return how many."""
        moments.bring_back(self, "kept_at", "done_at")
        limit = clock.now() - KEPT_FOR
        untouched = [Q(**{name: None}) | Q(**{f"{name}__lt": limit}) for name in ("kept_at", "done_at")]
        return self.filter(*untouched).delete()[0]


class Draft(models.Model):
    """The texts that `user` has typed into one form.

    `form` is the name of the form's address, and `subject` the values in that address, such as the id of a CAS. `key`
    distinguishes the drafts of a form that creates something, which can be open several times; otherwise it is empty.
    `data` is raw: the lists of texts that the browser sent. When the form is saved or discarded, at `done_at`, the
    texts are deleted. The row stays until it is purged, to recognise older pages and pages that are sent twice.
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
        """Return the texts as a form takes them."""
        return MultiValueDict(self.data)

    @property
    def address(self) -> str:
        """Return the address at which the user can continue with this draft."""
        return address_of(self.form, self.subject, self.key)


def address_of(form: str, subject: str, key: str = "") -> str:
    """Return the address of the form, with the draft that it must show."""
    path = reverse(form, args=subject.split("/") if subject else [])
    return f"{path}?{urlencode({'draft': key})}" if key else path


def _keepable(values: list[str]) -> list[str]:
    return [UNSTORABLE.sub("\ufffd", value[:LONGEST]) for value in values[:MOST]]
