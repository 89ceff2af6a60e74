"""CAS: all that the Home Office knows of each, to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib import admin
from django.urls import URLPattern, path

from cas.casework import finding
from cas.details import fields
from cas.hooks import tables_of_cas
from cas.models import CAS, Order
from cas.timeline import timeline
from licences.casework.pages import RecordAdmin, Section, Status, Table, link_to
from licences.timeline import Entry
from sms.core.govuk import formats


@admin.register(CAS)
class CASAdmin(RecordAdmin[CAS]):
    columns = ("Name", "Status", "CAS number", "Route", "Sponsor", "Owner", "Date assigned", "Expiry date")

    list_filter = ("status", "route")
    list_select_related = ("licence", "owner")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        """Besides the list and the records: the search, whose addresses tell nothing of what is looked for."""
        open_to_caseworkers = self.admin_site.admin_view
        return [
            path("find/", open_to_caseworkers(finding.find_cas), name="find_cas"),
            path("found/<slug:key>/", open_to_caseworkers(finding.found_cas), name="found_cas"),
            path("found/<slug:key>/change/", open_to_caseworkers(finding.change_search), name="change_search"),
            *super().get_urls(),
        ]

    def cells(self, cas: CAS) -> Sequence[object]:
        return (
            link_to(cas, cas.student_name),
            Status(cas.status),
            cas.number or "–",
            cas.get_route_display(),
            cas.licence.name,
            cas.owner,
            formats.day(cas.assigned_on) or "–",
            formats.day(cas.expires_on) or "–",
        )

    def facts(self, cas: CAS) -> Sequence[tuple[str, object]]:
        return (
            ("Status", Status(cas.status)),
            ("CAS number", cas.number or ""),
            ("Sponsor", link_to(cas.licence)),
            ("Owner", link_to(cas.owner)),
            ("Created", f"{formats.moment(cas.created_at)}, by {cas.created_by}"),
            ("Date assigned", formats.day(cas.assigned_on)),
            ("Assigned by", cas.assigned_by or ""),
            ("Expiry date", formats.day(cas.expires_on)),
            ("Date of application", formats.day(cas.applied_on)),
            ("Date used", formats.day(cas.decided_on)),
            ("Outcome", cas.get_outcome_display()),
            ("Reason for withdrawing", cas.withdrawal_reason),
            ("Sponsor note", cas.sponsor_note),
        )

    def sections(self, cas: CAS) -> Iterable[Section]:
        return (Section(section.name, lines) for section, lines in fields.displayed(cas))

    def tables(self, cas: CAS) -> Iterable[Table]:
        orders = Order.objects.filter(lines__cas=cas)
        rows = [
            (link_to(order), Status(order.status), formats.pounds(order.total_pence), formats.moment(order.opened_at))
            for order in orders
        ]
        yield Table("Orders", ("Order", "Status", "Total", "Opened"), rows, empty="No payment was started.")
        yield from tables_of_cas(cas)

    def timeline(self, cas: CAS) -> list[Entry]:
        return timeline(cas)
