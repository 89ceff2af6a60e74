"""Checking and importing a file of 10,000 CAS in XML of schema v2.1 (goal P6).

`the portal` takes the file from its table, checks form and values of each record by the schema and by all rules, looks
for duplicates, keeps what it found, checks the records again by the rules of the day of the import, and creates the CAS
with a line of history each. The floor writes only the rows of the same CAS and lines of history, ready made, into the
same tables with their indexes, constraints and triggers: by COPY on PostgreSQL, and by `executemany` on SQLite. A
rollback to a savepoint undoes both, after the database has checked the foreign keys.

The usual way reads the same file by the same reader. It makes a plain Django form for each record, without any rule of
the portal, and saves one CAS and one line of history after another.

The memory is what the process takes at its peak, in addition to what it had before the first of these files.

Last, the list of CAS is requested while another process checks or imports such a file again and again, on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.conf import settings
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks import files, uploads
from benchmarks.memory import memory_of
from benchmarks.orders import undone
from benchmarks.races import Count, Goal, Race
from benchmarks.rows import maintain
from benchmarks.sites import browser, people
from bulk_data_transfer import reading
from bulk_data_transfer.models import Upload
from cas.details import fields
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch
from cas.models.values import filled, keys_of
from licences.models import Event, User
from licences.models.event import changes
from sms.core import clock

RACED, FORMS, MANY = 10_000, 1_000, 100_000
MOST_MEMORY = 32  # MiB
MOST_MORE = 4  # MiB for ten times as many records
PAGES = 40  # in a turn

PORTAL, RAW, FORM = "the portal", "the rows alone", "a form for each record"
LIST = "the list"
Rows = list[tuple[type[models.Model], list[str], Any]]


def prepare() -> Iterator[Race | Count]:
    level1, _ = people()
    with override_settings(FILES_MOST_RECORDS=MANY):
        with transaction.atomic():
            yield from memory(level1)
            yield from costs(level1)
            transaction.set_rollback(True)
        if connection.vendor == "postgresql":
            yield from pages(level1)
        if not connection.in_atomic_block:
            maintain()  # rows that were rolled back still take space in the tables


def costs(level1: User) -> Iterator[Race | Count]:
    few, many = uploads.sent(level1, FORMS), uploads.sent(level1, RACED)
    yield Count(f"statements for each 1,000 of {RACED:,} records", statements(many) * 1000 // RACED)
    batch = Batch.objects.add("The rows alone", route=files.ROUTE, by=level1)
    rows = written(many, batch)
    ours, raw = f"{PORTAL}, {RACED:,}", f"{RAW}, {RACED:,}"
    contestants = {ours: undone(partial(uploads.check_and_load, many)), raw: undone(partial(write, rows))}
    yield Race(contestants, [Goal(ours, raw, at_most=3 if connection.vendor == "postgresql" else 4)], seconds=120)
    ours, theirs = f"{PORTAL}, {FORMS:,}", f"{FORM}, {FORMS:,}"
    contestants = {ours: undone(partial(uploads.check_and_load, few)), theirs: undone(partial(save_forms, few))}
    yield Race(contestants, [Goal(ours, theirs, faster_by=20)], seconds=60)


def statements(upload: Upload) -> int:
    with CaptureQueriesContext(connection) as captured:
        undone(partial(uploads.check_and_load, upload))()
    return len([each for each in captured if "SAVEPOINT" not in each["sql"]])


def written(upload: Upload, batch: Batch) -> Rows:
    """Return the rows that an import writes, as the database takes them. The CAS are in `batch` instead."""
    rows: Rows = []

    def import_and_read() -> None:
        uploads.check_and_load(upload)
        first = CAS.objects.filter(batch__in=upload.by.sponsor.batches.order_by("-pk")[:1]).earliest("pk").pk
        for model, since in ((CAS, f"id >= {first}"), (Event, f"kind = 'cas' AND subject_id >= {first}")):
            columns = [field.column for field in model._meta.concrete_fields]
            values = [str(batch.pk) if column == "batch_id" else column for column in columns]
            rows.append((model, columns, read(f"SELECT {', '.join(values)} FROM {model._meta.db_table} WHERE {since}")))

    undone(import_and_read)()
    return rows


def read(sql: str) -> Any:
    """Return the rows of a query: as bytes for COPY on PostgreSQL, and as tuples on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({sql}) TO STDOUT") as copy:
                return b"".join(map(bytes, copy))
        cursor.execute(sql)
        return cursor.fetchall()


def write(rows: Rows) -> None:
    with connection.cursor() as cursor:
        for model, columns, values in rows:
            into = f"{model._meta.db_table} ({', '.join(columns)})"
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    copy.write(values)
            else:
                cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", values)


def save_forms(upload: Upload) -> None:
    """Import a file in the usual way: a form, an INSERT of a CAS and one of a line of history for each record."""
    batch, limits = Batch.objects.add("Forms", route=files.ROUTE, by=upload.by), upload.answers["same"]
    for given in records(upload):
        form = plain_form()({name: _typed(value) for name, value in {**given, **limits}.items()})
        if not form.is_valid():
            raise RuntimeError(form.errors)
        details = {**fields.EMPTY, **filled(form.cleaned_data)}
        now = clock.now()
        cas = CAS(
            **details,
            **keys_of(details),
            licence=upload.licence,
            owner=upload.by,
            created_by=upload.by,
            batch=batch,
            status=CASStatus.READY_TO_GO,
            created_at=now,
            changed_at=now,
        )
        cas.save(force_insert=True)
        Event.objects.record("create", cas, by=upload.by, data=changes({}, filled(details)))


def records(upload: Upload) -> Iterator[dict[str, Any]]:
    assert upload.stored
    with TemporaryFile() as file:
        upload.stored.copy_to(file)
        for record in reading.records(file, most=MANY):
            yield record.given


def _typed(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@cache
def plain_form() -> type[forms.Form]:
    """Return a form with Django's own field for each column."""
    made = {name: field.clone().formfield(required=False) for name, field in fields.BY_NAME.items()}
    return type("PlainForm", (forms.Form,), made)


def memory(level1: User) -> Iterator[Count]:
    """Yield the peaks of memory, before the races let this process grow. A short file first imports all modules."""
    short = uploads.sent(level1, 10)
    undone(partial(uploads.check_and_load, short))()
    idle = memory_of("VmRSS")
    for name, write_file in (("XML", files.xml), ("CSV", files.sheet)):
        used: list[int] = []
        for number in (RACED, MANY):
            upload = uploads.sent(level1, number, write_file)
            Path("/proc/self/clear_refs").write_text("5")  # the kernel measures the peak from here
            undone(partial(uploads.check_and_load, upload))()
            used.append(max(0, memory_of("VmHWM") - idle))
            most = min(MOST_MEMORY, used[0] + MOST_MORE) if len(used) > 1 else MOST_MEMORY
            yield Count(f"MiB of memory for {number:,} records of {name}", used[-1], at_most=most)


def pages(level1: User) -> Iterator[Race]:
    """Yield a race of the list of CAS against itself, while another process checks or imports a file."""
    with another_process(level1) as turn:
        page = browser(settings.MIDDLEWARE, level1, reverse("cas_list"))
        contestants = {LIST: lambda: ask(page)}
        for what in ("check", "load"):
            contestants[_during(what)] = lambda what=what: (turn(what), ask(page))
        goals = [Goal(_during(what), LIST, at_most=1.5) for what in ("check", "load")]
        yield Race(contestants, goals, seconds=90, is_here=False, before=lambda: turn("rest"))


def _during(what: str) -> str:
    return f"the list during {'a check' if what == 'check' else 'an import'}"


def ask(page: Callable[[], object]) -> None:
    for _ in range(PAGES):
        page()


@contextmanager
def another_process(by: User) -> Iterator[Callable[[str], None]]:
    """Start the process, and yield the function that lets it work or rest. It begins at once, and rests when it can."""
    connection.close()  # processes must not share it
    processes = get_context("fork")
    ours, theirs = processes.Pipe()
    worker = processes.Process(target=serve, args=(theirs, by), daemon=True)
    worker.start()
    ours.recv()

    def turn(what: str) -> None:
        ours.send(what)
        ours.recv()

    yield turn
    turn("rest")
    ours.send("end")
    worker.join()


def serve(pipe: Connection, by: User) -> None:
    """Check or import files as the messages say, until the last one. Runs in the other process."""
    with transaction.atomic():
        upload = uploads.sent(by, RACED)
        uploads.check(upload)
        acts = {
            "check": undone(partial(uploads.check, uploads.sent(by, RACED))),
            "load": undone(partial(uploads.load, upload)),
        }
        pipe.send("ready")
        while (message := pipe.recv()) != "end":
            pipe.send("heard")
            while message in acts and not pipe.poll():
                acts[message]()
        transaction.set_rollback(True)
    connection.close()
    os._exit(0)
