"""Uploads of invented CAS: sent, checked and imported as jobs do, but without the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import transaction

from benchmarks import files
from bulk_data_transfer import checking
from bulk_data_transfer.answers import questions
from bulk_data_transfer.models import Upload, Which
from bulk_data_transfer.sending import send
from licences.jobs.runs import Run
from licences.models import Job, Licence, User

Write = Callable[[IO[bytes], Licence, int], None]

_numbers = count(1)


class Alone(Run):
    """A run of a job that is in no queue."""

    @contextmanager
    def step(self, progress: int) -> Iterator[None]:
        with transaction.atomic():
            yield

    @contextmanager
    def saving(self, *, progress: int, is_last: bool, result: Any = None) -> Iterator[None]:
        with transaction.atomic():
            yield


def sent(by: User, number: int, write: Write = files.xml) -> Upload:
    """Send a file of so many complete records, with the answers that its format needs."""
    with TemporaryFile() as file:
        write(file, by.sponsor, number)
        file.seek(0)
        upload = send(file, name=f"benchmark-{next(_numbers)}", by=by)
    [pattern] = files.complete(1)
    asked = {field.name: pattern[field.name] for field in questions(upload)}
    upload.answers = {"same": asked, "by_applicant": {}, "agent": None}
    upload.route, upload.which, upload.batch_name = files.ROUTE, Which.ALL_OR_NONE, f"File {upload.pk}"
    upload.save()
    return upload


def check(upload: Upload) -> None:
    checking.run_check(_run(upload))


def load(upload: Upload) -> None:
    checking.run_import(_run(upload))


def check_and_load(upload: Upload) -> None:
    check(upload)
    load(upload)


def _run(upload: Upload) -> Alone:
    return Alone(Job(arguments={"upload": upload.pk}, by=upload.by))
