"""The forms of `Bulk data transfer`: send a file, answer what it does not say, and choose what to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError

from bulk_data_transfer import pasted, refusals
from bulk_data_transfer.answers import OPEN, SAME, SHEET
from bulk_data_transfer.models import Upload, Which
from bulk_data_transfer.operation import Operation
from bulk_data_transfer.sending import answers_in
from cas.details.field import CASField
from cas.details.types import CASYesNo
from cas.models import Agent, Batch
from cas.models.agent import USED
from cas.models.batch import NAME_SIZE
from licences.routes import Route
from sms.core.govuk.fields import FileField, GovukBoundField, RadiosField, SelectField, TextField
from sms.core.govuk.forms import GovukForm
from sponsorship_duties.forms import PastedListField

YES, NO, AGENT = "yes", "no", "agent"
LEAVE_OPEN = "leave_open"
ENDINGS = ".xml,.csv,.xlsx"
MOST_PASTED = 1_000_000  # characters: 10,000 CAS numbers or Applicant IDs of the longest
MEGABYTE = 1024 * 1024


class ReceivedFileField(FileField):
    """A file that `bulk_data_transfer.receiving` has received."""

    def to_python(self, data: Any) -> Any:
        """Refuse a file over the limit, of which nothing was kept."""
        if getattr(data, "is_too_large", False):
            raise ValidationError(str(refusals.FILE_TOO_LARGE(most=settings.FILES_MOST_BYTES // MEGABYTE)))
        return super().to_python(data)


class SendForm(GovukForm):
    """The file to send."""

    file = ReceivedFileField("Choose a file", required="Choose a file", accept=ENDINGS, label_size="m")


class PasteForm(GovukForm):
    """A pasted list of CAS, and what to do with them."""

    operation = RadiosField("What is the list for?", choices=[], required="Select what the list is for", label_size="m")
    cas = PastedListField(
        "CAS numbers or Applicant IDs",
        required="Enter the CAS numbers or Applicant IDs",
        max_length=MOST_PASTED,
        rows=12,
        spellcheck=False,
        label_size="m",
        help_text="One on each line, or separated by commas",
    )

    def __init__(self, *args: Any, operations: Sequence[Operation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.operations = operations
        _offer(cast(RadiosField, self.fields["operation"]), operations)
        if len(operations) == 1:
            del self.fields["operation"]
        if not any("applicant_id" in each.columns for each in operations):
            self.fields["cas"].label = "CAS numbers"
            self.fields["cas"].error_messages["required"] = "Enter the CAS numbers"

    def chosen(self) -> Operation:
        """Return the operation of a valid form."""
        names = {each.name: each for each in self.operations}
        return names[self.cleaned_data["operation"]] if "operation" in self.fields else self.operations[0]

    def clean_cas(self) -> str:
        text: str = self.cleaned_data["cas"]
        if (number := pasted.count(text)) > settings.FILES_MOST_RECORDS:
            raise ValidationError(f"You entered {number:,}. Enter at most {settings.FILES_MOST_RECORDS:,} at a time")
        return text


class OperationForm(GovukForm):
    """Another operation for a file that was taken for the wrong one."""

    operation = RadiosField("What is the file for?", choices=[], required="Select what the file is for", label_size="s")

    def __init__(self, *args: Any, operations: Iterable[Operation], **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(cast(RadiosField, self.fields["operation"]), operations)


def _offer(field: RadiosField, operations: Iterable[Operation]) -> None:
    field.subject = "Operation"
    field.choices = [(each.name, each.label) for each in operations]
    field.hints = {each.name: each.hint for each in operations}


class RouteForm(GovukForm):
    """The route of the CAS in a file that does not say it."""

    route = RadiosField("Route of the CAS in this file", choices=[], required="Select a route", label_size="m")

    def __init__(self, *args: Any, routes: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(RadiosField, self.fields["route"]).choices = [(route, Route(route).label) for route in routes]


class AnswersForm(GovukForm):
    """The answers to what a file does not say. Nothing is answered beforehand.

    A button of its own, of the name LEAVE_OPEN, leaves open all questions that have no answer.
    """

    def __init__(self, *args: Any, questions: Iterable[CASField], upload: Upload, **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = list(questions)
        leaves_open = LEAVE_OPEN in self.data
        agents = Agent.objects.for_user(upload.by).offered()
        for question in self.questions:
            reveals = {}
            if question.name == USED:
                reveals = {AGENT: AGENT}
                self.fields[AGENT] = SelectField(
                    "Agent of every student",
                    choices=[(str(each.pk), str(each)) for each in agents],
                    blank="Select an agent",
                )
            elif not isinstance(question, CASYesNo):
                reveals = {SAME: question.name}
                self.fields[question.name] = question.formfield(route=upload.route)
            self.fields[f"how_{question.name}"] = RadiosField(
                question.subject,
                choices=_ways(question),
                reveals=reveals,
                required="" if leaves_open else f"Select how to answer “{question.subject}”",
                label_size="s",
            )
        if self.questions:
            self.fields["sheet"] = ReceivedFileField(
                "Sheet with answers",
                help_text="A CSV or XLSX file with the column Applicant ID, and a column for each answer",
                accept=".csv,.xlsx",
            )

    def clean(self) -> dict[str, Any]:
        """Ask for each answer that a choice needs."""
        self.cleaned_data |= {name: OPEN for name, how in self.cleaned_data.items() if _is_way(name) and not how}
        hows = {name: how for name, how in self.cleaned_data.items() if _is_way(name)}
        for name, how in hows.items():
            question = name.removeprefix("how_")
            if how == SAME and question in self.fields and self.cleaned_data.get(question) in (None, ""):
                self.add_error(question, f"Enter the answer to “{self.fields[question].label}”")
        if AGENT in hows.values() and not self.cleaned_data.get(AGENT):
            self.add_error(AGENT, "Select the agent")
        if SHEET in hows.values() and not self.cleaned_data.get("sheet") and "sheet" not in self.errors:
            self.add_error("sheet", "Choose the sheet with the answers")
        return self.cleaned_data

    def asked(self) -> list[GovukBoundField]:
        """Return the fields in the order of the page. The others are below the radios that reveal them."""
        return [self[name] for name in self.fields if _is_way(name) or name == "sheet"]

    def same(self) -> dict[str, Any]:
        """Return the answers of a valid form that are the same for every record, by field name."""
        found: dict[str, Any] = {}
        for question in self.questions:
            how = self.cleaned_data[f"how_{question.name}"]
            if how in {YES, NO}:
                found[question.name] = how == YES
            elif how == SAME:
                found[question.name] = self.cleaned_data[question.name]
            elif how == AGENT:
                agent = Agent.objects.get(pk=self.cleaned_data[AGENT])
                found |= {USED: True, **agent.lines}
        return found

    def answers(self) -> dict[str, Any]:
        """Return the answers of a valid form, in a form that JSON can hold. Raises `Refused` about the sheet."""
        names = [each.name for each in self.questions if self.cleaned_data[f"how_{each.name}"] == SHEET]
        by_applicant = answers_in(self.cleaned_data["sheet"], names) if names else {}
        agent = int(self.cleaned_data[AGENT]) if self.cleaned_data.get(f"how_{USED}") == AGENT else None
        each = {applicant: _kept(given) for applicant, given in by_applicant.items()}
        return {"same": _kept(self.same()), "by_applicant": each, "agent": agent}


def _is_way(name: str) -> bool:
    """Return whether a field of this name asks how to answer a question."""
    return name.startswith("how_")


def _kept(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, bool | int | list) else str(value) for name, value in answers.items()}


def _ways(question: CASField) -> list[tuple[str, str]]:
    """Return the ways to answer a question."""
    same: list[tuple[str, str]] = [(SAME, "The same answer for every record")]
    if question.name == USED:
        same = [(NO, "No, for every record"), (AGENT, "Yes, and the same agent for every record")]
    elif isinstance(question, CASYesNo):
        same = [(YES, "Yes, for every record"), (NO, "No, for every record")]
    return [*same, (SHEET, "By a sheet of Applicant ID and answer"), (OPEN, "Leave open")]


class ImportForm(GovukForm):
    """The records of a checked file to import."""

    which = RadiosField(
        "Which records do you want to import?",
        choices=Which.choices,
        hints={Which.INCOMPLETE_TOO: "The incomplete records go into a batch of their own, “… – to complete”"},
        required="Select which records to import",
        label_size="m",
    )
    has_duplicates = RadiosField(
        "Records that exist already",
        choices=[("no", "Skip them"), ("yes", "Create them again")],
        required="Select what to do with records that exist already",
        label_size="m",
    )
    batch_name = TextField("Batch name", required="Enter the batch name", max_length=NAME_SIZE, label_size="m")

    def __init__(self, *args: Any, upload: Upload, **options: Any) -> None:
        super().__init__(*args, **options)
        self.upload = upload
        totals: Mapping[str, int] = upload.summary["totals"]
        if not upload.does.makes_cas:
            del self.fields["batch_name"]
            which = cast(RadiosField, self.fields["which"])
            which.choices = [each for each in Which.choices if each[0] != Which.INCOMPLETE_TOO]
        self.is_incomplete = not totals["good"]
        if self.is_incomplete or (not totals["incomplete"] and not totals["rejected"]):
            del self.fields["which"]
        exist, twice = totals["duplicate"], totals.get("twice", 0)
        if not exist and not twice:
            del self.fields["has_duplicates"]
        elif twice:
            what = "exist already or are twice in the file" if exist else "are twice in the file"
            self.fields["has_duplicates"].label = f"Records that {what}"
            self.fields["has_duplicates"].error_messages["required"] = f"Select what to do with records that {what}"

    def clean_batch_name(self) -> str:
        name: str = self.cleaned_data["batch_name"]
        if refused := Batch.objects.why_not_named(name, self.upload.sponsor):
            raise ValidationError(str(refused))
        return name

    def chosen(self) -> dict[str, Any]:
        """Return what `Upload.ask_for_import` takes, from a valid form."""
        given = self.cleaned_data
        return {
            "which": given.get("which") or (Which.INCOMPLETE_TOO if self.is_incomplete else Which.GOOD),
            "has_duplicates": given.get("has_duplicates") == "yes",
            "batch_name": given.get("batch_name", ""),
        }
