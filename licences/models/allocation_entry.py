"""The ledger of the allocations: each line says what happened to how many places (specification, section 5)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from licences.scoping import LicenceScopedQuerySet
from sms.core import triggers
from sms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from sms.core.constraints import known


class Effect(NamedTuple):
    """The numbers that each place of an entry adds to the counters of the allocation."""

    granted: int = 0
    used: int = 0
    held: int = 0


EFFECTS: dict[str, Effect] = {
    "grant": Effect(granted=1),
    "reduce": Effect(granted=-1),
    "hold": Effect(held=1),
    "release": Effect(held=-1),
    "use": Effect(used=1, held=-1),  # held places
    "take": Effect(used=1),  # unused places, for a payment that arrived after its hold was released
}

ENTRY_LABELS = {
    "grant": "Granted",
    "reduce": "Reduced",
    "hold": "Held for a payment",
    "release": "Released",
    "use": "Used",
    "take": "Used after a late payment",
}


class AllocationEntryQuerySet(  # type: ignore[override]
    AppendOnlyQuerySet["AllocationEntry"], LicenceScopedQuerySet["AllocationEntry"]
):
    licence_path = "allocation__licence"
    owner_path = "allocation__licence__users"


class AllocationEntry(AppendOnlyModel):
    """A line of the ledger: `number` places, and what happened to them (a key of `EFFECTS`)."""

    allocation = models.ForeignKey("licences.Allocation", models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=list(ENTRY_LABELS.items()))
    number = models.PositiveIntegerField()
    order = models.CharField("order's reference", max_length=40, blank=True)
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AllocationEntryQuerySet.as_manager()

    guards: ClassVar = triggers.append_only("Entries of the ledger")

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name_plural = "allocation entries"
        constraints: ClassVar = [
            known("kind", EFFECTS, table="allocation_entry"),
            models.CheckConstraint(condition=Q(number__gt=0), name="allocation_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "reduce"], order="") | (~Q(kind__in=["grant", "reduce"]) & ~Q(order="")),
                name="allocation_entry_has_its_order",
            ),
            models.UniqueConstraint(
                fields=["order", "kind"], condition=~Q(order=""), name="allocation_entry_once_for_an_order"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind__in=["use", "take"]),
                name="allocation_charged_once_for_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number:,}"
