"""The rules of a CAS, for a single value and between several values."""

from datetime import date

import pytest
from hypothesis import given

from cas.details import checks
from cas.details.countries import COUNTRIES, NATIONALITIES
from sms.core.partial_dates import PartialDate
from sms.core.values import Invalid
from tests.core.test_values import ANYTHING

TODAY = date(2026, 11, 21)

CHECKS = {
    "country": lambda value: checks.country(value, "It", codes=NATIONALITIES),
    "UK postcode": lambda value: checks.uk_postcode(value, "It"),
    "UCAS ID": lambda value: checks.ucas_id(value, "It"),
    "licence number": lambda value: checks.licence_number(value, "It"),
}


def refused(check, value):
    with pytest.raises(Invalid) as caught:
        CHECKS[check](value)
    return str(caught.value)


@pytest.mark.parametrize("check", CHECKS)
@given(value=ANYTHING)
def test_a_check_of_any_value_gives_an_error_or_a_value_that_it_accepts_again(check, value):
    try:
        kept = CHECKS[check](value)
    except Invalid:
        sentence = refused(check, value)
        assert "It" in sentence
        assert sentence.isprintable()
    else:
        assert CHECKS[check](kept) == kept


@pytest.mark.parametrize("code", ["GBR", "VNM", "XXK", "XXA", "XXX", "BNO", "BOC", "BTC", "GBP", "GBS", "UNO"])
def test_a_nationality_is_a_country_or_one_of_a_few_others(code):
    assert CHECKS["country"](code.lower()) == code


def test_a_ucas_id_is_1_and_9_letters_or_digits_in_any_case_and_spacing():
    assert CHECKS["UCAS ID"](" 1234 567 89a ") == "123456789A"
    for wrong in ("2234567890", "123456789", "12345678901", "1234-5678é"):
        assert refused("UCAS ID", wrong) == "It must be 1, then 9 letters or digits"


def test_a_licence_number_is_8_letters_or_digits_and_then_a_digit_or_x():
    assert CHECKS["licence number"]("4nuv 7kb5x") == "4NUV7KB5X"
    for wrong in ("4NUV7KB5", "4NUV7KB5A", "4NUV7KB5X1"):
        assert refused("licence number", wrong) == "It must be 8 letters or digits, and then a digit or X"


def test_nationalities_that_are_not_countries_are_not_in_the_list_of_countries():
    assert set(NATIONALITIES) - set(COUNTRIES) == {
        *("BNO", "BOC", "BTC", "GBP", "GBS", "UNA", "UNO", "UNS", "XXA", "XXB", "XXC", "XXX")
    }
    assert refused("country", "QQ") == "It: “QQ” is not in the list. Choose from the list"


def test_countries_have_familiar_names_in_alphabetical_order():
    names = list(COUNTRIES.values())
    assert [COUNTRIES[code] for code in ("TWN", "KOR", "RUS", "XXK", "BOL")] == [
        "Taiwan",
        "South Korea",
        "Russia",
        "Kosovo",
        "Bolivia",
    ]
    assert names.index("Afghanistan") < names.index("Åland Islands") < names.index("Albania")
    assert len(set(names)) == len(names) == 250


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("ls29jt", "LS2 9JT"),
        (" LS2  9JT ", "LS2 9JT"),
        ("M1 1AE", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("W1A 0AX", "W1A 0AX"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("WC1E\u00a06BT", "WC1E 6BT"),
        ("JE2 3AB", "JE2 3AB"),
        ("GIR 0AA", "GIR 0AA"),
    ],
)
def test_a_uk_postcode_is_stored_in_capitals_with_one_space(typed, postcode):
    assert CHECKS["UK postcode"](typed) == postcode


@pytest.mark.parametrize("typed", ["90210", "LS2", "LS2 9J", "9LS 2JT", "LS2 9CT", "QS2 9JT", "LS2 9JT9", "75001", "٣"])
def test_a_postcode_of_another_format_is_refused(typed):
    assert refused("UK postcode", typed) == "It must be a UK postcode, such as LS2 9JT"


# Between fields


@pytest.mark.parametrize("end", [date(2027, 9, 13), date(2027, 9, 14)])
def test_a_course_must_end_after_it_starts(end):
    values = {"course_start_date": date(2027, 9, 14), "course_end_date": end}
    assert list(checks.across(values, TODAY)) == ["course_end_date"]
    assert not checks.across({**values, "course_end_date": date(2027, 9, 15)}, TODAY)


def test_the_latest_date_for_acceptance_must_not_be_before_the_start():
    values = {"course_start_date": date(2027, 9, 14)}
    assert not checks.across({**values, "latest_acceptance_date": date(2027, 9, 14)}, TODAY)
    assert list(checks.across({**values, "latest_acceptance_date": date(2027, 9, 13)}, TODAY)) == [
        "latest_acceptance_date"
    ]


@pytest.mark.parametrize(
    ("born", "today", "is_right"),
    [
        ("2026-11-20", TODAY, True),
        ("2026-11-21", TODAY, False),
        ("2027-01-01", TODAY, False),
        ("1906-11-21", TODAY, True),
        ("1906-11-20", TODAY, False),
        ("1908-02-29", date(2028, 2, 29), True),
        ("1908-02-29", date(2028, 3, 1), False),
        ("2200-12-31", TODAY, False),
        ("1900-01-01", TODAY, False),
        # A partial date is wrong only if every day that it can mean is wrong.
        ("2026", TODAY, True),
        ("2026-11", TODAY, True),
        ("2026-11", date(2026, 11, 1), False),
        ("2026-12", TODAY, False),
        ("2027", TODAY, False),
        ("1906", TODAY, True),
        ("1906-11", TODAY, True),
        ("1906-11", date(2026, 12, 1), False),
        ("1906-10", TODAY, False),
        ("1905", TODAY, False),
        ("1908-02", date(2028, 2, 29), True),
        ("1908-02", date(2028, 3, 1), False),
    ],
)
def test_a_student_must_be_born_before_today_and_at_most_120_years_ago(born, today, is_right):
    assert ("date_of_birth" not in checks.across({"date_of_birth": PartialDate(born)}, today)) is is_right
