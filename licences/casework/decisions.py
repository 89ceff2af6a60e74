"""Decisions: everything that a caseworker can do, each on a screen of its own, by a verb of the models.

There is no form that writes the fields of a record, and so none that could set a status.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from django.db import IntegrityError, models, transaction

from licences import refusals
from licences.models import Event, User
from sms.core.govuk.fields import LongTextField
from sms.core.govuk.forms import GovukForm
from sms.core.refused import Refused

SubjectT = TypeVar("SubjectT", bound=models.Model)


class DecisionForm(GovukForm):
    """What a decision asks. `subject` is the record that it is about, nothing for a new one."""

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
    """One thing to decide: a button on the record's page, and the screen behind it.

    `name` stands in its address, `label` on its button and as its heading. `done` says afterwards what happened.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    done: ClassVar[str]
    form_class: ClassVar[type[DecisionForm]] = DecisionForm
    is_final: ClassVar[bool] = False  # whether nothing leads back

    def __init__(self, subject: SubjectT | None = None) -> None:
        self._subject = subject

    @property
    def subject(self) -> SubjectT:
        """The record that the decision is about. Raises `ValueError` where it makes a new one."""
        if self._subject is None:
            raise ValueError("This decision is about no record yet.")
        return self._subject

    def is_open(self) -> bool:
        """Whether it can be decided as the record stands."""
        return True

    def consequences(self) -> list[str]:
        """What it does besides, counted now: sentences for whoever is about to decide."""
        return []

    def initial(self) -> dict[str, Any]:
        return {}

    def decide(self, *, by: User, **values: Any) -> models.Model:
        """Do it, by the verb. Returns the record whose page comes next. Raises `Refused`."""
        raise NotImplementedError

    def form(self, data: Any = None) -> DecisionForm:
        return self.form_class(data, initial=self.initial(), subject=self._subject)

    def seen(self) -> str:
        """The last line of the record's history, which the form carries: decisions are made on what is shown."""
        if self._subject is None:
            return ""
        events = Event.objects.about(self._subject.event_kind, self._subject.pk)  # type: ignore[attr-defined]
        return str(events.order_by("-id").values_list("pk", flat=True).first() or "")

    def attempt(self, form: DecisionForm, *, seen: str, by: User) -> models.Model | None:
        """Decide as `form` says; returns the record, or nothing and a sentence in the form."""
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
            self._subject.refresh_from_db()  # the roll-back did not undo what the verb set in this instance
        return None
