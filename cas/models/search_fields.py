"""The fields by which CAS are searched, each declared once (specification, section 8).

The form, the line that says what was searched for, and the query all read this table. `INDEXES` are those by which the
database finds what is searched for, unless an index of another purpose does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Index, Q

from cas import numbers
from cas.births import born_on
from cas.columns import label_of
from cas.details.checks import country
from cas.details.countries import NATIONALITIES
from cas.details.needs import is_empty
from cas.keys import beginning_with, name_key, passport_key, text_key
from cas.lifecycle import CASStatus
from cas.models.search_box import found_in_the_box, is_a_number
from cas.validity import about_assigned
from licences.models import User
from licences.roles import SPONSOR_ROLES, Role
from licences.routes import Route
from sms.core.characters import bare, look_alikes
from sms.core.govuk.fields import (
    CheckboxesField,
    CountryField,
    DateField,
    GovukField,
    IdentifierField,
    PartialDateField,
    SelectField,
    TextField,
)
from sms.core.values import Invalid, is_blank

AT_MOST = 200  # characters of a text that is searched for: more than any that is kept
EVERY_ROLE = SPONSOR_ROLES | {Role.CASEWORKER}


class NumberSoughtField(TextField):
    """A CAS number, forgiving how it is written. Text of another pattern is an error, without a search."""

    def read(self, value: Any) -> str:
        typed = super().read(value)
        return numbers.read(typed) if typed else ""


class KeySoughtField(TextField):
    """A text that is compared by its key, which must not be empty."""

    def __init__(self, label: str, *, key: Callable[[str], str], **options: Any) -> None:
        super().__init__(label, max_length=AT_MOST, width="20", **options)
        self.key = key

    def read(self, value: Any) -> str:
        typed = super().read(value)
        if typed and not self.key(typed):
            raise Invalid(f"{self.subject} must include a letter or a number")
        return typed

    def mistaken(self, typed: str) -> str:
        """Return a sentence about the letters of an identifier that only look Latin; "" if there are none."""
        found = look_alikes(typed) if self.key is passport_key else ""
        return f"{self.subject}: {found}" if found else ""


class AnythingSoughtField(KeySoughtField):
    """The text of the header's search box."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, key=name_key, **options)

    def read(self, value: Any) -> str:
        typed = super().read(value)
        return numbers.read(typed) if is_a_number(typed) else typed

    def mistaken(self, typed: str) -> str:
        """Return the same for a text with a figure in it: an identifier, not a name."""
        found = look_alikes(typed) if any(map(str.isdigit, typed)) else ""
        return f"{self.subject}: {found}" if found else ""


@dataclass(frozen=True)
class SearchField:
    """`field` draws and checks it, `fits` are the CAS that a value of it means. Only the roles of `whose` are asked."""

    name: str
    group: str
    field: GovukField
    fits: Callable[[Any], Q]
    whose: frozenset[Role] = EVERY_ROLE


# The day assigned is asked for as well, so that one index finds both.


def _expires_from(day: date) -> Q:
    return Q(expires_on__gte=day, assigned_on__gte=about_assigned(day)[0])


def _expires_to(day: date) -> Q:
    return Q(expires_on__lte=day, assigned_on__lte=about_assigned(day)[1])


def _text(name: str, key: Callable[[str], str], hint: str = "") -> KeySoughtField:
    return KeySoughtField(label_of(name), key=key, help_text=hint)


def _from(name: str) -> DateField:
    return DateField(f"{label_of(name)}, from")


def _to(name: str) -> DateField:
    return DateField(f"{label_of(name)}, to")


def _nationality(typed: Any) -> str:
    return "" if is_blank(typed) else country(typed, label_of("nationality"), codes=NATIONALITIES)


STUDENT, CAS, DATES = "Student", "CAS", "Dates"

SEARCH_FIELDS: dict[str, SearchField] = {
    sought.name: sought
    for sought in (
        SearchField(
            "anything",
            STUDENT,
            AnythingSoughtField("Name, CAS or passport number, Applicant ID or batch"),
            found_in_the_box,
            SPONSOR_ROLES,
        ),
        SearchField(
            "number",
            STUDENT,
            NumberSoughtField(label_of("number"), max_length=AT_MOST, width="20"),
            lambda number: Q(number=number),
        ),
        SearchField(
            "family_name",
            STUDENT,
            _text("family_name", name_key, "Enter all of it or the beginning, with or without accents"),
            lambda name: beginning_with("family_key", name_key(name)),
        ),
        SearchField(
            "given_names",
            STUDENT,
            _text("given_names", name_key, "Enter all of them or the beginning"),
            lambda name: beginning_with("given_key", name_key(name)),
        ),
        SearchField(
            "date_of_birth",
            STUDENT,
            PartialDateField(
                label_of("date_of_birth"),
                help_text="Leave the day, or the day and month, empty to search a whole month or year",
            ),
            lambda born: born_on("date_of_birth", born),
        ),
        SearchField(
            "nationality",
            STUDENT,
            CountryField(
                label_of("nationality"),
                choices=list(NATIONALITIES.items()),
                check=_nationality,
                blank="Any nationality",
            ),
            lambda code: Q(nationality=code),
        ),
        SearchField(
            "passport_number",
            STUDENT,
            _text("passport_number", passport_key),
            lambda number: Q(passport_key=passport_key(number)),
        ),
        SearchField(
            "applicant_id",
            CAS,
            _text("applicant_id", passport_key),
            lambda number: Q(applicant_key=passport_key(number)),
        ),
        SearchField("course_id", CAS, _text("course_id", passport_key), lambda code: Q(course_key=passport_key(code))),
        SearchField(
            "route",
            CAS,
            SelectField(label_of("route"), choices=Route.choices, blank="Any route"),
            lambda route: Q(route=route),
        ),
        SearchField(
            "owner",
            CAS,
            SelectField(label_of("owner"), choices=[], blank="Any owner"),
            lambda pk: Q(owner=pk),
            frozenset({Role.LEVEL_1}),
        ),
        SearchField(
            "owner_id",
            CAS,
            IdentifierField("User ID of the owner", max_length=AT_MOST, width="20"),
            lambda username: Q(owner__in=User.objects.filter(username__iexact=username)),
            frozenset({Role.CASEWORKER}),
        ),
        SearchField(
            "sponsor",
            CAS,
            IdentifierField("Licence number of the sponsor", max_length=AT_MOST, width="10"),
            lambda number: Q(licence__number=bare(number).upper()),
            frozenset({Role.CASEWORKER}),
        ),
        SearchField(
            "batch",
            CAS,
            KeySoughtField("Batch name", key=text_key, help_text="Enter all of it or the beginning"),
            lambda name: beginning_with("batch__name_key", text_key(name)),
        ),
        SearchField(
            "status",
            CAS,
            CheckboxesField(label_of("status"), choices=CASStatus.choices),
            lambda statuses: Q(status__in=statuses),
        ),
        SearchField("assigned_from", DATES, _from("assigned_on"), lambda day: Q(assigned_on__gte=day)),
        SearchField("assigned_to", DATES, _to("assigned_on"), lambda day: Q(assigned_on__lte=day)),
        SearchField("starts_from", DATES, _from("course_start_date"), lambda day: Q(course_start_date__gte=day)),
        SearchField("starts_to", DATES, _to("course_start_date"), lambda day: Q(course_start_date__lte=day)),
        SearchField("expires_from", DATES, _from("expires_on"), _expires_from),
        SearchField("expires_to", DATES, _to("expires_on"), _expires_to),
    )
}

# The first index alone also answers a search for a name with an owner or a status.
INDEXES = (
    Index(fields=["licence", "family_key", "given_key", "owner", "status", "id"], name="cas_by_name"),
    Index(fields=["licence", "given_key", "family_key", "id"], name="cas_by_given"),
    Index(fields=["licence", "date_of_birth", "nationality", "id"], name="cas_by_birth"),
    Index(fields=["licence", "applicant_key"], name="cas_by_applicant"),
    Index(fields=["licence", "course_key", "-id"], name="cas_by_course"),
    Index(fields=["licence", "course_start_date"], name="cas_by_start"),
    Index(fields=["licence", "assigned_on"], name="cas_by_assignment"),
)

RANGES = tuple((name, f"{name.removesuffix('_from')}_to") for name in SEARCH_FIELDS if name.endswith("_from"))


def is_in_order(asked: Mapping[str, Any]) -> bool:
    """Return whether an index has what fits in the order of the ids: of one sponsor, one status, perhaps one owner."""
    return asked.keys() <= {"status", "owner"} and len(asked.get("status", ())) == 1


def fitting(asked: Mapping[str, Any]) -> Q:
    """Return the condition for the CAS that fit each value of `asked`, by the name of the search field."""
    return Q(*(SEARCH_FIELDS[name].fits(value) for name, value in asked.items() if not is_empty(value)))
