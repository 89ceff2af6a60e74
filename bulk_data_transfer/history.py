"""The words of the history about files (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export, Upload
from bulk_data_transfer.writing.formats import FORMATS
from licences.words import Words

_LABELS = {column.name: column.label for dataset in DATASETS.values() for column in dataset.columns}


def _columns(names: list[str]) -> str:
    return ", ".join(_LABELS.get(name, name) for name in names)


def names_of_exports(ids: Collection[int]) -> dict[int, str]:
    return dict(Export.objects.filter(pk__in=ids).values_list("pk", "name"))


def names_of_uploads(ids: Collection[int]) -> dict[int, str]:
    return dict(Upload.objects.filter(pk__in=ids).values_list("pk", "name"))


WORDS = Words(
    kinds={"export": "Export", "column_choice": "Choice of columns", "upload": "File"},
    titles={
        ("export", "export"): "Exported",
        ("upload", "send"): "Sent",
        ("upload", "check"): "Checked",
        ("upload", "refuse"): "Refused",
        ("upload", "import"): "Imported",
        ("column_choice", "create"): "Saved",
        ("column_choice", "delete"): "Deleted",
    },
    labels={
        "name": "Name",
        "exported": "For",
        "written": "Records",
        "format": "Format",
        "columns": "Columns",
        "file_id": "File ID",
        "refusal": "Reason",
        "good": "Good records",
        "incomplete": "Incomplete records",
        "rejected": "Rejected records",
        "duplicate": "Records that exist already",
        "twice": "Records that are twice in the file",
        "ready": "CAS created READY TO GO",
        "done": "CAS changed",
        "left_out": "Records left out",
        "no_longer": "Records no longer possible",
        "obsolete": "Other CAS that became OBSOLETE",
    },
    shown={"format": lambda name: FORMATS[name].label if name in FORMATS else name, "columns": _columns},
    names={"export": names_of_exports, "upload": names_of_uploads},
)


def words() -> Words:
    return WORDS
