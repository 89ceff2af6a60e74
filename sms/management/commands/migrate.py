from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from sms import ready


class Command(migrate.Command):
    """Run Django's `migrate` in one transaction (docs/decisions, 17).

    The signals of `migrate` drop the guards and install them again. If a migration fails or the process dies, the
    database rolls all of it back.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connections[options["database"]]
        if refusal := ready.from_before_0_1(self.connection):
            raise CommandError(refusal)
        with all_or_nothing(self.connection):
            super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action in {"apply_success", "unapply_success"} and self.connection.vendor == "postgresql":
            # PostgreSQL refuses to alter a table while its deferred foreign keys are unchecked.
            self.connection.check_constraints()


@contextmanager
def all_or_nothing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run the block in a transaction, prepared so that SQLite can alter tables in it."""
    if connection.in_atomic_block:  # in a test, which is a transaction already
        yield
        return
    connection.disable_constraint_checking()  # SQLite cannot do this later; it checks each migration at its end
    try:
        with transaction.atomic(using=connection.alias):
            yield
    finally:
        connection.enable_constraint_checking()
