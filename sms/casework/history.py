"""The whole history, line by line, read-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Table
from licences.models import Event
from licences.timeline import entry, kinds, subject_names, title, titles
from sms.core.govuk import formats


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(kinds().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class VerbFilter(admin.SimpleListFilter):
    """A filter by what happened. It has choices once a kind of record is chosen."""

    title = "what happened"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        wanted = request.GET.get("kind")
        return [(verb, title) for (kind, verb), title in titles().items() if kind == wanted]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = "day"


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    columns = ("When", "What happened", "Record", "Kind", "Sponsor", "By")
    name = "History"
    intro = "Every change that a user or the system has made. You cannot change or delete the history."

    list_filter = (KindFilter, VerbFilter, ("at", DayFilter))
    list_select_related = ("licence", "by")
    ordering = ("-id",)

    def rows(self, events: Sequence[Event]) -> list[Sequence[object]]:
        names = subject_names(events)
        return [self._row(event, names[event.pk]) for event in events]

    def _row(self, event: Event, subject: str) -> Sequence[object]:
        return (
            link_to(event, formats.moment(event.at)),
            title(event.kind, event.verb),
            subject,
            kinds().get(event.kind, event.kind),
            event.licence.name if event.licence else "–",
            event.by,
        )

    def heading(self, event: Event) -> str:
        return f"{subject_names([event])[event.pk]}: {title(event.kind, event.verb)}"

    def facts(self, event: Event) -> Sequence[tuple[str, object]]:
        return (
            ("When", formats.moment(event.at)),
            ("What happened", title(event.kind, event.verb)),
            ("Record", subject_names([event])[event.pk]),
            ("Kind", kinds().get(event.kind, event.kind)),
            ("Sponsor", link_to(event.licence) if event.licence else ""),
            ("By", link_to(event.by)),
        )

    def tables(self, event: Event) -> Iterable[Table]:
        rows = [(change.label, change.before or "–", change.after or "–") for change in entry(event).changes]
        yield Table("Changed fields", ("Field", "Before", "After"), rows, empty="No fields were changed.")
