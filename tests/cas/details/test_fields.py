"""Every field of a CAS agrees with the table of the specification. fields.csv is our copy of that table."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.migrations.state import ModelState
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from cas.details import fields
from cas.details.data_dictionary import as_markdown
from cas.details.needs import Always, Optional_, ToSave
from cas.details.types import CASUKPostcode
from cas.models import CAS
from licences.routes import Route
from sms.core import clock
from sms.core.govuk.forms import GovukForm
from sms.core.partial_dates import PartialDate
from tests.cas.details.test_checks import ANYTHING
from tests.cas.details.test_warnings import TODAYS_RULES
from tests.factories import CHILD, COMPLETE

FACTS = list(csv.DictReader((Path(__file__).parent / "fields.csv").read_text(encoding="utf-8").splitlines()))
STUDENT = {**COMPLETE, "route": Route.STUDENT}
SOON = {**STUDENT, "course_start_date": date(2027, 1, 11), "course_end_date": date(2027, 12, 10)}
CHILD_STUDENT = {**CHILD, "route": Route.CHILD_STUDENT}


@pytest.fixture(autouse=True)
def _in_november():
    with clock.set_to(datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/London"))):
        yield


def names(found):
    return [field.name for field in found]


def facts_of(field):
    """Return the row of fields.csv that describes this declaration."""
    needed = {Always: "mandatory", ToSave: "to save", Optional_: "optional"}.get(type(field.needed), "conditional")
    accepts = ""
    if field.kind in {"choice", "number"}:
        accepts = "; ".join(field.labels) if field.kind == "choice" else f"{field.least} to {field.most}"
    elif field.name == "nationality":
        accepts = "ISO 3166-1 alpha-3; STATELESS; XKX; GBD; GBN; GBO; GBP; GBS"
    return {
        "section": field.section.name,
        "name": field.name,
        "label": field.label,
        "type": field.kind,
        "size": str(field.size or ""),
        "needed": needed,
        "condition": written(field.needed.as_json()) if needed == "conditional" else "",
        "xml_tag": field.tag,
        "accepts": accepts,
        "updated_while_assigned": "yes" if field.changes_while_assigned else "",
    }


def written(condition):
    """Return a condition, given as JSON, in the words of fields.csv."""
    ((kind, operand),) = condition.items()
    if kind == "all":
        return " and ".join(written(part) for part in operand)
    if kind == "any_filled":
        return f"any {operand[0].partition('_')[0]} field is filled"
    name, values = operand
    return f"{name} {kind.replace('_', ' ')} {' or '.join(values)}"


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


def test_names_and_tags_are_unique_and_conditions_name_existing_fields():
    assert len({field.tag for field in fields.FIELDS}) == len(fields.FIELDS)
    for field in fields.FIELDS:
        field.needed.in_words(fields.BY_NAME)
        field.asked.in_words(fields.BY_NAME)


def test_the_cas_has_a_column_for_each_field():
    assert set(names(fields.FIELDS)) <= set(names(CAS._meta.fields))


def test_only_the_fees_paid_to_date_change_once_a_cas_is_assigned():
    assert fields.FEES_PAID == ("course_fees_paid", "accommodation_fees_paid", "boarding_fees_paid")
    assert {*fields.FEES_PAID, *fields.FROZEN} == set(names(fields.FIELDS))
    assert fields.TO_SAVE == ("family_name",)


def test_a_migration_sees_plain_columns():
    """A change of a label, hint, condition, tag or list of choices needs no migration."""
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
    assert fields.is_complete(STUDENT)
    assert fields.is_complete(CHILD_STUDENT)


@pytest.mark.parametrize("fact", [f for f in FACTS if f["needed"] in {"mandatory", "to save"}], ids=lambda f: f["name"])
def test_a_cas_without_a_mandatory_field_is_not_complete(fact):
    values = {name: value for name, value in STUDENT.items() if name != fact["name"]}
    assert fact["name"] in names(fields.missing(values))
    assert not fields.is_complete(values)


def test_an_empty_cas_misses_all_mandatory_fields_in_the_order_of_the_form():
    assert names(fields.missing({})) == [f["name"] for f in FACTS if f["needed"] in {"mandatory", "to save"}] + []


def test_a_missing_field_has_its_section():
    (lacking,) = fields.missing({**STUDENT, "study_city": ""})
    assert (lacking.section.name, lacking.section.slug) == ("Main study address", "main-study-address")


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({"academic_level": "RQF_8", "study_mode": ""}, ["study_mode"]),
        ({"academic_level": "RQF_6", "study_mode": ""}, []),
        ({"academic_level": "PRE_SESSIONAL_B2"}, ["hours_per_week"]),
        ({"is_remote_delivery": True}, ["remote_delivery_percent"]),
        ({"partner_postcode": "LS2 9JT"}, ["partner_name", "partner_address_line_1", "partner_city"]),
        ({"overseas_country": "FRA"}, ["overseas_name", "overseas_address_line_1", "overseas_city"]),
        (
            {"has_work_placement": True},
            [
                "placement_name",
                "placement_address_line_1",
                "placement_city",
                "placement_country",
                "placement_percent",
            ],
        ),
        (
            {"has_previous_uk_study": True},
            ["previous_academic_level", "level_comparison", "progression_justification"],
        ),
        (
            {"has_previous_uk_study": True, "previous_academic_level": "RQF_6", "level_comparison": "HIGHER"},
            [],
        ),
        (
            {"has_previous_uk_study": True, "previous_academic_level": "RQF_7", "level_comparison": "SAME"},
            ["progression_justification"],
        ),
        ({"is_selt_required": False, "reason_selt_not_required": ""}, ["reason_selt_not_required"]),
        (
            {"is_selt_required": True},
            [
                "selt_provider",
                "english_level_attained",
                "selt_reference",
                "selt_speaking",
                "selt_listening",
                "selt_reading",
                "selt_writing",
            ],
        ),
        (
            {"is_agent_used": True},
            ["agent_name", "agent_contact_name", "agent_address_line_1", "agent_city", "agent_country"],
        ),
    ],
)
def test_an_answer_makes_other_fields_mandatory(values, lacking):
    assert names(fields.missing({**STUDENT, **values})) == lacking


def test_a_child_student_needs_care_arrangements_and_a_boarder_also_the_boarding_fees():
    bare = {**CHILD_STUDENT, "is_boarding": None, "care_arrangements": ""}
    assert names(fields.missing(bare)) == ["is_boarding", "care_arrangements"]
    boarder = {**CHILD_STUDENT, "is_boarding": True}
    assert names(fields.missing(boarder)) == ["boarding_fees", "boarding_fees_paid"]


def test_the_route_decides_the_mandatory_fields_before_the_cas_is_saved():
    assert "care_arrangements" in names(fields.missing({}, Route.CHILD_STUDENT))
    assert "care_arrangements" not in names(fields.missing({}, Route.STUDENT))


def test_no_and_zero_count_as_answers():
    assert fields.is_complete({**STUDENT, "course_fees_first_year": Decimal(0), "course_fees_paid": "0"})


def test_a_cas_of_a_student_with_one_name_is_complete():
    assert fields.is_complete({**STUDENT, "given_names": "", "other_names": ""})


def test_a_cas_can_be_checked_like_its_values():
    cas = CAS(**{**STUDENT, "is_agent_used": True})
    assert fields.missing(cas) == fields.missing({**STUDENT, "is_agent_used": True})
    assert fields.values_of(cas)["family_name"] == "Nguyễn"
    assert not fields.errors(cas)


# Routes


def test_a_student_cas_has_no_fields_of_a_child_student():
    student, child = fields.fields_for(Route.STUDENT), fields.fields_for(Route.CHILD_STUDENT)
    assert child == fields.FIELDS
    gone = ["boarding_fees", "boarding_fees_paid", "is_boarding", "care_arrangements"]
    assert [name for name in names(child) if name not in names(student)] == gone
    assert "Child Student" not in [section.name for section, _ in fields.by_section(student)]
    assert [section for section, _ in fields.by_section(child)] == list(fields.SECTIONS)


# Errors and warnings


def test_invalid_values_have_errors_even_if_no_mandatory_field_is_missing():
    values = {
        **STUDENT,
        "course_fees_paid": "1,234",
        "nationality": "GBR1",
        "course_end_date": date(2020, 1, 1),
    }
    assert list(fields.errors(values)) == ["nationality", "course_end_date", "course_fees_paid"]
    assert not fields.missing(values)
    assert not fields.is_complete(values)


def test_the_date_of_birth_is_compared_with_the_date_of_today():
    assert "date_of_birth" in fields.errors({"date_of_birth": "2026-11-21"})
    assert not fields.errors({"date_of_birth": "2026-11-20"})
    assert not fields.errors({"date_of_birth": "2026-11-21"}, date(2026, 11, 22))


def test_checking_returns_the_values_as_stored_and_keeps_invalid_values_unchanged():
    typed = {
        "family_name": "  O\N{RIGHT SINGLE QUOTATION MARK}Brien ",
        "course_fees_paid": "0",
        "is_boarding": "no",
        "nationality": "irl",
        "gender": "x",
    }
    values, wrong = fields.checked(typed)
    assert values["family_name"] == "O\N{RIGHT SINGLE QUOTATION MARK}Brien"
    assert (values["course_fees_paid"], values["is_boarding"], values["nationality"]) == (
        Decimal(0),
        False,
        "IRL",
    )
    assert values["gender"] == "x"
    assert list(wrong) == ["gender"]
    assert values["hours_per_week"] is None
    assert values["home_city"] == ""


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
    wrong = fields.errors({"agent_city": "x" * 101, "course_title": "x" * 251})
    assert wrong["agent_city"].startswith("Agent: City or town must be 100 characters or fewer")
    assert wrong["course_title"].startswith("Course curriculum title must be")


def test_an_answer_that_is_not_asked_for_is_kept_and_gives_a_warning():
    values = {**SOON, "selt_provider": "PSI"}
    assert names(fields.unasked(values)) == ["selt_provider"]
    ((field, sentence),) = fields.warnings(values, TODAYS_RULES)
    assert field.name == "selt_provider"
    assert sentence == (
        "“SELT test provider” has an answer, but applies only when "
        "“Is a Secure English Language Test (SELT) required?” is Yes"
    )
    assert fields.is_complete(values)
    assert not fields.warnings(SOON, TODAYS_RULES)


@pytest.mark.parametrize("name", ["passport_number", "applicant_id", "course_id", "study_postcode", "home_postcode"])
def test_a_letter_of_an_identifier_that_only_looks_latin_is_kept_and_warned_of(name):
    field = fields.BY_NAME[name]
    values = {**SOON, name: "\u0410B12"}  # a Cyrillic A
    found = dict(fields.warnings(values, TODAYS_RULES))
    if name == "study_postcode":  # which must be Latin
        assert name in fields.errors(values)
    else:
        assert found == {
            field: f"{field.subject}: “\u0410” is Cyrillic and looks like A. Enter it again in Latin letters"
        }
        assert fields.checked(values)[0][name] == "\u0410B12"
        assert fields.is_complete(values)
    assert not fields.warnings({**SOON, "family_name": "\u0410\u043b\u0438", "passport_number": "AB12"}, TODAYS_RULES)


def test_the_second_line_of_an_address_is_asked_for_with_the_first():
    for prefix in ("placement", "agent"):
        first, second = (fields.BY_NAME[f"{prefix}_address_line_{n}"] for n in (1, 2))
        assert second.asked == first.asked == first.needed
    assert fields.BY_NAME["partner_name"].asked == Always()


def test_the_reason_why_a_field_is_mandatory_can_be_written_in_words():
    assert fields.needed_because(fields.BY_NAME["boarding_fees"]) == (
        "“Route” is Child Student and “Does the student board?” is Yes"
    )
    assert fields.needed_because(fields.BY_NAME["family_name"]) == ""


# Display


def test_filled_fields_are_displayed_by_section_in_words():
    values = {
        **STUDENT,
        "course_start_date": date(2026, 11, 21),
        "course_fees_paid": Decimal("1234.5"),
        "is_remote_delivery": True,
        "remote_delivery_percent": 15,
        "is_sabbatical_officer": None,
        "nationality": "STATELESS",
    }
    shown = {section.name: dict(lines) for section, lines in fields.displayed(fields.checked(values)[0])}
    assert shown["Category"] == {"Route": "Student"}
    assert shown["Student details"]["Nationality"] == "Stateless"
    assert shown["Student details"]["Date of birth"] == "17 May 2002"
    assert shown["Course details"]["Course start date"] == "21 November 2026"
    assert shown["Course details"]["Academic level"] == "RQF 7 (SCQF 11)"
    assert shown["Course details"]["Is any of the course delivered remotely?"] == "Yes"
    assert shown["Course details"]["Share delivered remotely (%)"] == "15%"
    assert shown["Fees"]["Course fees paid to date (£)"] == "£1,234.50"
    assert "Partner institution" not in shown
    assert "Is the student a student union sabbatical officer?" not in shown["Course details"]


def test_the_generated_document_has_a_row_for_each_field():
    page = as_markdown()
    for fact in FACTS:
        assert f"| {fact['label']} | `{fact['name']}` | {fact['type']} | {fact['size']} |" in page
    assert "| always, even to save | `FamilyName` |" in page
    assert "Can be updated while ASSIGNED" in page


# The model and the form


def test_the_model_validates_with_the_same_checks():
    cas = CAS(**{**STUDENT, "course_fees_paid": "12,5"})
    with pytest.raises(Exception, match="Course fees paid to date must be written without commas") as caught:
        cas.clean_fields(exclude=[f.name for f in CAS._meta.fields if f.name not in fields.BY_NAME])
    assert list(caught.value.message_dict) == ["course_fees_paid"]


def a_form(data):
    form_class = type("Form", (GovukForm,), {field.name: field.formfield() for field in fields.FIELDS})
    return form_class(MultiValueDict({name: [value] for name, value in data.items()}))


def test_a_form_of_the_fields_accepts_no_values_at_all():
    form = a_form({})
    assert form.is_valid()
    assert form.cleaned_data == {field.name: field.empty for field in fields.FIELDS}


def test_a_form_field_can_be_made_required():
    name = fields.BY_NAME["family_name"].formfield(required="Enter the family name")
    for nothing in (None, "", "  ", "\u200b"):
        with pytest.raises(ValidationError, match="Enter the family name"):
            name.clean(nothing)
    assert name.clean("Ng") == "Ng"
    answer = fields.BY_NAME["is_boarding"].formfield(required="Select yes if the student boards")
    assert answer.clean("no") is False


def test_a_form_can_require_a_field_after_it_is_built():
    form_class = type("Form", (GovukForm,), {"gender": fields.BY_NAME["gender"].formfield()})
    form, other = form_class({}), form_class({})
    form.fields["gender"].required = True
    form.fields["gender"].error_messages["required"] = "Select the gender"
    assert form.errors == {"gender": ["Select the gender"]}
    assert other.is_valid()


def test_a_form_of_the_fields_cleans_what_was_typed():
    form = a_form(
        {
            "family_name": " O'Brien\u200b ",
            "date_of_birth_day": "29",
            "date_of_birth_month": "February",
            "date_of_birth_year": "2004",
            "gender": "Other",
            "nationality": "STATELESS",
            "is_atas_required": "no",
            "remote_delivery_percent": "40",
            "course_fees_paid": "0",
            "evidence_for_offer": "One\r\nTwo",
            "study_postcode": "ls29jt",
        }
    )
    assert form.is_valid(), form.errors
    given = {name: value for name, value in form.cleaned_data.items() if value not in {None, ""}}
    assert given == {
        "family_name": "O'Brien",
        "date_of_birth": PartialDate("2004-02-29"),
        "gender": "Other",
        "nationality": "STATELESS",
        "is_atas_required": False,
        "remote_delivery_percent": 40,
        "course_fees_paid": Decimal(0),
        "evidence_for_offer": "One\nTwo",
        "study_postcode": "LS2 9JT",
    }


def test_a_form_of_the_fields_gives_an_error_for_each_invalid_value():
    form = a_form(
        {
            "family_name": "x" * 36,
            "date_of_birth_day": "29",
            "date_of_birth_month": "2",
            "date_of_birth_year": "2003",
            "course_fees_paid": "1,234",
            "hours_per_week": "61",
            "nationality": "Atlantis",
            "is_boarding": "perhaps",
            "study_postcode": "90210",
        }
    )
    assert {name: list(sentences) for name, sentences in form.errors.items()} == {
        "family_name": ["Family name must be 35 characters or fewer. It is 36 now"],
        "date_of_birth": ["Date of birth must be a real date: February 2003 has 28 days"],
        "nationality": ["Nationality: “Atlantis” is not in the list. Choose from the list"],
        "study_postcode": ["Main study address: Postcode must be a UK postcode, such as LS2 9JT"],
        "hours_per_week": ["Hours of study each week must be a whole number from 1 to 60"],
        "course_fees_paid": ["Course fees paid to date must be written without commas or spaces, as 1234 or 1234.99"],
        "is_boarding": ["Select Yes or No for “Does the student board?”"],
    }


def test_columns_that_the_system_sets_are_not_declared_as_fields():
    for name in ("status", "number", "owner", "licence"):
        with pytest.raises(FieldDoesNotExist):
            fields.CASDetails._meta.get_field(name)
