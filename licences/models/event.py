"""The history: every change of anything that a sponsor or a caseworker can see (specification, section 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connections, models
from django.db.models import CharField, F, JSONField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Now

from licences.scoping import LicenceScopedQuerySet
from licences.words import EMPTY
from sms.core import clock, triggers
from sms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from sms.core.inserting import insert

if TYPE_CHECKING:
    from licences.models.user import User

LABEL_SIZE = 300  # characters

_IN_JSON = {str, int, bool, type(None)}

# Before and after of each changed field: {"status": ["READY TO GO", "ASSIGNED"]}
Changes = dict[str, list[Any]]


@dataclass(frozen=True)
class Subject:
    """A record by what a line of history says about it, for many records that were not read from the database."""

    pk: int
    event_kind: str
    event_label: str
    event_licence_id: int | None


class EventQuerySet(AppendOnlyQuerySet["Event"], LicenceScopedQuerySet["Event"]):  # type: ignore[override]
    owner_path = ""  # a Level 2 user reads the history of a record of their own, from the page of that record

    def about(self, kind: str, subject_id: int) -> EventQuerySet:
        """Return the history of one record, oldest first."""
        return self.filter(kind=kind, subject_id=subject_id).order_by("id")

    def record(self, verb: str, subject: models.Model, *, by: User, data: Changes | None = None) -> Event:
        """Add a line to the history of `subject`, which has `event_kind`, `event_label` and `event_licence_id`."""
        line = Event(**self._line(verb, subject, by=by, data=data or {}))
        line.save(force_insert=True)
        return line

    def record_all(self, verb: str, changed: Mapping[Any, Changes], *, by: User) -> None:
        """Add a line to the history of each subject in `changed`, with its changes."""
        insert(Event, [self._line(verb, subject, by=by, data=data) for subject, data in changed.items()])

    def _line(self, verb: str, subject: Any, *, by: User, data: Changes) -> dict[str, Any]:
        return {
            "licence_id": subject.event_licence_id,
            "by_id": by.pk,
            "verb": verb,
            "kind": subject.event_kind,
            "subject_id": subject.pk,
            "label": subject.event_label[:LABEL_SIZE],
            "data": data,
            "at": clock.now(),
        }

    def record_each(self, verb: str, subjects: QuerySet[Any], *, by: User, label: Combinable, data: Combinable) -> int:
        """Add a line for each of `subjects` (rows with a licence) in one statement. Return how many.

        `label` and `data` are expressions on the subject's row: its name, and a JSON object of changes.
        """
        lines = subjects.order_by().values_list(
            F("licence_id"),
            Value(by.pk),
            Value(verb),
            Value(subjects.model.event_kind),
            F("id"),
            Cast(label, CharField()),
            Cast(data, JSONField()) if connections[self.db].vendor == "postgresql" else data,
            Value(clock.now(), output_field=models.DateTimeField()),
        )
        select, params = lines.query.get_compiler(self.db).as_sql()
        columns = "licence_id, by_id, verb, kind, subject_id, label, data, at"
        with connections[self.db].cursor() as cursor:
            cursor.execute(f'INSERT INTO "{self.model._meta.db_table}" ({columns}) {select}', params)
            return cursor.rowcount


class Event(AppendOnlyModel):
    """A line of history. It outlives its subject, so it has no foreign key to it."""

    licence = models.ForeignKey("licences.Licence", models.PROTECT, null=True, related_name="events")
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=LABEL_SIZE)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = EventQuerySet.as_manager()

    guards: ClassVar = triggers.append_only("Lines of history")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["kind", "subject_id", "id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.label}"


def changes(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """Return the fields that differ, each with its values before and after, in a form that JSON can hold."""
    return {
        name: [plain(was), plain(value)]
        for name, value in after.items()
        if (was := before.get(name)) != value and not (was in EMPTY and value in EMPTY)
    }


def as_new(values: Mapping[str, Any]) -> Changes:
    """Return the changes of a record that has just been created: all its filled values."""
    return {name: [None, plain(value)] for name, value in values.items() if value is not None and value != ""}


def plain(value: Any) -> Any:
    """Return `value` in a form that JSON can hold."""
    return value if type(value) in _IN_JSON or isinstance(value, int | str) else str(value)
