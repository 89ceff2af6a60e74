"""Rates and their bands: pure figures, without a database (specification, section 9)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cas.rules import Lines
from sponsorship_duties.compliance.rates import Band, Count, Rate, has_colours, shown

REFUSAL = Lines(Fraction(5), Fraction(4))
ENROLMENT = Lines(Fraction(95), Fraction(96))
COMPLETION = Lines(Fraction(85))

LINES = st.sampled_from([Fraction(number, 2) for number in range(0, 201, 7)])


def a_rate(counted, failed, lines=REFUSAL, *, has_colours=True):
    return Rate(Count(counted, failed), lines, lines.green is not None and lines.green < lines.passing, has_colours)


@pytest.mark.parametrize(
    ("lines", "counted", "failed", "amber", "red"),
    [
        (REFUSAL, 100, 0, 5, 6),  # 5 of 105 are 4.76 %, and 6 of 106 are 5.66 %
        (REFUSAL, 100, 4, 0, 2),
        (REFUSAL, 100, 5, 0, 0),
        (REFUSAL, 0, 0, 1, 1),
        (ENROLMENT, 100, 0, 5, 6),
        (ENROLMENT, 100, 4, 1, 2),
        (ENROLMENT, 100, 5, 0, 1),
        (ENROLMENT, 0, 0, None, None),
        (COMPLETION, 20, 3, None, 1),
    ],
)
def test_how_many_more_failures_until_amber_and_red(lines, counted, failed, amber, red):
    rate = a_rate(counted, failed, lines)
    assert (rate.until_amber, rate.until_red) == (amber, red)


def after(rate, more):
    """Return the rate after so many more failures."""
    counted = rate.count.counted + (more if rate.is_of_failures else 0)
    return Rate(Count(counted, rate.count.failed + more), rate.lines, rate.is_of_failures, rate.has_colours)


@given(st.integers(0, 300), st.integers(0, 300), LINES, LINES, st.booleans(), st.booleans())
def test_so_many_more_failures_miss_a_line_and_one_less_does_not(counted, failed, one, other, is_of_failures, colours):
    passing, green = sorted([one, other], reverse=is_of_failures)
    rate = Rate(Count(counted, min(failed, counted)), Lines(passing, green), is_of_failures, colours)
    ends = [(rate.until_red, {Band.PASS, Band.GREEN, Band.AMBER})]
    ends += [(rate.until_amber, {Band.GREEN})] if colours else []
    for until, bands in ends:
        if until is not None:
            assert after(rate, until).band not in bands
            assert until == 0 or after(rate, until - 1).band in bands | {None}


@given(st.integers(1, 5000), st.integers(0, 5000), LINES)
def test_a_figure_is_never_shown_on_the_other_side_of_a_line(counted, failed, line):
    value = Fraction(100 * min(failed, counted), counted)
    as_shown = Fraction(shown(value).removesuffix("%"))
    assert (as_shown >= line) is (value >= line)
    assert value - Fraction(1, 100) < as_shown <= value


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0%"), (5, "5%"), (100, "100%"), (Fraction(9, 2), "4.5%"), (Fraction(14, 3), "4.66%")],
)
def test_a_figure_as_text(value, text):
    assert shown(value) == text


def test_without_colours_a_rate_passes_or_not():
    rate = Rate(Count(100, 9), Lines(Fraction(10)), is_of_failures=True, has_colours=False)
    assert (rate.band, rate.until_amber, rate.until_red) == (Band.PASS, None, 2)
    assert after(rate, 2).band is Band.MISSED


def test_the_bands_have_colours_while_any_rate_has_a_green_line():
    assert has_colours([REFUSAL, COMPLETION])
    assert not has_colours([COMPLETION, Lines(Fraction(90))])


def test_the_worst_band_decides():
    assert Band.worst([Band.GREEN, Band.AMBER, None]) is Band.AMBER
    assert Band.worst([Band.RED, Band.GREEN]) is Band.RED
    assert Band.worst([Band.MISSED, Band.PASS]) is Band.MISSED
    assert Band.worst([None, None]) is None
