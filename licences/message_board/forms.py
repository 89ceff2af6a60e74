"""The forms of the message board, for Level 1 users."""

from __future__ import annotations

from sms.core.govuk.fields import TextField, YesNoField
from sms.core.govuk.forms import GovukForm


class SearchForm(GovukForm):
    words = TextField(
        "Words of a message",
        required="Enter a word of the subject or of the message",
        max_length=100,
        width="20",
    )


class EmailForm(GovukForm):
    is_wanted = YesNoField(
        "Do you want messages by email as well?",
        required="Select yes if you want messages by email as well",
        help_text="We send each new message to your email address, unless you have read it here before",
    )
