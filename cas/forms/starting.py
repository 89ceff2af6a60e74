"""Start the form of a new CAS with the course of an earlier CAS, or with a copy of it. The address names that CAS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cas.details import fields
from cas.details.field import CASField
from cas.details.needs import is_empty
from cas.details.sections import About, Section
from cas.models import CAS
from sms.core.ids import id_in

AFTER, COURSE_OF, COPY_OF = "after", "course-of", "like"
"""The parameters of the address, with the id of a CAS: it was saved just before, or has the same course or student."""

_COPIED = {AFTER: {About.COURSE}, COURSE_OF: {About.COURSE}, COPY_OF: {About.COURSE, About.STUDENT}}


@dataclass(frozen=True)
class Start:
    """The earlier CAS, and the parameter that names it."""

    cas: CAS
    parameter: str

    @property
    def is_copy(self) -> bool:
        return self.parameter == COPY_OF

    @property
    def is_next(self) -> bool:
        """Return whether the form follows `Save and add the next`."""
        return self.parameter == AFTER

    @property
    def values(self) -> dict[str, Any]:
        """Return the values that the form starts with. The route is chosen before."""
        return {field.name: getattr(self.cas, field.name) for field in fields.FIELDS if self._copies(field)}

    @property
    def left_out(self) -> list[tuple[Section, list[CASField]]]:
        """Return the fields of the earlier CAS, by section, whose answers are not copied."""
        filled = [field for field in fields.FIELDS if not is_empty(getattr(self.cas, field.name))]
        return fields.by_section(field for field in filled if not self._copies(field) and field.name != "route")

    def _copies(self, field: CASField) -> bool:
        return field.about in _COPIED[self.parameter] and field.name != "route"


def start_of(parameters: Mapping[str, str], mine: QuerySet[CAS]) -> Start | None:
    """Return what a form with these parameters in its address starts with, if they name one of the CAS in `mine`."""
    for parameter in _COPIED:
        if (pk := id_in(parameters.get(parameter, ""))) and (cas := mine.filter(pk=pk).first()):
            return Start(cas, parameter)
    return None
