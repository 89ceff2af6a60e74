"""Admin pages of batches. They are read-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from cas.columns import IDENTITY, identity_cells, label_of
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Batch, BatchStatus, Order
from cas.timeline import FOLDED, events_of_batch
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Status, Table, pounds
from licences.models import Event
from sms.core.govuk import formats

MOST_CAS = 100


class BatchStatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in BatchStatus.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Batch]) -> QuerySet[Batch]:
        wanted = self.value() if self.value() in BatchStatus.values else ""
        return queryset.of_status(wanted)  # type: ignore[attr-defined]


@admin.register(Batch)
class BatchAdmin(RecordAdmin[Batch]):
    columns = ("Batch name", "Status", *map(label_of, ("route", "sponsor", "owner", "created_at")), "Assigned")

    list_filter = (BatchStatusFilter, "route")
    list_select_related = ("licence", "owner")
    ordering = ("-id",)
    folded = FOLDED

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        paying = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.OPEN)
        return super().get_queryset(request).annotate(is_being_paid_for=Exists(paying))

    def cells(self, batch: Batch) -> Sequence[object]:
        return (
            link_to(batch),
            _status(batch),
            batch.get_route_display(),
            batch.licence.name,
            batch.owner,
            formats.day(batch.created_at.date()),
            formats.moment(batch.assigned_at) or "–",
        )

    def facts(self, batch: Batch) -> Sequence[tuple[str, object]]:
        counts = batch.cas.aggregate(all=Count("pk"), ready=Count("pk", filter=Q(status=CASStatus.READY_TO_GO)))
        return (
            ("Status", _status(batch)),
            ("Number of CAS", formats.number(counts["all"])),
            ("READY TO GO", "" if batch.assigned_at else formats.number(counts["ready"])),
            (label_of("route"), batch.get_route_display()),
            (label_of("sponsor"), link_to(batch.licence)),
            (label_of("owner"), link_to(batch.owner)),
            (label_of("created_at"), f"{formats.moment(batch.created_at)}, by {batch.created_by}"),
            ("Assigned", f"{formats.moment(batch.assigned_at)}, by {batch.assigned_by}" if batch.assigned_at else ""),
        )

    def tables(self, batch: Batch) -> Iterable[Table]:
        cas_list = CAS.objects.filter(batch=batch).order_by("pk")[: MOST_CAS + 1]
        rows = [
            (link_to(cas, cas.student_name), *identity_cells(cas), Status(cas.status), cas.number or "–")
            for cas in cas_list
        ]
        title = "CAS" if len(rows) <= MOST_CAS else f"The first {MOST_CAS} CAS"
        columns = ("CAS", *map(label_of, IDENTITY), label_of("status"), label_of("number"))
        yield Table(title, columns, rows[:MOST_CAS], empty="No CAS yet.")
        orders = [
            (link_to(order), Status(order.status), pounds(order.total_pence), formats.moment(order.opened_at))
            for order in Order.objects.filter(batch=batch)
        ]
        yield Table("Orders", ("Order", "Status", "Total", "Opened"), orders, empty="No payment has been started.")

    def events(self, batch: Batch) -> QuerySet[Event]:
        return events_of_batch(batch)


def _status(batch: Batch) -> str:
    if batch.assigned_at:
        return str(BatchStatus.ASSIGNED.label)
    is_being_paid_for = batch.is_being_paid_for  # type: ignore[attr-defined]
    return str((BatchStatus.BEING_PAID_FOR if is_being_paid_for else BatchStatus.UNASSIGNED).label)
