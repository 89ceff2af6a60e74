"""Words of the history for messages (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from licences.models import Message
from licences.words import Words


def names_of_messages(ids: Collection[int]) -> dict[int, str]:
    """Return the subject of each message, by its key."""
    return dict(Message.objects.filter(pk__in=ids).values_list("pk", "subject"))


WORDS = Words(
    kinds={Message.event_kind: "Message"},
    titles={
        (Message.event_kind, "write"): "Written",
        (Message.event_kind, "amend"): "Amended",
        (Message.event_kind, "send"): "Sent",
        (Message.event_kind, "end"): "Ended",
        ("user", "acknowledge"): "Messages acknowledged",
        ("user", "choose_message_emails"): "Messages by email chosen",
    },
    labels={
        "subject": "Subject",
        "text": "Message",
        "is_important": "Important",
        "audience": "For",
        "starts_on": "From",
        "until_on": "Until",
        "ended_on": "Ended on",
        "sponsors": "Sponsors that it was sent to",
        "messages": "Messages",
        "has_messages_by_email": "Messages by email",
    },
    references={"messages": Message.event_kind},
    names={Message.event_kind: names_of_messages},
)


def words() -> Words:
    return WORDS
