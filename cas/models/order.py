"""Orders: an order is one online payment for one or more CAS (specification, section 6).

Each verb is safe to repeat, late or at the same time in two processes: the UPDATE that changes a status also tests the
status that was read. All code takes locks in this order: the order, the licence, the CAS by id, the allocation.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from cas import refusals
from cas.columns import full_name
from cas.lifecycle import ORDER_LIFECYCLE, CASStatus, OrderStatus
from cas.models import order_messages
from cas.models.assigning import obstacles, with_way_out
from cas.models.batch import Batch
from cas.models.cas import CAS
from cas.models.order_line import OrderLine
from cas.models.provider_state import ProviderState, ProviderStateQuerySet
from cas.models.rule import Rule
from cas.rules import Rules
from licences.models import Allocation, Event, Licence, User
from licences.models.event import Changes, as_new
from licences.permissions import Action, not_open, require, require_move
from licences.roles import SPONSOR_ROLES, Role
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet, Person
from sms.core import clock, triggers
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.moves import move_one
from sms.core.refused import Refused

REFERENCE_SIZE = 40  # characters, of a refund's reference


class OrderQuerySet(LicenceScopedQuerySet["Order"], ProviderStateQuerySet["Order"]):  # type: ignore[override]
    def for_user(self, user: Person) -> Self:
        """Return the orders that the user may see: those of the sponsor.

        A Level 2 user sees orders for CAS that they own, and orders that they opened for CAS since deleted.
        """
        if user.role != Role.LEVEL_2:
            return super().for_user(user)
        theirs = Q(cas__owner=user.pk) | Q(cas=None, order__opened_by=user.pk)
        return self.filter(pk__in=OrderLine.objects.filter(theirs).values("order"))

    @transaction.atomic
    def open(self, versions: Mapping[int, int], *, by: User, provider: str, batch: Batch | None = None) -> Order:
        """Open an order for the CAS in `versions`, and hold their places in the allocation.

        `versions` has the version of each CAS that was shown to `by`, by id. For a `batch`, it has all of its CAS.
        Raises `Refused` with the reason if one of the CAS cannot be assigned, has changed since it was shown, or has
        an open order, or if too few places are unused.
        """
        require(by, Action.CAS_ASSIGN)
        licence = Licence.objects.lock(by.sponsor.pk)
        if batch:
            batch.lock_to_change(Action.CAS_ASSIGN, by=by)
        shown = CAS.objects.for_user(by).filter(pk__any_of=versions)
        cas_list = list(shown.order_by("pk").select_for_update(of=("self",)))
        rules = Rule.objects.on()
        _refuse_unless_assignable(cas_list, versions, licence, rules, batch)
        route = cas_list[0].route
        allocation = Allocation.objects.current(licence.pk, route)
        if allocation is None:
            raise with_way_out(refusals.NO_ALLOCATION(), by)
        order: Order = self.create(
            licence=licence,
            allocation=allocation,
            batch=batch,
            route=route,
            count=len(cas_list),
            fee_pence=rules.fee_pence,
            provider=provider,
            opened_by=by,
            opened_at=clock.now(),
        )
        OrderLine.objects.open_each(order, CAS.objects.filter(pk__any_of=[cas.pk for cas in cas_list]))
        data: Changes = {name: [None, getattr(order, name)] for name in ("status", "count", "fee_pence")}
        Event.objects.record("open", order, by=by, data=data)
        try:
            allocation.enter("hold", order.count, by=by, order=order.reference)
        except Refused as too_few:
            raise with_way_out(too_few, by) from None
        return order

    @transaction.atomic
    def cancel(self, *, by: User) -> int:
        """Cancel the open orders, because their licence or their route has ended. Return how many.

        The caller has locked the licence. This skips an order that another transaction has locked, because that
        transaction may be waiting for the licence. It finds afterwards that the licence has ended.
        """
        require_move(by, ORDER_LIFECYCLE["cancel"])
        rows = self.filter(status=OrderStatus.OPEN).order_by("id")
        orders = list(rows.select_for_update(of=("self",), skip_locked=True))
        for order in orders:
            order.cancel(by=by)
        return len(orders)

    def with_student(self, user: Person | None = None) -> Self:
        """Add the names on the first CAS of each order that `user` may see, for `Order.student_name`."""
        visible = Q(cas__owner=user.pk) if user and user.role == Role.LEVEL_2 else Q()
        first = OrderLine.objects.filter(visible, order=OuterRef("pk")).order_by("pk")[:1]
        return self.annotate(
            first_family_name=Subquery(first.values("cas__family_name")),
            first_given_names=Subquery(first.values("cas__given_names")),
        )

    def latest_for(self, of: CAS | Batch) -> Order | None:
        """Return the last order that was opened for this batch or CAS, also in a batch; None if there is none."""
        rows = self.filter(batch=of) if isinstance(of, Batch) else self.filter(lines__cas=of)
        return rows.order_by("-pk").first()

    def open_for(self, cas: CAS) -> Order | None:
        """Return the open order of this CAS, which has at most one; None if it has none."""
        return self.filter(status=OrderStatus.OPEN, lines__cas=cas, lines__is_open=True).only("reference").first()

    def open_for_batch(self, batch: Batch) -> Order | None:
        """Return the open order of this batch, which has at most one; None if it has none."""
        return self.filter(status=OrderStatus.OPEN, batch=batch).first()


def new_reference() -> str:
    """Return a new reference for an order. Other systems see it, so it cannot be guessed and says nothing."""
    return f"SMS-{secrets.token_hex(12)}"


class Order(ProviderState):
    reference = models.CharField(max_length=40, unique=True, default=new_reference, editable=False)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="orders")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="+")
    batch = models.ForeignKey("cas.Batch", models.SET_NULL, null=True, editable=False, related_name="orders")
    route = models.CharField(max_length=20, choices=Route.choices)
    status = models.CharField(max_length=20, choices=OrderStatus.choices, default=OrderStatus.OPEN, editable=False)
    count = models.PositiveIntegerField("number of CAS")
    fee_pence = models.PositiveIntegerField("fee of each, in pence")
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=100, blank=True, editable=False)
    payment_url = models.URLField(max_length=500, blank=True, editable=False)
    refusal = models.TextField("why its CAS could not be assigned", blank=True, editable=False)
    refunded_on = models.DateField("date of the refund", null=True, editable=False)
    refund_reference = models.CharField(
        "reference of the refund", max_length=REFERENCE_SIZE, blank=True, editable=False
    )
    opened_by = models.ForeignKey("licences.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    first_family_name: str | None  # of the orders that were read `with_student`
    first_given_names: str | None

    event_kind = "order"
    guards: ClassVar = (
        *triggers.follows(ORDER_LIFECYCLE),
        triggers.frozen(
            "terms",
            [
                "id",
                "reference",
                "licence_id",
                "allocation_id",
                "route",
                "count",
                "fee_pence",
                "provider",
                "opened_by_id",
                "opened_at",
            ],
            "An order keeps what it was opened with",
        ),
        triggers.frozen(
            "refund",
            ["refunded_on", "refund_reference"],
            "The date and reference of a refund are recorded once, with the refund",
            when="NOT (OLD.status = 'REFUND DUE' AND NEW.status = 'REFUNDED')",
        ),
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            # The orders that wait for a report or for a caseworker: few, among all that were ever paid.
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=[OrderStatus.OPEN, OrderStatus.REFUND_DUE]),
                name="order_unfinished",
            ),
        ]
        constraints: ClassVar = [
            known("status", OrderStatus.values, table="order"),
            models.CheckConstraint(condition=Q(count__gt=0, fee_pence__gt=0), name="order_is_for_something"),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.OPEN, closed_at__isnull=True)
                | ~Q(status=OrderStatus.OPEN) & Q(closed_at__isnull=False),
                name="order_is_open_or_was_closed",
            ),
            models.CheckConstraint(
                condition=Q(refunded_on__isnull=True, refund_reference="")
                | Q(refunded_on__isnull=False) & ~Q(refund_reference=""),
                name="order_refund_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def student_name(self) -> str:
        """Return the first student and the number of others, of an order that was read `with_student`."""
        first = full_name(self.first_family_name or "", self.first_given_names or "") or "A deleted CAS"
        return formats.with_names(f"{{}} and {self.count - 1:,} more", first) if self.count > 1 else first

    @property
    def total_pence(self) -> int:
        return self.count * self.fee_pence

    @property
    def event_label(self) -> str:
        return f"{self.reference} for {self.count} CAS"

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def is_settled(self) -> bool:
        """Return whether a payment was received and acted on."""
        return self.status in {OrderStatus.PAID, OrderStatus.REFUND_DUE, OrderStatus.REFUNDED}

    @property
    def has_ended_without_assigning(self) -> bool:
        return self.status not in {OrderStatus.OPEN, OrderStatus.PAID}

    def require(self, name: str, *, by: User) -> None:
        """Raise `NotAllowed` unless `by` may make the move `name` on this order."""
        move = ORDER_LIFECYCLE[name]
        is_theirs = by.role not in SPONSOR_ROLES or Order.objects.for_user(by).filter(pk=self.pk).exists()
        if not (is_theirs and by.may_make(move)):
            raise not_open(move)

    @transaction.atomic
    def send_to(self, provider_reference: str, payment_url: str) -> None:
        """Keep the provider's reference and the address of its payment page, unless the order already has them.

        So users only ever see one payment page for an order, even if several were opened, and cannot pay twice.
        """
        unsent = Order.objects.filter(pk=self.pk, payment_url="")
        unsent.update(provider_reference=provider_reference, payment_url=payment_url)
        self.refresh_from_db(fields=["provider_reference", "payment_url"])

    @transaction.atomic
    def settle(self, *, by: User) -> None:
        """Act on the report that this order was paid: assign all of its CAS, or mark it as REFUND DUE. Safe to repeat.

        The CAS are assigned if each is unchanged since the order was opened, the licence is active and covers the
        route, and their places are still held, or enough are unused. Otherwise no CAS is assigned.
        """
        self.require("pay", by=by)
        self._lock()
        if self.is_settled:
            return
        was_open = self.status == OrderStatus.OPEN
        try:
            with transaction.atomic():
                self._assign(by=by)
                self._close("pay", by=by)
                self._charge(was_open, by=by)
                if not was_open:
                    order_messages.paid_late(self, by=by)
        except Refused as refused:
            self._lock()  # read again: the roll-back undid the changes in the database, but not in this instance
            self._close("owe", by=by, refusal=str(refused))
            if was_open:
                self._release(by=by)

    def decline(self, *, by: User) -> None:
        """Act on the report that the payment was declined. The CAS do not change. Safe to repeat."""
        self._end_unpaid("decline", by=by)

    def cancel(self, *, by: User) -> None:
        """Cancel the payment. The CAS do not change. Safe to repeat."""
        self._end_unpaid("cancel", by=by)

    def lapse(self, *, by: User) -> None:
        """Close the order because the provider has not reported for too long. The CAS do not change. Safe to repeat."""
        self._end_unpaid("lapse", by=by)

    @transaction.atomic
    def owe(self, *, by: User) -> None:
        """Mark the order as REFUND DUE, because a different amount was paid. The CAS do not change.

        A caseworker decides this. Raises `Refused` unless the provider reported a different amount, and the order is
        not settled.
        """
        self.require("owe", by=by)
        self._lock()
        if not self.is_paid_with_other_amount:
            raise refusals.NO_OTHER_AMOUNT()
        was_open = self.status == OrderStatus.OPEN
        self._close("owe", by=by, refusal=f"The payment service received a different amount: {self.other_amount}.")
        if was_open:
            self._release(by=by)

    @transaction.atomic
    def refund(self, *, by: User, refunded_on: date, reference: str) -> None:
        """Record that a caseworker has sent the money back, on which day and under which reference.

        Raises `Refused` unless the order is REFUND DUE, and for a day before it was opened or after today.
        """
        self.require("refund", by=by)
        self._lock()
        if not self.opened_at.astimezone(clock.LONDON).date() <= refunded_on <= clock.today():
            raise refusals.REFUND_DAY_IMPOSSIBLE.about("refunded_on")
        self._close("refund", by=by, refunded_on=refunded_on, refund_reference=reference)

    @transaction.atomic
    def _end_unpaid(self, name: str, *, by: User) -> None:
        self.require(name, by=by)
        self._lock()
        if self.status != OrderStatus.OPEN:
            return
        self._close(name, by=by)
        self._release(by=by)

    def _lock(self) -> None:
        """Lock this order until the transaction ends, and read its current values and related records."""
        rows = Order.objects.select_for_update(of=("self",))
        self.refresh_from_db(from_queryset=rows.select_related("allocation", "batch", "opened_by"))

    def _close(self, name: str, *, by: User, **written: Any) -> None:
        before = move_one(self, ORDER_LIFECYCLE, name, is_locked=True, closed_at=clock.now(), **written)
        self.lines.filter(is_open=True).update(is_open=False)
        Event.objects.record(name, self, by=by, data={"status": [before, self.status], **as_new(written)})
        order_messages.closed(self, name, by=by)

    def _release(self, *, by: User) -> None:
        Allocation.objects.enter(self.allocation, "release", self.count, by=by, order=self.reference)

    def _assign(self, *, by: User) -> None:
        """Assign all CAS of the order. Raises `Refused` with the reason if one of them cannot be assigned."""
        licence = Licence.objects.lock(self.licence_id)
        if refused := licence.why_not_assign(self.route):
            raise refused
        if self.batch:
            self.batch.lock_to_assign(self.count)
        unchanged = Q(order_lines__order=self, order_lines__version=F("version"), batch=self.batch_id)
        rows = CAS.objects.filter(unchanged, status=CASStatus.READY_TO_GO)
        if rows.assign(by=by, assigned_by=self.opened_by) != self.count:
            raise refusals.CHANGED_SINCE_ORDERED()
        if self.batch:
            self.batch.close(self.count, by=by, assigned_by=self.opened_by)

    def _charge(self, was_open: bool, *, by: User) -> None:
        """Use the places held for the order.

        If the order was closed unpaid, the hold was released, so use unused places. Raises `Refused` if too few are
        unused.
        """
        if was_open:
            Allocation.objects.enter(self.allocation, "use", self.count, by=by, order=self.reference)
            return
        current = Allocation.objects.current(self.licence_id, self.route)
        if current is None:
            raise with_way_out(refusals.NO_ALLOCATION(), self.opened_by)
        current.enter("take", self.count, by=by, order=self.reference)


def _refuse_unless_assignable(
    cas_list: list[CAS], versions: Mapping[int, int], licence: Licence, rules: Rules, batch: Batch | None
) -> None:
    if batch and (not cas_list or batch.cas.count() != len(versions)):
        raise refusals.BATCH_CHANGED_SINCE_SHOWN()
    if len(cas_list) != len(versions):
        raise refusals.ONE_NOT_FOUND()
    if OrderLine.objects.filter(cas__id__any_of=[cas.pk for cas in cas_list], is_open=True).exists():
        raise refusals.ORDER_OPEN_ALREADY()
    for route in {cas.route for cas in cas_list}:
        if refused := licence.why_not_assign(route):
            raise refused
    limits = rules.limits(licence.sponsor_status)
    for cas in cas_list:
        if obstacle := next(obstacles(cas, None, limits, batch=batch), None):
            raise obstacle.refused
        if cas.version != versions[cas.pk]:
            raise refusals.CHANGED_SINCE_SHOWN()
    if len({cas.route for cas in cas_list}) != 1:
        raise refusals.SEVERAL_ROUTES()
