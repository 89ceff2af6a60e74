"""Set one field of several CAS of a batch to the same value, in one step (specification, section 11).

It takes the same few statements for 3 CAS and for 1,000.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import F

from cas import refusals
from cas.details import fields
from cas.details.field import CASField
from cas.details.needs import is_empty
from cas.models.batch import Batch
from cas.models.cas import CAS
from cas.models.rule import Rule
from cas.models.values import checked, keys_of, status_of
from cas.rules import Limits
from licences.models import Event, User
from licences.models.event import Changes, changes, plain
from licences.permissions import Action
from sms.core import clock
from sms.core.long_statements import allow_long_statements
from sms.core.refused import InvalidValues, Stale


@dataclass(frozen=True)
class Changing:
    """A CAS whose field is set, and its details and status `before` and `after`."""

    cas: CAS
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @cached_property
    def changed(self) -> Changes:
        return changes(dict(self.before), dict(self.after))

    def written(self) -> dict[str, Any]:
        """Return the columns to write, with their new values."""
        keys = keys_of(self.before)
        new_keys = {name: key for name, key in keys_of(self.after).items() if key != keys[name]}
        return {**{name: self.after[name] for name in self.changed}, **new_keys}


@dataclass(frozen=True)
class Setting:
    """The effect of setting a field of several CAS to a value.

    The CAS of `changing` change, and those of `same` have the value already. `left` are the CAS that cannot have the
    value, by the reason.
    """

    field: CASField
    value: Any
    changing: list[Changing]
    same: list[CAS]
    left: dict[str, list[CAS]]

    @classmethod
    def of(cls, cas_list: Iterable[CAS], field: CASField, value: Any, limits: Limits) -> Setting:
        """Return the effect on these unassigned CAS of one sponsor, whose limits of the day are `limits`."""
        found = cls(field, field.checked(value), [], [], {})
        for cas in cas_list:
            if _is_same(getattr(cas, field.name), found.value):
                found.same.append(cas)
                continue
            details, errors = checked({**fields.values_of(cas), field.name: found.value})
            if sentence := next(iter(errors.values()), "") or _why_not_asked(field, details, limits):
                found.left.setdefault(sentence, []).append(cas)
                continue
            before = {**fields.values_of(cas), "status": cas.status}
            found.changing.append(Changing(cas, before, {**details, "status": status_of(details, limits)}))
        return found

    @property
    def versions(self) -> dict[int, int]:
        """Return the version of each CAS that changes. The page that asks for confirmation sends them back."""
        return {each.cas.pk: each.cas.version for each in self.changing}

    def becoming(self, status: str) -> list[CAS]:
        """Return the CAS that get this status, and had another one."""
        return [each.cas for each in self.changing if each.before["status"] != status == each.after["status"]]

    def earlier(self) -> list[tuple[str, list[CAS]]]:
        """Return the values that are replaced, as text, each with its CAS; the most frequent value first."""
        found: dict[str, list[CAS]] = defaultdict(list)
        for each in self.changing:
            found[self.field.display(each.before[self.field.name])].append(each.cas)
        return sorted(found.items(), key=lambda pair: -len(pair[1]))


def cas_to_set(batch: Batch, ids: Collection[int], *, by: User, seen: int, locked: bool = False) -> list[CAS]:
    """Return the CAS with these ids that `by` selected in `batch`. Raises `Stale` if one is no longer in it.

    `seen` is the id of the last line of the batch's history that `by` saw.
    """
    rows = CAS.objects.movable("save", by=by).filter(batch=batch, pk__any_of=ids).order_by("id")
    found = list(rows.select_for_update(of=("self",)) if locked else rows)
    if len(found) != len(ids):
        raise Stale(refusals.BATCH_CHANGED_MEANWHILE, batch.events_since(seen))
    return found


@transaction.atomic
def set_field(batch: Batch, name: str, value: Any, shown: Mapping[int, int], *, by: User, seen: int) -> int:
    """Set the field `name` of CAS in `batch` to `value`. Return how many changed.

    `shown` has the version of each of these CAS that `by` saw, by id, and `seen` is the id of the last line of the
    batch's history that they saw. All CAS change or none: raises `Stale` if one was saved since then or has left the
    batch, `InvalidValues` if one cannot have the value, and `Refused` if the batch cannot be changed now.
    """
    batch.lock_to_change(Action.CAS_EDIT, by=by)
    if refused := batch.licence.why_not_save(batch.route):
        raise refused
    allow_long_statements()
    field = fields.BY_NAME[name]
    if field not in fields.settable_together(batch.route):
        raise refusals.ONLY_ON_EACH_CAS.about(name, field=field.subject)
    now = cas_to_set(batch, shown, by=by, seen=seen, locked=True)
    if stale := [cas for cas in now if cas.version != shown[cas.pk]]:
        raise Stale(refusals.SEVERAL_SAVED_MEANWHILE, _last_saves(stale))
    found = Setting.of(now, field, value, Rule.objects.limits_for(batch.licence))
    if found.left:
        raise InvalidValues({name: next(iter(found.left))})
    _write(found, batch, by=by)
    return len(found.changing)


def _write(found: Setting, batch: Batch, *, by: User) -> None:
    """Write the CAS that change, and add a line to the history of each and to that of their batch."""
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    lines: dict[CAS, Changes] = {}
    for each in found.changing:
        alike[tuple(each.written().items())].append(each.cas.pk)
        lines[each.cas] = {**each.changed, "version": [each.cas.version, each.cas.version + 1]}
    for written, ids in alike.items():
        rows = CAS.objects.filter(pk__any_of=ids)
        rows.update(**dict(written), version=F("version") + 1, changed_at=clock.now())
    Event.objects.record_all("save", lines, by=by)
    if lines:
        name, value = found.field.name, plain(found.value)
        what = {"emptied": [None, name]} if is_empty(value) else {name: [None, value]}
        Event.objects.record("set_field", batch, by=by, data={**what, "cas": [None, [cas.pk for cas in lines]]})


def _last_saves(cas_list: list[CAS]) -> list[Event]:
    """Return the last save of each of these CAS, oldest first."""
    saves = Event.objects.filter(kind="cas", verb="save", subject_id__any_of=[cas.pk for cas in cas_list])
    last = {event.subject_id: event for event in saves.select_related("by").order_by("id")}
    return sorted(last.values(), key=lambda event: event.pk)


def _is_same(before: Any, after: Any) -> bool:
    return before == after or (is_empty(before) and is_empty(after))


def _why_not_asked(field: CASField, details: Mapping[str, Any], limits: Limits) -> str:
    """Return the sentence that the field does not apply to a CAS with these details; "" if it applies or is empty."""
    if is_empty(details[field.name]) or field.asked.holds(fields.with_limits(details, limits)):
        return ""
    return f"“{field.subject}” applies only {fields.need_of(field, field.asked).in_words(fields.BY_NAME)}"
