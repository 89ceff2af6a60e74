"""The base class of the fields of a CAS: model fields that also know their section, element, need, route and check.

A field is declared once, in `cas.details.declarations`. Migrations see only its column, as one of Django's own fields.
So a new hint, label or list of choices needs no migration.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string

from cas.details.needs import ALWAYS, OPTIONAL, All, AnyFilled, Is, Need, Optional_, is_empty
from cas.details.sections import About, Section
from licences.routes import Route
from sms.core import values
from sms.core.govuk.fields.base import ReadField

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Set = TypeVar("Set", default=Any)
    Get = TypeVar("Get", default=Any)
    Column = models.Field
else:
    from typing import TypeVar

    Set, Get = TypeVar("Set"), TypeVar("Get")

    class Column(models.Field, Generic[Set, Get]):
        """A field that accepts type parameters at run time. Django's fields accept them only in a type checker."""


class CASField(Column[Set, Get]):
    """A field of a CAS: the base class of all kinds.

    `needed` says when a CAS is incomplete without the field, and `asked` when the form shows it. By default, a
    conditional field is shown when it is needed, and any other field always. `applies` is the route that has the field,
    if only one route has it. A filled field that is not asked gets a warning, unless it `is_cleared` when the CAS is
    saved. `about` says into which new CAS its answer may be copied; by default, what its section is about.

    `element` is the place of the field in the CAS block of a bulk file; `x:` marks an element that schema v2.1 lacks.
    `characters` names the characters that a file can carry (see `cas.details.characters`). `size` is the maximum number
    of characters, 0 if the field is not text. `limits` is a note for the documents.
    """

    kind: ClassVar[str]
    form_class: type[ReadField]
    empty: ClassVar[Any] = None
    characters: ClassVar[str] = ""
    size: int = 0
    limits: str = ""
    answer: ClassVar[str] = ""
    """A pattern, for the form's script, of the text that answers the question; "" if any text does."""

    def __init__(
        self,
        section: Section,
        label: str,
        *,
        element: str,
        needed: Need = OPTIONAL,
        asked: Need | None = None,
        applies: Route | None = None,
        hint: str = "",
        is_cleared: bool = False,
        about: About | None = None,
        changes_while_assigned: bool = False,
        **column: Any,
    ) -> None:
        super().__init__(verbose_name=label, blank=True, **column)
        self.section = section
        self.label = label
        self.element = section.path(element)
        self.applies = applies
        self.needed = _on_route(applies, needed)
        self.asked = _on_route(applies, asked or (ALWAYS if isinstance(needed, Optional_ | AnyFilled) else needed))
        self.hint = hint
        self.is_cleared = is_cleared
        self.about = about or section.about
        self.changes_while_assigned = changes_while_assigned

    @property
    def section_name(self) -> str:
        return self.section.name

    @cached_property
    def subject(self) -> str:
        """Return the name of the field for a sentence: with its section, if other fields have the same label."""
        label = self.label.removesuffix(" (£)").removesuffix(" (%)")
        namesakes = [field for field in self.model._meta.fields if field.verbose_name == self.label]
        return f"{self.section.name}: {label}" if len(namesakes) > 1 else label

    def check_filled(self, value: Any, subject: str) -> Any:
        """Return the value to store for a `value` that is not blank. Raises `values.Invalid`."""
        raise NotImplementedError

    def checked(self, value: Any) -> Any:
        """Return the value to store for `value`; `empty` if it is blank. Raises `values.Invalid`."""
        return self.empty if values.is_blank(value) else self.check_filled(value, self.subject)

    def why_no_answer(self, value: Any) -> str:
        """Return why a filled value does not answer the question, as a sentence; "" if it does."""
        return ""

    def is_answer(self, value: Any) -> bool:
        """Return whether `value` answers the question, so that a CAS that needs the field is complete with it."""
        return value is not None and value != "" and not self.why_no_answer(value)

    def display(self, value: Any) -> str:
        """Return the value as text for people; "" for an empty value."""
        return "" if is_empty(value) else self.display_filled(value)

    def display_filled(self, value: Any) -> str:
        return str(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            return self.checked(value)
        except values.Invalid as invalid:
            raise ValidationError(str(invalid), code="invalid") from invalid

    def formfield(self, *, route: str = "", **kwargs: Any) -> ReadField:
        """Return a form field that validates with `checked`. It is not required unless `kwargs` say so.

        The lists of a few fields depend on the route of the form.
        """
        options = {"subject": self.subject, "help_text": self.hint, **self.form_options(route), **kwargs}
        return self.form_class(self.label, check=self.checked, **options)

    def form_options(self, route: str) -> dict[str, Any]:
        """Return the arguments of `form_class` other than the label, the subject and the hint."""
        return {}

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        column = {key: value for key, value in kwargs.items() if key not in {"verbose_name", "choices"}}
        return name, f"django.db.models.{self.get_internal_type()}", list(args), column

    def clone(self) -> Any:
        """Return the plain Django field that migrations see."""
        _, path, args, kwargs = self.deconstruct()
        return import_string(path)(*args, **kwargs)


def _on_route(route: Route | None, need: Need) -> Need:
    if route is None or need == OPTIONAL:
        return need
    return Is("route", route) if need == ALWAYS else All(Is("route", route), need)
