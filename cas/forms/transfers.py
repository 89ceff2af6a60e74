"""Forms of `Transfer of ownership`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError

from licences.models import User
from sms.core.govuk.fields import SelectField
from sms.core.govuk.forms import GovukForm


class TransferForm(GovukForm):
    """The new owner of some CAS."""

    to = SelectField("New owner", choices=[], required="Select the new owner", label_size="m")

    def __init__(self, *args: Any, users: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "to", users)


class EverythingForm(GovukForm):
    """The user whose CAS and batches are all transferred, and their new owner."""

    of = SelectField("From", choices=[], blank="Select a user", required="Select the user to transfer from")
    to = SelectField("To", choices=[], blank="Select a new owner", required="Select the new owner")

    def __init__(self, *args: Any, users: Iterable[User], counts: Mapping[int, int], **options: Any) -> None:
        super().__init__(*args, **options)
        users = list(users)
        _offer(self, "of", [user for user in users if counts.get(user.pk)], counts)
        _offer(self, "to", [user for user in users if user.is_active])

    def clean_to(self) -> str:
        to: str = self.cleaned_data["to"]
        if to and to == self.cleaned_data.get("of"):
            raise ValidationError("Select another user to transfer to")
        return to


def _offer(form: GovukForm, name: str, users: Iterable[User], counts: Mapping[int, int] | None = None) -> None:
    choices = [(str(user.pk), _label(user, counts)) for user in sorted(users, key=lambda user: user.name.casefold())]
    cast(SelectField, form.fields[name]).choices = choices


def _label(user: User, counts: Mapping[int, int] | None) -> str:
    label = f"{user.name} ({user.username})"
    if not user.is_active:
        label += ", deactivated"
    return f"{label}: {counts[user.pk]:,} CAS" if counts else label
