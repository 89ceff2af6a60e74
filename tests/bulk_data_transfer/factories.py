"""Records of the files, for tests."""

import csv
import io

from bulk_data_transfer import exporting
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export


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
