"""Messages to sponsors: their list, a page for each, and the decisions to write, amend, send and end a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from licences.audiences import CONDITIONS, Audience, Condition
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to, list_of
from licences.casework.parts import Link, Typed
from licences.casework.searching import AT_MOST
from licences.message_board import reach, verbs
from licences.models import Addressee, Licence, Message, User
from licences.models.message import LASTS, SUBJECT_SIZE, TEXT_SIZE
from sms.core import clock
from sms.core.characters import bare
from sms.core.govuk import formats
from sms.core.govuk.fields import (
    CheckboxesField,
    DateField,
    IdentifierField,
    LongTextField,
    RadiosField,
    TextField,
    YesNoField,
)

NOT_CHOSEN = "Select what the sponsors have: a route, a status or a rating"


class MessageForm(DecisionForm):
    """The text of a message, its days, and the sponsors that it is for."""

    subject = TextField("Subject", required="Enter the subject", max_length=SUBJECT_SIZE, spellcheck=True)
    text = LongTextField(
        "Message",
        required="Enter the message",
        max_length=TEXT_SIZE,
        rows=10,
        help_text="Do not name students, because some users get messages by email as well",
    )
    is_important = YesNoField(
        "Is it important?",
        required="Select yes if the message is important",
        help_text="Important messages are marked, and come first",
    )
    starts_on = DateField("From", required="Enter the first day of the message")
    until_on = DateField(
        "Until",
        required="Enter the last day of the message",
        help_text="From the next day on, sponsors find the message in their archive",
    )
    audience = RadiosField(
        "For",
        required="Select the sponsors that the message is for",
        choices=Audience.choices,
        hints={
            Audience.SOME: "Select their routes, statuses or ratings below",
            Audience.ONE: "Enter its licence number below",
        },
    )
    licence_number = IdentifierField(
        "Licence number", max_length=20, width="10", help_text="Only for a message to one sponsor"
    )
    field_order = ("subject", "text", "is_important", "starts_on", "until_on", "audience", "licence_number")

    def clean_licence_number(self) -> Licence | None:
        if self.cleaned_data.get("audience") != Audience.ONE:
            return None
        number = bare(self.cleaned_data["licence_number"]).upper()
        if not number:
            raise ValidationError("Enter the licence number of the sponsor")
        licence = Licence.objects.filter(number=number).first()
        if licence is None:
            raise ValidationError(f"No sponsor has the licence number {number}")
        return licence

    def clean(self) -> None:
        """Add an error to a message for some sponsors that does not say for which."""
        if self.cleaned_data.get("audience") == Audience.SOME and not conditions_in(self.cleaned_data):
            self.add_error(CONDITIONS[0].name, NOT_CHOSEN)


class ConditionField(CheckboxesField):
    """The values of a condition, of which a sponsor must fit one."""

    is_small = True

    def __init__(self, condition: Condition) -> None:
        help_text = "Only for a message to some sponsors"
        super().__init__(condition.label, choices=condition.choices, help_text=help_text)


MessageForm.base_fields |= {each.name: ConditionField(each) for each in CONDITIONS}


def conditions_in(answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the conditions for which a value was chosen."""
    return {each.name: chosen for each in CONDITIONS if (chosen := answers.get(each.name))}


def fields_in(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a message's fields from the answers of its form."""
    own = {name: answers[name] for name in ("subject", "text", "is_important", "starts_on", "until_on", "audience")}
    is_some = answers["audience"] == Audience.SOME
    return {
        **own,
        "licence": answers["licence_number"],
        "conditions": conditions_in(answers) if is_some else {},
    }


class WriteMessage(Decision[Message]):
    name, label, done = "add", "Write a message", "Message saved. Check whom it reaches, and then send it"
    form_class = MessageForm

    def initial(self) -> dict[str, Any]:
        return {"starts_on": clock.today(), "until_on": clock.today() + LASTS, "is_important": False}

    def decide(self, *, by: User, **values: Any) -> Message:
        return verbs.write(by=by, **fields_in(values))


class AmendMessage(Decision[Message]):
    name, label, done = "amend", "Amend", "Message amended"
    is_amendment = True
    form_class = MessageForm

    def is_open(self) -> bool:
        return not (self.subject.has_begun or self.subject.ended_on)

    def initial(self) -> dict[str, Any]:
        message = self.subject
        names = ("subject", "text", "is_important", "starts_on", "until_on", "audience")
        number = message.licence.number if message.licence else ""
        return {name: getattr(message, name) for name in names} | {"licence_number": number, **message.conditions}

    def consequences(self) -> list[str]:
        if self.subject.sent_at is None:
            return []
        return [
            "The message was sent, but has not begun. The sponsors that it is for are chosen again when you amend it."
        ]

    def decide(self, *, by: User, **values: Any) -> Message:
        verbs.amend(self.subject, by=by, **fields_in(values))
        return self.subject


class SendMessage(Decision[Message]):
    """The decision to send a message. Its screen is the preview: the text, and whom it reaches."""

    name, label, done = "send", "Send", "Message sent"
    is_final = True

    def is_open(self) -> bool:
        return self.subject.sent_at is None and not self.subject.is_over

    def facts(self) -> Sequence[tuple[str, object]]:
        message = self.subject
        return (
            ("Subject", message.subject),
            ("Message", message.text),
            ("Important", "Yes" if message.is_important else "No"),
            ("For", message.audience_in_words()),
            ("From", formats.day(message.starts_on)),
            ("Until", formats.day(message.until_on)),
        )

    def consequences(self) -> list[str]:
        begins = max(self.subject.starts_on, clock.today())
        until = "You can end it, but no longer amend it" if begins == clock.today() else "You can amend it until then"
        return [
            f"The message reaches {reach.reach_of(self.subject)}.",
            f"They see it from {formats.day(begins)}. {until}.",
        ]

    def decide(self, *, by: User, **values: Any) -> Message:
        verbs.send(self.subject, by=by)
        return self.subject


class EndMessage(Decision[Message]):
    name, label, done = "end", "End", "Message ended"
    is_final = True

    def is_open(self) -> bool:
        return not self.subject.is_over

    def consequences(self) -> list[str]:
        if self.subject.has_begun:
            return ["Sponsors will find the message in their archive, and no longer among the active messages."]
        return ["The message is discarded: no sponsor will see it."]

    def decide(self, *, by: User, **values: Any) -> Message:
        verbs.end(self.subject, by=by)
        return self.subject


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unsent", "Not sent"), ("later", "Begins later"), ("active", "Active"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        rows = {
            "unsent": Message.objects.filter(sent_at=None, ended_on=None),
            "later": Message.objects.filter(sent_at__isnull=False, starts_on__gt=clock.today(), ended_on=None),
            "active": Message.objects.active(),
            "archived": Message.objects.archived(),
        }.get(self.value() or "")
        return queryset if rows is None else queryset.filter(pk__in=rows.order_by().values("pk"))


class WriterFilter(admin.SimpleListFilter):
    title = "written by"
    parameter_name = "writer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("caseworker", "A caseworker"), ("portal", "The portal")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(is_automatic=self.value() == "portal") if self.value() else queryset


@admin.register(Message)
class MessageAdmin(RecordAdmin[Message]):
    columns = ("Message", "For", "From", "Until", "State", "Written by")
    decisions = (SendMessage, AmendMessage, EndMessage)
    added_by = WriteMessage
    intro = (
        "Messages to the Level 1 users of sponsors. "
        "The portal writes about licences, requests, late payments and refunds by itself."
    )

    list_filter = (StateFilter, WriterFilter)
    list_select_related = ("licence", "written_by")
    ordering = ("-pk",)
    sought = TextField(
        "Words of the message, or licence number of the sponsor",
        required="Enter a word or a number",
        max_length=AT_MOST,
    )

    def search(self, records: QuerySet[Message], text: str) -> QuerySet[Message]:
        to_sponsor = Addressee.objects.filter(message=OuterRef("pk"), licence__number=bare(text).upper())
        return records.filter(Q(subject__icontains=text) | Q(text__icontains=text) | Exists(to_sponsor))

    def cells(self, message: Message) -> Sequence[object]:
        return (
            link_to(message),
            message.audience_in_words(),
            formats.day(message.starts_on),
            formats.day(message.last_on),
            state_of(message),
            _writer(message),
        )

    def facts(self, message: Message) -> Sequence[tuple[str, object]]:
        everyone = Link(
            "Which sponsors have and have not acknowledged it", list_of(Addressee, message__id__exact=message.pk)
        )
        is_sent = message.sent_at is not None
        return (
            ("State", state_of(message)),
            ("For", message.audience_in_words()),
            ("Sent to" if is_sent else "Reaches now", str(reach.reach_of(message))),
            ("Acknowledged by", reach.acknowledged(message).as_users if is_sent else ""),
            ("Sponsors", everyone if is_sent else ""),
            ("From", formats.day(message.starts_on)),
            ("Until", formats.day(message.until_on)),
            ("Ended on", formats.day(message.ended_on)),
            ("Important", "Yes" if message.is_important else "No"),
            ("Message", Typed(message.text)),
            ("Written", f"{formats.moment(message.written_at)} by {_writer(message)}"),
            ("Sent", f"{formats.moment(message.sent_at)} by {message.sent_by}" if is_sent else ""),
        )


def state_of(message: Message) -> str:
    """Return how far the message is, in words."""
    if message.sent_at is None:
        return "Discarded" if message.ended_on else "Last day passed, not sent" if message.is_over else "Not sent"
    if message.is_active:
        return "Active"
    if message.has_begun:
        return "Archived"
    return "Discarded" if message.ended_on else "Begins later"


def _writer(message: Message) -> str:
    return f"The portal, for {message.written_by}" if message.is_automatic else str(message.written_by)
