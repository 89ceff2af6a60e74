"""CAS numbers: their format, the mistakes that the check finds, and lenient reading (specification, section 4)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cas import numbers
from cas.numbers import NotANumber, draw, draw_many, read

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBERS = st.text(ALPHABET, min_size=10, max_size=10).map(
    lambda characters: f"E4G{characters}{ALPHABET[numbers._sum('E4G' + characters)]}"
)


def is_number(typed):
    try:
        read(typed)
    except NotANumber:
        return False
    return True


def test_a_number_is_e4g_and_eleven_characters_without_i_l_o_and_u():
    for number in [draw(), *draw_many(100)]:
        assert len(number) == 14
        assert number.startswith("E4G")
        assert set(number) <= set(ALPHABET)
        assert not set(number) & set("ILOU")
        assert read(number) == number


def test_every_single_wrong_character_is_found():
    for number in draw_many(20):
        for place in range(14):
            for character in set(ALPHABET) - {number[place]}:
                assert not is_number(number[:place] + character + number[place + 1 :]), number


def test_every_swap_of_two_neighbouring_characters_is_found():
    for number in draw_many(300):
        for place in range(13):
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert swapped == number or not is_number(swapped), number


def test_the_check_character_depends_on_every_character():
    """If a character did not enter the check, a mistake in it would not be found."""
    weights = numbers._WEIGHTS
    assert len(weights) == len(set(weights)) == 14
    assert 0 not in weights


@given(NUMBERS, st.data())
def test_spaces_hyphens_case_and_similar_characters_do_not_matter(number, data):
    typed = "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower())))
        + data.draw(st.sampled_from(["", " ", "-", "\t", "\u00a0", "\u200e", "\u2011", "\u2019"]))
        for character in number
    )
    assert read(f"  {typed}\n") == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "A CAS number has 14 characters. You entered 0."),
        ("E4G", "A CAS number has 14 characters. You entered 3."),
        ("E4G12345678901", "This is not a CAS number. Check each character."),
        ("E4G1234567890!", "A CAS number cannot contain !."),
        ("E4G12345678?0!", "A CAS number cannot contain ! ?."),
        ("E4GU234567890U", "A CAS number cannot contain U."),
        ("E4G" + "\uff11" * 11, "This is not a CAS number. Check each character."),  # full width
        ("\u04154G12345678901", "“\u0415” is Cyrillic and looks like E. Enter it again in Latin letters"),
        ("Nguyễn Thị Minh", "A CAS number has"),
    ],
)
def test_text_that_cannot_be_a_number_is_refused_with_the_reason(typed, sentence):
    with pytest.raises(NotANumber, match=re.escape(sentence)):
        read(typed)


def test_a_number_with_another_beginning_is_refused():
    body = "X4G" + "0" * 10
    with pytest.raises(NotANumber, match="Check each character"):
        read(body + ALPHABET[numbers._sum(body)])


@given(st.text(max_size=30))
def test_any_text_is_either_read_or_refused(typed):
    assert not is_number(typed) or read(typed).startswith("E4G")


def test_drawn_numbers_all_differ_and_use_every_character_in_every_place():
    drawn = draw_many(5000)
    assert len(set(drawn)) == 5000
    for place in range(3, 14):
        assert {number[place] for number in drawn} == set(ALPHABET)


def test_drawing_no_numbers_returns_an_empty_list():
    assert draw_many(0) == []
