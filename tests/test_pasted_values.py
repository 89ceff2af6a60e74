"""Values as users paste and type them, in every kind of field (specification, section 8: text is kept as typed)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given

from cas.details import checks
from cas.details.countries import NATIONALITIES
from cas.finding.form import SearchForm, restored
from cas.keys import name_key, passport_key, text_key
from cas.models import CAS
from cas.models.values import keys_of
from sms.core import characters, values
from sms.core.values import Invalid
from tests.core.test_values import ANY_TEXT
from tests.factories import COMPLETE, a_cas
from tests.pasted_values import FALSE_FRIENDS, PASTED, STRANGERS, UNSEEN

each_value = pytest.mark.parametrize("pasted", PASTED, ids=lambda pasted: f"{pasted.source}, {pasted.plain}")

# Each reads a value as a user with a plain keyboard would have it read.
READ_AS_PLAIN = {
    "date": lambda value: values.date(value, "It"),
    "day": lambda value: values.date([value, "3", "2027"], "It"),
    "money": lambda value: values.money(value, "It"),
    "number": lambda value: values.number(value, "It", least=1, most=60),
    "hours": lambda value: values.decimal(value, "It", most=168),
    "choice": lambda value: values.choice(value, "It", codes={"A", "15", "GBR"}),
    "yes/no": lambda value: values.yes_no(value, "It"),
    "country": lambda value: checks.country(value, "It", codes=NATIONALITIES),
}


def outcome(read, value):
    try:
        return read(value)
    except Invalid:
        return "refused"


def test_there_are_at_least_200_values_which_all_differ():
    assert len({pasted.typed for pasted in PASTED}) == len(PASTED) >= 200


@each_value
def test_text_is_kept_as_typed_without_invisible_characters(pasted):
    assert values.text(pasted.typed, "It") == pasted.text
    assert values.text(pasted.typed, "It", is_long=True) == pasted.as_lines
    assert values.identifier(pasted.typed, "It") == pasted.as_code


@each_value
@pytest.mark.parametrize("kind", READ_AS_PLAIN)
def test_it_is_read_as_what_a_plain_keyboard_gives(pasted, kind):
    assert outcome(READ_AS_PLAIN[kind], pasted.typed) == outcome(READ_AS_PLAIN[kind], pasted.plain)


def test_most_kinds_read_some_of_the_values():
    """The twin: if all were refused, the test above would pass as well."""
    read = {kind: {outcome(check, pasted.typed) for pasted in PASTED} for kind, check in READ_AS_PLAIN.items()}
    assert date(2027, 3, 27) in read["date"]
    assert date(2027, 3, 15) in read["day"]
    assert {Decimal("1234.50"), Decimal("15.00"), Decimal("2027.00")} <= read["money"]
    assert 15 in read["number"]
    assert 15 in read["hours"]
    assert {"A", "15", "GBR"} <= read["choice"]
    assert True in read["yes/no"]
    assert "GBR" in read["country"]


@each_value
def test_its_keys_are_those_of_what_it_means(pasted):
    assert name_key(pasted.typed) == name_key(pasted.text) == name_key(pasted.name) == pasted.name
    assert passport_key(pasted.typed) == passport_key(pasted.text) == passport_key(pasted.number) == pasted.number


@pytest.mark.django_db
def test_each_is_found_by_itself_and_from_a_plain_keyboard(level1):
    now = a_cas(level1)
    seen = [pasted for pasted in PASTED if pasted.text]
    common = {name: getattr(now, name) for name in ("licence", "owner", "created_by", "created_at", "changed_at")}
    rows = [
        {**COMPLETE, "route": "STUDENT", "family_name": each.text, "passport_number": each.as_code} for each in seen
    ]
    made = CAS.objects.bulk_create(CAS(**row, **keys_of(row), **common, status="READY TO GO") for row in rows)
    for pasted, cas in zip(seen, made, strict=True):
        for name, key in (("family_name", pasted.name), ("passport_number", pasted.number)):
            for typed in (pasted.typed, pasted.text, pasted.plain, key):
                if key:
                    form = SearchForm(restored({name: [typed]}), user=level1)
                    assert form.is_valid(), (pasted, form.errors)
                    assert cas in CAS.objects.search(form.asked()), (pasted, typed)


# Nothing


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_text_in_which_nothing_can_be_seen_is_blank(unseen):
    assert values.is_blank(unseen)
    assert values.is_blank([unseen, "", None])
    assert values.trimmed(unseen) == ""


@pytest.mark.parametrize("unseen", [text for text in UNSEEN if text != "\x07"], ids=ascii)
def test_it_has_no_key(unseen):
    """A control has one: no text that has a control is ever kept or searched for."""
    assert (text_key(unseen), name_key(unseen), passport_key(unseen)) == ("", "", "")


@pytest.mark.parametrize(
    "visible", ["-", ".", "0", "\u0301", "\u0600", "王", "\U0001f600", "\ufffd", "\ue000"], ids=ascii
)
def test_what_can_be_seen_is_not_blank(visible):
    for text in (visible, f"\u200b{visible}\u2060", f"\n{visible}"):
        assert not values.is_blank(text)
        assert text_key(text)


# Keys


@pytest.mark.parametrize(("one", "other"), FALSE_FRIENDS)
def test_false_friends_have_one_key(one, other):
    assert name_key(one) == name_key(other)
    assert name_key(one.upper()) == name_key(other)


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_other_names_that_are_nearly_alike_have_two(one, other):
    assert name_key(one) != name_key(other)


def test_only_the_key_of_a_persons_name_takes_ae_for_a():
    assert name_key("MAE 1") == name_key("Mä 1") == "ma1"
    assert text_key("MAE 1") == "mae1"
    assert passport_key("MAE 1") == "mae1"


def test_figures_stay_apart_in_names_and_titles():
    assert text_key("Intake 1-1") == text_key("intake 1 / 1".replace("/", "-")) == "intake1 1"
    assert text_key("Intake 11") == "intake11"


@given(ANY_TEXT)
@example("\u0149")  # an n with an apostrophe before it
@example("㏂")
@example("ae\u0308e")
def test_the_key_of_a_key_is_itself(text):
    for key in (text_key, name_key, passport_key):
        assert key(key(text)) == key(text)


@pytest.mark.parametrize(
    "name", ["Søren Kjærgård", "Müller-Lüdenscheidt", "O’Brien-Đặng", "Þórður", "J. R. R. Tolkien"]
)
def test_the_beginning_of_a_name_has_the_beginning_of_its_key(name):
    beginnings = [name_key(name[:length]) for length in range(1, len(name) + 1)]
    assert all(name_key(name).startswith(key) for key in beginnings)
    assert beginnings[-1] == name_key(name)


@pytest.mark.parametrize("typed", ["vnm", "\uff36\uff2e\uff2d", "\u200eVNM", "Vietnam", "vietNam", "VIETNAM "])
def test_a_country_is_read_by_its_code_and_its_name(typed):
    assert checks.country(typed, "It", codes=NATIONALITIES) == "VNM"


def test_accents_and_signs_in_the_name_of_a_country_do_not_count():
    for code, typed in (("TUR", "turkey"), ("CUW", "Curacao"), ("REU", "reunion"), ("ALA", "Aland Islands")):
        assert checks.country(typed, "It", codes=NATIONALITIES) == code
    assert len({text_key(name) for name in NATIONALITIES.values()}) == len(NATIONALITIES)


# The table


def test_every_sign_that_unicode_calls_a_dash_or_a_quotation_mark_does_not_count():
    signs = [
        chr(point) for point in range(0x110000) if characters.unicodedata.category(chr(point)) in {"Pd", "Pi", "Pf"}
    ]
    counting = [sign for sign in signs if text_key(f"a{sign}b") != "ab"]
    assert len(signs) > 40
    # Brackets of editors of the Bible, which no name has.
    assert all(0x2E00 <= ord(sign) <= 0x2E5D for sign in counting), counting


def test_every_format_character_of_unicode_that_has_no_shape_is_unseen():
    formats = [chr(point) for point in range(0x110000) if characters.unicodedata.category(chr(point)) == "Cf"]
    seen = [sign for sign in formats if not values.is_blank(sign)]
    names = {characters.unicodedata.name(sign).split()[0] for sign in seen}
    assert len(formats) > 150
    assert names == {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("AB1234", ""),
        ("\u0410\u04121234", "“\u0410” is Cyrillic and looks like A, “\u0412” is Cyrillic and looks like B"),
        ("\u0391-1", "“\u0391” is Greek and looks like A"),
        ("\u0416-1", ""),  # Zhe looks like no Latin letter
    ],
)
def test_a_letter_that_only_looks_latin_is_named_with_its_script(typed, sentence):
    found = characters.look_alikes(typed)
    assert found == (f"{sentence}. Enter it again in Latin letters" if sentence else "")
