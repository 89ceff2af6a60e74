"""Withdrawing CAS from a file, with one reason for all or a reason for each."""

from __future__ import annotations

from collections.abc import Mapping

from bulk_data_transfer.models import Upload
from bulk_data_transfer.operations.changes import Answers, Change, Reader, Values
from bulk_data_transfer.records import Record, Remark
from cas.duties import WITHDRAW
from cas.models import CAS
from cas.models.assigned_together import why_not_withdraw
from licences.models import User

REASON = "withdrawal_reason"


def _reader(upload: Upload) -> Reader:
    same = str(upload.answers.get(REASON, ""))

    def read(record: Record, cas: CAS) -> tuple[Values, list[Remark], list[Remark]]:
        return {REASON: record.given.get(REASON, same)}, [], []

    return read


def _why_not(values: Mapping[CAS, Values]) -> Answers:
    return why_not_withdraw({cas: each[REASON] for cas, each in values.items()})


def _make(values: Mapping[int, Values], by: User) -> None:
    CAS.objects.withdraw({pk: each[REASON] for pk, each in values.items()}, by=by)


change = Change(lambda cas: cas.status in WITHDRAW.statuses, _reader, _why_not, _make)
