"""Orders: what was paid for, and the money that is owed back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin

from cas.lifecycle import ORDER_LIFECYCLE
from cas.models import Order
from cas.timeline import entry
from licences.casework.decisions import Decision
from licences.casework.pages import RecordAdmin, Status, Table, link_to
from licences.models import Event, User
from licences.timeline import Entry
from sms.core.govuk import formats

MOST_LINES = 100


class Refunded(Decision[Order]):
    """The money went back; until then the order stays in sight."""

    name, label, done = "refund", ORDER_LIFECYCLE["refund"].label, "Order marked as refunded"
    is_final = True

    def is_open(self) -> bool:
        return self.subject.status in ORDER_LIFECYCLE["refund"].sources

    def consequences(self) -> list[str]:
        total = formats.pounds(self.subject.total_pence)
        return [f"You confirm that {total} went back to {self.subject.licence.name}. The portal moves no money."]

    def decide(self, *, by: User, **values: Any) -> Order:
        self.subject.refund(by=by)
        return self.subject


@admin.register(Order)
class OrderAdmin(RecordAdmin[Order]):
    columns = ("Order", "Status", "Sponsor", "CAS", "Total", "Opened", "Opened by")
    decisions = (Refunded,)

    list_filter = ("status", "route")
    list_select_related = ("licence", "opened_by")
    ordering = ("-id",)

    def cells(self, order: Order) -> Sequence[object]:
        return (
            link_to(order),
            Status(order.status),
            order.licence.name,
            formats.number(order.count),
            formats.pounds(order.total_pence),
            formats.moment(order.opened_at),
            order.opened_by,
        )

    def facts(self, order: Order) -> Sequence[tuple[str, object]]:
        return (
            ("Status", Status(order.status)),
            ("Why its CAS could not be assigned", order.refusal),
            ("Sponsor", link_to(order.licence)),
            ("Allocation", link_to(order.allocation)),
            ("Number of CAS", formats.number(order.count)),
            ("Fee of each", formats.pounds(order.fee_pence)),
            ("Total", formats.pounds(order.total_pence)),
            ("Payment provider", order.provider),
            ("The provider's reference", order.provider_reference),
            ("Opened", f"{formats.moment(order.opened_at)}, by {order.opened_by}"),
            ("Closed", formats.moment(order.closed_at)),
        )

    def tables(self, order: Order) -> Iterable[Table]:
        lines = order.lines.select_related("cas").order_by("pk")[:MOST_LINES]
        rows = [
            (link_to(line.cas, line.cas.event_label), Status(line.cas.status), line.version)
            if line.cas
            else ("A CAS that was deleted", "–", line.version)
            for line in lines
        ]
        title = "CAS" if order.count <= MOST_LINES else f"The first {MOST_LINES} CAS"
        yield Table(title, ("CAS", "Status now", "Version paid for"), rows)

    def timeline(self, order: Order) -> list[Entry]:
        events = Event.objects.about("order", order.pk).select_related("by").order_by("-id")
        return [entry(event) for event in events]
