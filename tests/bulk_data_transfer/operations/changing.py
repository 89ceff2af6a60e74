"""Send files about existing CAS, check them and import them, as the pages do."""

import io

from bulk_data_transfer import sending
from bulk_data_transfer.operation import OPERATIONS
from tests.bulk_data_transfer import factories
from tests.bulk_data_transfer.factories import rows_in, sheet
from tests.jobs import work_all

__all__ = ["rows_in", "sheet"]


def sent(content, *, by, name="file.csv"):
    """Send a file: its text, or itself."""
    file = io.BytesIO(content.encode()) if isinstance(content, str) else content
    return sending.send(file, name=name, by=by)


def pasted(*texts, operation, by):
    return sending.paste("\n".join(texts), OPERATIONS[operation], by=by)


def checked(upload, **answers):
    """Check an upload with these answers, and return it with what was found."""
    upload.ask_for_check(answers=answers, by=upload.by)
    work_all()
    upload.refresh_from_db()
    return upload


def imported(upload, *, which="GOOD"):
    return factories.imported(upload, which=which, batch_name="")


def codes(upload):
    """Return the codes of the faults of each record."""
    return [[fault["code"] for fault in row.faults] for row in rows_in(upload)]


def sentences(upload):
    return [[fault["sentence"] for fault in row.faults] for row in rows_in(upload)]
