"""The form class of our pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Self

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from sms.core.govuk.fields import GovukBoundField
from sms.core.govuk.renderer import GovukRenderer
from sms.core.refused import Refused


class Refusals:
    """A `with` block that catches a refusal and shows it in the form. It does not catch one that has a page."""

    def __init__(self, form: GovukForm, field: str) -> None:
        self.form, self.field = form, field

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused) or error.has_page:
            return False
        self.form.add_refusal(error, self.field)
        return True


class GovukForm(forms.Form):
    """A form made of the fields of `sms.core.govuk.fields`, drawn as GOV.UK components."""

    default_renderer = GovukRenderer
    bound_field_class = GovukBoundField
    is_draft = False
    focused = ""  # the name of the field that has the focus when the page opens
    wrong_in_draft: Collection[str] = ()

    if TYPE_CHECKING:

        def __getitem__(self, name: str) -> GovukBoundField: ...

    @classmethod
    def parameters(cls) -> list[str]:
        """Return the names under which a browser sends the fields. A date has three."""
        fields = cls.base_fields.items()
        return [name + part for name, field in fields for part in getattr(field.widget, "widgets_names", [""])]

    def as_draft(self) -> Self:
        """Make this form a draft, filled with texts that were not sent. It shows no errors and is never valid."""
        self.is_draft = True
        self.wrong_in_draft = frozenset(self.errors)
        self.errors.clear()
        return self

    def focus_only_field(self) -> None:
        """Give the focus to the form's field when the page opens, if it has only one and nothing is wrong with it."""
        seen = [bound.name for bound in self if not bound.is_hidden]
        self.focused = seen[0] if len(seen) == 1 and not self.error_list() else ""

    @property
    def wrong(self) -> Collection[str]:
        """Return the names of the fields whose texts are wrong, also of those that a draft has no error for yet."""
        return self.wrong_in_draft or self.errors.keys()

    def is_valid(self) -> bool:
        return not self.is_draft and super().is_valid()

    def add_errors(self, errors: Mapping[str, str]) -> None:
        """Show each sentence beside its field, or above the form if it has no such field."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    def refusals(self, field: str = "") -> Refusals:
        """Show in this form any refusal raised in the `with` block: beside its own fields, or else beside `field`."""
        return Refusals(self, field)

    def add_refusal(self, refused: Refused, field: str = "") -> None:
        """Show the refusal: beside the fields that it is about, or else beside `field`."""
        self.add_errors(refused.errors or {field: str(refused)})

    def error_list(self) -> list[dict[str, str]]:
        """Return every error with a link to its field, for the summary. Those of the form link to its first field."""
        if not self.is_bound:
            return []
        seen = {bound.name: bound for bound in self if isinstance(bound, GovukBoundField) and not bound.is_hidden}
        first = next(iter(seen), "")
        lines = []
        for name in [NON_FIELD_ERRORS, *self.fields]:
            bound = seen.get(first if name == NON_FIELD_ERRORS else name)
            href = f"#{bound.field.error_id(bound)}" if bound else ""
            lines += [{"text": str(error), "href": href} for error in self.errors.get(name, [])]
        return lines
