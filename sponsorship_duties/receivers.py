"""Connect the sponsorship duties to the pages of CAS and licences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.urls import reverse

from cas.hooks import Line, needs_attention, tables_of_cas
from licences.hooks import history_words, lists_of_licence, tables_of_licence
from licences.models import User
from sms.core.govuk.environment import page_globals
from sponsorship_duties import history
from sponsorship_duties.casework.activity import reports_of
from sponsorship_duties.casework.compliance import compliance_of
from sponsorship_duties.compliance.rates import shown
from sponsorship_duties.models import Activity
from sponsorship_duties.students_to_check import CHECKS, counts


def connect() -> None:
    """Connect the functions of this module to the hooks of `licences` and `cas`."""
    history_words.connect(history.words)
    lists_of_licence.connect(reports_of_licence)
    needs_attention.connect(students_to_check)
    tables_of_cas.connect(reports_of)
    tables_of_licence.connect(compliance_of)
    page_globals.connect(for_pages)


def for_pages() -> dict[str, Any]:
    """Return the functions that every template can call."""
    return {"shown_rate": shown}


def students_to_check(user: User) -> Iterable[Line]:
    """Yield a line for `Students` with the number of students on each list to check."""
    for name, tally in counts(user).items():
        if tally.number:
            yield Line(f"{tally} {CHECKS[name].short}", reverse("students_to_check", args=[name]), tally)


def reports_of_licence() -> Sequence[type[models.Model]]:
    return (Activity,)
