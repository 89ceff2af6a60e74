"""Answers to what a file does not say: the same for every record, by a sheet of applicants, or left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from bulk_data_transfer.models import Upload
from bulk_data_transfer.records import OURS, Record
from cas.details import fields
from cas.details.field import CASField
from cas.details.needs import ALWAYS, ToSave
from cas.details.sections import AGENT
from cas.keys import passport_key
from cas.models.agent import USED

SAME, SHEET, OPEN = "same", "sheet", "open"
OF_AGENT = tuple(each.name for each in fields.FIELDS if each.section is AGENT)


def questions(upload: Upload) -> list[CASField]:
    """Return the mandatory fields that the format of an upload cannot say, or that its sheet has no column for.

    Our own format can say everything, so nothing is asked. A sheet is not asked about what differs for each student.
    """
    if upload.format == OURS or not upload.route or not upload.does.makes_cas:
        return []
    asked = [*fields.settable_together(upload.route), fields.BY_NAME[USED]]
    return [each for each in asked if _is_mandatory(each, upload.route) and each.name not in upload.columns]


def _is_mandatory(each: CASField, route: str) -> bool:
    return not isinstance(each.needed, ToSave) and each.needed.given({"route": route}) == ALWAYS


@dataclass(frozen=True)
class Answers:
    """The answers for an upload: `same` for every record, `by_applicant` by the key of the Applicant ID.

    `agent_id` is the agent of the register whose details are among `same`.
    """

    same: Mapping[str, Any] = field(default_factory=dict)
    by_applicant: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    agent_id: int | None = None

    @classmethod
    def of(cls, upload: Upload) -> Self:
        kept = upload.answers
        return cls(kept.get("same", {}), kept.get("by_applicant", {}), kept.get("agent"))

    def for_record(self, record: Record) -> dict[str, Any]:
        """Return the answers for a record, by field name. A value that the record has itself is stronger."""
        applicant = passport_key(str(record.given.get("applicant_id") or ""))
        return {**self.same, **(self.by_applicant.get(applicant, {}) if applicant else {})}
