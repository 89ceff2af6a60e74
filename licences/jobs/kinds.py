"""Kinds of job. Each app declares its own and connects them to `licences.hooks.job_kinds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from licences import hooks


@dataclass(frozen=True)
class Kind:
    """A kind of job: `work` takes a `licences.jobs.runs.Run`, does one piece and saves it with `run.saving`.

    `lease` must be longer than the longest piece, and shorter than `licences.models.job.FURTHEST`. It is not renewed:
    on SQLite, renewing it would wait for the job's own transaction. `label` names one job and `plural` several, within
    a sentence. A job that has ended is deleted after the time `kept_for`, or with its record if it has one.
    """

    name: str
    label: str
    plural: str
    work: Callable[[Any], None]
    lease: timedelta = timedelta(minutes=5)
    kept_for: timedelta | None = None


def kind_named(name: str) -> Kind:
    """Return the kind of this name. Raises `LookupError` if this version of the portal does not have it."""
    found: list[Kind] = [kind for kind in hooks.job_kinds() if kind.name == name]
    if not found:
        raise LookupError(f"This version of the portal has no jobs of the kind {name!r}.")
    return found[0]


def label_of(name: str) -> str:
    """Return the label of a job of this kind; the name itself if this version of the portal does not have the kind."""
    return next((kind.label for kind in hooks.job_kinds() if kind.name == name), name).capitalize()
