"""The form of the answers that each operation asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bulk_data_transfer.answers import questions
from bulk_data_transfer.forms.changes import ChangesForm, DecideChangesForm, ReportChangesForm, WithdrawChangesForm
from bulk_data_transfer.forms.uploads import AnswersForm
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import DECIDE, REPORT, WITHDRAW

FORMS: Mapping[str, type[ChangesForm]] = {
    REPORT.name: ReportChangesForm,
    WITHDRAW.name: WithdrawChangesForm,
    DECIDE.name: DecideChangesForm,
}


def answers_form(upload: Upload, *sent: Any) -> AnswersForm | ChangesForm:
    """Return the form that asks what the file does not say. `sent` is what the browser sent, if anything."""
    if upload.does.makes_cas:
        return AnswersForm(*sent, questions=questions(upload), upload=upload)
    return FORMS.get(upload.operation, ChangesForm)(*sent, upload=upload)
