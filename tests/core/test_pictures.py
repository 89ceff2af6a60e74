"""Pictures of figures: their shapes, their words, and the macro that draws them."""

from fractions import Fraction

import pytest
from django.http import HttpResponse
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from sms.core.pictures import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Limit, Picture, Series
from tests.pages import Page

MONTHS = ("January 2026", "February 2026", "March 2026")


def a_picture(*series, limits=(), **more):
    labels = more.pop("labels", MONTHS)
    return Picture("use", "Use by month", "Month", labels, series, limits, **more)


def used(*values, is_bars=True):
    return Series("Used", values, is_bars=is_bars)


def drawn(picture, call="{{ picture(it) }}"):
    source = '{% from "pictures.html" import picture %}' + call
    return Page(HttpResponse(engines["jinja2"].env.from_string(source).render(it=picture)))


# The axis


@pytest.mark.parametrize(
    ("highest", "step", "top"),
    [
        (0, 1, 1),
        (1, 1, 1),
        (3, 1, 3),
        (5, 1, 5),
        (6, 2, 6),
        (7, 2, 8),
        (12, 5, 15),
        (1000, 200, 1000),
        (1001, 500, 1500),
    ],
)
def test_the_axis_begins_at_0_and_has_at_most_five_round_steps(highest, step, top):
    picture = a_picture(used(0, highest, None))
    assert (picture.step, picture.top) == (step, top)
    assert [mark.text for mark in picture.marks] == [f"{value:,}" for value in range(0, top + 1, step)]


def test_the_axis_has_room_for_a_limit_above_all_values():
    assert a_picture(used(1, 2, 3), limits=[Limit("Granted: 80", 80)]).top == 80


def test_the_axis_of_exact_fractions_is_in_whole_steps():
    assert a_picture(used(Fraction(9, 2), 0, 0)).top == 5


def test_a_picture_without_any_value_still_has_an_axis():
    picture = a_picture(used(None, None, None))
    assert [mark.text for mark in picture.marks] == ["0", "1"]
    assert picture.description == "Used: no figures."


# The shapes


@given(
    st.lists(st.lists(st.none() | st.integers(0, 10**7), min_size=3, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(0, 10**7), max_size=2),
)
def test_every_shape_is_inside_the_plot_and_as_high_as_its_value(values, limits):
    bars = [Series(str(place), each, is_bars=True) for place, each in enumerate(values)]
    lines = [Series(f"line {place}", each) for place, each in enumerate(values)]
    picture = a_picture(*bars, *lines, limits=[Limit("", value) for value in limits])
    bottom = HEIGHT - BOTTOM
    for bar_series, line in zip(bars, lines, strict=True):
        filled = [value for value in line.values if value is not None]
        shapes, dots = list(picture.bars(bar_series)), list(picture.dots(line))
        assert len(shapes) == len(dots) == len(filled)
        for bar, dot, value in zip(shapes, dots, filled, strict=True):
            assert LEFT <= bar.x <= bar.x + bar.width <= WIDTH - RIGHT
            assert TOP <= bar.y <= bottom
            assert bar.y + bar.height == pytest.approx(bottom, abs=0.11)
            assert bar.height == pytest.approx((bottom - TOP) * value / picture.top, abs=0.11)
            assert dot.y == bar.y
    heights = sorted((value, -picture.y(value)) for series in values for value in series if value is not None)
    assert heights == sorted(heights, key=lambda each: each[1])


def test_the_bars_of_two_series_stand_side_by_side():
    first, second = used(1, 2, 3), Series("Held", (1, 2, 3), is_bars=True)
    picture = a_picture(first, second)
    for one, other in zip(picture.bars(first), picture.bars(second), strict=True):
        assert one.x + one.width == pytest.approx(other.x, abs=0.11)


def test_a_line_ends_where_there_is_no_value_and_begins_again_after_it():
    line = used(1, None, 3, 4, is_bars=False)
    picture = a_picture(line, labels=("a", "b", "c", "d"))
    assert [len(points.split()) for points in picture.lines(line)] == [1, 2]
    assert len(list(picture.dots(line))) == 3


# The words


def test_the_description_says_the_last_and_the_highest_value_and_the_limits():
    picture = a_picture(used(3, 9, 4), Series("Last year", (1, 2, None)), limits=[Limit("Granted: 10", 10)])
    assert picture.description == (
        "Used: 4, March 2026; highest 9, February 2026. Last year: 2, February 2026. Granted: 10."
    )


def test_a_shape_says_its_label_series_and_value():
    picture = a_picture(used(1200, None, 3))
    assert [bar.text for bar in picture.bars(picture.series[0])] == ["January 2026, Used: 1,200", "March 2026, Used: 3"]


# The macro


def test_the_picture_has_a_title_and_a_description_and_the_table_has_the_same_figures():
    page = drawn(a_picture(used(1, None, 3), limits=[Limit("Granted: 10", 10)]))
    [image] = [each for each in page.all("svg") if each["role"] == "img"]
    named = [page.by_id(each).text for each in image["aria-labelledby"].split()]
    assert named == ["Use by month", "Used: 3, March 2026. Granted: 10. The table has all figures."]
    assert all(each["aria-hidden"] == "true" for each in page.all("svg") if each != image)
    cells = [[cell.text for cell in row.all("th", "td")] for row in page.one("table").all("tr")]
    assert cells == [["Month", "Used"], ["January 2026", "1"], ["February 2026", "–"], ["March 2026", "3"]]
    assert [each.text for each in page.one("ul").all("li")] == ["Used", "Granted: 10"]


def test_a_page_can_have_its_own_table_of_the_figures():
    page = drawn(a_picture(used(1, 2, 3)), "{% call picture(it) %}<p>My table</p>{% endcall %}")
    assert page.one("p").text == "My table"
    assert page.all("table") == []


def test_the_macro_has_no_styles_because_the_browser_would_refuse_them():
    page = drawn(a_picture(used(1, 2, 3), used(3, 2, None, is_bars=False)))
    assert "style" not in page.html
    assert len(page.all("rect")) == 4, "one of them in the key"
    assert len(page.all("circle")) == 2
