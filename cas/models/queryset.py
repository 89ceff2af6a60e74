"""Finding CAS, and moving them: one rule for one and for ten thousand."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self, cast

from django.db import IntegrityError, connections, transaction
from django.db.models import CharField, F, Field, Q, QuerySet, Value
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import Cast, Concat, JSONArray, JSONObject

from cas import numbers, refusals
from cas.details import fields
from cas.lifecycle import CAS_LIFECYCLE, UNASSIGNED, CASStatus
from cas.models import listed
from cas.models.search_fields import fitting
from cas.models.values import filled
from cas.validity import expiry_date
from licences.models import Event
from licences.models.event import changes, plain
from licences.permissions import Action, require, require_move
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock
from sms.core.long_statements import allow_long_statements

if TYPE_CHECKING:
    from cas.models.batch import Batch
    from cas.models.cas import CAS
    from licences.models import User

# How the history calls a CAS: it names no student, so that a name can be forgotten without touching what happened.
LABEL = Concat(Value("CAS "), Cast("pk", CharField()), output_field=CharField())


def record_in_batch_history(batch: Batch, verb: str, ids: list[int], *, by: User) -> None:
    """Add a line to the history of `batch`, with the ids of the CAS that `verb` was done to."""
    if ids:
        Event.objects.record(verb, batch, by=by, data={"cas": [None, ids]})


class CASQuerySet(LicenceScopedQuerySet["CAS"]):
    def unassigned(self) -> Self:
        """Those that can still be changed, the last changed first."""
        return self.filter(status__in=UNASSIGNED).order_by("-changed_at", "-pk")

    def free(self) -> Self:
        """Those that are not assigned, and not being paid for."""
        return self.filter(status__in=UNASSIGNED).exclude(order_lines__is_open=True)

    def being_paid_for(self, cas_list: Iterable[CAS]) -> set[int]:
        """Return the ids of those of these CAS that have an open order."""
        rows = self.filter(pk__any_of=[cas.pk for cas in cas_list], order_lines__is_open=True)
        return set(rows.values_list("pk", flat=True))

    def locked(self) -> list[int]:
        """Lock these in the order of their ids; returns the ids."""
        return list(self.order_by("id").select_for_update(of=("self",)).values_list("pk", flat=True))

    def put_into(self, batch: Batch | None, *, by: User) -> int:
        """Put these, which somebody has locked, into `batch`, whose owner they take; or out of any.

        Returns how many moved. Each batch has a line of history that names them, too.
        """
        self._record_in_batch_histories(batch, by=by)
        name = JSONObject(batch=JSONArray(F("batch__name"), Value(batch and batch.name, output_field=CharField())))
        verb = "move_in" if batch else "take_out"
        ids = list(self.values_list("pk", flat=True))
        rows = self.model.objects.filter(pk__any_of=ids)
        if batch is None:
            rows = rows.filter(batch__isnull=False)
            Event.objects.record_each(verb, rows, by=by, label=LABEL, data=name)
            return rows.update(batch=None)
        rows.exclude(owner=batch.owner).change_owner_of_locked(batch.owner, by=by)
        Event.objects.record_each(verb, rows, by=by, label=LABEL, data=name)
        return rows.update(batch=batch)

    def _record_in_batch_histories(self, batch: Batch | None, *, by: User) -> None:
        left: dict[Batch, list[int]] = defaultdict(list)
        came: list[int] = []
        for cas in self.select_related("batch").only("pk", "batch__name", "batch__licence_id").order_by("pk"):
            came.append(cas.pk)
            if cas.batch:
                left[cas.batch].append(cas.pk)
        for earlier, ids in left.items():
            record_in_batch_history(earlier, "take_out", ids, by=by)
        if batch:
            record_in_batch_history(batch, "put_in", came, by=by)

    @transaction.atomic
    def remove(self, *, by: User) -> int:
        """Delete those of these that are not assigned and not being paid for; returns how many. Their history stays.

        Each batch has a line of history that names those that were in it.
        """
        ids = self.movable("delete", by=by).locked()
        going = list(self.model.objects.filter(pk__any_of=ids).free().select_related("batch").order_by("pk"))
        gone = {cas: filled(fields.values_of(cas)) for cas in going}
        lines = {cas: changes(values, dict.fromkeys(values)) for cas, values in gone.items()}
        Event.objects.record_all("delete", lines, by=by)
        left: dict[Batch, list[int]] = defaultdict(list)
        for cas in going:
            if cas.batch:
                left[cas.batch].append(cas.pk)
        for batch, pks in left.items():
            record_in_batch_history(batch, "delete_cas", pks, by=by)
        self.model.objects.filter(pk__any_of=[cas.pk for cas in going]).delete()
        return len(going)

    @transaction.atomic
    def change_owner(self, to: User, *, by: User, along: Iterable[int] = ()) -> int:
        """Transfer these to `to`, another user of their sponsor; returns how many were not theirs before.

        One that is not assigned leaves its batch, unless the batch is among `along`, which go with it. Raises
        `Refused` when `to` is not active or of another sponsor, or while one of these is being paid for.
        """
        require(by, Action.CAS_TRANSFER)
        if not to.is_active or to.licence_id is None or to.licence_id != by.licence_id:
            raise refusals.NOT_TO_THIS_USER()
        allow_long_statements()
        ids = self.for_user(by).exclude(owner=to).locked()
        rows = self.model.objects.filter(pk__any_of=ids)
        unassigned = rows.filter(status__in=UNASSIGNED)
        if unassigned.filter(order_lines__is_open=True).exists():
            raise refusals.ONE_BEING_PAID_FOR()
        unassigned.exclude(batch__in=list(along)).put_into(None, by=by)
        return rows.change_owner_of_locked(to, by=by)

    def change_owner_of_locked(self, to: User, *, by: User) -> int:
        """As `change_owner`, of rows that somebody has locked and checked."""
        data = JSONObject(owner=JSONArray(F("owner__name"), Value(to.name)))
        ids = list(self.values_list("pk", flat=True))
        rows = self.model.objects.filter(pk__any_of=ids)
        Event.objects.record_each("transfer", rows, by=by, label=LABEL, data=data)
        return rows.update(owner=to)

    def of_status(self, status: str) -> Self:
        """Those of this status; all, if it is empty."""
        return self.filter(status=status) if status else self

    def search(self, asked: Mapping[str, Any]) -> Self:
        """Those that fit everything that `asked` has a value for, by the names of `cas.models.search_fields`."""
        return self.filter(fitting(asked))

    def to_assign_singly(self) -> Self:
        """Those that are not assigned, and in no batch, with which they would have to be."""
        return self.filter(status__in=UNASSIGNED, batch__isnull=True)

    def by_status(self, at_most: int) -> dict[str, int]:
        """How many there are of each status; of more than `at_most`, of so many and one of them."""
        # Counted here, because the statuses alone stand in the indexes: a GROUP BY would go to each row for its own.
        return Counter(self.order_by().values_list("status", flat=True)[: at_most + 1])

    def listed(self, page: QuerySet[CAS], *order: str | OrderBy) -> list[listed.ListedCAS]:
        """The rows of `page`, a slice in this `order`.

        The slice is taken of ids, because a deep page would otherwise read whole every row before its own.
        """
        rows = self.filter(pk__in=page.values("pk")).order_by(*order or ["-pk"])
        return listed.read(rows)

    def expiring_by(self, day: date) -> Self:
        """The ASSIGNED ones whose expiry date is `day` or before."""
        return self.filter(status=CASStatus.ASSIGNED, expires_on__lte=day)

    def movable(self, name: str, *, by: User) -> Self:
        """The rows that `by` may make the move `name` on, whatever their status.

        Raises `NotAllowed` when the move is not open to this kind of user at all.
        """
        require_move(by, CAS_LIFECYCLE[name])
        return self.for_user(by)

    def move(self, name: str, *, by: User, **changes: Any) -> int:
        """Make the move `name` on each of these CAS whose status allows it; returns how many moved.

        This is the only way to change a status, one or ten thousand at once: the rows are locked in the order of
        their ids, changed in one statement that asks for their status again, and each gets its line of history.
        `changes` are columns and their new values, the same for all.
        """
        return self._move(name, by=by, changes=changes, numbered=False)

    def assign(self, *, by: User, assigned_by: User) -> int:
        """Give each of these CAS its number and expiry date. Only an order that was paid may ask for it."""
        today = clock.today()
        changes = {
            "assigned_at": clock.now(),
            "assigned_on": today,
            "assigned_by_id": assigned_by.pk,
            "expires_on": expiry_date(today),
        }
        return self._move("assign", by=by, changes=changes, numbered=True)

    def expire(self, *, by: User) -> int:
        """Expire each ASSIGNED one whose expiry date has passed, application or not."""
        return self.filter(expires_on__lt=clock.today()).move("expire", by=by)

    def cancellable(self) -> Self:
        """The live ones, and the EXPIRED ones of which an application made in time is undecided."""
        undecided = Q(status=CASStatus.EXPIRED, applied_on__isnull=False)
        return self.filter(Q(status=CASStatus.ASSIGNED) | undecided)

    def cancel(self, *, by: User) -> int:
        """Cancel each cancellable one; their licence, or its route, has ended."""
        return self.cancellable().move("cancel", by=by)

    @transaction.atomic
    def _move(self, name: str, *, by: User, changes: dict[str, Any], numbered: bool) -> int:
        move = CAS_LIFECYCLE[name]
        rows = self.movable(name, by=by).filter(status__in=move.sources).order_by("id")
        ids: dict[str, list[int]] = defaultdict(list)
        for pk, status in rows.select_for_update(of=("self",)).values_list("pk", "status"):
            ids[status].append(pk)
        written = {**changes, "status": move.target, "changed_at": clock.now()}
        for before, pks in ids.items():
            moving = self.model.objects.filter(pk__any_of=pks)
            if numbered:  # each row's own number is known only once it is written; before, these columns were all empty
                moved = self._write(pks, before, written, numbered)
                recorded = Event.objects.record_each(name, moving, by=by, label=LABEL, data=_assigned(before, changes))
            else:
                recorded = Event.objects.record_each(name, moving, by=by, label=LABEL, data=_changing(written))
                moved = self._write(pks, before, written, numbered)
            if not moved == recorded == len(pks):
                raise refusals.MOVED_MEANWHILE()
        return sum(map(len, ids.values()))

    def _write(self, pks: list[int], before: str, written: dict[str, Any], numbered: bool) -> int:
        rows = self.model.objects.filter(pk__any_of=pks, status=before)
        if not numbered:
            return rows.update(version=F("version") + 1, **written)
        drawn = numbers.draw_many(len(pks))
        try:
            with transaction.atomic():
                return _update_with_numbers(self.model, pks, drawn, before, written)
        except IntegrityError:  # once in a lifetime: to ask each time would be one statement more
            if not self.model.objects.filter(number__any_of=drawn).exists():
                raise
        return self._write(pks, before, written, numbered)


def _changing(written: Mapping[str, Any]) -> Combinable:
    """Return the JSON of a move that is about to be made: each column as the row has it now, and as it will be."""
    columns = {
        name: JSONArray(F(name), Value(plain(value), output_field=CharField()))
        for name, value in written.items()
        if _is_recorded(name)
    }
    return JSONObject(**columns, version=JSONArray(F("version"), F("version") + 1))


def _assigned(before: str, names: Iterable[str]) -> Combinable:
    """Return the JSON of an assignment that was made: the database lets no CAS have these columns before it."""
    nothing = Value(None, output_field=CharField())
    columns = {name: JSONArray(nothing, F(name)) for name in ["number", *names] if _is_recorded(name)}
    status = JSONArray(Value(before), F("status"))
    return JSONObject(**columns, status=status, version=JSONArray(F("version") - 1, F("version")))


def _is_recorded(column: str) -> bool:
    """Return whether the history keeps this column: the event itself says when and by whom."""
    return not column.endswith(("_at", "_by_id"))


def _update_with_numbers(
    model: type[CAS], pks: list[int], drawn: list[str], before: str, written: dict[str, Any]
) -> int:
    """One UPDATE in which each row gets a number of its own; returns how many rows it changed.

    By hand, because the ORM can only give every row the same value, or spell out each row in a CASE.
    """
    connection = connections[model.objects.db]
    fields = {cast("Field[Any, Any]", model._meta.get_field(name)): value for name, value in written.items()}
    assignments = ", ".join(f"{field.column} = %s" for field in fields)
    values = [field.get_db_prep_save(value, connection) for field, value in fields.items()]
    if connection.vendor == "postgresql":
        given = "unnest(%s::bigint[], %s::text[]) AS given(id, number)"
        given_params: list[Any] = [pks, drawn]
    else:
        given = "(SELECT CAST(key AS INTEGER) AS id, value AS number FROM json_each(%s)) AS given"
        given_params = [json.dumps(dict(zip(pks, drawn, strict=True)))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET version = version + 1, number = given.number, {assignments} "
            f"FROM {given} WHERE {model._meta.db_table}.id = given.id AND {model._meta.db_table}.status = %s",
            [*values, *given_params, before],
        )
        return cursor.rowcount
