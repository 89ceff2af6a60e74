"""The kinds of record that can be exported, with their columns (specification, section 11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from bulk_data_transfer.models import UploadRow
from cas.columns import BY_NAME, FACTS, LISTED, Column, columns, label_of, person
from cas.details import fields
from cas.models import CAS, Order
from licences.models import User
from licences.routes import Route
from sponsorship_duties.models import Activity
from sponsorship_duties.models.marks import MARKS
from sponsorship_duties.students_to_check import CHECKS, Check

Group = tuple[str, tuple[Column, ...]]


@dataclass(frozen=True)
class Dataset:
    """A kind of record. `label` is its plural within a sentence.

    `rows` returns the records that a user may see. `groups` has every column, under headings, in the order of files.
    `usual` names the columns that are selected at first.
    """

    name: str
    label: str
    rows: Callable[[User], QuerySet[Any]]
    groups: tuple[Group, ...]
    usual: tuple[str, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for _, group in self.groups for column in group)

    def counted(self, number: int) -> str:
        """Return the number with the word for so many: 1 report, 2 reports."""
        return f"{number:,} {self.label.removesuffix('s') if number == 1 else self.label}"

    def chosen(self, names: list[str]) -> list[Column]:
        """Return the columns of these names, in the order of files. A name that no longer exists is left out."""
        return [column for column in self.columns if column.name in names]


def _pounds(pence: int, *, times: int = 1) -> Decimal:
    return Decimal(pence * times).scaleb(-2)


def _of_cas() -> tuple[Group, ...]:
    ids = ("applicant_id", "number", "status", "changed_at")  # first, so that another system can match the record
    facts = [column for column in FACTS if column.name not in ids]
    details = [
        (section.name, tuple(columns(field.name for field in found if field.name not in ids)))
        for section, found in groupby(fields.FIELDS, key=lambda field: field.section)
    ]
    return (("CAS", (*columns(ids), *facts)), *details)


def _through_cas(name: str) -> Column:
    """Return a column of the CAS that a record is about."""
    own = BY_NAME[name]
    return Column(own.name, own.label, own.kind, tuple(f"cas__{path}" for path in own.reads), own.combine, own.display)


_REPORT = (
    _through_cas("applicant_id"),
    _through_cas("number"),
    _through_cas("name"),
    Column("type_name", "Activity type", "text"),
    Column("reason_name", "Reason", "text"),
    Column("date_label", "Meaning of the date", "text"),
    Column("happened_on", "Date", "date"),
    Column("details", "Details", "long text"),
    Column("reported_on", "Date reported", "date"),
    person("by", "Reported by"),
    *(Column(mark.name, mark.words, "yes/no") for mark in MARKS),
    Column("is_withdrawn", "Withdrawn", "yes/no", ("withdrawal__pk",), lambda withdrawal: withdrawal is not None),
)

_ORDER = (
    Column("reference", "Reference", "text"),
    Column("order_status", "Status of the payment", "status", ("status",)),
    Column("order_route", label_of("route"), "choice", ("route",), display=lambda route: str(Route(route).label)),
    Column("order_batch", label_of("batch"), "text", ("batch__name",)),
    Column("count", "Number of CAS", "number"),
    Column("fee", "Fee of each (£)", "money", ("fee_pence",), _pounds),
    Column("total", "Total (£)", "money", ("fee_pence", "count"), lambda pence, count: _pounds(pence, times=count)),
    Column("opened_at", "Opened", "moment"),
    person("opened_by", "Opened by"),
    Column("closed_at", "Closed", "moment"),
    Column("refunded_on", "Date of the refund", "date"),
    Column("refund_reference", "Reference of the refund", "text"),
)


def _to_check(check: Check) -> Dataset:
    def due(since: date) -> date:
        return check.due(since)

    dates = (Column("since", check.since_label, "date"), Column("due", "Check by", "date", ("since",), due))
    usual = columns(("applicant_id", "number", "name", "status", "course_title", "course_start_date"))
    groups = (("Students to check", (*usual[:4], *dates, *usual[4:])),)
    return Dataset(
        f"check-{check.name}", "students", check.of, groups, tuple(column.name for column in (*usual, *dates))
    )


DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("cas", "CAS", CAS.objects.for_user, _of_cas(), LISTED),
        Dataset(
            "reports",
            "reports",
            Activity.objects.for_user,
            (("Reports", _REPORT),),
            tuple(column.name for column in _REPORT),
        ),
        Dataset(
            "orders",
            "payments",
            Order.objects.for_user,
            (("Payments", _ORDER),),
            tuple(column.name for column in _ORDER),
        ),
        *map(_to_check, CHECKS.values()),
        Dataset("results", "records", UploadRow.objects.for_user, (), ()),  # `result_files` writes them
    )
}
