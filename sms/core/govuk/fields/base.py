"""The base of all our fields: a template, our own sentences, and attributes for the page."""

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

HEADING = "heading"
"""The id of the heading of a page, which a screen reader reads with the field that has the focus."""


class GovukField(forms.Field):
    """A form field that knows its GOV.UK component.

    `required` is the sentence shown if the field is empty, or False if the field may be empty. `subject` replaces the
    label in other sentences, if the label alone would not say which field is meant ("Agent: Address line 1").
    `label_size` is "s", "m", "l" or "xl". `attributes` are those of the input, and `group_attributes` those of the
    group around label, hint, error and input.
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
            raise TypeError(f"{label!r}: required takes the sentence that is shown if the field is empty")
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
        # Field's method, because ChoiceField's would copy the choices, and the list of countries takes long to copy.
        field = forms.Field.__deepcopy__(self, memo)
        field.attributes, field.group_attributes = dict(self.attributes), dict(self.group_attributes)
        return field

    def error_id(self, bound: GovukBoundField) -> str:
        """Return the id of the element that an error links to."""
        return bound.auto_id


class ReadField(GovukField):
    """A field whose value is read by a function of `sms.core.values`.

    `check` replaces the field's own rule: it returns the value of the text typed, or raises `values.Invalid`.
    """

    nothing: ClassVar[object] = None

    def __init__(self, label: str, *, check: Callable[[Any], Any] | None = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.check = check

    def read(self, value: Any) -> Any:
        """Return the value of a text that is not blank. Raises `values.Invalid`."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        try:
            if self.check:
                return self.check(value)
            return self.nothing if values.is_blank(value) else self.read(value)
        except values.Invalid as invalid:
            # Django formats its messages with %, so a label that contains % must be a parameter.
            params = {"sentence": str(invalid), "parts": invalid.parts}
            raise ValidationError("%(sentence)s", code="invalid", params=params) from invalid


class HiddenField(GovukField, forms.CharField):
    """A value that the form sends without showing it, such as a version or a token."""

    template = "govuk/fields/hidden.html"
    widget = forms.HiddenInput

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)


class GovukBoundField(BoundField):
    """A field as its template sees it. `{{ form.family_name }}` draws it: label, hint, error and input."""

    field: GovukField
    form: Any

    def __str__(self) -> SafeString:
        return self.as_field_group()

    __html__ = __str__

    @cached_property
    def shared(self) -> dict[str, Any]:
        """Return the parameters that every macro of an input takes."""
        return {
            "id": self.auto_id,
            "idPrefix": self.auto_id,
            "name": self.html_name,
            "label": {"text": self.label, "classes": self.size_class("label")},
            "fieldset": {
                "legend": {"text": self.label, "classes": self.size_class("fieldset__legend")},
                "describedBy": HEADING if self.has_focus else None,
            },
            "hint": {"text": self.help_text} if self.help_text else None,
            "describedBy": HEADING if self.has_focus else None,
            "errorMessage": {"html": Markup("<br>").join(map(str, self.errors))} if self.errors else None,
            "formGroup": {"attributes": self.field.group_attributes},
            "attributes": self.field.attributes | self.autofocus,
        }

    @property
    def has_focus(self) -> bool:
        """Return whether the page opens with the focus in this field, because it has no other."""
        return self.form.focused == self.name

    @property
    def autofocus(self) -> dict[str, Any]:
        return {"autofocus": {"value": True, "optional": True}} if self.has_focus else {}

    def size_class(self, block: str) -> str:
        return f"govuk-{block}--{self.field.label_size}" if self.field.label_size else ""

    @property
    def text(self) -> str:
        """Return the text of the input: as typed, or the initial value."""
        value = self.value()
        return "" if value is None else str(value)

    @property
    def options_html(self) -> Markup:
        """Return the lines of a list, as HTML."""
        options: Callable[[GovukBoundField], Markup] = self.field.options_html  # type: ignore[attr-defined]
        return options(self)
