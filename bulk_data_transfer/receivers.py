"""Connect the files to the jobs and the history of licences."""

from __future__ import annotations

from bulk_data_transfer import checking, exporting, history
from licences import hooks


def connect() -> None:
    """Connect the functions of this app to the hooks of `licences`."""
    hooks.history_words.connect(history.words)
    for kind in (exporting.job_kind, checking.check_kind, checking.import_kind):
        hooks.job_kinds.connect(kind)
