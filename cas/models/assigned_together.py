"""The verbs of many assigned CAS, each with values of its own: withdraw them, and update their fees.

Each verb has the same rule for 1 CAS and for 10,000, and takes as many statements for 1,000 as for 10. A function
`why_not_…` returns the rule's answer for each CAS, and the verb raises the first refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cas import refusals
from cas.columns import label_of
from cas.details import fields
from cas.duties import FEES, WITHDRAW
from licences.models import Event, User
from licences.models.event import Changes, changes
from licences.permissions import require
from sms.core import clock
from sms.core.each_row import update_each
from sms.core.refused import InvalidValues, Refused, Stale
from sms.core.values import is_blank

if TYPE_CHECKING:
    from cas.models.cas import CAS
    from cas.models.queryset import CASQuerySet

REASON_SIZE = 1000  # characters

Fees = Mapping[str, Any]


def held(rows: CASQuerySet, ids: Collection[int], *, by: User) -> list[CAS]:
    """Lock and return these CAS, in the order of their ids. Raises `Refused` if the user may not see one of them."""
    mine = rows.for_user(by).filter(pk__any_of=list(ids)).order_by("id")
    found = list(mine.select_related("licence").select_for_update(of=("self",)))
    if len(found) != len(set(ids)):
        raise refusals.NOT_FOUND_ASSIGNED()
    return found


def raise_first(found: Mapping[CAS, Refused | None]) -> None:
    """Raise the first of these refusals, with the name of the student if it is about one CAS of several."""
    for cas, refused in found.items():
        if refused:
            raise refused.of(cas.student_name) if len(found) > 1 else refused


def why_not_withdraw(reasons: Mapping[CAS, str]) -> dict[CAS, Refused | None]:
    """Return why each CAS cannot be withdrawn for this reason; None if it can."""
    return {cas: refused or _wrong_reason(reasons[cas]) for cas, refused in WITHDRAW.why_not_each(reasons)}


def _wrong_reason(reason: str) -> Refused | None:
    if is_blank(reason):
        return refusals.NO_REASON_TO_WITHDRAW()
    if len(reason.strip()) > REASON_SIZE:
        label = label_of("withdrawal_reason")
        return InvalidValues({"withdrawal_reason": f"{label} must be {REASON_SIZE:,} characters or fewer"})
    return None


@transaction.atomic
def withdraw_each(rows: CASQuerySet, reasons: Mapping[int, str], *, by: User) -> int:
    """Withdraw the CAS with these ids, each for its own reason, or none of them. Return how many. Raises `Refused`."""
    rows.movable("withdraw", by=by)
    found = held(rows, reasons, by=by)
    raise_first(why_not_withdraw({cas: reasons[cas.pk] for cas in found}))
    each = {cas.pk: {"withdrawal_reason": reasons[cas.pk].strip()} for cas in found}
    return rows.move_each("withdraw", each, by=by)


def why_not_update_fees(
    values: Mapping[CAS, Fees], *, versions: Mapping[int, int] | None = None
) -> dict[CAS, Refused | None]:
    """Return why the fees of each CAS cannot be changed to these values; None if they can.

    `versions` are those of the CAS, by id, that the values are based on.
    """
    since = _updated_since(versions or {}, values)
    return {
        cas: refused or _wrong_fees(cas, values[cas]) or since.get(cas.pk) for cas, refused in FEES.why_not_each(values)
    }


@transaction.atomic
def update_fees_each(
    rows: CASQuerySet, values: Mapping[int, Fees], *, by: User, versions: Mapping[int, int] | None = None
) -> int:
    """Save the fees of the CAS with these ids, each with its own `values`, or of none. Return how many changed.

    `values` and `versions` are as those of `update_fees`, by id. Raises `InvalidValues`, `Stale` and `Refused`.
    """
    require(by, FEES.action)
    found = {cas: values[cas.pk] for cas in held(rows, values, by=by)}
    raise_first(why_not_update_fees(found, versions=versions))
    changed = {cas: new for cas, given in found.items() if (new := _new_fees(cas, given))}
    written = {
        cas.pk: {name: new.get(name, getattr(cas, name)) for name in fields.UPDATABLE_FEES}
        for cas, new in changed.items()
    }
    same = {"changed_at": clock.now()}
    count = update_each(rows.model, written, where={"status": "ASSIGNED"}, same=same, counted="version")
    if count != len(changed):
        raise refusals.MOVED_MEANWHILE()
    lines = {
        cas: {
            **_changes(cas, new),
            "version": [cas.version, cas.version + 1],
        }
        for cas, new in changed.items()
    }
    Event.objects.record_all("update_fees", lines, by=by)
    return count


def _checked(cas: CAS, given: Fees) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fees to save, and an error sentence for each wrong one."""
    given = {name: value for name, value in given.items() if name in fields.UPDATABLE_FEES}
    found, errors = fields.checked({**fields.values_of(cas), **given})
    absent = [field for field in fields.missing(found) if field.name in given]
    errors = {field.name: f"Enter the {field.subject.lower()}" for field in absent} | errors
    return {name: found[name] for name in given}, {name: errors[name] for name in given if name in errors}


def _wrong_fees(cas: CAS, given: Fees) -> Refused | None:
    errors = _checked(cas, given)[1]
    return InvalidValues(errors) if errors else None


def _new_fees(cas: CAS, given: Fees) -> Fees:
    """Return the fees that differ from those of the CAS."""
    new = _checked(cas, given)[0]
    return {name: new[name] for name in _changes(cas, new)}


def _changes(cas: CAS, new: Fees) -> Changes:
    return changes({name: getattr(cas, name) for name in new}, dict(new))


def _updated_since(versions: Mapping[int, int], values: Mapping[CAS, Fees]) -> dict[int, Stale]:
    """Return the refusals for the CAS whose fees another user has updated since these versions, by id."""
    old = [cas for cas in values if versions.get(cas.pk, cas.version) != cas.version and _new_fees(cas, values[cas])]
    lines = Event.objects.filter(kind="cas", subject_id__any_of=[cas.pk for cas in old], verb="update_fees")
    since: dict[int, list[Event]] = {}
    for line in lines.select_related("by").order_by("id") if old else ():
        if line.data.get("version", [0, 0])[1] > versions[line.subject_id]:
            since.setdefault(line.subject_id, []).append(line)
    return {pk: Stale(refusals.SAVED_MEANWHILE, events) for pk, events in since.items()}
