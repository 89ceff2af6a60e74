"""The key people of a sponsor: its Authorising Officer and its Key Contact (specification, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import Q, TextChoices

from licences import refusals
from licences.models.event import Event, changes
from licences.models.licence import Licence
from licences.models.succession import Succession, SuccessionQuerySet, guards
from licences.permissions import Action, require
from sms.core.constraints import known

if TYPE_CHECKING:
    from licences.models.user import User


class Post(TextChoices):
    AUTHORISING_OFFICER = "AUTHORISING_OFFICER", "Authorising Officer"
    KEY_CONTACT = "KEY_CONTACT", "Key Contact"


class KeyPersonQuerySet(SuccessionQuerySet["KeyPerson"]):
    @transaction.atomic
    def replace(
        self, licence: Licence, post: str, values: Mapping[str, str], *, by: User, from_on: date | None = None
    ) -> KeyPerson:
        """Let a new person, with the details in `values`, hold a post from a day, or today. The former person ends.

        Raises `Refused` for a day before the former person began, or in the future.
        """
        require(by, Action.LICENCES_KEEP)
        licence.lock_in_force()
        former = self.latest_of(licence, post)
        person = self.begin(licence, post, from_on, **values)
        before = former.details | {"from_on": former.from_on} if former else {}
        changed = changes(before, {**person.details, "from_on": person.from_on})
        Event.objects.record("replace_key_person", licence, by=by, data={"post": [None, post], **changed})
        return person

    @transaction.atomic
    def amend(self, licence: Licence, post: str, values: Mapping[str, str], *, by: User) -> KeyPerson:
        """Change the details of the person who holds a post. Raises `Refused` if no person does."""
        require(by, Action.LICENCES_KEEP)
        licence.lock_in_force()
        person = self.latest_of(licence, post)
        if person is None:
            raise refusals.POST_IS_VACANT(post=Post(post).label)
        before = person.details
        for name, value in values.items():
            setattr(person, name, value)
        if changed := changes(before, person.details):
            person.save(update_fields=list(values))
            Event.objects.record("amend_key_person", licence, by=by, data={"post": [None, post], **changed})
        return person


class KeyPerson(Succession):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="key_people")
    kind = models.CharField("post", max_length=20, choices=Post.choices)
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200)
    email = models.EmailField("email address")
    telephone = models.CharField(max_length=40)

    objects = KeyPersonQuerySet.as_manager()

    guards: ClassVar = guards("key people")

    class Meta:
        verbose_name_plural = "key people"
        ordering: ClassVar = ["kind", "-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "kind", "from_on"], name="key_person_once_a_day"),
            known("kind", Post.values, table="key_person"),
            models.CheckConstraint(condition=~Q(name=""), name="key_person_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def details(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("name", "job_title", "email", "telephone")}
