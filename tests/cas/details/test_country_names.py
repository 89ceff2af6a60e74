"""Countries and nationalities are found by the names that people type."""

import pytest

from cas.details import checks, country_names
from cas.details.countries import COUNTRIES, NATIONALITIES
from cas.details.country_exceptions import MEANT as EXCEPTIONS
from cas.details.country_exceptions import OTHER_NAMES
from cas.keys import text_key
from sms.core.values import Invalid
from tests.cas.details.typed_countries import MEANT

ONE = {typed: codes[0] for typed, codes in MEANT.items() if len(codes) == 1}
SEVERAL = {typed: codes for typed, codes in MEANT.items() if len(codes) > 1}


def nationality(typed):
    return checks.country(typed, "Nationality", codes=NATIONALITIES)


def refused(typed, codes=NATIONALITIES):
    with pytest.raises(Invalid) as caught:
        checks.country(typed, "It", codes=codes)
    return str(caught.value)


def test_the_table_of_typed_names_is_long_enough():
    assert len(MEANT) >= 300


@pytest.mark.parametrize(("typed", "code"), ONE.items())
def test_a_name_is_read_as_its_country(typed, code):
    assert nationality(typed) == code
    assert nationality(f" {typed.upper()} ") == code


@pytest.mark.parametrize(("typed", "codes"), SEVERAL.items())
def test_a_name_of_several_countries_is_refused_with_their_names(typed, codes):
    sentence = refused(typed)
    assert sentence.startswith(f"It: “{typed}” can be ")
    assert all(NATIONALITIES[code] in sentence for code in codes)
    assert country_names.named(typed, NATIONALITIES) == codes


def test_the_sentence_about_several_countries_says_to_choose_one():
    assert refused("Congo") == "It: “Congo” can be Congo (Democratic Republic) or Congo (Republic). Choose one of them"


@pytest.mark.parametrize(
    "typed", ["Atlantis", "Freedonia", "Republic", "the", "of the", "Island", "Saint", "?", "X" * 101]
)
def test_a_text_that_names_no_country_is_refused(typed):
    assert "Choose from the list" in refused(typed) or "choose from the list" in refused(typed)


@pytest.mark.parametrize("code", NATIONALITIES)
def test_every_country_is_read_by_its_own_name_and_codes(code):
    assert nationality(NATIONALITIES[code]) == nationality(code) == nationality(code.lower()) == code


def test_every_country_is_read_by_its_code_of_2_letters():
    of_two = {country.alpha_2: country.alpha_3 for country in country_names.pycountry.countries}
    assert {alpha_2: nationality(alpha_2) for alpha_2 in of_two} == of_two


@pytest.mark.parametrize(
    ("typed", "code"), [("Vietnamese", "VNM"), ("British", "GBR"), ("UK", "GBR"), ("Kosovar", "XXK")]
)
def test_a_country_of_birth_may_be_typed_as_a_nationality(typed, code):
    assert checks.country(typed, "Country of birth", codes=COUNTRIES) == code


@pytest.mark.parametrize("typed", ["Stateless", "BNO", "refugee"])
def test_a_nationality_without_a_country_is_no_country_of_birth(typed):
    assert refused(typed, COUNTRIES) == f"It: “{typed}” is not in the list. Choose from the list"


def test_our_own_names_are_of_countries_that_exist_and_are_not_written_twice():
    codes = [code for joined in EXCEPTIONS.values() for code in joined.split()]
    assert {*codes, *OTHER_NAMES} <= set(NATIONALITIES)
    keys = [
        country_names.country_key(name) for names in (*EXCEPTIONS, *OTHER_NAMES.values()) for name in names.split(", ")
    ]
    assert sorted(keys) == sorted(set(keys))


def test_keys_ignore_case_accents_signs_and_small_words():
    for one, other in [
        ("St. Lucia", "SAINT LUCIA"),
        ("Côte d’Ivoire", "cote divoire"),
        ("Trinidad & Tobago", "The Trinidad and Tobago"),
    ]:
        assert country_names.country_key(one) == country_names.country_key(other)
    assert country_names.country_key("ST") == "st"
    assert country_names.country_key("AND") == "and"
    assert country_names.country_key("Vietnam") == text_key("Viet Nam")
