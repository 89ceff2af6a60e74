"""Connect the files to the jobs and the history of licences."""

from __future__ import annotations

from bulk_data_transfer import exporting, history
from licences import hooks


def connect() -> None:
    """Connect the functions of this app to the hooks of `licences`."""
    hooks.history_words.connect(history.words)
    hooks.job_kinds.connect(exporting.job_kind)
