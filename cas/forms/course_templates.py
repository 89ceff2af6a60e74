"""The form of a course template: its name, and the fields of the CAS form that are about the course."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from cas.details import fields
from cas.forms.cas import DetailsForm, form_field, own_fields
from cas.models.course_template import NAME_SIZE
from cas.rules import Limits
from licences.routes import Route
from sms.core.govuk.fields import TextField
from sms.core.govuk.forms import GovukForm


class FindTemplatesForm(GovukForm):
    """The search above the list of templates. Everything is found if it is empty."""

    course = TextField("Course ID or title", max_length=fields.BY_NAME["course_title"].size)


class CourseTemplateForm(DetailsForm):
    """The same fields as those of a CAS, with the same checks. None is mandatory, because a template may be a part."""

    name = TextField(
        "Name of the template",
        max_length=NAME_SIZE,
        required=False,
        help_text="Leave empty to name it after the Course ID, the title and the month in which the course starts",
    )

    def changes(self) -> dict[str, Any]:
        """Return the values to save: the name, and the fields of the course by name."""
        return {**self.details(), "name": self.cleaned_data["name"]}


@lru_cache(maxsize=32)
def template_form(route: str, limits: Limits | None = None) -> type[CourseTemplateForm]:
    """Return the class of the form for this route and these limits of the day."""
    own = tuple(field for field in own_fields(route) if field.name in fields.OF_COURSE)
    members: dict[str, Any] = {field.name: form_field(field, route, limits) for field in own}
    for field in members.values():
        del field.group_attributes["data-needed"]
    return type("CourseTemplateForm", (CourseTemplateForm,), {**members, "route": route, "limits": limits, "own": own})


@cache
def parameters() -> frozenset[str]:
    """Return the names of all parameters that a browser can send with the form, for every route."""
    return frozenset(name for route in Route for name in template_form(route).parameters())
