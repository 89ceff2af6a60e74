from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Command(migrate.Command):
    """Django's `migrate` in one transaction, which puts the guards away at its start and back at its end.

    If a migration fails, or the process dies, the database is as it was before, and its guards have never been away.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connections[options["database"]]
        with all_or_nothing(self.connection):
            super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action in {"apply_success", "unapply_success"} and self.connection.vendor == "postgresql":
            # PostgreSQL alters no table while foreign keys of changed rows wait to be checked.
            self.connection.check_constraints()


@contextmanager
def all_or_nothing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run the block in a transaction in which SQLite can alter tables, too."""
    if connection.in_atomic_block:  # in a test: it is one transaction already
        yield
        return
    connection.disable_constraint_checking()  # SQLite cannot do so later; each migration is checked at its end
    try:
        with transaction.atomic(using=connection.alias):
            yield
    finally:
        connection.enable_constraint_checking()
