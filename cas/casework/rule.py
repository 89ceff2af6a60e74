"""The rules that change by date: their values in the past, today and in the future."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cas.models import Rule
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Status, Table
from licences.models import Event, User
from sms.core import clock
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, TextField


class NewValueForm(DecisionForm):
    value = TextField("New value")
    from_on = DateField("From", required="Enter the first day of the new value", help_text="Today or later")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rule = self.subject.declared
        field: TextField = self.fields["value"]  # type: ignore[assignment]
        field.label, field.help_text, field.check = rule.label, rule.hint, rule.checked


class SetValue(Decision[Rule]):
    name, label, done = "set", "Set a new value", "New value set"
    form_class = NewValueForm

    def initial(self) -> dict[str, Any]:
        value = self._in_force().value
        return {"value": ", ".join(value)} if isinstance(value, list) else {}

    def consequences(self) -> list[str]:
        now = self._in_force()
        return [
            f"Today: {now.shown}, since {formats.day(now.from_on)}.",
            "The new value changes no status of a CAS. You can remove it only before it starts.",
        ]

    def decide(self, *, by: User, **values: Any) -> Rule:
        return Rule.objects.add(self.subject.name, by=by, **values)

    def _in_force(self) -> Rule:
        return Rule.objects.in_force(self.subject.name)


class RemoveValue(Decision[Rule]):
    name, label, done = "remove", "Remove this value", "Value removed"
    is_final = True

    def is_open(self) -> bool:
        return not self.subject.has_started

    def consequences(self) -> list[str]:
        value, day = self.subject.shown, formats.day(self.subject.from_on)
        return [f"{value} will not start on {day}. The value before it stays in force."]

    def decide(self, *, by: User, **values: Any) -> Rule:
        self.subject.remove(by=by)
        return Rule.objects.in_force(self.subject.name)


def _state(rule: Rule, today: date) -> Status:
    if rule.from_on > today:
        return Status("Not started")
    return Status("Ended" if rule.last_on and rule.last_on < today else "In force")


def _cells(rule: Rule) -> tuple[object, ...]:
    return rule.shown, formats.day(rule.from_on), formats.day(rule.last_on) or "–", _state(rule, clock.today())


@admin.register(Rule)
class RuleAdmin(RecordAdmin[Rule]):
    columns = ("Rule", "Value", "From", "Until", "State")
    decisions = (SetValue, RemoveValue)
    name = "Rules"
    intro = "Values that change by date. Select a rule to see its history and to set a new value."

    ordering = ("name", "-from_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        return Rule.objects.with_next()

    def cells(self, rule: Rule) -> Sequence[object]:
        return link_to(rule, rule.declared.label), *_cells(rule)

    def facts(self, rule: Rule) -> Sequence[tuple[str, object]]:
        return tuple(zip(self.columns, (rule.declared.label, *_cells(rule)), strict=True))

    def tables(self, rule: Rule) -> Iterable[Table]:
        others = Rule.objects.with_next().filter(name=rule.name).order_by("-from_on")
        rows = [(link_to(each, value), *rest) for each in others for value, *rest in [_cells(each)]]
        yield Table("All values of this rule", self.columns[1:], rows)

    def events(self, rule: Rule) -> QuerySet[Event]:
        """Return the history of every value of the rule, removed ones included."""
        return Event.objects.filter(kind="rule", data__has_key=rule.name)
