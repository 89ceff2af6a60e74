"""Admin pages of CAS: all details, orders, reports and history, with the decisions about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from cas.casework import finding
from cas.casework.decisions import DECISIONS
from cas.columns import IDENTITY, facts_of, label_of
from cas.details import fields
from cas.finding.standing import VISA_BRAKE
from cas.hooks import tables_of_cas
from cas.models import CAS, Order, Rule
from cas.timeline import events_of
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Section, Status, Table, pounds
from licences.models import Event, User
from sms.core.govuk import formats

LISTED = ("name", *IDENTITY, "status", "number", "route", "sponsor", "owner", "assigned_on", "expires_on")
FACTS = (
    "status",
    "number",
    "sponsor",
    "owner",
    "created_at",
    "assigned_on",
    "assigned_by",
    "expires_on",
    "applied_on",
    "application_closed_as",
    "application_closed_on",
    "decided_on",
    "outcome",
    "reviewed_on",
    "withdrawal_reason",
    "sponsor_note",
    "agent",
)


class VisaBrakeFilter(admin.SimpleListFilter):
    title = "visa brake"
    parameter_name = "brake"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("affected", VISA_BRAKE.heading)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CAS]) -> QuerySet[CAS]:
        """Return the live CAS affected. The filter by licence lets the database use their index."""
        if self.value() != "affected":
            return queryset
        found = VISA_BRAKE.rows(finding.of_all_sponsors(cast("User", request.user)), Rule.objects.on())
        return queryset.filter(pk__in=found.values("pk"))


@admin.register(CAS)
class CASAdmin(RecordAdmin[CAS]):
    columns = tuple(map(label_of, LISTED))
    decisions = DECISIONS

    list_filter = ("status", "route", VisaBrakeFilter)
    list_select_related = ("licence", "owner")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the list, the records and the searches. No address contains what was searched for."""
        open_to_caseworkers = self.admin_site.admin_view
        return [
            path("find/", open_to_caseworkers(finding.find_cas), name="find_cas"),
            path("check/", open_to_caseworkers(finding.check_cas), name="check_cas"),
            path("found/<slug:key>/", open_to_caseworkers(finding.found_cas), name="found_cas"),
            path("found/<slug:key>/change/", open_to_caseworkers(finding.change_search), name="change_search"),
            *super().get_urls(),
        ]

    def cells(self, cas: CAS) -> Sequence[object]:
        instead = {"name": link_to(cas, cas.student_name), "status": Status(cas.status)}
        return [value or "–" for _, value in facts_of(cas, *LISTED, **instead)]

    def facts(self, cas: CAS) -> Sequence[tuple[str, object]]:
        return facts_of(
            cas,
            *FACTS,
            status=Status(cas.status),
            sponsor=link_to(cas.licence),
            owner=link_to(cas.owner),
            created_at=f"{formats.moment(cas.created_at)}, by {cas.created_by}",
        )

    def sections(self, cas: CAS) -> Iterable[Section]:
        return (Section(section.name, lines) for section, lines in fields.displayed(cas))

    def tables(self, cas: CAS) -> Iterable[Table]:
        orders = Order.objects.filter(lines__cas=cas)
        rows = [
            (link_to(order), Status(order.status), pounds(order.total_pence), formats.moment(order.opened_at))
            for order in orders
        ]
        yield Table("Orders", ("Order", "Status", "Total", "Opened"), rows, empty="No payment has been started.")
        yield from tables_of_cas(cas)

    def events(self, cas: CAS) -> QuerySet[Event]:
        return events_of(cas)
