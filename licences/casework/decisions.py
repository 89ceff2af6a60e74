"""Decisions: everything that a caseworker can do. Each has its own screen and calls a verb of the models.

A verb is a method of a model that checks its rules, changes a record and adds a line to the history. No form writes
the fields of a record, so no form can set a status.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.db import IntegrityError, models, transaction

from licences import refusals
from licences.models import Event, User
from sms.core.govuk.fields import LongTextField
from sms.core.govuk.forms import GovukForm
from sms.core.refused import Refused

SubjectT = TypeVar("SubjectT", bound=models.Model)


class DecisionForm(GovukForm):
    """The form of a decision. `subject` is the record that it is about; None if the decision creates one."""

    def __init__(self, *args: Any, subject: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.subject = subject


class ReasonForm(DecisionForm):
    reason = LongTextField(
        "Reason",
        required="Enter the reason",
        max_length=1000,
        help_text="We keep this in the history",
    )


class Decision(Generic[SubjectT]):
    """A decision: a button on the record's page, and the screen that it opens.

    `name` is part of its address, `label` is the text of its button and its heading, and `done` is the message that
    says what happened. The button stands below the table whose title is `about`, or else at the top of the page.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    done: ClassVar[str]
    about: ClassVar[str] = ""
    form_class: ClassVar[Callable[..., GovukForm]] = DecisionForm
    is_final: bool = False  # whether it cannot be undone
    asks_again: bool = False  # whether caseworkers confirm first that it is them (licences/confirming.py)
    is_amendment: ClassVar[bool] = False  # whether a caseworker can send it without a change of the record

    def __init__(self, subject: SubjectT | None = None) -> None:
        self._subject = subject

    @property
    def subject(self) -> SubjectT:
        """Return the record that the decision is about. Raises `ValueError` if the decision creates one."""
        if self._subject is None:
            raise ValueError("This decision creates its record, so it has none yet.")
        return self._subject

    def is_open(self) -> bool:
        """Return whether the decision is possible in the record's current state."""
        return True

    def no_longer_possible(self) -> str:
        """Return the sentence for a caseworker who makes the decision when it is no longer open."""
        return f"{self.label} is no longer possible. Check the history."

    def facts(self) -> Sequence[tuple[str, object]]:
        """Return labels and values that the caseworker needs to see to decide."""
        return ()

    def consequences(self) -> list[str]:
        """Return sentences that warn the caseworker what else the decision would do now, with numbers of records."""
        return []

    def initial(self) -> dict[str, Any]:
        return {}

    def decide(self, *, by: User, **values: Any) -> models.Model:
        """Call the verb of the model. Return the record whose page comes next. Raises `Refused`."""
        raise NotImplementedError

    def must_confirm(self, form: GovukForm) -> bool:
        """Return whether the caseworker confirms first that it is them, before this valid form is carried out."""
        return self.asks_again

    def form(self, data: Any = None) -> GovukForm:
        return self.form_class(data, initial=self.initial(), subject=self._subject)

    def seen(self) -> str:
        """Return the key of the last line of the record's history; "" if there is none.

        The form sends it back, so that a decision is refused if the record has changed since it was shown.
        """
        if self._subject is None:
            return ""
        events = Event.objects.about(self._subject.event_kind, self._subject.pk)  # type: ignore[attr-defined]
        events = events.exclude(verb="use_recovery_code")  # perhaps to confirm this decision
        return str(events.order_by("-id").values_list("pk", flat=True).first() or "")

    def attempt(self, form: GovukForm, *, seen: str, by: User) -> models.Model | None:
        """Decide with the answers of `form`. Return the record; or None, with the refusal added to the form."""
        if self._subject is not None and not self.is_open():
            form.add_error(None, self.no_longer_possible())
            return None
        try:
            with transaction.atomic():
                if seen != self.seen():
                    raise refusals.CHANGED_SINCE_SHOWN()
                return self.decide(by=by, **form.cleaned_data)
        except Refused as refused:
            form.add_refusal(refused)
        except IntegrityError:
            form.add_refusal(refusals.ENTERED_ALREADY())
        if self._subject is not None:
            self._subject.refresh_from_db()  # the roll-back does not undo changes to this instance
        return None
