"""Queries that find CAS, and verbs that change them. They work in the same way for 1 CAS and for 10,000."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import Cast, Concat, JSONArray, JSONObject

from cas import refusals
from cas.details import fields
from cas.lifecycle import CAS_LIFECYCLE, UNASSIGNED, CASStatus
from cas.models import listed
from cas.models.numbering import number_each
from cas.models.search_fields import fitting
from cas.models.values import filled
from cas.validity import expiry_date
from licences.models import Event
from licences.models.event import changes, plain
from licences.permissions import Action, require, require_move
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock
from sms.core.each_row import update_each
from sms.core.long_statements import allow_long_statements

if TYPE_CHECKING:
    from cas.models.batch import Batch
    from cas.models.cas import CAS
    from licences.models import User

# The name of a CAS in the history. It does not name the student, so that a name can be erased without changing events.
LABEL = Concat(Value("CAS "), Cast("pk", CharField()), output_field=CharField())


LATELY = 200  # CAS: the newest of a sponsor


def record_in_batch_history(batch: Batch, verb: str, ids: list[int], *, by: User) -> None:
    """Add a line for `verb` to the history of `batch`, with the ids of the CAS affected. Add none if there are none."""
    if ids:
        Event.objects.record(verb, batch, by=by, data={"cas": [None, ids]})


class CASQuerySet(LicenceScopedQuerySet["CAS"]):
    def unassigned(self) -> Self:
        """Return the CAS that are not assigned, last changed first."""
        return self.filter(status__in=UNASSIGNED).order_by("-changed_at", "-pk")

    def last_of(self, user: User, batch: Batch | None = None) -> CAS | None:
        """Return the newest CAS in `batch` that `user` may see; without a batch, the newest that they created.

        Without a batch, only the newest CAS of the sponsor are searched, because no index has the user who created.
        """
        rows = self.for_user(user).select_related("agent")
        if batch:
            return rows.filter(batch=batch).order_by("-pk").first()
        newest = self.model.objects.filter(licence=user.licence_id).order_by("-pk").values("pk")[:LATELY]
        return rows.filter(created_by=user, pk__in=newest).order_by("-pk").first()

    def free(self) -> Self:
        """Return the CAS that are neither assigned nor being paid for."""
        return self.filter(status__in=UNASSIGNED).exclude(order_lines__is_open=True)

    def being_paid_for(self, cas_list: Iterable[CAS]) -> set[int]:
        """Return the ids of the CAS in `cas_list` that have an open order."""
        rows = self.filter(pk__any_of=[cas.pk for cas in cas_list], order_lines__is_open=True)
        return set(rows.values_list("pk", flat=True))

    def locked(self) -> list[int]:
        """Lock these CAS in the order of their ids. Return the ids."""
        return list(self.order_by("id").select_for_update(of=("self",)).values_list("pk", flat=True))

    def put_into(self, batch: Batch | None, *, by: User) -> int:
        """Move these CAS into `batch`, and make its owner theirs; or take them out of their batches if it is None.

        The caller has locked the CAS. Return how many moved. The history of each batch affected also gets a line.
        """
        self._record_in_batch_histories(batch, by=by)
        name = JSONObject(batch=JSONArray(F("batch__name"), Value(batch and batch.name, output_field=CharField())))
        verb = "move_in" if batch else "take_out"
        ids = list(self.values_list("pk", flat=True))
        rows = self.model.objects.filter(pk__any_of=ids)
        if batch is None:
            rows = rows.filter(batch__isnull=False)
            Event.objects.record_each(verb, rows, by=by, label=LABEL, data=name)
            return rows.update(batch=None, changed_at=clock.now())
        rows.exclude(owner=batch.owner).change_owner_of_locked(batch.owner, by=by)
        Event.objects.record_each(verb, rows, by=by, label=LABEL, data=name)
        return rows.update(batch=batch, changed_at=clock.now())

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
        """Delete the CAS that are neither assigned nor being paid for. Return how many. Their history is kept.

        The history of each batch affected gets a line with the ids of its CAS.
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
        """Make `to` the owner of these CAS. Return how many they did not own before.

        A CAS that is not assigned leaves its batch, unless the id of the batch is in `along`: those batches are
        transferred too. Raises `Refused` if `to` is inactive or belongs to another sponsor, or if one of the CAS is
        being paid for.
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
        """Do as `change_owner`, with rows that the caller has locked and checked."""
        data = JSONObject(owner=JSONArray(F("owner__name"), Value(to.name)))
        ids = list(self.values_list("pk", flat=True))
        rows = self.model.objects.filter(pk__any_of=ids)
        Event.objects.record_each("transfer", rows, by=by, label=LABEL, data=data)
        return rows.update(owner=to, changed_at=clock.now())

    def of_status(self, status: str) -> Self:
        """Return the CAS of this status; all CAS if `status` is empty."""
        return self.filter(status=status) if status else self

    def search(self, asked: Mapping[str, Any]) -> Self:
        """Return the CAS that match every value in `asked`, by the names of `cas.models.search_fields`."""
        return self.filter(fitting(asked))

    def to_assign_singly(self) -> Self:
        """Return the CAS that are not assigned and not in a batch. A CAS in a batch is assigned with the batch."""
        return self.filter(status__in=UNASSIGNED, batch__isnull=True)

    def by_status(self, at_most: int) -> dict[str, int]:
        """Count the CAS by status, but stop after `at_most` + 1 CAS."""
        # Counted in Python, because the index has the statuses: a GROUP BY would read every row.
        return Counter(self.order_by().values_list("status", flat=True)[: at_most + 1])

    def listed(self, page: QuerySet[CAS], *order: str | OrderBy) -> list[listed.ListedCAS]:
        """Return the rows of `page`, a slice in this `order`.

        The slice selects only ids. Otherwise a late page would read every column of all rows before it.
        """
        rows = self.filter(pk__in=page.values("pk")).order_by(*order or ["-pk"])
        return listed.read(rows)

    def expiring_by(self, day: date) -> Self:
        """Return the ASSIGNED CAS whose expiry date is `day` or earlier."""
        return self.filter(status=CASStatus.ASSIGNED, expires_on__lte=day)

    def movable(self, name: str, *, by: User) -> Self:
        """Return the CAS on which `by` may make the move `name`, in any status.

        Raises `NotAllowed` if users of this kind can never make the move.
        """
        require_move(by, CAS_LIFECYCLE[name])
        return self.for_user(by)

    def move(self, name: str, *, by: User, **changes: Any) -> int:
        """Make the move `name` on each of these CAS whose status allows it. Return how many moved.

        This is the only way to change the status of CAS, one or many. It locks the rows in the order of their ids,
        changes them in one statement that tests their status again, and adds a line to the history of each. `changes`
        are columns and their new values, the same for all.
        """
        return self._move(name, by=by, changes=changes)

    def move_each(self, name: str, each: Mapping[int, Mapping[str, Any]], *, by: User) -> int:
        """Make the move `name` on those of these CAS whose ids are in `each`, as `move` does. Return how many moved.

        `each` has by id the columns that a CAS gets, and its own values: the same columns for all, empty before.
        """

        def write(model: type[CAS], pks: list[int], route: str, *, before: str, written: dict[str, Any]) -> int:
            own = {pk: each[pk] for pk in pks}
            return update_each(model, own, where={"status": before}, same=written, counted="version")

        names = tuple(next(iter(each.values()), {}))
        return self.filter(pk__any_of=list(each))._move(name, by=by, changes={}, own=names, write=write)

    def assign(self, *, by: User, assigned_by: User) -> int:
        """Assign these CAS: give each a number and an expiry date. Return how many. Only a paid order calls this."""
        today = clock.today()
        changes = {
            "assigned_at": clock.now(),
            "assigned_on": today,
            "assigned_by_id": assigned_by.pk,
            "expires_on": expiry_date(today),
        }
        return self._move("assign", by=by, changes=changes, own=("number",), write=number_each)

    def expire(self, *, by: User) -> int:
        """Expire each ASSIGNED CAS whose expiry date has passed, with or without an application. Return how many."""
        return self.filter(expires_on__lt=clock.today()).move("expire", by=by)

    def cancellable(self) -> Self:
        """Return the live CAS, and the EXPIRED CAS whose application, made in time, is undecided."""
        undecided = Q(status=CASStatus.EXPIRED, applied_on__isnull=False, application_closed_as="")
        return self.filter(Q(status=CASStatus.ASSIGNED) | undecided)

    def cancel(self, *, by: User) -> int:
        """Cancel the cancellable CAS, because their licence or their route has ended. Return how many."""
        return self.cancellable().move("cancel", by=by)

    @transaction.atomic
    def _move(
        self,
        name: str,
        *,
        by: User,
        changes: dict[str, Any],
        own: tuple[str, ...] = (),
        write: Callable[..., int] | None = None,
    ) -> int:
        """Make a move. If rows get values of their `own`, the function `write` writes these and the common columns."""
        move = CAS_LIFECYCLE[name]
        rows = self.movable(name, by=by).filter(status__in=move.sources).order_by("id")
        ids: dict[tuple[str, str], list[int]] = defaultdict(list)
        for pk, status, route in rows.select_for_update(of=("self",)).values_list("pk", "status", "route"):
            ids[status, route if write else ""].append(pk)
        written = {**changes, "status": move.target, "changed_at": clock.now()}
        for (before, route), pks in ids.items():
            moving = self.model.objects.filter(pk__any_of=pks)
            if write:  # a row's own values are known only once they are written; before, these columns were all empty
                moved = write(self.model, pks, route, before=before, written=written)
                data = _moved(self.model, before, [*own, *changes])
                recorded = Event.objects.record_each(name, moving, by=by, label=LABEL, data=data)
            else:
                recorded = Event.objects.record_each(name, moving, by=by, label=LABEL, data=_changing(written))
                moved = self._write(pks, before, written)
            if not moved == recorded == len(pks):
                raise refusals.MOVED_MEANWHILE()
        return sum(map(len, ids.values()))

    def _write(self, pks: list[int], before: str, written: dict[str, Any]) -> int:
        rows = self.model.objects.filter(pk__any_of=pks, status=before)
        return rows.update(version=F("version") + 1, **written)


def _changing(written: Mapping[str, Any]) -> Combinable:
    """Return the JSON for the history of a move, before it is made: the old and the new value of each column."""
    columns = {
        name: JSONArray(F(name), Value(plain(value), output_field=CharField()))
        for name, value in written.items()
        if _is_recorded(name)
    }
    return JSONObject(**columns, version=JSONArray(F("version"), F("version") + 1))


def _moved(model: type[CAS], before: str, names: Iterable[str]) -> Combinable:
    """Return the JSON for the history of a move, after it is made. The columns `names` were all empty before it."""
    defaults = {field.attname: field.get_default() for field in model._meta.concrete_fields}
    columns = {
        name: JSONArray(Value(defaults[name], output_field=CharField()), F(name))
        for name in names
        if _is_recorded(name)
    }
    status = JSONArray(Value(before), F("status"))
    return JSONObject(**columns, status=status, version=JSONArray(F("version") - 1, F("version")))


def _is_recorded(column: str) -> bool:
    """Return whether the history keeps this column. Times and users are left out, because every event has them."""
    return not column.endswith(("_at", "_by_id"))
