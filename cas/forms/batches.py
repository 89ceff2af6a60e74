"""Forms about batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from cas.columns import label_of
from cas.models import Batch
from cas.models.batch import NAME_SIZE
from cas.models.several import Group
from sms.core.govuk.fields import HiddenField, RadiosField, SelectField, TextField
from sms.core.govuk.forms import GovukForm


class BatchNameForm(GovukForm):
    """The name of a batch (manual 4, guide 2, step 4)."""

    name = TextField(
        "Batch name",
        max_length=NAME_SIZE,
        width="30",
        required="Enter the batch name",
        help_text="Choose a name that you will recognise later, such as the intake and the course.",
        label_size="m",
    )


class RenameForm(BatchNameForm):
    """The new name of a batch. `seen` is the id of the last line of history when the page was shown."""

    seen = HiddenField("Seen", required=False)


class MoveForm(GovukForm):
    """The batch to move CAS to."""

    to = SelectField(
        label_of("batch"),
        choices=[],
        required="Choose the batch to move to",
        attributes={"data-autocomplete": ""},
        label_size="m",
    )

    def __init__(self, *args: Any, batches: Iterable[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batches = list(batches)
        choices = [(str(batch.pk), f"{batch.name} ({batch.owner.name})") for batch in self.batches]
        cast(SelectField, self.fields["to"]).choices = choices

    @property
    def chosen(self) -> Batch:
        return next(batch for batch in self.batches if str(batch.pk) == self.cleaned_data["to"])


class PutForm(MoveForm):
    """The batch to put CAS into."""

    to = SelectField(
        label_of("batch"),
        choices=[],
        required="Choose the batch",
        attributes={"data-autocomplete": ""},
        label_size="m",
    )


class GroupForm(GovukForm):
    """The group of CAS to continue with, of several that were selected together."""

    group = RadiosField("Which CAS?", choices=[], required="Select which CAS", label_size="m")

    def __init__(self, *args: Any, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(RadiosField, self.fields["group"]).choices = [(group.key, group.label) for group in groups]


class AssignKindForm(GovukForm):
    """The choice between one CAS and a batch (manual 4, guides 4 and 5, step 2)."""

    SINGLE, BATCH = "single", "batch"

    kind = RadiosField(
        "What do you want to assign?",
        choices=[(SINGLE, "Assign single CAS"), (BATCH, "Assign batch")],
        required="Select what you want to assign",
        label_size="m",
    )


class BatchSearchForm(GovukForm):
    """A search for the batch to assign (manual 4, guide 5, step 3)."""

    name = TextField(
        "Batch name",
        max_length=NAME_SIZE,
        width="30",
        help_text="Enter all or part of the name. Leave it empty to see every unassigned batch.",
        label_size="m",
    )
