"""Records of the files, for tests."""

import csv
import io
from datetime import date

from bulk_data_transfer import exporting
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export
from bulk_data_transfer.sending import send
from cas.models import CAS
from licences.routes import Route
from tests.factories import COMPLETE
from tests.jobs import work_all


def an_export(records, by, *, dataset="cas", name="CAS from a list", **options):
    """Prepare an export of these records."""
    return Export.objects.prepare(dataset, [record.pk for record in records], name=name, by=by, **options)


def exported(records, by, *, file_format="csv", columns=(), has_codes=False, dataset="cas", **options):
    """Export these records, and return the export with its file. Without columns, it has the usual columns."""
    export = an_export(records, by, dataset=dataset, **options)
    names = columns or DATASETS[dataset].usual
    exporting.ask(export, file_format=file_format, columns=names, has_codes=has_codes, by=by)
    export.refresh_from_db()
    return export


def content_of(export):
    return b"".join(export.file.chunks())


def rows_of(export):
    """Return the rows of a CSV file, each as a dictionary."""
    return list(csv.DictReader(io.StringIO(content_of(export).decode("utf-8-sig"), newline="")))


def sheet(*records, headings=None, delimiter=","):
    """Return a CSV file with these records: values by name of the field. Their own names are the headings."""
    names = headings or list(dict.fromkeys(name for record in records for name in record))
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerow(names)
    rows.writerows([record.get(name, "") for name in names] for record in records)
    return io.BytesIO(text.getvalue().encode())


def a_record(applicant_id="S1", **values):
    """Return the values of a complete record of the Student route, by name of the field."""
    answers = {True: "yes", False: "no"}
    complete = {**COMPLETE, "applicant_id": applicant_id, **values}
    return {
        name: answers[value] if isinstance(value, bool) else f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        for name, value in complete.items()
    }


def an_upload(by, *records, name="autumn.csv", route="STUDENT", **options):
    """Send a sheet of these records."""
    upload = send(sheet(*records, **options), name=name, by=by)
    if not upload.route:
        upload.set_route(Route(route), by=by)
    return upload


def checked(upload, **answers):
    """Check an upload, and return it with what was found."""
    kept = {"same": answers, "by_applicant": {}, "agent": None}
    upload.ask_for_check(answers=kept, by=upload.by)
    work_all()
    upload.refresh_from_db()
    return upload


def imported(upload, *, by=None, which="GOOD", has_duplicates=False, batch_name="Autumn"):
    """Import a checked upload, and return it with what was done."""
    upload.ask_for_import(which=which, has_duplicates=has_duplicates, batch_name=batch_name, by=by or upload.by)
    work_all()
    upload.refresh_from_db()
    return upload


def rows_in(upload):
    """Return the records of an upload, in the order of the file."""
    return list(upload.rows.order_by("number"))


def files_of(user):
    """Make exports and uploads of this user: one of each that is not finished, and one that is."""
    some = CAS.objects.for_user(user)[:2]
    an_export(some, user)
    exported(some, user)
    an_upload(user, a_record())
    checked(an_upload(user, a_record("S2"), a_record("S3", course_title="")))
