"""Constraints of the database, each with a name that says what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CheckConstraint, F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler

from sms.core.values import EARLIEST, LATEST

# Patterns of all dates with an unknown day or month, and of all days that exist; the centuries are an exception.
_YEAR = "[0-9][0-9][0-9][0-9]"
_DATES = (
    *("", "-0[1-9]", "-1[0-2]"),
    *(f"-{month}-{day}" for month in ("0[1-9]", "1[0-2]") for day in ("0[1-9]", "1[0-9]", "2[0-8]")),
    *(f"-{month}-{day}" for month in ("0[13-9]", "1[0-2]") for day in ("29", "30")),
    *("-0[13578]-31", "-1[02]-31"),
)
_LEAP_DAYS = ("[0-9][0-9][02468][048]-02-29", "[0-9][0-9][13579][26]-02-29")
_NO_LEAP_DAYS = ("1900-02-29", "2100-02-29", "2200-02-29")


class Fits(Func):
    """A condition: all of a text fits a pattern of characters and sets such as [0-9], the same for both databases."""

    arity = 2
    template = "%(expressions)s"
    arg_joiner = " SIMILAR TO "
    output_field: ClassVar = BooleanField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        return self.as_sql(compiler, connection, arg_joiner=" GLOB ", **context)


def known(field: str, values: Iterable[str], *, table: str) -> CheckConstraint:
    """Return the constraint that `field` has one of `values`."""
    return CheckConstraint(condition=Q(**{f"{field}__in": list(values)}), name=f"{table}_{field}_known")


def all_or_none(*fields: str, name: str) -> CheckConstraint:
    """Return the constraint that all of `fields` have a value, or none has."""
    every = Q(**{f"{field}__isnull": False for field in fields})
    none = Q(**{f"{field}__isnull": True for field in fields})
    return CheckConstraint(condition=every | none, name=name)


def partial_date(field: str, *, table: str) -> CheckConstraint:
    """Let `field`, in a collation that compares letter by letter, be empty or a `PartialDate`."""
    fitting = Q()
    for pattern in (*(_YEAR + rest for rest in _DATES), *_LEAP_DAYS):
        fitting |= Q(Fits(F(field), Value(pattern)))
    years = Q(**{f"{field}__gte": f"{EARLIEST}", f"{field}__lt": f"{LATEST + 1}"}) & ~Q(
        **{f"{field}__in": _NO_LEAP_DAYS}
    )
    return CheckConstraint(condition=Q(**{field: ""}) | years & fitting, name=f"{table}_{field}_exists")
