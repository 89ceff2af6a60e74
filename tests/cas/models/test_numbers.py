"""CAS numbers: their pattern, every slip caught, and typing forgiven (specification, section 4)."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cas import numbers
from cas.numbers import DIGITS, LETTERS, NotANumber, check_character, draw, is_checked, read
from licences.routes import Route

SCHEMA = re.compile(r"(E(4[CG])[0-9][A-Z]{2}[0-9][A-Z][0-9]{2}[A-Z][0-9][A-Z][0-9X])")
"""The pattern of the Home Office's schema v2.1, CASNumberType."""

PLACES = [DIGITS if place == "9" else LETTERS for place in "9AA9A99A9A"]
BODIES = st.tuples(st.sampled_from(["E4G", "E4C"]), *map(st.sampled_from, PLACES)).map("".join)
NUMBERS = BODIES.map(lambda body: body + check_character(body))


def draw_many(count, route=Route.STUDENT, taken=lambda drawn: ()):
    return numbers.draw_many(count, route, taken=taken)


@pytest.mark.parametrize(("route", "prefix"), [(Route.STUDENT, "E4G"), (Route.CHILD_STUDENT, "E4C")])
def test_a_number_has_the_pattern_of_the_schema_and_the_letter_of_its_route(route, prefix):
    for number in [draw(route), *draw_many(100, route)]:
        assert SCHEMA.fullmatch(number)
        assert number.startswith(prefix)
        assert set(number[3:-1]) <= set(DIGITS + LETTERS)
        assert is_checked(number)
        assert read(number) == number


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("E4G0AA0A00A0A", "0"),
        ("E4C0AA0A00A0A", "5"),
        ("E4G1AA0A00A0A", "1"),  # 1 in the first place
        ("E4G0AA0A00A0C", "X"),  # 1 in the tenth place
        ("E4G9WW9W99W9W", "6"),  # 9 in places 1, 4, 6, 7 and 9; 10 in places 2, 3, 5, 8 and 10
    ],
)
def test_the_check_character_is_the_weighted_sum_modulo_eleven(body, check):
    assert check_character(body) == check


def test_every_wrong_character_in_every_place_is_caught():
    for number in [*draw_many(50), *draw_many(50, Route.CHILD_STUDENT)]:
        for place, ours in enumerate([*PLACES, "0123456789X"], start=3):
            for character in set(ours) - {number[place]}:
                assert not is_checked(number[:place] + character + number[place + 1 :]), number


def test_a_number_of_the_other_route_is_caught():
    for number in draw_many(100):
        assert not is_checked("E4C" + number[3:])


@given(NUMBERS)
def test_every_swap_of_neighbours_is_caught(number):
    for place, (left, right) in enumerate(pairwise(number)):
        swapped = number[:place] + right + left + number[place + 2 :]
        assert swapped == number or not SCHEMA.fullmatch(swapped) or not is_checked(swapped)


@given(NUMBERS, st.data())
def test_typing_is_forgiven_by_place(number, data):
    digits = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        data.draw(st.sampled_from(digits.get(character, character + character.lower())))
        + data.draw(st.sampled_from(["", " ", "-", "\t", "\u00a0", "\u200e", "\u2011", "\u2019"]))
        for character in number
    )
    assert read(f"  {typed}\n") == number


def test_a_foreign_number_of_the_right_pattern_is_read_and_looks_mistyped():
    foreign = "E4G1BB2B34B5B6"
    assert read(foreign) == foreign
    assert not is_checked(foreign)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "A CAS number has 14 characters. You entered 0."),
        ("E4G", "A CAS number has 14 characters. You entered 3."),
        ("E4G12345678901", "This is not a CAS number. Check each character."),
        ("E4G1AC2E34H5J!", "This is not a CAS number. Check each character."),
        ("E4X1AC2E34H5J6", "This is not a CAS number. Check each character."),
        ("\u04154G12345678901", "“\u0415” is Cyrillic and looks like E. Enter it again in Latin letters"),
        ("Nguyễn Thị Minh", "A CAS number has"),
    ],
)
def test_text_of_another_pattern_says_so(typed, sentence):
    with pytest.raises(NotANumber, match=re.escape(sentence)):
        read(typed)


@given(st.text(max_size=30))
def test_any_text_gives_a_number_of_the_pattern_or_a_sentence(typed):
    try:
        number = read(typed)
    except NotANumber:
        number = None
    assert number is None or SCHEMA.fullmatch(number)


# Drawing many


def test_many_are_all_different_and_do_not_tell_how_many_there_are():
    drawn = draw_many(5000)
    assert len(set(drawn)) == 5000
    for place, ours in enumerate(PLACES, start=3):
        assert {number[place] for number in drawn} == set(ours)


def test_drawing_no_numbers_returns_an_empty_list():
    assert draw_many(0) == []


@pytest.fixture
def only_a_thousand(monkeypatch):
    """Let only 1,000 numbers be drawn, and return them."""
    three = (DIGITS, "A", "A", DIGITS, "A", DIGITS, "0", "A", "0", "A")
    monkeypatch.setattr("cas.numbers._PLACES", three)
    bodies = [f"E4G{a}AA{b}A{c}0A0A" for a in DIGITS for b in DIGITS for c in DIGITS]
    return {body + check_character(body) for body in bodies}


def test_a_number_in_use_is_never_drawn(only_a_thousand):
    used = set(sorted(only_a_thousand)[::2])
    asked = []

    def taken(drawn):
        asked.append(len(drawn))
        return used.intersection(drawn)

    drawn = draw_many(250, taken=taken)
    assert len(set(drawn)) == 250
    assert set(drawn) <= only_a_thousand - used
    assert len(asked) > 1  # half of the first round was in use


@pytest.mark.parametrize(("count", "clashes"), [(1, 3), (100, 3), (10_000, 60)])
def test_a_few_numbers_in_use_do_not_need_another_look_into_the_database(count, clashes):
    asked = []

    def taken(drawn):
        asked.append(set(drawn))
        return sorted(drawn)[:clashes]

    drawn = draw_many(count, taken=taken)
    assert len(asked) == 1
    assert len(set(drawn)) == count
    assert set(drawn) <= asked[0] - set(sorted(asked[0])[:clashes])


def test_too_few_free_numbers_end_in_an_error_and_not_in_an_endless_loop(only_a_thousand):
    with pytest.raises(RuntimeError, match="Too many are in use"):
        draw_many(1, taken=lambda drawn: drawn)
