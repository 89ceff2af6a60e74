"""Reading values: any input gives either a value to store or a sentence."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms.core import values
from sms.core.values import Invalid

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

MISREAD = "must have commas or spaces only between thousands, as 1,234 or 1 234, and pence after a point, as 1234.99"

CHECKS = {
    "text": lambda value: values.text(value, "It", size=35),
    "long text": lambda value: values.text(value, "It", size=4000, is_long=True),
    "date": lambda value: values.date(value, "It"),
    "money": lambda value: values.money(value, "It"),
    "number": lambda value: values.number(value, "It", least=1, most=60),
    "decimal": lambda value: values.decimal(value, "It", most=168),
    "choice": lambda value: values.choice(value, "It", codes={"A", "B"}),
    "yes/no": lambda value: values.yes_no(value, "It"),
}


def refused(check, value):
    with pytest.raises(Invalid) as caught:
        CHECKS[check](value)
    return str(caught.value)


# Every check


@pytest.mark.parametrize("check", CHECKS)
@given(value=ANYTHING)
def test_a_check_gives_a_value_that_it_accepts_again_or_a_sentence(check, value):
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
        kept = values.text(value, "It", size=35)
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
    assert values.text(name, "Family name", size=35) == name


def test_a_decomposed_name_is_composed_before_it_is_counted():
    typed = unicodedata.normalize("NFD", "ễ" * 35)
    assert len(typed) == 105
    assert values.text(typed, "Family name", size=35) == "ễ" * 35


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\u200e", "\u2066"])
def test_invisible_characters_are_left_out(unseen):
    assert values.text(f"{unseen}O'{unseen}Brien{unseen}", "Family name", size=35) == "O'Brien"


@pytest.mark.parametrize("blank", [" ", "\u200b", "\u00a0\u3000", "\u3164", "\u200d", "\u2800\t", "\n\r\n"])
def test_a_name_of_nothing_that_can_be_seen_is_no_name(blank):
    assert values.text(blank, "Family name", size=35) == ""


def test_space_around_is_left_out_and_strange_spaces_become_plain_ones():
    assert values.text("\t Anna\u00a0Maria\tde Souza \n", "Family name", size=35) == "Anna Maria de Souza"


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x9c", "\ud83d", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe"]
)
def test_characters_that_cannot_be_stored_are_refused_by_name(character):
    sentence = f"It contains a character that cannot be kept (U+{ord(character):04X}). Delete it"
    assert refused("text", f"An{character}na") == sentence
    assert refused("long text", f"An{character}na") == sentence


def test_only_long_text_keeps_tabs():
    assert CHECKS["text"]("Physics\t\tA") == "Physics A"
    assert CHECKS["long text"]("\tPhysics\tA\nMaths\tB\t") == "Physics\tA\nMaths\tB"


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\v", "\f"])
def test_only_long_text_has_lines(end_of_line):
    assert CHECKS["text"](f"1 High Street{end_of_line}Leeds") == "1 High Street Leeds"
    assert CHECKS["long text"](f"A level:{end_of_line}Physics A") == "A level:\nPhysics A"


def test_the_sentence_about_text_that_is_too_long_says_how_long_it_is():
    assert CHECKS["text"]("x" * 35) == "x" * 35
    assert refused("text", "x" * 36) == "It must be 35 characters or fewer. It is 36 now"
    assert refused("long text", "x" * 4001) == "It must be 4,000 characters or fewer. It is 4,001 now"
    assert CHECKS["long text"]("x\r\n" * 2000) == ("x\n" * 2000).strip()


# Dates


def test_a_date_is_a_date_or_written_the_iso_way_or_in_three_parts():
    for value in (date(2027, 3, 27), " 2027-03-27 ", "٢٠٢٧-٠٣-٢٧", ("27", "3", "2027"), ["27", "mar", "2027"]):
        assert CHECKS["date"](value) == date(2027, 3, 27)


@pytest.mark.parametrize("value", ["2024-02-29", "2000-02-29", "1900-01-01", "2200-12-31"])
def test_dates_that_exist_are_taken(value):
    assert CHECKS["date"](value).isoformat() == value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("2023-02-29", "It must be a real date: February 2023 has 28 days"),
        ("1900-02-29", "It must be a real date: February 1900 has 28 days"),
        ("2027-04-31", "It must be a real date: April 2027 has 30 days"),
        ("2027-13-01", "It must have a month from 1 to 12, or its name"),
        ("2027-00-10", "It must have a month from 1 to 12, or its name"),
        ("2027-01-32", "It must have a day from 1 to 31"),
        ("2027-01", "It must include a day"),
        ("2027", "It must include a day and month"),
    ],
)
def test_dates_that_do_not_exist_are_refused(value, sentence):
    assert refused("date", value) == sentence


@pytest.mark.parametrize(
    "value",
    [
        "27/3/2027",
        "2027-3-27",
        "20270327",
        "2027-W12-6",
        "27-03-2027",
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
        ("١٢٣", "123.00"),
        ("1,234", "1234.00"),
        ("£1234", "1234.00"),
        ("£ 1,234,567.89", "1234567.89"),
        ("£1,234.50", "1234.50"),
        ("1 234", "1234.00"),
        ("1 234.50", "1234.50"),
        ("£1 234 567.89", "1234567.89"),
        ("1\N{NO-BREAK SPACE}234.50", "1234.50"),
        ("1\N{NARROW NO-BREAK SPACE}234.50", "1234.50"),
        ("1\N{THIN SPACE}234.50", "1234.50"),
        ("£\N{THIN SPACE}12\N{FIGURE SPACE}345", "12345.00"),
        ("999999999.99", "999999999.99"),
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
        ("1,23", f"It {MISREAD}"),
        ("12,34,567", f"It {MISREAD}"),
        ("12,5", f"It {MISREAD}"),
        ("1.234,50", f"It {MISREAD}"),
        ("1234,50", f"It {MISREAD}"),
        ("1,234,50", f"It {MISREAD}"),
        ("1.234.567", f"It {MISREAD}"),
        ("1 23", f"It {MISREAD}"),
        ("1234 567", f"It {MISREAD}"),
        ("1,234 567", f"It {MISREAD}"),
        ("1  234", "It must be an amount in pounds, as 1234 or 1234.99"),
        ("£", "It must be an amount in pounds, as 1234 or 1234.99"),
        ("1234£", "It must be an amount in pounds, as 1234 or 1234.99"),
        ("free", "It must be an amount in pounds, as 1234 or 1234.99"),
        ("1e3", "It must be an amount in pounds, as 1234 or 1234.99"),
        ("-0", "It must be 0 or more"),
        ("1" * 5000, "It must be 999,999,999.99 or less"),
        (12.5, "It must be an amount in pounds, as 1234 or 1234.99"),
        (True, "It must be an amount in pounds, as 1234 or 1234.99"),
        (Decimal("NaN"), "It must be an amount in pounds, as 1234 or 1234.99"),
        (Decimal("Infinity"), "It must be an amount in pounds, as 1234 or 1234.99"),
        ("-1", "It must be 0 or more"),
        (Decimal("-0.01"), "It must be 0 or more"),
        ("1000000000", "It must be 999,999,999.99 or less"),
        (Decimal("1e30"), "It must be 999,999,999.99 or less"),
        ("1,234.5", "It must have 2 figures after the point, as 1234.99, or no point"),
        ("£1,234.567", "It must have 2 figures after the point, as 1234.99, or no point"),
        ("1234.5", "It must have 2 figures after the point, as 1234.99, or no point"),
        ("-1.5", "It must be 0 or more"),
        (Decimal("0.001"), "It must have 2 figures after the point, as 1234.99, or no point"),
    ],
)
def test_other_amounts_are_refused_with_the_reason(value, sentence):
    assert refused("money", value) == sentence


@given(st.decimals(0, values.MOST_MONEY, places=2))
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
    "value", ["15.5", "1e1", "fifteen", "15%", "\N{VULGAR FRACTION ONE HALF}", "1" * 5000, 15.0, True, "-5"]
)
def test_only_whole_numbers_are_taken(value):
    assert refused("number", value) == "It must be a whole number from 1 to 60"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0", "0.0"),
        (" 17.5 ", "17.5"),
        ("15.0", "15.0"),
        ("15.00", "15.0"),
        ("168", "168.0"),
        ("\N{DEVANAGARI DIGIT ONE}\N{DEVANAGARI DIGIT TWO}", "12.0"),
        (7, "7.0"),
        (Decimal("0.5"), "0.5"),
        (Decimal("-0.0"), "0.0"),
    ],
)
def test_a_number_with_one_decimal_is_kept_exactly(value, number):
    assert str(CHECKS["decimal"](value)) == number


@pytest.mark.parametrize(
    "value",
    [
        "168.1",
        "17.55",
        "-1",
        "17,5",
        "15.",
        ".5",
        "1e1",
        "ten",
        "1" * 5000,
        15.5,
        True,
        Decimal("NaN"),
        Decimal("1e30"),
    ],
)
def test_another_number_with_decimals_is_refused_with_the_range(value):
    assert refused("decimal", value) == "It must be a number from 0 to 168, with 1 decimal at most"


def test_a_choice_is_made_from_the_list():
    assert CHECKS["choice"](" A ") == "A"
    assert refused("choice", "C") == "It: “C” is not in the list. Choose from the list"
    assert refused("choice", "a") == "It: “a” is not in the list. Choose from the list"
    assert refused("choice", "x" * 51) == refused("choice", 1) == "It: choose from the list"


@pytest.mark.parametrize(
    ("value", "answer"),
    [("yes", True), ("No", False), (" true ", True), ("false", False), (True, True), (False, False)],
)
def test_yes_and_no_are_taken_as_forms_and_files_write_them(value, answer):
    assert CHECKS["yes/no"](value) is answer


@pytest.mark.parametrize("value", ["maybe", "y", "1", 1, 0, "on"])
def test_anything_else_is_neither_yes_nor_no(value):
    assert refused("yes/no", value) == "Select Yes or No for “It”"
