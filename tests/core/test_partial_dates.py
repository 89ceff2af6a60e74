"""Dates whose day, or day and month, a passport may not show (specification, sections 3 and 8)."""

import json
import pickle
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.core.govuk.fields import PartialDateField
from sms.core.partial_dates import PartialDate, partial_date
from sms.core.values import Invalid
from tests.core.test_govuk_fields import form_of, said
from tests.core.test_values import ANYTHING
from tests.reading import tag_with

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
PARTIAL_DATES = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda drawn: PartialDate(str(drawn[0])[: drawn[1]]))
NEAR = st.tuples(st.dates(date(1990, 1, 1), date(1990, 3, 31)), st.sampled_from([4, 7, 10])).map(
    lambda drawn: PartialDate(str(drawn[0])[: drawn[1]])
)

BORN = PartialDateField("Date of birth")


def can_be(born):
    """Every day that it can be, of the years 1989 to 1991."""
    days = map(date.fromordinal, range(date(1989, 1, 1).toordinal(), date(1992, 1, 1).toordinal()))
    parts = zip((born.year, born.month, born.day), ("year", "month", "day"), strict=True)
    known = [(name, part) for part, name in parts if part]
    return {day for day in days if all(getattr(day, name) == part for name, part in known)}


# The value


@given(DAYS)
def test_it_is_made_of_its_parts_and_knows_them(day):
    assert PartialDate.of(day.year, day.month, day.day) == day.isoformat()
    for born, parts in (
        (PartialDate.of(day.year, day.month, day.day), (day.year, day.month, day.day)),
        (PartialDate.of(day.year, day.month), (day.year, day.month, None)),
        (PartialDate.of(day.year), (day.year, None, None)),
    ):
        assert (born.year, born.month, born.day) == parts
        assert born.is_full is (parts[-1] is not None)


@given(NEAR)
def test_its_first_and_last_day_are_those_of_all_that_it_can_be(born):
    days = can_be(born)
    assert (born.earliest, born.latest) == (min(days), max(days))


@pytest.mark.parametrize(
    "text",
    [
        *("", "199", "90", "abcd", " 1990", "1990\n", "١٩٩٠", "1899", "2201"),
        *("1990-", "1990-5", "1990-00", "1990-13", "1990-05-"),
        *("1990-05-1", "1990-05-00", "1990-05-32", "1990-02-29", "1990-05-1 ", "1990-05-12T", "19900512"),
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError, match=r"no year, month or day|day is out of range|month must be in"):
        PartialDate(text)


@given(PARTIAL_DATES)
def test_it_travels_as_its_text(born):
    assert json.loads(json.dumps({"born": born})) == {"born": str(born)}
    assert type(str(born)) is str
    again = pickle.loads(pickle.dumps(born))
    assert (type(again), again) == (PartialDate, born)


def test_a_year_comes_before_its_months_and_a_month_before_its_days():
    dates = [PartialDate(text) for text in ("1991", "1990-05-12", "1990-06", "1990", "1990-05", "1990-05-02")]
    assert sorted(dates) == ["1990", "1990-05", "1990-05-02", "1990-05-12", "1990-06", "1991"]


@given(NEAR, NEAR)
def test_two_agree_when_both_can_be_the_same_day(one, other):
    assert one.agrees_with(other) is bool(can_be(one) & can_be(other))
    assert one.agrees_with(other) is other.agrees_with(one)


def test_agreeing_is_not_transitive():
    may, year, june = PartialDate("1990-05"), PartialDate("1990"), PartialDate("1990-06")
    assert may.agrees_with(year)
    assert year.agrees_with(june)
    assert not may.agrees_with(june)


# Reading


@given(ANYTHING)
def test_any_value_gives_a_date_that_it_accepts_again_or_a_sentence(value):
    try:
        born = partial_date(value, "It")
    except Invalid:
        with pytest.raises(Invalid, match=r"^It must [ -~]+$"):
            partial_date(value, "It")
    else:
        assert type(born) is PartialDate
        assert partial_date(born, "It") == born


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (["27", "3", "2007"], "2007-03-27"),
        (["", "3", "2007"], "2007-03"),
        (["", "March", "2007"], "2007-03"),
        (["", " ", "2007"], "2007"),
        (["", None, " ٢٠٠٧ "], "2007"),
        (("29", "feb", "2028"), "2028-02-29"),
        (" 2007-03-27 ", "2007-03-27"),
        ("2007-03", "2007-03"),
        ("٢٠٠٧", "2007"),
        (date(2007, 3, 27), "2007-03-27"),
    ],
)
def test_it_is_read_from_three_boxes_or_as_written_in_a_file(typed, born):
    assert partial_date(typed, "It") == born


@pytest.mark.parametrize(
    ("typed", "sentence", "parts"),
    [
        (["27", "3", ""], "It must include a year", ["year"]),
        (["", "3", ""], "It must include a year", ["year"]),
        (["27", "", ""], "It must include a month and year", ["month", "year"]),
        (
            ["27", "", "2007"],
            "It must include a month. If you do not know it, leave the day empty too",
            ["month"],
        ),
        (["", "13", "2007"], "It must have a month from 1 to 12, or its name", ["month"]),
        (["0", "3", "2007"], "It must have a day from 1 to 31", ["day"]),
        (["", "0", "2007"], "It must have a month from 1 to 12, or its name", ["month"]),
        (["", "", "07"], "It must have a year with 4 figures", ["year"]),
        (["", "", "1899"], "It must have a year from 1900 to 2200", ["year"]),
        (["29", "2", "2007"], "It must be a real date: February 2007 has 28 days", ["day"]),
        ("2007-3", "It must be a date, written as 1990-05-12, 1990-05 or 1990", []),
        (2007, "It must be a date, written as 1990-05-12, 1990-05 or 1990", []),
        (datetime(2007, 3, 27, tzinfo=UTC), "It must be a date, written as 1990-05-12, 1990-05 or 1990", []),
        (date(1899, 12, 31), "It must have a year from 1900 to 2200", ["year"]),
    ],
)
def test_what_is_wrong_is_said_of_the_part_that_is_wrong(typed, sentence, parts):
    with pytest.raises(Invalid) as caught:
        partial_date(typed, "It")
    assert (str(caught.value), list(caught.value.parts)) == (sentence, parts)


# The three boxes


@pytest.mark.parametrize(
    ("typed", "sentence", "boxes"),
    [
        (
            "it_day=27&it_month=&it_year=2007",
            "Date of birth must include a month. If you do not know it, leave the day empty too",
            ["month"],
        ),
        ("it_day=27&it_month=&it_year=", "Date of birth must include a month and year", ["month", "year"]),
    ],
)
def test_the_error_marks_the_box_and_leads_to_it(typed, sentence, boxes):
    form = form_of(BORN, typed)
    assert form.error_list() == [{"text": sentence, "href": f"#id_it_{boxes[0]}"}]
    html = str(form["it"])
    parts = ("day", "month", "year")
    assert [part for part in parts if "govuk-input--error" in tag_with(html, f'id="id_it_{part}"')] == boxes


@pytest.mark.parametrize(("born", "shown"), [("2007-03-27", "27 3 2007"), ("2007-03", " 3 2007"), ("2007", "  2007")])
def test_what_is_held_is_shown_in_its_boxes_and_read_again(born, shown):
    form = form_of(BORN, initial=PartialDate(born))
    boxes = shown.split(" ")
    html = str(form["it"])
    for part, text in zip(("day", "month", "year"), boxes, strict=True):
        assert f'value="{text}"' in tag_with(html, f'id="id_it_{part}"')
    assert BORN.clean(boxes) == born
    assert not BORN.has_changed(PartialDate(born), boxes)
    assert BORN.has_changed(PartialDate(born), ["", "", "2008"])


def test_empty_is_an_empty_text_and_no_change():
    assert BORN.clean(["", "", ""]) == ""
    assert not BORN.has_changed(None, ["", "", ""])
    assert said(PartialDateField("It", required="Enter it"), ["", "", ""]) == "Enter it"


def test_the_page_marks_the_dates_that_may_lack_a_part():
    assert "data-partial" in str(form_of(BORN))
