"""Forms whose fields never change: the HTML of each field is drawn once, and then only filled with what it holds.

The macros take most of the time of a long form. A field with an error is drawn by them each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import singledispatch
from typing import Any, ClassVar, NamedTuple

from django.utils.safestring import SafeString
from markupsafe import Markup, escape

from sms.core.govuk.fields import DateField, GovukBoundField, HiddenField, MoneyField, NumberField
from sms.core.govuk.fields.base import GovukField
from sms.core.govuk.fields.choices import RadiosField, SelectField
from sms.core.govuk.fields.dates import parts_of
from sms.core.govuk.fields.text import TextField
from sms.core.govuk.forms import GovukForm

MARKS = ("~text-0~", "~text-1~", "~text-2~")  # they stand for texts, and no label or name of a field contains them
ANY_MARK = re.compile(f"({'|'.join(MARKS)})")


class Content(NamedTuple):
    """The content of an input.

    `texts` are put into the kept HTML, which depends on `choice` and on which texts are empty. `value` returns the
    value of the field whose texts are the given ones.
    """

    texts: tuple[str | None, ...]
    value: Callable[[list[str | None]], Any]
    choice: Hashable = None


@singledispatch
def content(field: GovukField, bound: GovukBoundField) -> Content | None:
    """Return what the input holds; None if its HTML is not kept."""
    return None


@content.register(TextField)
@content.register(MoneyField)
@content.register(NumberField)
@content.register(HiddenField)
def _(field: GovukField, bound: GovukBoundField) -> Content:
    return Content((bound.text,), lambda texts: texts[0])


@content.register
def _(field: DateField, bound: GovukBoundField) -> Content:
    value = bound.value()
    return Content(tuple(value if isinstance(value, list) else parts_of(value)), list)


@content.register
def _(field: SelectField, bound: GovukBoundField) -> Content:
    return Content((bound.options_html,), lambda texts: "")


@content.register
def _(field: RadiosField, bound: GovukBoundField) -> Content:
    offered, held = tuple(field.offered(bound)), bound.text
    chosen = held if held in dict(offered) else ""
    return Content((), lambda texts: chosen, (chosen, offered))


class KeptBoundField(GovukBoundField):
    """A field that fills its kept HTML."""

    form: KeptForm

    def __str__(self) -> SafeString:
        held = None if self.errors or self.has_focus else content(self.field, self)
        if held is None:
            return self.as_field_group()
        marks = [mark if text else text for mark, text in zip(MARKS, held.texts, strict=False)]
        key = (self.name, *marks, held.choice)
        pieces = self.form.drawn.get(key)
        if pieces is None:
            marked = MarkedBoundField(self.form, self.field, self.name)
            marked.marks, marked.marked = marks, held.value(marks)
            pieces = self.form.drawn[key] = ANY_MARK.split(str(marked))
        texts = dict(zip(MARKS, map(escape, held.texts), strict=False))
        return SafeString("".join([texts.get(piece, piece) for piece in pieces]))

    __html__ = __str__


class MarkedBoundField(GovukBoundField):
    """A field that holds marks, to draw its HTML."""

    marks: list[str | None]
    marked: Any

    def value(self) -> Any:
        return self.marked

    @property
    def options_html(self) -> Markup:
        return Markup(self.marks[0] or "")


class SharedFields(dict[str, Any]):
    """The fields of a class, which its forms do not copy: copying 90 fields takes a tenth of the time of a page."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class KeptForm(GovukForm):
    """A form whose fields are those of its class, in every state. A date can have three marks, other fields fewer."""

    bound_field_class = KeptBoundField
    drawn: ClassVar[dict[Hashable, list[str]]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.drawn = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        # Django makes `fields` by a deep copy of these.
        self.base_fields = SharedFields(type(self).base_fields)  # type: ignore[misc]
        super().__init__(*args, **options)
