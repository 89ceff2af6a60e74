"""Choices of columns that the users of a sponsor have saved (specification, section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models, transaction

from bulk_data_transfer import refusals
from cas.models.sponsor_list import SponsorListQuerySet, SponsorListRow
from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import Action, require

MOST_COLUMN_CHOICES = 50  # of a sponsor, for one kind of record
NAME_SIZE = 60


class ColumnChoiceQuerySet(SponsorListQuerySet["ColumnChoice"]):
    def of_dataset(self, dataset: str) -> ColumnChoiceQuerySet:
        return self.filter(dataset=dataset).order_by("name", "pk")

    @transaction.atomic
    def add(self, name: str, *, dataset: str, columns: Sequence[str], by: User) -> ColumnChoice:
        """Save a choice for every user of the sponsor. Raises `InvalidValues` if there is one of this name already."""
        require(by, Action.CAS_EXPORT)
        if self.for_user(by).of_dataset(dataset).count() >= MOST_COLUMN_CHOICES:
            raise refusals.TOO_MANY_COLUMN_CHOICES(most=MOST_COLUMN_CHOICES)
        choice = self.model(licence=by.sponsor, dataset=dataset, name=name, columns=list(columns))
        choice.save_once()
        Event.objects.record("create", choice, by=by, data=changes({}, choice.as_shown()))
        return choice


class ColumnChoice(SponsorListRow):
    """A choice of columns, for one kind of record."""

    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="column_choices", db_index=False)
    dataset = models.CharField(max_length=40)
    name = models.CharField(max_length=NAME_SIZE)
    columns = models.JSONField(default=list)

    objects = ColumnChoiceQuerySet.as_manager()

    event_kind = "column_choice"
    kept_with = Action.CAS_EXPORT
    not_found = refusals.COLUMN_CHOICE_NOT_FOUND
    alike: ClassVar = ["dataset", "name"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "dataset", "name"], name="column_choice_named_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def exists_already(self) -> str:
        return f"There is already a choice of columns called “{self.name}”. Enter another name"

    def as_shown(self) -> dict[str, Any]:
        """Return the values that the history keeps."""
        return {"name": self.name, "columns": self.columns}

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete this choice. Raises `Refused` if another user has deleted it."""
        self.lock(by)
        Event.objects.record("delete", self, by=by, data=changes(self.as_shown(), dict.fromkeys(self.as_shown())))
        self.delete()
