"""Allocations, and their ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from licences.casework.decisions import Decision, ReasonForm
from licences.casework.pages import RecordAdmin, link_to, list_of
from licences.casework.parts import Link, Table, number
from licences.casework.searching import AT_MOST, of_sponsor
from licences.models import Allocation, AllocationEntry, User
from licences.models.allocation import MOST_PLACES
from sms.core.govuk import formats
from sms.core.govuk.fields import NumberField, TextField

LATEST_ENTRIES = 10


class ChangeGrantedForm(ReasonForm):
    granted = NumberField(
        "Places granted",
        required="Enter the number of places",
        minimum=0,
        maximum=MOST_PLACES,
        help_text="The new total for the year. It cannot be less than the places used and held",
    )


class ChangeGranted(Decision[Allocation]):
    name, label, done = "granted", "Change the number of places", "Number of places changed"
    is_amendment = True
    form_class = ChangeGrantedForm

    def initial(self) -> dict[str, Any]:
        return {"granted": self.subject.granted}

    def consequences(self) -> list[str]:
        now = self.subject
        taken = f"used: {now.used:,}, held for payments: {now.held:,}, unused: {now.unused:,}"
        return [f"Granted now: {now.granted:,}; {taken}."]

    def decide(self, *, by: User, **values: Any) -> Allocation:
        self.subject.change_granted(values["granted"], by=by, reason=values["reason"])
        return self.subject


class InForceFilter(admin.SimpleListFilter):
    title = "year"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("this", "In force today")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Allocation]) -> QuerySet[Allocation]:
        return queryset.in_force() if self.value() == "this" else queryset  # type: ignore[attr-defined]


@admin.register(Allocation)
class AllocationAdmin(RecordAdmin[Allocation]):
    columns = ("Sponsor", "Allocation", "Granted", "Used", "Held", "Unused", "Last day")
    decisions = (ChangeGranted,)
    intro = "Grant a new allocation on the page of the sponsor's licence."

    list_filter = (InForceFilter, "route")
    list_select_related = ("licence",)
    ordering = ("licence__name", "route", "-starts_on")
    sought = TextField(
        "Name of the sponsor, or licence number", required="Enter a name or a number", max_length=AT_MOST
    )

    def search(self, records: QuerySet[Allocation], text: str) -> QuerySet[Allocation]:
        return of_sponsor(records, text)

    def total(self, records: QuerySet[Allocation]) -> str:
        added = records.aggregate(granted=Sum("granted"), used=Sum("used"), held=Sum("held"))
        granted, used, held = (added[name] or 0 for name in ("granted", "used", "held"))
        return f"In total: {granted:,} granted, {used:,} used, {held:,} held, {granted - used - held:,} unused."

    def cells(self, allocation: Allocation) -> Sequence[object]:
        numbers = (allocation.granted, allocation.used, allocation.held, allocation.unused)
        return (
            link_to(allocation, allocation.licence.name),
            str(allocation),
            *map(number, numbers),
            formats.day(allocation.expires_on),
        )

    def facts(self, allocation: Allocation) -> Sequence[tuple[str, object]]:
        return (
            ("Sponsor", link_to(allocation.licence)),
            ("Route", allocation.get_route_display()),
            ("First day", formats.day(allocation.starts_on)),
            ("Last day", formats.day(allocation.expires_on)),
            ("Granted", formats.number(allocation.granted)),
            ("Used", formats.number(allocation.used)),
            ("Held for payments", formats.number(allocation.held)),
            ("Unused", formats.number(allocation.unused)),
        )

    def tables(self, allocation: Allocation) -> Iterable[Table]:
        entries = allocation.entries.select_related("by").order_by("-id")[:LATEST_ENTRIES]
        everything = Link("All entries", list_of(AllocationEntry, allocation__id__exact=allocation.pk))
        rows = [
            (formats.moment(entry.at), entry.get_kind_display(), number(entry.number), entry.by, entry.order)
            for entry in entries
        ]
        yield Table("Latest entries of the ledger", ("When", "Entry", "Places", "By", "Order"), rows, everything)


@admin.register(AllocationEntry)
class AllocationEntryAdmin(RecordAdmin[AllocationEntry]):
    columns = ("When", "Entry", "Places", "Allocation", "Sponsor", "By", "Order")

    list_filter = ("kind",)
    list_select_related = ("allocation__licence", "by")
    ordering = ("-id",)

    def cells(self, entry: AllocationEntry) -> Sequence[object]:
        allocation = entry.allocation
        return (
            link_to(entry, formats.moment(entry.at)),
            entry.get_kind_display(),
            number(entry.number),
            link_to(allocation),
            allocation.licence.name,
            entry.by,
            entry.order,
        )

    def facts(self, entry: AllocationEntry) -> Sequence[tuple[str, object]]:
        return (
            ("Allocation", link_to(entry.allocation)),
            ("Entry", entry.get_kind_display()),
            ("Places", formats.number(entry.number)),
            ("Order", entry.order),
            ("By", entry.by),
            ("When", formats.moment(entry.at)),
        )
