"""The columns of files that change existing CAS, where `cas.columns` has none: a report, and which CAS it is about."""

from __future__ import annotations

from collections.abc import Mapping

from cas import columns as of_cas
from cas.columns import Column

WHICH = ("number", "applicant_id", "cas")
"""The columns that say which CAS a record is about."""

OTHERS = (
    Column("cas", "CAS number or Applicant ID", "text"),
    Column("activity_type", "Activity type", "text"),
    Column("reason", "Reason", "text"),
    Column("happened_on", "Date", "date"),
    Column("completed_on", "Earlier course completion date", "date"),
    Column("enrolment_on", "Expected enrolment date", "date"),
    Column("details", "Please give details", "long text"),
    Column("notes", "Notes", "long text"),
)

BY_NAME: Mapping[str, Column] = {**of_cas.BY_NAME, **{column.name: column for column in OTHERS}}


def label_of(name: str) -> str:
    return BY_NAME[name].label
