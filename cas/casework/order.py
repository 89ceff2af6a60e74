"""Admin pages of orders, and the decisions about refunds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest

from cas.casework.finding import OfStudentField, of_student
from cas.columns import IDENTITY, identity_cells, label_of
from cas.lifecycle import ORDER_LIFECYCLE
from cas.models import Order
from cas.models.order import REFERENCE_SIZE
from cas.models.order_line import OrderLine
from cas.payments import checkout
from cas.payments.provider import BadCallback, ProviderUnavailable
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Status, Table, number, pounds
from licences.models import User
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, TextField
from sms.core.govuk.forms import GovukForm

MOST_LINES = 100


class RefundedForm(DecisionForm):
    refunded_on = DateField(
        "Date of the refund",
        required="Enter the date of the refund",
        help_text="The day on which the money was sent back",
    )
    reference = TextField(
        "Reference of the refund",
        required="Enter the reference of the refund",
        max_length=REFERENCE_SIZE,
        width="20",
        help_text="The sponsor sees this reference and can find the money with it. "
        "For example, the payment service’s reference",
    )


class Refunded(Decision[Order]):
    """The decision that the money was sent back. Until then the first page of the admin lists the order."""

    name, label, done = "refund", ORDER_LIFECYCLE["refund"].label, "Order marked as refunded"
    form_class = RefundedForm
    is_final = True

    def is_open(self) -> bool:
        return self.subject.status in ORDER_LIFECYCLE["refund"].sources

    def consequences(self) -> list[str]:
        total, sponsor = formats.pounds(self.subject.total_pence), self.subject.licence.name
        return [f"You confirm that {total} has been returned to {sponsor}. The portal does not move money."]

    def decide(self, *, by: User, **values: Any) -> Order:
        self.subject.refund(by=by, **values)
        return self.subject


class RefundDifferentAmount(Decision[Order]):
    """The decision to refund a payment whose amount differs from the order's. No CAS is assigned."""

    name, label, done = "owe", ORDER_LIFECYCLE["owe"].label, "Order marked as REFUND DUE"
    is_final = True

    def is_open(self) -> bool:
        return self.subject.is_paid_with_other_amount

    def consequences(self) -> list[str]:
        order = self.subject
        total = formats.pounds(order.total_pence)
        return [
            f"The payment service received {order.other_amount}, but the order is for {total}.",
            "No CAS will be assigned. The sponsor will see that a refund is due.",
        ]

    def decide(self, *, by: User, **values: Any) -> Order:
        self.subject.owe(by=by)
        return self.subject


class AskAgain(Decision[Order]):
    """The decision to ask the provider now, instead of waiting for the regular job."""

    name, label, done = "ask", "Ask the payment service", "The payment service was asked"

    def consequences(self) -> list[str]:
        return ["The portal acts on the answer at once. If the order is paid, its CAS are assigned."]

    def attempt(self, form: GovukForm, *, seen: str, by: User) -> Order | None:
        """Ask, and act on the answer. No transaction is open while the portal waits for the provider."""
        try:
            checkout.ask(self.subject)
        except BadCallback:
            pass  # the provider reported a different amount, which is now recorded and shown on the page
        except (ProviderUnavailable, ImproperlyConfigured):
            form.add_error(None, "The payment service is not responding. Try again later.")
            return None
        return self.subject


class ComparedFilter(admin.SimpleListFilter):
    title = "payment service"
    parameter_name = "compared"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("differing", "Differs from the portal")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.differing_from_provider() if self.value() else queryset  # type: ignore[attr-defined]


@admin.register(Order)
class OrderAdmin(RecordAdmin[Order]):
    columns = ("Order", "For", "Status", "The payment service says", "Sponsor", "CAS", "Total", "Opened", "Opened by")
    decisions = (Refunded, RefundDifferentAmount, AskAgain)

    list_filter = (ComparedFilter, "status", "route")
    list_select_related = ("licence", "opened_by")
    ordering = ("-id",)
    sought = OfStudentField("Order, name, CAS or passport number, Applicant ID, or licence number of the sponsor")

    def search(self, records: QuerySet[Order], text: str) -> QuerySet[Order]:
        exact = records.filter(reference=text[:4].upper() + text[4:].lower())
        if exact.exists():
            return exact
        lines = OrderLine.objects
        return of_student(records, text, lambda ids: Q(pk__in=lines.filter(cas__id__any_of=ids).values("order")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return Order.objects.with_student()

    def total(self, records: QuerySet[Order]) -> str:
        added = records.aggregate(cas=Sum("count"), pence=Sum(F("count") * F("fee_pence")))
        return f"In total: {added['cas'] or 0:,} CAS, {formats.pounds(added['pence'] or 0)}."

    def cells(self, order: Order) -> Sequence[object]:
        return (
            link_to(order),
            order.student_name,
            Status(order.status),
            order.provider_state_text or "–",
            order.licence.name,
            number(order.count),
            pounds(order.total_pence),
            formats.moment(order.opened_at),
            order.opened_by,
        )

    def facts(self, order: Order) -> Sequence[tuple[str, object]]:
        return (
            ("Status", Status(order.status)),
            ("Why its CAS could not be assigned", order.refusal),
            ("For", order.student_name),
            ("Sponsor", link_to(order.licence)),
            ("Allocation", link_to(order.allocation)),
            ("Number of CAS", formats.number(order.count)),
            ("Fee for each CAS", formats.pounds(order.fee_pence)),
            ("Total", formats.pounds(order.total_pence)),
            ("Payment provider", order.provider),
            ("The provider's reference", order.provider_reference),
            ("The payment service says", order.provider_state_text),
            ("Last report", formats.moment(order.provider_state_at)),
            ("Last checked automatically", formats.moment(order.asked_at)),
            ("Opened", f"{formats.moment(order.opened_at)}, by {order.opened_by}"),
            ("Closed", formats.moment(order.closed_at)),
            ("Date of the refund", formats.day(order.refunded_on)),
            ("Reference of the refund", order.refund_reference),
        )

    def tables(self, order: Order) -> Iterable[Table]:
        lines = order.lines.select_related("cas").order_by("pk")[:MOST_LINES]
        rows = [
            (
                link_to(line.cas, line.cas.student_name),
                *identity_cells(line.cas),
                Status(line.cas.status),
                number(line.version),
            )
            if line.cas
            else ("Deleted CAS", *("–" for _ in IDENTITY), "–", number(line.version))
            for line in lines
        ]
        title = "CAS" if order.count <= MOST_LINES else f"The first {MOST_LINES} CAS"
        yield Table(title, ("CAS", *map(label_of, IDENTITY), "Status now", "Version paid for"), rows)
