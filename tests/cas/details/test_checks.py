"""What may stand in a field: whatever comes in, either a value to store comes out or a sentence."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cas.details import checks
from cas.details.checks import Invalid
from cas.details.countries import COUNTRIES, NATIONALITIES

TODAY = date(2026, 11, 21)

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text("\x00\t\r\n \u200b\u200d\u2028\ufeff\ud800a1,.-/£%")
ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.dates()
    | st.datetimes()
    | ANY_TEXT
    | st.binary()
    | st.lists(ANY_TEXT, max_size=4)
    | st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=2)
)

CHECKS = {
    "text": lambda value: checks.text(value, "It", size=35),
    "long text": lambda value: checks.text(value, "It", size=4000, is_long=True),
    "date": lambda value: checks.date(value, "It"),
    "money": lambda value: checks.money(value, "It"),
    "number": lambda value: checks.number(value, "It", least=1, most=60),
    "choice": lambda value: checks.choice(value, "It", codes={"A", "B"}),
    "country": lambda value: checks.country(value, "It", codes=NATIONALITIES),
    "yes/no": lambda value: checks.yes_no(value, "It"),
    "UK postcode": lambda value: checks.uk_postcode(value, "It"),
}


def refused(check, value):
    with pytest.raises(Invalid) as caught:
        CHECKS[check](value)
    return str(caught.value)


# Every check


@pytest.mark.parametrize("check", CHECKS)
@given(value=ANYTHING)
def test_whatever_comes_a_check_gives_a_value_that_it_accepts_again_or_a_sentence(check, value):
    try:
        kept = CHECKS[check](value)
    except Invalid:
        sentence = refused(check, value)
        assert "It" in sentence
        assert sentence.isprintable()
    else:
        assert CHECKS[check](kept) == kept


@given(ANY_TEXT)
def test_text_that_is_kept_is_composed_visible_and_as_short_as_it_must_be(value):
    try:
        kept = checks.text(value, "It", size=35)
    except Invalid:
        return
    assert len(kept) <= 35
    assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in kept)
    kept.encode()


# Text


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "O\N{RIGHT SINGLE QUOTATION MARK}Brien",
        "Smith-Jones",
        "Nguyễn Thị Minh",
        "محمد",
        "王小明",
        "राम",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "Ng",
        "-",
        "X Æ A-12",
        "Ωmega & Søn (née Ñandú)",
        "\N{GRINNING FACE}",
    ],
)
def test_names_of_all_kinds_are_kept_as_they_are(name):
    assert checks.text(name, "Family name", size=35) == name


def test_a_decomposed_name_is_composed_before_it_is_counted():
    typed = unicodedata.normalize("NFD", "ễ" * 35)
    assert len(typed) == 105
    assert checks.text(typed, "Family name", size=35) == "ễ" * 35


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\u200e", "\u2066"])
def test_characters_that_nobody_sees_are_left_out(unseen):
    assert checks.text(f"{unseen}O'{unseen}Brien{unseen}", "Family name", size=35) == "O'Brien"


@pytest.mark.parametrize("blank", [" ", "\u200b", "\u00a0\u3000", "\u3164", "\u200d", "\u2800\t", "\n\r\n"])
def test_a_name_of_nothing_that_can_be_seen_is_no_name(blank):
    assert checks.text(blank, "Family name", size=35) == ""


def test_space_around_is_left_out_and_strange_spaces_become_plain_ones():
    assert checks.text("\t Anna\u00a0Maria\tde Souza \n", "Family name", size=35) == "Anna Maria de Souza"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9c", "\ud83d", "\ufffe", "\uffff"])
def test_characters_that_cannot_be_stored_are_refused(character):
    assert "cannot be printed" in refused("text", f"An{character}na")
    assert "cannot be printed" in refused("long text", f"An{character}na")


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\v", "\f"])
def test_only_long_text_has_lines(end_of_line):
    assert refused("text", f"1 High Street{end_of_line}Leeds") == "It must be on one line"
    assert CHECKS["long text"](f"A level:{end_of_line}Physics A") == "A level:\nPhysics A"


def test_text_that_is_too_long_is_told_how_long_it_is():
    assert CHECKS["text"]("x" * 35) == "x" * 35
    assert refused("text", "x" * 36) == "It must be 35 characters or fewer. This has 36"
    assert refused("long text", "x" * 4001) == "It must be 4,000 characters or fewer. This has 4,001"
    assert CHECKS["long text"]("x\r\n" * 2000) == ("x\n" * 2000).strip()


# Dates


def test_a_date_is_a_date_or_written_the_iso_way():
    assert CHECKS["date"](date(2027, 3, 27)) == CHECKS["date"](" 2027-03-27 ") == date(2027, 3, 27)


@pytest.mark.parametrize("value", ["2024-02-29", "2000-02-29", "1900-01-01", "2200-12-31"])
def test_dates_that_exist_are_taken(value):
    assert CHECKS["date"](value).isoformat() == value


@pytest.mark.parametrize("value", ["2023-02-29", "1900-02-29", "2027-13-01", "2027-00-10", "2027-04-31"])
def test_dates_that_do_not_exist_are_refused(value):
    assert refused("date", value) == "It must be a real date"


@pytest.mark.parametrize(
    "value",
    [
        "27/3/2027",
        "2027-3-27",
        "20270327",
        "2027-W12-6",
        "27-03-2027",
        "٢٠٢٧-٠٣-٢٧",
        "soon",
        20270327,
        datetime(2027, 3, 27, 1, tzinfo=UTC),
    ],
)
def test_dates_written_otherwise_are_refused_with_an_example(value):
    assert refused("date", value) == "It must be a date, written as 2027-03-27"


@pytest.mark.parametrize("value", ["0026-09-01", "1899-12-31", "2201-01-01", date.max, date.min])
def test_years_that_can_only_be_slips_are_refused(value):
    assert refused("date", value) == "It must have a year from 1900 to 2200"


# Money


@pytest.mark.parametrize(
    ("value", "pounds"),
    [
        ("1234", "1234.00"),
        ("1234.99", "1234.99"),
        (" 1234 ", "1234.00"),
        ("0", "0.00"),
        ("0.00", "0.00"),
        ("007", "7.00"),
        ("99999999.99", "99999999.99"),
        (0, "0.00"),
        (Decimal("1234.5"), "1234.50"),
        (Decimal("-0"), "0.00"),
    ],
)
def test_amounts_are_kept_in_pounds_and_pence(value, pounds):
    assert str(CHECKS["money"](value)) == pounds


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1,234", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("£1234", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("1 234", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("free", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("1e3", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("١٢٣", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("1" * 5000, "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        (12.5, "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        (True, "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        (Decimal("NaN"), "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        (Decimal("Infinity"), "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("-1", "It must be 0 or more"),
        (Decimal("-0.01"), "It must be 0 or more"),
        ("100000000", "It must be 99,999,999.99 or less"),
        (Decimal("1e30"), "It must be 99,999,999.99 or less"),
        ("1234.5", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        ("-1.5", "It must be an amount without commas or a pound sign, as 1234 or 1234.99"),
        (Decimal("0.001"), "It must have two figures after the point, as 1234.99"),
    ],
)
def test_other_amounts_are_refused_with_the_reason(value, sentence):
    assert refused("money", value) == sentence


@given(st.decimals(0, checks.MOST_MONEY, places=2))
@example(Decimal("0.01"))
def test_every_amount_with_pence_is_kept_exactly(amount):
    assert CHECKS["money"](str(amount)) == CHECKS["money"](amount) == amount


# Numbers, choices, countries, yes and no


@given(st.integers(-100, 100))
def test_a_number_lies_within_its_limits(number):
    if 1 <= number <= 60:
        assert CHECKS["number"](number) == CHECKS["number"](str(number)) == number
    else:
        assert refused("number", str(number)) == "It must be a whole number from 1 to 60"


@pytest.mark.parametrize(
    "value", ["15.5", "1e1", "fifteen", "15%", "\N{ARABIC-INDIC DIGIT FIVE}", "1" * 5000, 15.0, True, "-5"]
)
def test_only_whole_numbers_in_plain_figures_are_taken(value):
    assert refused("number", value) == "It must be a whole number from 1 to 60"


def test_a_choice_is_made_from_the_list():
    assert CHECKS["choice"](" A ") == "A"
    assert refused("choice", "C") == "It: “C” is not in the list, choose from the list"
    assert refused("choice", "a") == "It: “a” is not in the list, choose from the list"
    assert refused("choice", "x" * 51) == refused("choice", 1) == "It: choose from the list"


@pytest.mark.parametrize("code", ["GBR", "VNM", "XKX", "STATELESS", "GBD", "GBN", "GBO", "GBP", "GBS"])
def test_a_nationality_is_a_country_or_belongs_to_none(code):
    assert CHECKS["country"](code.lower()) == code


def test_nobody_lives_in_a_nationality_that_is_no_country():
    assert set(NATIONALITIES) - set(COUNTRIES) == {"STATELESS", "GBD", "GBN", "GBO", "GBP", "GBS"}
    assert refused("country", "GB") == "It: “GB” is not in the list, choose from the list"


def test_countries_have_familiar_names_in_the_order_of_the_alphabet():
    names = list(COUNTRIES.values())
    assert [COUNTRIES[code] for code in ("TWN", "KOR", "RUS", "XKX", "BOL")] == [
        "Taiwan",
        "South Korea",
        "Russia",
        "Kosovo",
        "Bolivia",
    ]
    assert names.index("Afghanistan") < names.index("Åland Islands") < names.index("Albania")
    assert len(set(names)) == len(names) == 250


@pytest.mark.parametrize(
    ("value", "answer"),
    [("yes", True), ("No", False), (" true ", True), ("false", False), (True, True), (False, False)],
)
def test_yes_and_no_are_taken_as_forms_and_files_write_them(value, answer):
    assert CHECKS["yes/no"](value) is answer


@pytest.mark.parametrize("value", ["maybe", "y", "1", 1, 0, "on"])
def test_anything_else_is_neither_yes_nor_no(value):
    assert refused("yes/no", value) == "Select Yes or No for “It”"


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
def test_uk_postcodes_are_kept_in_capitals_with_one_space(typed, postcode):
    assert CHECKS["UK postcode"](typed) == postcode


@pytest.mark.parametrize("typed", ["90210", "LS2", "LS2 9J", "9LS 2JT", "LS2 9CT", "QS2 9JT", "LS2 9JT9", "75001", "٣"])
def test_other_postcodes_are_refused(typed):
    assert refused("UK postcode", typed) == "It must be a UK postcode, such as LS2 9JT"


# Between fields


@pytest.mark.parametrize("end", [date(2027, 9, 13), date(2027, 9, 14)])
def test_a_course_ends_after_it_starts(end):
    values = {"course_start_date": date(2027, 9, 14), "course_end_date": end}
    assert list(checks.across(values, TODAY)) == ["course_end_date"]
    assert not checks.across({**values, "course_end_date": date(2027, 9, 15)}, TODAY)


def test_the_latest_date_for_acceptance_is_not_before_the_start():
    values = {"course_start_date": date(2027, 9, 14)}
    assert not checks.across({**values, "latest_acceptance_date": date(2027, 9, 14)}, TODAY)
    assert list(checks.across({**values, "latest_acceptance_date": date(2027, 9, 13)}, TODAY)) == [
        "latest_acceptance_date"
    ]


@pytest.mark.parametrize(
    ("born", "today", "is_right"),
    [
        (date(2026, 11, 20), TODAY, True),
        (date(2026, 11, 21), TODAY, False),
        (date(2027, 1, 1), TODAY, False),
        (date(1906, 11, 21), TODAY, True),
        (date(1906, 11, 20), TODAY, False),
        (date(1908, 2, 29), date(2028, 2, 29), True),
        (date(1908, 2, 29), date(2028, 3, 1), False),
        (date.max, TODAY, False),
        (date.min, TODAY, False),
    ],
)
def test_a_student_was_born_before_today_and_not_over_120_years_ago(born, today, is_right):
    assert ("date_of_birth" not in checks.across({"date_of_birth": born}, today)) is is_right


# Warnings


def warned(**values):
    return [name for name, _ in checks.warnings(values, TODAY)]


def test_a_course_that_has_started_is_warned_of():
    assert warned(course_start_date=date(2026, 11, 20)) == ["course_start_date"]
    assert warned(course_start_date=TODAY) == []


def test_more_than_a_fifth_of_remote_delivery_is_warned_of():
    assert warned(remote_delivery_percent=20) == []
    assert warned(remote_delivery_percent=21) == ["remote_delivery_percent"]


def test_a_course_of_more_than_ten_years_is_warned_of():
    assert warned(course_start_date=date(2027, 9, 1), course_end_date=date(2037, 9, 1)) == []
    assert warned(course_start_date=date(2027, 9, 1), course_end_date=date(2072, 9, 1)) == ["course_end_date"]


@pytest.mark.parametrize(
    ("this", "previous", "comparison", "is_odd"),
    [
        ("RQF_7", "RQF_6", "HIGHER", False),
        ("RQF_7", "RQF_6", "SAME", True),
        ("RQF_7", "RQF_6", "LOWER", True),
        ("RQF_6", "RQF_7", "LOWER", False),
        ("RQF_6", "RQF_7", "HIGHER", True),
        ("RQF_6", "RQF_6", "SAME", False),
        ("RQF_6", "RQF_6", "HIGHER", False),
        ("RQF_6", "RQF_6", "LOWER", True),
        ("PRE_SESSIONAL_B2", "RQF_7", "HIGHER", False),
        ("RQF_6", "RQF_7", "", False),
        ("", "RQF_7", "HIGHER", False),
    ],
)
def test_a_comparison_that_the_levels_contradict_is_warned_of(this, previous, comparison, is_odd):
    values = {"academic_level": this, "previous_academic_level": previous, "level_comparison": comparison}
    assert (warned(has_previous_uk_study=True, **values) == ["level_comparison"]) is is_odd
    assert warned(has_previous_uk_study=False, **values) == []
