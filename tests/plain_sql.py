"""SQL statements as an operator might type them into the database, without any rule in Python.

Each test of a refusal has a twin, in which the same statement succeeds after the triggers are dropped. The twin proves
that the trigger refuses the statement, and that it does not fail for another reason.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from cas.details.partial_dates import CASPartialDate
from sms.core import triggers


def execute(sql, params=()):
    """Run the statement, and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def update(row, **columns):
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    return execute(f'UPDATE "{_table(row)}" SET {assignments} WHERE id = %s', [*_plain(row, columns), row.pk])


def delete(row):
    return execute(f'DELETE FROM "{_table(row)}" WHERE id = %s', [row.pk])


def insert_like(row, **columns):
    """Insert a copy of the row, with a new id and with these columns changed."""
    copied = [f'"{name}"' for name in columns_of(row) if name != "id" and name not in columns]
    names = ", ".join([*copied, *(f'"{name}"' for name in columns)])
    values = ", ".join([*copied, *["%s"] * len(columns)])
    return execute(
        f'INSERT INTO "{_table(row)}" ({names}) SELECT {values} FROM "{_table(row)}" WHERE id = %s',
        [*_plain(row, columns), row.pk],
    )


def columns_of(row):
    """Return the names of the columns of the row's table."""
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, _table(row))]


def another_value(row, column):
    """Return a valid value for the column that differs from its current value."""
    value, kind = getattr(row, column), _field(row, column).get_internal_type()
    if kind == "BooleanField":
        return not value
    if kind == "DateField":
        return (value or date(2030, 1, 1)) - timedelta(days=1)
    if kind == "DateTimeField":
        return (value or datetime(2030, 1, 1, tzinfo=UTC)) + timedelta(hours=1)
    if kind == "DecimalField":
        return (value or 0) + 1
    if isinstance(_field(row, column), CASPartialDate):
        return "1990"
    if kind in {"CharField", "TextField"}:
        return "!"
    return (value or 0) + 1000


def refusal(statement, *args, **columns):
    """Run the statement, which must change one row, and roll it back.

    Return the first line of the database's refusal, or an empty string if the statement succeeds.
    """
    try:
        with transaction.atomic():
            assert statement(*args, **columns) == 1
            transaction.set_rollback(True)
    except IntegrityError as refused:
        return str(refused).splitlines()[0]
    return ""


def refused_columns(row, columns):
    """Return the names of the columns that the database does not let change."""
    return {name for name in columns if refusal(update, row, **{name: another_value(row, name)})}


@contextmanager
def no_triggers():
    """Drop all triggers, and roll everything back afterwards."""
    with only_trigger():
        yield


@contextmanager
def only_trigger(*names):
    """Drop all triggers except these, and roll everything back afterwards."""
    with transaction.atomic():
        connection.check_constraints()  # PostgreSQL cannot drop triggers of a table with pending checks
        triggers.drop(connection)
        for name, _, sql in list(triggers.statements(connection)):
            if name in names:
                execute(sql)
        yield
        transaction.set_rollback(True)


def _table(row):
    return row._meta.db_table


def _field(row, column):
    (field,) = [field for field in row._meta.concrete_fields if field.column == column]
    return field


def _plain(row, columns):
    return [_field(row, name).get_db_prep_save(value, connection) for name, value in columns.items()]
