"""The work of each operation: how its records are checked, and how they are imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from bulk_data_transfer.models import Upload, UploadRow
from bulk_data_transfer.operation import CREATE, DECIDE, FEES, GRADUATES, REPORT, WITHDRAW
from bulk_data_transfer.operations import changes, create_cas, decisions, fees, reports, withdrawals
from bulk_data_transfer.operations.changes import Change
from bulk_data_transfer.records import Record
from licences.models import User

Check: TypeAlias = Callable[[Sequence[Record]], list[UploadRow]]


@dataclass(frozen=True)
class Work:
    """The functions of an operation: `check` begins a check, and `load` imports what was found to be good."""

    check: Callable[[Upload, User], Check]
    load: Callable[[Upload, User], dict[str, int]]


def _of(change: Change) -> Work:
    return Work(partial(changes.Check, change=change), partial(changes.load, change=change))


WORK: Mapping[str, Work] = {
    CREATE.name: Work(
        lambda upload, by: create_cas.Check(upload),
        lambda upload, by: create_cas.load(upload, by=by),
    ),
    FEES.name: _of(fees.change),
    REPORT.name: _of(reports.change),
    WITHDRAW.name: _of(withdrawals.change),
    GRADUATES.name: _of(reports.graduation),
    DECIDE.name: _of(decisions.change),
}
