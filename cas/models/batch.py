"""Batches: CAS that are paid for and assigned together (specification, section 10; manual 4, guides 2 and 5).

Until a batch is assigned, its CAS have its route and its owner. Then the batch is closed and never changes.
Lock batches before CAS, each in the order of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from cas import keys, refusals
from cas.keys import KeyField, text_key
from cas.lifecycle import OrderStatus
from cas.models.cas import CAS
from cas.models.queryset import CASQuerySet
from licences.models import Event, Licence, User
from licences.permissions import Action, require
from licences.roles import Role
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet, Person
from sms.core import clock, triggers
from sms.core.constraints import all_or_none, known
from sms.core.refused import Refused, Stale
from sms.core.values import trimmed

NAME_SIZE = 100


class BatchStatus(models.TextChoices):
    """The status of a batch. It is worked out from the batch's assignment and its orders, and not stored."""

    UNASSIGNED = "unassigned", "Unassigned"
    BEING_PAID_FOR = "being-paid-for", "Being paid for"
    ASSIGNED = "assigned", "Assigned"


class BatchQuerySet(LicenceScopedQuerySet["Batch"]):
    def for_user(self, user: Person) -> Self:
        """Return the batches that the user may see: those of the sponsor.

        A Level 2 user sees the batches that they own, and batches with a CAS that they own.
        """
        if user.role != Role.LEVEL_2:
            return super().for_user(user)
        theirs = CAS.objects.filter(owner=user.pk, batch__isnull=False).values("batch")
        return self.filter(Q(owner=user.pk) | Q(pk__in=theirs), licence=user.licence_id)

    def unassigned(self) -> Self:
        """Return the batches that are still open, newest first."""
        return self.filter(assigned_at=None).order_by("-pk")

    def of_status(self, status: str) -> Self:
        """Return the batches of this `BatchStatus`; all batches if `status` is empty."""
        being_paid_for = Q(orders__status=OrderStatus.OPEN)
        if status == BatchStatus.ASSIGNED:
            return self.filter(assigned_at__isnull=False)
        if status == BatchStatus.BEING_PAID_FOR:
            return self.filter(being_paid_for)  # a batch has at most one open order
        return self.exclude(being_paid_for).filter(assigned_at=None) if status else self

    def named(self, text: str) -> Self:
        """Return the batches whose name contains `text`, ignoring case and accents; all batches if it is empty."""
        return self.filter(name_key__contains=text_key(text)) if trimmed(text) else self

    def why_not_named(self, name: str, licence: Licence) -> Refused | None:
        """Return why no new batch of this sponsor can have this name; None if one can."""
        if not 0 < len(trimmed(name)) <= NAME_SIZE:
            return refusals.BATCH_NAME_SIZE(most=NAME_SIZE)
        is_taken = self.filter(licence=licence, name_key=text_key(name)).exists()
        return refusals.BATCH_NAME_TAKEN() if is_taken else None

    @transaction.atomic
    def add(self, name: str, *, route: str, by: User, owner: User | None = None) -> Batch:
        """Create an empty batch that belongs to `by`, or to `owner` if a Level 1 user makes it from another user's CAS.

        Raises `Refused` if the name is taken, or if the licence does not cover the route.
        """
        owner = owner or by
        require(by, Action.CAS_CREATE)
        if owner != by:
            require(by, Action.CAS_TRANSFER)
        if refused := by.sponsor.why_not_save(route):
            raise refused
        batch = Batch(licence=by.sponsor, owner=owner, route=route, created_by=by, created_at=clock.now())
        batch.write_name(name)
        Event.objects.record("create", batch, by=by, data={"name": [None, batch.name], "owner": [None, owner.name]})
        return batch

    @transaction.atomic
    def add_with(self, cas_list: Sequence[CAS], *, name: str, by: User) -> Batch:
        """Create a batch of these CAS, with the route and the owner of the first.

        Raises `Refused`, and creates no batch, if one of the CAS cannot go into it.
        """
        first = cas_list[0]
        batch = self.add(name, route=first.route, by=by, owner=first.owner)
        batch.put([cas.pk for cas in cas_list], by=by)
        return batch


class Batch(models.Model):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="batches")
    owner = models.ForeignKey("licences.User", models.PROTECT, related_name="owned_batches")
    route = models.CharField(max_length=20, choices=Route.choices, editable=False)
    name = models.CharField("batch name", max_length=NAME_SIZE)
    name_key = KeyField(max_length=keys.SIZE, editable=False)
    assigned_at = models.DateTimeField(null=True, editable=False)
    assigned_by = models.ForeignKey("licences.User", models.PROTECT, null=True, editable=False, related_name="+")
    created_by = models.ForeignKey("licences.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = BatchQuerySet.as_manager()

    event_kind = "batch"
    guards: ClassVar = (
        triggers.frozen(
            "origin",
            ["id", "licence_id", "route", "created_by_id", "created_at", "recorded_at"],
            "The origin of a batch never changes",
        ),
        triggers.frozen(
            "assigned",
            ["name", "name_key", "assigned_at", "assigned_by_id"],
            "An assigned batch is closed",
            when="OLD.assigned_at IS NOT NULL",
        ),
        triggers.Guard(
            "assigned_delete", "DELETE", "OLD.assigned_at IS NOT NULL", "An assigned batch is never deleted"
        ),
    )

    class Meta:
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            known("route", Route.values, table="batch"),
            models.UniqueConstraint(fields=["licence", "name_key"], name="batch_name_once_for_a_sponsor"),
            all_or_none("assigned_at", "assigned_by", name="batch_assignment_whole"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name_key=""), name="batch_has_a_name"),
        ]
        indexes: ClassVar = [models.Index(fields=["licence", "-id"], name="batch_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def event_label(self) -> str:
        return self.name

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    def why_not(self, *, is_being_paid_for: bool | None = None) -> Refused | None:
        """Return the reason why no user can change this batch now; None if it can be changed.

        Pass `is_being_paid_for` if the order of this batch was already looked up. Otherwise this method looks it up.
        """
        if self.assigned_at:
            return refusals.BATCH_ASSIGNED()
        if is_being_paid_for is None:
            is_being_paid_for = self.orders.filter(status=OrderStatus.OPEN).exists()
        return refusals.BATCH_BEING_PAID_FOR() if is_being_paid_for else None

    def lock_to_change(self, action: Action, *, by: User) -> None:
        """Lock this batch and read its current values, for `by` to change it.

        Raises `Refused` if the batch cannot be changed now, and `NotAllowed` if `by` may not do `action`.
        """
        require(by, action)
        self._lock(by)
        if refused := self.why_not():
            raise refused

    def last_event(self) -> int:
        """Return the id of the last line of history. Forms send it back to show which version they were based on."""
        return Event.objects.about("batch", self.pk).order_by("-id").values_list("pk", flat=True)[0]

    def events_since(self, seen: int) -> list[Event]:
        """Return the lines of history after the line with the id `seen`, oldest first."""
        return list(Event.objects.about("batch", self.pk).filter(pk__gt=seen).select_related("by"))

    @transaction.atomic
    def rename(self, name: str, *, by: User, seen: int | None = None) -> bool:
        """Rename this batch. Return whether the name changed.

        Raises `Refused` if the name is taken, or if the batch is closed or being paid for.

        `seen` is the id of the last line of history that `by` saw. Raises `Stale` if the batch was renamed since then.
        """
        self.lock_to_change(Action.CAS_EDIT, by=by)
        since = [] if seen is None else self.events_since(seen)
        if renamed := [event for event in since if event.verb == "rename"]:
            raise Stale(refusals.BATCH_CHANGED_MEANWHILE, renamed)
        before = self.name
        if trimmed(name) != before:
            self.write_name(name)
            Event.objects.record("rename", self, by=by, data={"name": [before, self.name]})
        return self.name != before

    def write_name(self, name: str) -> None:
        """Save this batch under `name`, as typed. Raises `Refused` if another batch of the sponsor has the name."""
        self.name, self.name_key = trimmed(name), text_key(name)
        if not self.name or len(self.name) > NAME_SIZE:
            raise refusals.BATCH_NAME_SIZE(most=NAME_SIZE)
        try:
            with transaction.atomic():
                self.save(update_fields=None if self._state.adding else ["name", "name_key"])
        except IntegrityError:
            others = Batch.objects.filter(licence=self.licence_id, name_key=self.name_key).exclude(pk=self.pk)
            if not others.exists():
                raise
            raise refusals.BATCH_NAME_TAKEN() from None

    @transaction.atomic
    def put(self, cas_list: Iterable[int], *, by: User, only_from_outside: bool = False) -> int:
        """Move the CAS with these ids into this batch, out of any other batch. Return how many moved.

        Each CAS gets the owner of this batch. Raises `Refused`, and moves none, if `by` may not see one of them, or if
        one is assigned, is being paid for, or is for another route; `only_from_outside`, also if one is in a batch.
        """
        wanted = set(cas_list)
        earlier = CAS.objects.filter(pk__any_of=wanted, batch__isnull=False).values("batch")
        held = Batch.objects.filter(Q(pk=self.pk) | Q(pk__in=earlier)).order_by("pk")
        list(held.select_for_update(of=("self",)).values_list("pk"))
        self.lock_to_change(Action.CAS_EDIT, by=by)
        rows = CAS.objects.for_user(by).filter(pk__any_of=wanted).free()
        if len(rows.locked()) != len(wanted):
            raise refusals.ONE_NOT_FREE()
        if rows.exclude(route=self.route).exists():
            raise refusals.ONE_OF_ANOTHER_ROUTE(route=Route(self.route).label)
        if only_from_outside and rows.filter(batch__isnull=False).exists():
            raise refusals.ONE_IN_A_BATCH()
        return rows.exclude(batch=self).put_into(self, by=by)

    @transaction.atomic
    def take_out(self, cas_list: Iterable[int], *, by: User) -> int:
        """Take the CAS with these ids out of this batch. Return how many were in it.

        Raises `Refused` if the batch is assigned or being paid for.
        """
        self.lock_to_change(Action.CAS_EDIT, by=by)
        rows = CAS.objects.filter(batch=self, pk__any_of=set(cas_list))
        rows.locked()
        return rows.put_into(None, by=by)

    @transaction.atomic
    def send(self, cas_list: Iterable[int], to: Batch | None, *, by: User, seen: int) -> int:
        """Move CAS of this batch into the batch `to`, or out of this batch if `to` is None. Return how many moved.

        `seen` is the id of the last line of history that `by` saw. Raises `Stale` if one of the CAS is no longer in
        this batch, and `Refused` as `put` and `take_out` do.
        """
        wanted = set(cas_list)
        held = Batch.objects.filter(pk__in=[self.pk, *([to.pk] if to else [])]).order_by("pk")
        list(held.select_for_update(of=("self",)).values_list("pk"))
        self.lock_to_change(Action.CAS_EDIT, by=by)
        if len(CAS.objects.filter(batch=self, pk__any_of=wanted).locked()) != len(wanted):
            raise Stale(refusals.BATCH_CHANGED_MEANWHILE, self.events_since(seen))
        return to.put(wanted, by=by) if to else self.take_out(wanted, by=by)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete this batch, and keep its CAS without a batch.

        Raises `Refused` if the batch is assigned or being paid for.
        """
        self.lock_to_change(Action.CAS_DELETE, by=by)
        self.take_out(self.cas.values_list("pk", flat=True), by=by)
        Event.objects.record("delete", self, by=by, data={"name": [self.name, None]})
        Batch.objects.filter(pk=self.pk).delete()

    @transaction.atomic
    def transfer(self, to: User, *, by: User) -> None:
        """Make `to` the owner of this batch and of all its CAS. Only Level 1 users can do this.

        Raises `Refused` if the batch is being paid for, or if `to` cannot own CAS of this sponsor.
        """
        require(by, Action.CAS_TRANSFER)
        self._lock(by)
        if not self.assigned_at and (refused := self.why_not()):
            raise refused
        give(Batch.objects.filter(pk=self.pk), CAS.objects.filter(batch=self), to, by=by)
        self.refresh_from_db()

    def _lock(self, by: User) -> None:
        rows = Batch.objects.for_user(by).select_for_update(of=("self",))
        try:
            self.refresh_from_db(from_queryset=rows)
        except Batch.DoesNotExist:
            raise refusals.BATCH_NOT_FOUND() from None

    def lock_to_assign(self, count: int) -> None:
        """Lock this batch, to assign its `count` CAS. Raises `Refused` if it is not the batch that was paid for."""
        self.refresh_from_db(from_queryset=Batch.objects.select_for_update(of=("self",)))
        if self.assigned_at or self.cas.count() != count:
            raise refusals.BATCH_CHANGED_SINCE_ORDERED()

    def close(self, count: int, *, by: User, assigned_by: User) -> None:
        """Close this batch, after all its `count` CAS have been assigned. Only a paid order calls this."""
        self.assigned_at, self.assigned_by = clock.now(), assigned_by
        Batch.objects.filter(pk=self.pk).update(assigned_at=self.assigned_at, assigned_by=assigned_by)
        Event.objects.record("assign", self, by=by, data={"count": [None, count]})


def transfer_everything(of: User, to: User, *, by: User) -> int:
    """Make `to` the owner of every batch and CAS of the user `of`. Return how many CAS. Only Level 1 users can do this.

    Raises `Refused` if one of the CAS is being paid for.
    """
    require(by, Action.CAS_TRANSFER)
    with transaction.atomic():
        mine = Batch.objects.for_user(by).filter(owner=of)
        list(mine.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        return give(mine, CAS.objects.for_user(by).filter(owner=of), to, by=by)


def give(batches: BatchQuerySet, cas_list: CASQuerySet, to: User, *, by: User) -> int:
    """Make `to` the owner of these batches and CAS, in one step. Return how many CAS. Raises `Refused`."""
    ids = list(batches.exclude(owner=to).values_list("pk", flat=True))
    given = cas_list.change_owner(to, by=by, along=ids)
    for batch in Batch.objects.filter(pk__in=ids).select_related("owner"):
        Event.objects.record("transfer", batch, by=by, data={"owner": [batch.owner.name, to.name]})
    Batch.objects.filter(pk__in=ids).update(owner=to)
    return given
