"""Updating fees from a file. A fee without a value in its record stays unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bulk_data_transfer import refusals
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operations.changes import Answers, Change, Reader, Values
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.sheets.cells import money
from cas.details import fields
from cas.duties import FEES
from cas.models import CAS
from cas.models.assigned_together import why_not_update_fees
from licences.models import User

VERSION = "version"


def _reader(upload: Upload) -> Reader:
    def read(record: Record, cas: CAS) -> tuple[Values, list[Remark], list[Remark]]:
        """Return the fees of a record, with the version of the CAS on which they are based."""
        given = {name: _kept(record.given[name]) for name in fields.UPDATABLE_FEES if name in record.given}
        known = fields.values_of(cas)
        unasked = [name for name in given if not fields.BY_NAME[name].asked.holds(known)]
        warnings = [_left_out(name, record) for name in unasked if given[name] not in (0, "0")]
        asked = {name: value for name, value in given.items() if name not in unasked}
        faults = [] if asked or record.faults else [Remark.of(refusals.NO_FEES_GIVEN(), place=record.place)]
        return {**asked, VERSION: cas.version}, faults, warnings

    return read


def _kept(value: Any) -> Any:
    """Return an amount in a form that JSON can hold, and that the check of the field accepts: 7.5 is 7.50."""
    return money(value) if isinstance(value, Decimal) else value


def _left_out(name: str, record: Record) -> Remark:
    refused = refusals.FEE_NOT_ASKED(subject=fields.BY_NAME[name].subject)
    return Remark.of(refused, place=record.places.get(name, record.place), field=name, value=record.given[name])


def _why_not(values: Mapping[CAS, Values]) -> Answers:
    return why_not_update_fees(values, versions={cas.pk: each[VERSION] for cas, each in values.items()})


def _make(values: Mapping[int, Values], by: User) -> None:
    CAS.objects.update_fees(values, by=by, versions={pk: each[VERSION] for pk, each in values.items()})


change = Change(lambda cas: cas.status in FEES.statuses, _reader, _why_not, _make)
