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

from sms.core import triggers, unavailable

logger = logging.getLogger(__name__)


class NotMigrated(ImproperlyConfigured):
    """`manage.py migrate` has to run before the portal or its worker can start."""


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
        problem = _problem(connection)
        if problem:
            raise NotMigrated(f"{problem} Run manage.py migrate, then start again.")
    except BaseException:
        connection.close()
        raise
    connection_created.disconnect(_look)


def _problem(connection: BaseDatabaseWrapper) -> str:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return f"{len(plan)} migrations have not run. The first is {plan[0][0]}."
    return " ".join(triggers.differences(connection)[:3])
