"""Move one row along its lifecycle by a conditional UPDATE, never by a `save()` of its status."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from sms.core import refused
from sms.core.lifecycle import Lifecycle


def move_one(
    record: Model, lifecycle: Lifecycle, name: str, *, to: str = "", is_locked: bool = False, **changes: Any
) -> str:
    """Move `record` and write `changes` with it. Return the status that it had.

    `to` chooses among several targets. A record that `is_locked` is not read again. The UPDATE includes the status
    that was read in its condition, so of two moves at once one is refused. Raises `Refused` if the record's current
    status does not allow the move.
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
