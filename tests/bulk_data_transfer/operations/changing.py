"""Send files about existing CAS, check them and import them, as the pages do."""

import csv
import io

from bulk_data_transfer import sending
from bulk_data_transfer.models import Upload, UploadRow
from bulk_data_transfer.operation import OPERATIONS
from tests.jobs import work_all


def sheet(*rows):
    """Return a CSV file with the columns of these dictionaries."""
    text = io.StringIO(newline="")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def sent(content, *, by, name="file.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return sending.send(io.BytesIO(content), name=name, by=by)


def pasted(*texts, operation, by):
    return sending.paste("\n".join(texts), OPERATIONS[operation], by=by)


def checked(upload, *, by=None, **answers):
    """Check an upload, with these answers. Return it as it is then."""
    upload.ask_for_check(answers=answers, by=by or upload.by)
    work_all()
    return Upload.objects.get(pk=upload.pk)


def imported(upload, *, by=None, which="GOOD"):
    """Import a checked upload. Return it as it is then."""
    upload.ask_for_import(which=which, has_duplicates=False, batch_name="", by=by or upload.by)
    work_all()
    return Upload.objects.get(pk=upload.pk)


def rows(upload):
    return list(UploadRow.objects.filter(upload=upload).order_by("number"))


def codes(upload):
    """Return the codes of the faults of each record."""
    return [[fault["code"] for fault in row.faults] for row in rows(upload)]


def sentences(upload):
    return [[fault["sentence"] for fault in row.faults] for row in rows(upload)]
