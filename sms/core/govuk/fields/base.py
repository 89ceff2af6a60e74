"""What all our fields have in common: a template, sentences of our own, and extras for the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from markupsafe import Markup

from sms.core import values


class GovukField(forms.Field):
    """A form field that knows its GOV.UK component.

    `required` is the sentence shown when nothing was entered, or False where nothing is accepted too.
    `subject` stands for the label in the other sentences, where the label alone would not tell which field is meant
    ("Home address line 1").
    `label_size` is "s", "m", "l" or "xl"; `attributes` go on the input, `group_attributes` on the group that
    holds label, hint, error and input.
    """

    template: ClassVar[str]

    def __init__(
        self,
        label: str,
        *,
        required: str | bool = False,
        subject: str = "",
        label_size: str = "",
        attributes: Mapping[str, str] | None = None,
        group_attributes: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        if required is True:
            raise TypeError(f"{label!r}: required takes the sentence that is shown when nothing was entered")
        super().__init__(
            label=label,
            required=bool(required),
            error_messages={"required": required} if required else None,
            template_name=self.template,
            **options,
        )
        self.subject = subject or label
        self.label_size = label_size
        self.attributes = dict(attributes or {})
        self.group_attributes = dict(group_attributes or {})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Field's own, which unlike ChoiceField's leaves the choices alone: countries are dear to copy.
        field = forms.Field.__deepcopy__(self, memo)
        field.attributes, field.group_attributes = dict(self.attributes), dict(self.group_attributes)
        return field

    def error_id(self, bound: GovukBoundField) -> str:
        """The id of the element that an error's link leads to."""
        return bound.auto_id


class ReadField(GovukField):
    """A field whose value is read by a function of `sms.core.values`.

    `check` takes the place of the field's own rule: from what was typed to the value, or `values.Invalid`.
    """

    nothing: ClassVar[object] = None

    def __init__(self, label: str, *, check: Callable[[Any], Any] | None = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.check = check

    def read(self, value: Any) -> Any:
        """Return what is kept of a value that is not blank. Raises `values.Invalid`."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        try:
            if self.check:
                return self.check(value)
            return self.nothing if values.is_blank(value) else self.read(value)
        except values.Invalid as invalid:
            # Django fills its messages in with %, which would stumble over the % of a label.
            params = {"sentence": str(invalid), "parts": invalid.parts}
            raise ValidationError("%(sentence)s", code="invalid", params=params) from invalid


class HiddenField(GovukField, forms.CharField):
    """A value that travels with the form, such as a version or a token. Nothing is shown."""

    template = "govuk/fields/hidden.html"
    widget = forms.HiddenInput

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)


class GovukBoundField(BoundField):
    """A field as its template sees it. `{{ form.family_name }}` draws it: label, hint, error and input."""

    field: GovukField

    def __str__(self) -> SafeString:
        return self.as_field_group()

    __html__ = __str__

    @cached_property
    def shared(self) -> dict[str, Any]:
        """The parameters that every macro of an input takes."""
        return {
            "id": self.auto_id,
            "idPrefix": self.auto_id,
            "name": self.html_name,
            "label": {"text": self.label, "classes": self.size_class("label")},
            "fieldset": {"legend": {"text": self.label, "classes": self.size_class("fieldset__legend")}},
            "hint": {"text": self.help_text} if self.help_text else None,
            "errorMessage": {"html": Markup("<br>").join(map(str, self.errors))} if self.errors else None,
            "formGroup": {"attributes": self.field.group_attributes},
            "attributes": self.field.attributes,
        }

    def size_class(self, block: str) -> str:
        return f"govuk-{block}--{self.field.label_size}" if self.field.label_size else ""

    @property
    def text(self) -> str:
        """What the input holds: as typed, or the initial value."""
        value = self.value()
        return "" if value is None else str(value)
