"""The words of the history about files (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export
from bulk_data_transfer.writing.formats import FORMATS
from licences.words import Words

_LABELS = {column.name: column.label for dataset in DATASETS.values() for column in dataset.columns}


def _columns(names: list[str]) -> str:
    return ", ".join(_LABELS.get(name, name) for name in names)


def names_of_exports(ids: Collection[int]) -> dict[int, str]:
    return dict(Export.objects.filter(pk__in=ids).values_list("pk", "name"))


WORDS = Words(
    kinds={"export": "Export", "column_choice": "Choice of columns"},
    titles={
        ("export", "export"): "Exported",
        ("column_choice", "create"): "Saved",
        ("column_choice", "delete"): "Deleted",
    },
    labels={"name": "For", "written": "Records", "format": "Format", "columns": "Columns"},
    shown={"format": lambda name: FORMATS[name].label if name in FORMATS else name, "columns": _columns},
    names={"export": names_of_exports},
)


def words() -> Words:
    return WORDS
