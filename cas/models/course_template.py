"""Course templates: what is the same for all students of a course. All users of the sponsor keep them (section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from cas import keys, refusals
from cas.details import fields
from cas.details.needs import is_empty
from cas.keys import KeyField, beginning_with, passport_key, text_key
from cas.models.sponsor_list import SponsorListQuerySet, SponsorListRow
from licences.models import Event, User
from licences.models.event import changes, plain
from licences.permissions import Action, require
from licences.routes import Route
from sms.core import clock, triggers
from sms.core.constraints import known
from sms.core.refused import InvalidValues, Stale
from sms.core.values import MONTHS, trimmed

NAME_SIZE = 200

Values = Mapping[str, Any]


class CourseTemplateQuerySet(SponsorListQuerySet["CourseTemplate"]):
    def offered(self, route: str) -> Self:
        """Return the templates to choose from on the form of this route."""
        return self.filter(route=route, retired_on=None)

    def search(self, text: str) -> Self:
        """Return the templates whose Course ID begins with `text`, or whose title or name contains it; "" finds all."""
        code, words = passport_key(text), text_key(text)
        found = Q(title_key__contains=words) | Q(name_key__contains=words) if words else Q()
        return self.filter(found | beginning_with("course_key", code) if code else found)

    @transaction.atomic
    def add(self, values: Values, *, route: str, by: User) -> CourseTemplate:
        """Create a template from its `name`, which has a default, and details of the course by field name.

        Raises `Refused`, `InvalidValues`.
        """
        require(by, Action.TEMPLATES_KEEP)
        template = CourseTemplate(licence=by.sponsor, route=route)
        after = template.checked(values)
        template.write(after)
        Event.objects.record("create", template, by=by, data=changes({}, {"route": route, **after}))
        return template


class CourseTemplate(SponsorListRow):
    """A course, with the details that a CAS of it starts with. `details` has the filled fields, as JSON holds them."""

    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="course_templates")
    route = models.CharField(max_length=20, choices=Route.choices, editable=False)
    name = models.CharField("name of the template", max_length=NAME_SIZE)
    name_key = KeyField(max_length=keys.SIZE, editable=False)
    course_id = models.CharField(max_length=fields.BY_NAME["course_id"].size, blank=True)
    course_key = KeyField(max_length=keys.PASSPORT_SIZE, blank=True, editable=False)
    course_title = models.CharField(max_length=fields.BY_NAME["course_title"].size, blank=True)
    title_key = KeyField(max_length=keys.SIZE, blank=True, editable=False)
    details = models.JSONField(default=dict)
    retired_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CourseTemplateQuerySet.as_manager()

    kept_with, not_found = Action.TEMPLATES_KEEP, refusals.TEMPLATE_NOT_FOUND
    alike: ClassVar = ["route", "name_key"]
    exists_already = "Your sponsor already has a template with this name. Choose another name"
    event_kind = "course_template"
    guards: ClassVar = (
        triggers.never_deleted("Course templates"),
        triggers.frozen("origin", ["id", "licence_id", "route"], "The origin of a course template never changes"),
    )

    class Meta:
        ordering: ClassVar = ["name_key"]
        constraints: ClassVar = [
            known("route", Route.values, table="course_template"),
            models.UniqueConstraint(
                fields=["licence", "route", "name_key"], name="course_template_name_once_for_a_route"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="course_template_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name, with the Course ID and the title if it lacks them: users search a list by all three."""
        others = [text for text in (self.course_id, self.course_title) if text.casefold() not in self.name.casefold()]
        return f"{self.name} ({', '.join(others)})" if others else self.name

    @property
    def values(self) -> dict[str, Any]:
        """Return the value of each field of the course by name, to fill into the form of a CAS.

        An empty value empties the field: an answer of another template, chosen before, must not stay.
        """
        found, _ = fields.checked({**self.details, "route": self.route})
        return {name: found[name] for name in fields.OF_COURSE}

    @transaction.atomic
    def amend(self, values: Values, *, by: User, version: int) -> bool:
        """Change this template. CAS that were made from it do not change. Return whether it changed.

        Raises `Refused`; `InvalidValues`; `Stale` if another user has saved it since `version`.
        """
        self.lock(by)
        if self.version != version:
            raise Stale(refusals.TEMPLATE_SAVED_MEANWHILE, self.saves_since(version))
        after = self.checked(values)
        if changed := changes({"name": self.name, **self.values}, after):
            self.version = version + 1
            self.write(after)
            Event.objects.record("save", self, by=by, data={**changed, "version": [version, version + 1]})
        return bool(changed)

    @transaction.atomic
    def retire(self, *, by: User) -> None:
        """Offer this template no longer on the form of a CAS. Raises `Refused`."""
        self.lock(by)
        self._retire_on(self.retired_on or clock.today(), "retire", by=by)

    @transaction.atomic
    def reinstate(self, *, by: User) -> None:
        """Offer this retired template again. Raises `Refused`."""
        self.lock(by)
        self._retire_on(None, "reinstate", by=by)

    def saves_since(self, version: int) -> list[Event]:
        """Return the lines of history in which users saved this template after `version`, oldest first."""
        lines = Event.objects.about(self.event_kind, self.pk).filter(verb="save").select_related("by")
        return [line for line in lines if line.data["version"][1] > version]

    def checked(self, values: Values) -> dict[str, Any]:
        """Return the name and the fields of the course to save, checked in the same way as those of a CAS.

        Raises `InvalidValues`.
        """
        given = {name: values[name] for name in fields.OF_COURSE if name in values}
        found, errors = fields.checked({**given, "route": self.route})
        course = {name: found[name] for name in fields.OF_COURSE}
        errors = {name: sentence for name, sentence in errors.items() if name in course}
        name = trimmed(str(values.get("name") or "")) or ("" if errors else default_name(course))
        if len(name) > NAME_SIZE:
            errors["name"] = f"Enter a name of at most {NAME_SIZE} characters"
        elif not name and not errors:
            errors["name"] = "Enter a name, or the Course ID or the title of the course"
        if errors:
            raise InvalidValues(errors)
        return {"name": name, **course}

    def write(self, checked: Values) -> None:
        """Save the values that `checked` has returned. Raises `InvalidValues` if another template has the name."""
        course = {name: checked[name] for name in fields.OF_COURSE}
        self.name, self.name_key = checked["name"], text_key(checked["name"])
        self.course_id, self.course_key = course["course_id"], passport_key(course["course_id"])
        self.course_title, self.title_key = course["course_title"], text_key(course["course_title"])
        self.details = {name: plain(value) for name, value in course.items() if not is_empty(value)}
        self.save_once()

    def _retire_on(self, day: date | None, verb: str, *, by: User) -> None:
        if changed := changes({"retired_on": self.retired_on}, {"retired_on": day}):
            self.retired_on = day
            self.save(update_fields=["retired_on"])
            Event.objects.record(verb, self, by=by, data=changed)


def default_name(course: Values) -> str:
    """Return the Course ID, the title and the month in which the course starts; "" if it has none of them."""
    start = course.get("course_start_date")
    month = f"{MONTHS[start.month - 1]} {start.year}" if start else ""
    code, title = course.get("course_id") or "", course.get("course_title") or ""
    name = " – ".join(filter(None, (code, title, month)))
    if (over := len(name) - NAME_SIZE) > 0:
        return name.replace(title, f"{title[: -over - 1].rstrip()}…")
    return name
