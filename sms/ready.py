"""Refuse to serve pages, or to run jobs, on a database that does not fit the program.

Without the guards of `sms.core.triggers`, the database would accept changes that it must refuse. Without all
migrations, some pages would fail.
"""

from __future__ import annotations

import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from sms.core import triggers, unavailable

logger = logging.getLogger(__name__)

BEFORE_0_1 = frozenset(
    {
        ("cas", "0002_heard"),
        ("licences", "0002_draft"),
        ("sms", "0001_cache"),
        ("sponsorship_duties", "0002_words_of_reports"),
    }
)
"""Migrations that ran before version 0.1, which replaced all of them. Each app had one of these early."""


class NotMigrated(ImproperlyConfigured):
    """The database does not fit the program. `manage.py migrate` corrects it, or says why it cannot."""


def require() -> None:
    """Raise `NotMigrated` if the database does not fit the program.

    If the database is unavailable, check the first connection that succeeds. Until then, pages answer 503.
    """
    connection_created.connect(_look)
    if connection.connection is not None:
        _look(connection)
        return
    try:
        connection.ensure_connection()
    except Error as error:
        if unavailable.why(error) is None:
            raise
        logger.warning("The database is not available: whether it is migrated will be checked later")
    finally:
        connection.close()


def _look(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Check a new connection. If the database does not fit, close it, so that the next one is checked again."""
    try:
        if problem := from_before_0_1(connection) or _problem(connection):
            raise NotMigrated(problem)
    except BaseException:
        connection.close()
        raise
    connection_created.disconnect(_look)


def from_before_0_1(connection: BaseDatabaseWrapper) -> str:
    """Return a refusal of the database if it was made before version 0.1; else "".

    Django cannot see it: it would take the first migrations of that time for ours, which have the same names.
    """
    if BEFORE_0_1.isdisjoint(MigrationRecorder(connection).applied_migrations()):
        return ""
    return (
        f"The database {connection.settings_dict['NAME']} was made before version 0.1, and nothing can be taken over "
        "from it. Make a new database: delete this one, or name another in DATABASE_URL. Then run manage.py migrate."
    )


def _problem(connection: BaseDatabaseWrapper) -> str:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        problem = f"{len(plan)} migrations have not run. The first is {plan[0][0]}."
    else:
        problem = " ".join(triggers.differences(connection)[:3])
    return problem and f"{problem} Run manage.py migrate, then start again."
