"""The lines of an order: the CAS that it is for, and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import connections, models
from django.db.models import F, Q, Value

from cas.models.cas import CAS
from sms.core import triggers

if TYPE_CHECKING:
    from cas.models.order import Order
    from cas.models.queryset import CASQuerySet


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def open_each(self, order: Order, cas_list: CASQuerySet) -> None:
        """Add an open line for each CAS of `cas_list`, with its current version, in one statement."""
        lines = cas_list.order_by("pk").values_list(Value(order.pk), F("pk"), F("version"), Value(True))
        select, params = lines.query.get_compiler(self.db).as_sql()
        with connections[self.db].cursor() as cursor:
            table = self.model._meta.db_table
            cursor.execute(f'INSERT INTO "{table}" (order_id, cas_id, version, is_open) {select}', params)


class OrderLine(models.Model):
    """A CAS of an order, and the version that the order is for. It is never deleted, even if the CAS is."""

    order = models.ForeignKey("cas.Order", models.PROTECT, related_name="lines")
    cas = models.ForeignKey(CAS, models.SET_NULL, null=True, related_name="order_lines")
    version = models.PositiveIntegerField()
    is_open = models.BooleanField(default=True)

    objects = OrderLineQuerySet.as_manager()

    guards: ClassVar = (
        triggers.never_deleted("Lines of an order"),
        triggers.frozen("terms", ["id", "order_id", "version"], "An order keeps what it was opened with"),
        triggers.frozen("cas", ["cas_id"], "A line of an order stays with its CAS", when="NEW.cas_id IS NOT NULL"),
        triggers.frozen("is_open", ["is_open"], "A closed line of an order stays closed", when="NOT OLD.is_open"),
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cas"], condition=Q(is_open=True), name="cas_has_one_open_order_at_most"),
            models.UniqueConstraint(fields=["order", "cas"], name="order_has_a_cas_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.cas}"
