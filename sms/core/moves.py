"""Moving one row along its lifecycle: a conditional UPDATE, never a `save()` of a status."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from sms.core import refused
from sms.core.lifecycle import Lifecycle


def move_one(
    record: Model, lifecycle: Lifecycle, name: str, *, to: str = "", is_locked: bool = False, **changes: Any
) -> str:
    """Move `record` and write `changes` with it; returns the status that it had.

    `to` chooses among several targets. A record that `is_locked` is not read again. The statement itself asks for the
    status that was read, so of two who come at once one is refused. Raises `Refused` when the record's status, as
    it is now, does not allow the move.
    """
    move = lifecycle[name]
    rows = type(record)._base_manager.filter(pk=record.pk)
    before: str = record.status if is_locked else rows.values_list("status", flat=True).get()  # type: ignore[attr-defined]
    if before not in move.sources:
        raise refused.WRONG_STATUS(name=lifecycle.name, status=before, move=move.label)
    target = to or move.target
    if rows.filter(status=before).update(status=target, **changes) != 1:
        raise refused.CHANGED_MEANWHILE(name=lifecycle.name)
    for field, value in {"status": target, **changes}.items():
        setattr(record, field, value)
    return before
