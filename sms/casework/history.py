"""The whole history, line by line, to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cas import timeline as of_cas
from licences import timeline as of_licences
from licences.casework.pages import RecordAdmin, Table, link_to
from licences.models import Event
from sms.core.govuk import formats

KINDS = {
    "licence": "Licence",
    "user": "User",
    "allocation": "Allocation",
    "batch": "Batch",
    "cas": "CAS",
    "order": "Order",
    "study_address": "Study address",
    "fee": "Fee",
    "activity": "Report",
    "activity_type": "Activity type",
    "activity_reason": "Reason",
}
TITLES = of_licences.TITLES | of_cas.TITLES


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class VerbFilter(admin.SimpleListFilter):
    """What happened, once a kind was chosen."""

    title = "what happened"
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        wanted = request.GET.get("kind")
        return [(verb, title) for (kind, verb), title in TITLES.items() if kind == wanted]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = "day"


@admin.register(Event)
class EventAdmin(RecordAdmin[Event]):
    columns = ("When", "What happened", "To", "Kind", "Sponsor", "By")
    name = "History"
    intro = "Everything that anybody, or the system, has changed. Nothing of it can be changed or deleted."

    list_filter = (KindFilter, VerbFilter, ("at", DayFilter))
    list_select_related = ("licence", "by")
    ordering = ("-id",)

    def cells(self, event: Event) -> Sequence[object]:
        return (
            link_to(event, formats.moment(event.at)),
            _entry(event).title,
            event.label,
            KINDS.get(event.kind, event.kind),
            event.licence.name if event.licence else "–",
            event.by,
        )

    def facts(self, event: Event) -> Sequence[tuple[str, object]]:
        return (
            ("When", formats.moment(event.at)),
            ("What happened", _entry(event).title),
            ("To", event.label),
            ("Kind", KINDS.get(event.kind, event.kind)),
            ("Sponsor", link_to(event.licence) if event.licence else ""),
            ("By", link_to(event.by)),
        )

    def tables(self, event: Event) -> Iterable[Table]:
        rows = [(change.label, change.before or "–", change.after or "–") for change in _entry(event).changes]
        yield Table("What it changed", ("Field", "Before", "After"), rows, empty="No field.")


def _entry(event: Event) -> Any:
    return (of_cas if event.kind in {"batch", "cas", "order", "study_address"} else of_licences).entry(event)
