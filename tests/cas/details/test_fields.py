"""Every field of a CAS agrees with the table of the specification. fields.csv is our copy of that table."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db.migrations.state import ModelState
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from cas.details import conditions as when
from cas.details import fields
from cas.details.data_dictionary import as_markdown
from cas.details.needs import Always, Optional_, ToSave
from cas.details.types import CASUKPostcode
from cas.models import CAS
from licences.routes import Route
from sms.core import clock
from sms.core.govuk.fields import DecimalField
from tests.cas.details.test_checks import ANYTHING
from tests.cas.details.test_warnings import TODAYS_RULES
from tests.factories import CHILD, COMPLETE

FACTS = list(csv.DictReader((Path(__file__).parent / "fields.csv").read_text(encoding="utf-8").splitlines()))
STUDENT = {**COMPLETE, "route": Route.STUDENT}
SOON = {
    **STUDENT,
    "family_name": "Nguyen",
    "given_names": "Thi Minh",
    "course_start_date": date(2027, 1, 11),
    "course_end_date": date(2027, 12, 10),
}
CHILD_STUDENT = {**CHILD, "route": Route.CHILD_STUDENT}


@pytest.fixture(autouse=True)
def _in_november():
    with clock.set_to(datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/London"))):
        yield


def is_complete(values):
    return not fields.missing(values) and not fields.errors(values)


def condition_of(field):
    """Return the condition under which a CAS of a route that has the field needs it, in words."""
    return fields.need_of(field, field.needed).in_words(fields.BY_NAME).removeprefix("when ")


def names(found):
    return [field.name for field in found]


def facts_of(field):
    """Return the row of fields.csv that describes this declaration."""
    need = fields.need_of(field, field.needed)
    needed = {Always: "mandatory", ToSave: "to save", Optional_: "optional"}.get(type(need), "conditional")
    accepts = ""
    if field.kind == "choice":
        accepts = "; ".join(field.labels)
    elif field.kind == "number":
        accepts = f"0 to {field.most}, one decimal" if field.form_class is DecimalField else field.limits
    elif field.kind == "country":
        accepts = field.limits
    return {
        "section": field.section.name,
        "name": field.name,
        "label": field.label,
        "type": field.kind,
        "size": str(field.size or ""),
        "needed": needed,
        "condition": condition_of(field) if needed == "conditional" else "",
        "applies": {None: "both", Route.STUDENT: "Student", Route.CHILD_STUDENT: "Child"}[field.applies],
        "characters": field.characters,
        "element": field.element,
        "accepts": accepts,
        "updated_while_assigned": "yes" if field.changes_while_assigned else "",
    }


# The declarations


def test_the_fields_are_those_of_the_table_in_the_same_order():
    assert names(fields.FIELDS) == [fact["name"] for fact in FACTS]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["name"])
def test_each_declaration_agrees_with_the_table(fact):
    assert facts_of(fields.BY_NAME[fact["name"]]) == fact


def test_any_filled_field_of_a_partner_or_overseas_institution_makes_the_others_mandatory():
    for prefix in ("partner", "overseas"):
        (named,) = {tuple(fields.BY_NAME[f"{prefix}_name"].needed.as_json()["any_filled"])}
        assert list(named) == [fact["name"] for fact in FACTS if fact["name"].startswith(f"{prefix}_")]


def test_only_the_main_study_address_must_have_a_uk_postcode():
    assert names(f for f in fields.FIELDS if isinstance(f, CASUKPostcode)) == ["study_postcode"]


def test_names_and_elements_are_unique_and_conditions_name_existing_fields():
    assert len({field.element for field in fields.FIELDS}) == len(fields.FIELDS)
    for field in fields.FIELDS:
        field.needed.in_words(fields.BY_NAME)
        field.asked.in_words(fields.BY_NAME)


def test_the_cas_has_a_column_for_each_field():
    assert set(names(fields.FIELDS)) <= set(names(CAS._meta.fields))


def test_only_five_fees_change_once_a_cas_is_assigned():
    assert fields.UPDATABLE_FEES == (
        "course_fees_first_year",
        "course_fees_paid",
        "accommodation_fees_paid",
        "boarding_fees",
        "boarding_fees_paid",
    )
    assert {*fields.UPDATABLE_FEES, *fields.FROZEN} == set(names(fields.FIELDS))
    assert fields.TO_SAVE == ("family_name",)


def test_a_migration_sees_plain_columns():
    """A change of a label, hint, condition, element or list of choices needs no migration."""
    state = ModelState.from_model(CAS)
    for field in fields.FIELDS:
        _, path, args, kwargs = CAS._meta.get_field(field.name).deconstruct()
        assert path == "cas.keys.KeyField" if field.kind == "partial date" else path.startswith("django.db.models.")
        assert not args
        assert set(kwargs) <= {"blank", "default", "null", "max_length", "max_digits", "decimal_places"}
        assert type(state.fields[field.name]) is import_string(path)


def test_an_empty_field_is_blank_for_text_and_null_for_other_kinds():
    for field in fields.FIELDS:
        is_text = field.kind in {"text", "long text", "choice", "country", "partial date"}
        assert (field.empty, field.null) == (("", False) if is_text else (None, True))
        assert CAS()._meta.get_field(field.name).get_default() == field.empty


# Completeness


def test_a_cas_with_every_mandatory_field_is_complete():
    assert is_complete(STUDENT)
    assert is_complete(CHILD_STUDENT)


MANDATORY = [fact for fact in FACTS if fact["needed"] in {"mandatory", "to save"}]


@pytest.mark.parametrize("fact", MANDATORY, ids=lambda fact: fact["name"])
def test_a_cas_without_a_mandatory_field_is_not_complete(fact):
    whole = CHILD_STUDENT if fact["applies"] == "Child" else STUDENT
    values = {name: value for name, value in whole.items() if name != fact["name"]}
    assert fact["name"] in names(fields.missing(values))
    assert not is_complete(values)


@pytest.mark.parametrize(
    ("route", "applies"), [("", "none"), (Route.STUDENT, "Student"), (Route.CHILD_STUDENT, "Child")]
)
def test_an_empty_cas_misses_the_mandatory_fields_of_its_route_in_the_order_of_the_form(route, applies):
    wanted = [fact["name"] for fact in MANDATORY if fact["applies"] in {"both", applies}]
    assert names(fields.missing({"route": route})) == [name for name in wanted if name != "route" or not route]


def test_a_missing_field_has_its_section():
    (lacking,) = fields.missing({**STUDENT, "study_city": ""})
    assert (lacking.section.name, lacking.section.slug) == ("Main study address", "main-study-address")


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({"academic_level": "RQF8_RE", "is_dean_certificate_required": None}, ["is_dean_certificate_required"]),
        ({"academic_level": "SCQF11", "is_dean_certificate_required": None}, ["is_dean_certificate_required"]),
        ({"academic_level": "RQF6", "is_dean_certificate_required": None}, []),
        ({"academic_level": "B2"}, ["hours_per_week"]),
        ({"academic_level": "RQF5"}, ["hours_per_week"]),
        ({"academic_level": "SCQF8"}, ["hours_per_week"]),
        ({"academic_level": "SCQF9"}, []),
        ({"attendance": "PART_TIME"}, ["hours_per_week"]),
        ({"attendance": "PART_TIME", "hours_per_week": Decimal("0.0")}, ["hours_per_week"]),
        ({"attendance": "PART_TIME", "hours_per_week": Decimal("0.5")}, []),
        ({"is_remote_delivery": True}, []),
        (
            {"partner_postcode": "LS2 9JT"},
            ["partner_name", "partner_address_line_1", "partner_city", "partner_country"],
        ),
        ({"overseas_country": "FRA"}, ["overseas_name", "overseas_address_line_1", "overseas_city"]),
        ({"has_work_placement": True}, ["placement_percent"]),
        (
            {"has_work_placement": True, "placement_percent": 20, "placement_county": "Kent"},
            ["placement_address_line_1", "placement_city", "placement_country"],
        ),
        (
            {"has_previous_uk_study": True},
            ["previous_academic_level", "level_comparison"],
        ),
        (
            {"has_previous_uk_study": True, "previous_academic_level": "RQF6", "level_comparison": "HIGHER"},
            [],
        ),
        (
            {"has_previous_uk_study": True, "previous_academic_level": "RQF7", "level_comparison": "SAME"},
            ["progression_justification"],
        ),
        ({"is_selt_required": False, "reason_selt_not_required": ""}, ["reason_selt_not_required"]),
        (
            {"is_selt_required": True, "english_level_attained": ""},
            ["selt_provider", "english_level_attained"],
        ),
        (
            {"is_agent_used": True},
            ["agent_name", "agent_contact_name", "agent_address_line_1", "agent_city", "agent_country"],
        ),
    ],
)
def test_an_answer_makes_other_fields_mandatory(values, lacking):
    assert names(fields.missing({**STUDENT, **values})) == lacking


def test_a_child_student_needs_a_place_to_live_and_a_boarder_also_the_boarding_fees():
    assert names(fields.missing({**CHILD_STUDENT, "living_arrangements": ""})) == ["living_arrangements"]
    assert names(fields.missing({**CHILD_STUDENT, "living_arrangements": "BOARDING"})) == ["boarding_fees"]


@pytest.mark.parametrize(
    ("sponsor_status", "level", "most"),
    [
        ("TRACK_RECORD", "RQF6", 50),
        ("TRACK_RECORD", "RQF5", 33),
        ("STUDENT", "RQF7", 33),
        ("PROBATIONARY", "B2", 33),
    ],
)
def test_a_placement_over_the_share_for_its_level_and_sponsor_needs_a_justification(sponsor_status, level, most):
    limits = TODAYS_RULES.limits(sponsor_status)
    placed = {**STUDENT, "academic_level": level, "hours_per_week": Decimal(20), "has_work_placement": True}
    assert not fields.missing({**placed, "placement_percent": most}, limits)
    assert names(fields.missing({**placed, "placement_percent": most + 1}, limits)) == ["placement_justification"]
    because = {"placement_percent": most + 1, "placement_justification": "A law requires it"}
    assert not fields.missing({**placed, **because}, limits)


@pytest.mark.parametrize("name", ["张", "Шевченко", "عمر", "Ωμέγα"])
def test_a_family_name_without_a_latin_letter_is_valid_but_not_complete(name):
    values = {**STUDENT, "family_name": name}
    assert not fields.errors(values)
    assert names(fields.missing(values)) == ["family_name"]
    assert "must have Latin letters" in fields.BY_NAME["family_name"].why_no_answer(name)


@pytest.mark.parametrize("name", ["Nguyễn", "Ørsted", "张 Zhang", "\uff3a\uff48\uff41", "ẞ"])
def test_a_family_name_with_any_latin_letter_is_complete(name):
    assert is_complete({**STUDENT, "family_name": name})


def test_no_and_zero_count_as_answers():
    assert is_complete({**STUDENT, "course_fees_first_year": Decimal(0), "course_fees_paid": "0"})


def test_a_cas_of_a_student_with_one_name_is_complete():
    assert is_complete({**STUDENT, "given_names": "", "other_names": ""})


def test_a_cas_can_be_checked_like_its_values():
    cas = CAS(**{**STUDENT, "is_agent_used": True})
    assert fields.missing(cas) == fields.missing({**STUDENT, "is_agent_used": True})
    assert fields.values_of(cas)["family_name"] == "Nguyễn"
    assert not fields.errors(cas)


# Routes


@pytest.mark.parametrize(("route", "applies"), [(Route.STUDENT, "Student"), (Route.CHILD_STUDENT, "Child")])
def test_the_form_of_a_route_has_the_fields_that_apply_to_it(route, applies):
    wanted = [fact["name"] for fact in FACTS if fact["applies"] in {"both", applies}]
    assert names(fields.fields_for(route)) == wanted


# Errors and warnings


def test_invalid_values_have_errors_even_if_no_mandatory_field_is_missing():
    values = {
        **STUDENT,
        "course_fees_paid": "12,34",
        "nationality": "GBR1",
        "course_end_date": date(2020, 1, 1),
    }
    assert list(fields.errors(values)) == ["nationality", "course_end_date", "course_fees_paid"]
    assert not fields.missing(values)
    assert not is_complete(values)


def test_the_date_of_birth_is_compared_with_the_date_of_today():
    assert "date_of_birth" in fields.errors({"date_of_birth": "2026-11-21"})
    assert not fields.errors({"date_of_birth": "2026-11-20"})
    assert not fields.errors({"date_of_birth": "2026-11-21"}, date(2026, 11, 22))


def test_checking_returns_the_values_as_stored_and_keeps_invalid_values_unchanged():
    typed = {
        "family_name": "  O\N{RIGHT SINGLE QUOTATION MARK}Brien ",
        "course_fees_paid": "0",
        "is_agent_used": "no",
        "nationality": "irl",
        "gender": "x",
    }
    values, wrong = fields.checked(typed)
    assert values["family_name"] == "O\N{RIGHT SINGLE QUOTATION MARK}Brien"
    assert (values["course_fees_paid"], values["is_agent_used"], values["nationality"]) == (
        Decimal(0),
        False,
        "IRL",
    )
    assert values["gender"] == "x"
    assert list(wrong) == ["gender"]
    assert values["hours_per_week"] is None
    assert values["study_city"] == ""


@given(st.dictionaries(st.sampled_from(names(fields.FIELDS)), ANYTHING), st.dates())
def test_any_value_is_either_stored_or_has_an_error(values, today):
    kept, wrong = fields.checked(values, today)
    right = {name: value for name, value in kept.items() if name not in wrong}
    assert fields.checked(right, today)[0] == {
        **right,
        **{name: fields.BY_NAME[name].empty for name in wrong},
    }
    fields.missing(right)
    fields.displayed(right)
    fields.warnings(right, TODAYS_RULES)


def test_an_error_names_the_section_if_the_label_alone_is_not_clear():
    wrong = fields.errors({"agent_city": "x" * 36, "course_title": "x" * 251})
    assert wrong["agent_city"].startswith("Agent: City or town must be 35 characters or fewer")
    assert wrong["course_title"].startswith("Course curriculum title must be")


def test_an_answer_that_is_not_asked_for_is_kept_and_gives_a_warning():
    values = {**SOON, "selt_provider": "PSI"}
    (found,) = fields.warnings(values, TODAYS_RULES)
    assert found.field.name == "selt_provider"
    assert found.sentence == (
        "“SELT test provider” has an answer, but applies only when "
        "“Is a Secure English Language Test (SELT) required?” is Yes"
    )
    assert is_complete(values)
    assert not fields.warnings(SOON, TODAYS_RULES)


def test_the_share_of_remote_delivery_is_cleared_where_nothing_is_delivered_remotely():
    values = {**STUDENT, "remote_delivery_percent": "abc"}
    kept, wrong = fields.checked({**values, "is_remote_delivery": "no"})
    assert (kept["remote_delivery_percent"], wrong) == (None, {})
    assert list(fields.checked({**values, "is_remote_delivery": "yes"})[1]) == ["remote_delivery_percent"]


def test_the_whole_address_of_a_placement_or_an_agent_is_asked_for_at_once():
    for prefix, asked in (("placement", when.WITH_PLACEMENT), ("agent", when.WITH_AGENT)):
        address = [
            field for field in fields.FIELDS if field.name.startswith(f"{prefix}_") and "Address" in field.element
        ]
        assert len(address) == 7
        assert {field.asked for field in address} == {asked}
    assert fields.BY_NAME["partner_name"].asked == Always()


# Display


def test_filled_fields_are_displayed_by_section_in_words():
    values = {
        **STUDENT,
        "course_start_date": date(2026, 11, 21),
        "course_fees_paid": Decimal("1234.5"),
        "is_remote_delivery": True,
        "remote_delivery_percent": 15,
        "is_sabbatical_officer": None,
        "nationality": "XXA",
    }
    shown = {section.name: dict(lines) for section, lines in fields.displayed(fields.checked(values)[0])}
    assert shown["Category"] == {"Route": "Student"}
    assert shown["Student details"]["Nationality"] == "Stateless"
    assert shown["Student details"]["Date of birth"] == "17 May 2002"
    assert shown["Course details"]["Course start date"] == "21 November 2026"
    assert shown["Course details"]["Academic level"] == "RQF level 7"
    assert shown["Course details"]["Is any of the course delivered remotely?"] == "Yes"
    assert shown["Course details"]["Share of the taught part delivered remotely (%)"] == "15%"
    assert shown["Fees and accommodation"]["Course fees paid to date (£)"] == "£1,234.50"
    assert "Partner institution" not in shown
    assert "Is the student a student union sabbatical officer?" not in shown["Course details"]


def test_the_generated_document_has_a_row_for_each_field():
    page = as_markdown()
    for fact in FACTS:
        assert f"| {fact['label']} | `{fact['name']}` | {fact['type']} | {fact['size']} |" in page
    assert "| both | always, even to save | latin-1 | `ApplicantData/FamilyName` |" in page
    assert "Can be updated while ASSIGNED" in page
