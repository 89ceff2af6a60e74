"""Dates, money and numbers are written in the same way everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines

from sms.core.govuk import formats
from sms.core.partial_dates import PartialDate


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 11, 21), "21 November 2026"),
        (date(2026, 4, 5), "5 April 2026"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026"),
        (None, ""),
    ],
)
def test_a_date_is_written_in_words_and_is_the_date_in_london(value, written):
    assert formats.day(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [("2007-03-27", "27 March 2007"), ("2007-12", "December 2007"), ("2007", "2007")]
)
def test_a_partial_date_is_written_as_far_as_it_is_known(value, written):
    assert formats.partial_day(PartialDate(value)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 11, 21, 10, 42, tzinfo=UTC), "21 November 2026 at 10:42am"),
        (datetime(2026, 6, 21, 12, 5, tzinfo=UTC), "21 June 2026 at 1:05pm"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "1 January 2026 at 12:00am"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "1 January 2026 at 12:00pm"),
        (None, ""),
    ],
)
def test_a_time_is_written_in_london_time(value, written):
    assert formats.moment(value) == written


@pytest.mark.parametrize(
    ("pence", "written"), [(123450, "£1,234.50"), (0, "£0.00"), (5, "£0.05"), (-5500, "-£55.00"), (None, "")]
)
def test_pence_are_written_as_pounds(pence, written):
    assert formats.pounds(pence) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1234.5"), "£1,234.50"),
        (Decimal("999999999.99"), "£999,999,999.99"),
        (12, "£12.00"),
        (None, ""),
    ],
)
def test_pounds_are_written_with_pence(amount, written):
    assert formats.sterling(amount) == written


@pytest.mark.parametrize(("value", "written"), [(1234, "1,234"), (0, "0"), (1_000_000, "1,000,000"), (None, "")])
def test_numbers_are_written_with_separators(value, written):
    assert formats.number(value) == written


@pytest.mark.parametrize(("value", "written"), [("17.5", "17.5"), ("15.0", "15"), ("100.0", "100"), ("0.0", "0")])
def test_a_number_with_decimals_is_written_without_needless_zeros(value, written):
    assert formats.decimal(Decimal(value)) == written


def test_templates_have_filters_for_the_formats():
    template = engines["jinja2"].from_string(
        "{{ on | date }}, {{ at | moment }}, {{ fee | pounds }}, {{ paid | sterling }}, {{ n | number }}"
    )
    at = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
    html = template.render({"on": at.date(), "at": at, "fee": 5500, "paid": Decimal(12), "n": 1234})
    assert html == "21 November 2026, 21 November 2026 at 10:42am, £55.00, £12.00, 1,234"
