"""The CAS form with invalid values: each has an error, and what was typed is kept (specification, section 8)."""

from decimal import Decimal

import pytest

from cas.models import CAS
from licences.models import Event
from tests.factories import COMPLETE
from tests.pages import Page, typed_in

STUDENT = "/students/create-cas/STUDENT/new/"


def counts(page):
    """Return the number of fields left that each section shows, by the name of the section."""
    items = page.one("ol", of="sms-sections").all("li")
    return {item.one("a").text: item.one("span").text for item in items}


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


RIGHT_AND_WRONG = {
    "family_name": '  O\'Brien "Bo" <script>alert(1)</script> ',
    "given_names": "محمد",
    "other_names": "张伟 & Ὀδυσσεύς \u202eabc",
    "partner_address_line_1": "{{ 7 * 7 }} {% raw %}",
    "evidence_for_offer": " First\n\n\tSecond <b>\u00a0</textarea>",
    "date_of_birth_day": "31",
    "date_of_birth_month": "sbtember",
    "date_of_birth_year": "2002",
    "gender": "2",
    "nationality": "Atlantis",
    "hours_per_week": "ten",
    "is_remote_delivery": "yes",
    "remote_delivery_percent": "101",
    "course_fees_paid": "1,000.5",
    "study_postcode": "not one",
    "academic_level": "RQF9",
    "has_work_placement": "perhaps",
}


@pytest.fixture
def rejected(client):
    return Page(client.post(STUDENT, RIGHT_AND_WRONG))


def test_invalid_values_save_nothing(rejected):
    assert rejected.status == 422
    assert not CAS.objects.exists()
    assert not Event.objects.filter(kind="cas").exists()


def test_every_invalid_value_has_its_error_beside_the_field_and_in_the_summary(rejected):
    wrong = {
        "family_name": "Family name must be 35 characters or fewer",
        "date_of_birth": "Date of birth must have a month from 1 to 12, or its name",
        "nationality": "Nationality: “Atlantis” is not in the list",
        "academic_level": "Academic level: “RQF9” is not in the list",
        "hours_per_week": "Hours of study each week must be a number from 0 to 168, with 1 decimal at most",
        "remote_delivery_percent": "Share of the taught part delivered remotely must be a whole number from 1 to 100",
        "study_postcode": "Main study address: Postcode must be a UK postcode",
        "has_work_placement": "Does the course have a work placement?",
        "course_fees_paid": "Course fees paid to date must have 2 figures after the point",
    }
    beside = {name: rejected.error_of(name) for name in wrong}
    assert all(sentence in beside[name] for name, sentence in wrong.items()), beside
    assert {sentence for sentence, _ in rejected.summary} == set(beside.values())
    assert len(rejected.summary) == len(wrong)


def test_the_errors_are_in_the_order_of_the_form(rejected):
    places = [rejected.ids.index(href.removeprefix("#")) for _, href in rejected.summary]
    assert places == sorted(places)


def test_every_line_of_the_summary_links_to_an_input(rejected):
    for _, href in rejected.summary:
        assert rejected.by_id(href.removeprefix("#")).tag in {"input", "select", "textarea"}
    hrefs = [href for _, href in rejected.summary]
    assert "#id_date_of_birth_month" in hrefs


def test_everything_that_was_typed_is_shown_again_exactly(rejected):
    shown = rejected.typed()
    expected = {name: value for name, value in RIGHT_AND_WRONG.items() if name != "has_work_placement"}
    assert {name: shown.get(name) for name in expected} == expected
    assert "<script>alert" not in rejected.html


def test_an_answer_that_is_not_among_the_choices_leaves_the_question_open(rejected):
    assert "has_work_placement" not in rejected.typed()


def test_sections_count_missing_and_invalid_fields(rejected):
    found = counts(rejected)
    assert found["Student details"] == "5 left"  # country of birth, passport; invalid: family name, birth, nationality
    assert found["Partner institution"] == "3 left"  # name, city, country
    # Title, start, end and attendance; invalid: level, hours and share
    assert found["Course details"] == "7 left"
    assert found["Main study address"] == "3 left"  # line 1, city; invalid: postcode
    assert found["Work placement"] == "1 left"
    assert found["Documentation"] == "1 left"  # ATAS
    assert found["Fees and accommodation"] == "3 left"


def test_a_form_with_an_error_counts_one_field_more_than_a_saved_form(client):
    client.post(STUDENT, {"family_name": "Ng", "is_agent_used": "yes", "gender": "1"})
    saved = counts(Page(client.get(f"/students/cas/{CAS.objects.get().pk}/edit/")))
    wrong = counts(Page(client.post(STUDENT, {"family_name": "N" * 36, "is_agent_used": "yes", "gender": "1"})))
    assert (saved.pop("Student details"), wrong.pop("Student details")) == ("4 left", "5 left")
    assert wrong == saved
    assert wrong["Agent"] == "5 left"


def test_two_values_that_contradict_each_other_have_an_error_at_the_later_field(client):
    values = {**COMPLETE, "course_end_date": COMPLETE["course_start_date"]}
    page = Page(client.post(STUDENT, typed_in(values)))
    sentence = "Expected course end date must be after the course start date"
    assert page.summary == [(sentence, "#id_course_end_date_day")]
    assert page.typed().items() >= typed_in(values).items()


def test_a_form_is_saved_once_its_errors_are_corrected(client, rejected):
    corrected = rejected.typed() | {
        "family_name": "O'Brien",
        "date_of_birth_month": "5",
        "nationality": "IRL",
        "academic_level": "RQF6",
        "hours_per_week": "",
        "remote_delivery_percent": "40",
        "study_postcode": "ls2 9jt",
        "course_fees_paid": "1000.50",
    }
    assert client.post(STUDENT, corrected).status_code == 302
    cas = CAS.objects.get()
    assert (cas.given_names, cas.study_postcode) == ("محمد", "LS2 9JT")
    assert cas.evidence_for_offer.splitlines()[0] == "First"


HOSTILE = {
    "a NUL": b"a%00b",
    "a lone surrogate": b"a%ED%A0%80b",
    "half a character": b"a%E2%82",
    "bytes that are no UTF-8": b"%FF%FE%FA",
    "very much text": b"a" * 80_000,
    "very many digits": b"9" * 80_000,
    "very many lines": b"%0D%0A" * 13_000 + b"a",
    "all kinds of spaces": b"%E2%80%8B%C2%A0-%E3%80%80",
    "a turn to the left": b"%E2%80%AE%D9%85",
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_the_form_answers_any_bytes_with_errors(client, value):
    """Each value is sent as a text, a long text, a date, an amount, a number, a choice, a country and a question."""
    names = (
        "given_names",
        "evidence_for_offer",
        "date_of_birth_day",
        "course_fees_paid",
        "hours_per_week",
        "gender",
        "nationality",
        "is_atas_required",
        "version",
    )
    body = b"&".join([b"family_name=Ng", *(name.encode() + b"=" + value for name in names)])
    answer = client.generic("POST", STUDENT, body, "application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert all(map(Page(answer).error_of, ("date_of_birth", "course_fees_paid", "hours_per_week", "nationality")))


def test_a_value_of_a_megabyte_is_shown_again_with_its_error(client):
    page = Page(client.post(STUDENT, {"family_name": "a" * 1_000_000}))
    assert page.error_of("family_name") == "Family name must be 35 characters or fewer. It is 1,000,000 now"
    assert page.typed()["family_name"] == "a" * 1_000_000


def test_a_request_that_is_too_large_is_refused(client):
    body = b"family_name=" + b"a" * 3_000_000
    answer = client.generic("POST", STUDENT, body, "application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_countries_and_money_are_understood_as_people_type_them_and_shown_back(client):
    typed = {"nationality": "Vietnamese", "country_of_birth": "Türkiye", "course_fees_paid": "£1\u2009234.50"}
    page = Page(client.post(STUDENT, {"family_name": "Wang", **typed}, follow=True))
    cas = CAS.objects.get()
    assert (cas.nationality, cas.country_of_birth, cas.course_fees_paid) == ("VNM", "TUR", Decimal("1234.50"))
    shown = dict(Page(client.get(f"/students/cas/{cas.pk}/")).main.lines())
    assert shown["Nationality"] == "Vietnam"
    assert shown["Country of birth"] == "Turkey"
    assert shown["Course fees paid to date (£)"] == "£1,234.50"
    assert page.status == 200


def test_a_country_that_was_understood_is_selected_when_the_form_comes_back(client):
    page = Page(client.post(STUDENT, {"nationality": "Vietnamese", "country_of_birth": "Congo"}))
    assert page.status == 422
    assert page.typed()["nationality"] == "VNM"
    assert page.typed()["country_of_birth"] == "Congo"
    sentence = "Country of birth: “Congo” can be Congo (Democratic Republic) or Congo (Republic). Choose one of them"
    assert sentence in page.error_of("country_of_birth")
