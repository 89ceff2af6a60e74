"""The portal warns of a CAS that looks like the same individual's, but never forbids it (specification, section 3)."""

import pytest

from cas.finding.duplicates import alike, alike_in, duplicates
from cas.models import CAS
from tests.factories import a_batch, a_cas, a_draft, assigned, in_status, many
from tests.pages import Page

pytestmark = pytest.mark.django_db


def seen(cas, user):
    return {other.pk for other in duplicates(cas, user).seen}


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ({}, True),
        ({"passport_number": "b 123-4567"}, True),
        (
            {"passport_number": "“\uff22\u200b\u0661\u0662\u0663\u2011४५६७”", "family_name": "Else"},
            True,
        ),  # other widths and scripts
        ({"passport_number": "\u04121234567", "family_name": "Else"}, False),  # a Cyrillic letter: the form warns
        ({"family_name": "Else", "given_names": "Jo"}, True),  # the same passport
        ({"passport_number": "X999"}, True),  # the same names
        ({"passport_number": "X999", "family_name": "NGUYEN"}, True),  # written without accents
        ({"passport_number": "X999", "given_names": "Thị Mai"}, False),
        ({"date_of_birth": "2002-05-18"}, False),
        ({"date_of_birth": "2002-06"}, False),
        ({"date_of_birth": "2002-05"}, True),  # which agrees in what both have
        ({"date_of_birth": "2002", "passport_number": "X999"}, True),
        ({"nationality": "FRA"}, False),
    ],
)
def test_the_same_passport_or_the_same_names_with_nationality_and_date_of_birth(changed, is_one, level1):
    cas, other = a_cas(level1), a_cas(level1, **changed)
    assert seen(cas, level1) == ({other.pk} if is_one else set())
    assert seen(other, level1) == ({cas.pk} if is_one else set())


def test_of_what_is_not_filled_in_nothing_is_said(level1):
    first, second = a_draft(level1), a_draft(level1)
    assert not duplicates(first, level1)
    assert not duplicates(second, level1)


@pytest.mark.parametrize("status", ["WORK IN PROGRESS", "READY TO GO", "ASSIGNED", "EXPIRED", "WITHDRAWN", "CANCELLED"])
def test_drafts_and_live_ones_count_and_ended_ones_do_not(status, level1, allocation, caseworker):
    cas = a_cas(level1)
    other = in_status(status, by=level1, caseworker=caseworker, date_of_birth=cas.date_of_birth)
    if status == "WORK IN PROGRESS":
        other.amend(
            {"family_name": cas.family_name, "given_names": cas.given_names, "nationality": cas.nationality},
            by=level1,
            version=1,
        )
    assert bool(duplicates(cas, level1)) is (status in {"WORK IN PROGRESS", "READY TO GO", "ASSIGNED"})


def test_a_level_2_user_learns_of_another_users_only_that_there_is_one(level2, colleague, level1, outsider):
    cas, other = a_cas(level2), a_cas(colleague)
    a_cas(outsider)
    assert duplicates(cas, level2) == ([], True)
    assert seen(cas, level1) == {other.pk}
    assert duplicates(cas, level1).has_others is False


@pytest.mark.parametrize("screen", ["saved", "assign"])
def test_saving_and_assigning_warn_name_it_and_link_to_it(screen, as_user, level1, level2, colleague, allocation):
    cas, other = a_cas(level2), assigned(a_cas(colleague))
    shown = Page(as_user(level1).get(f"/students/cas/{cas.pk}/{screen}/"))
    assert "looks like the same individual" in shown.main.text
    assert other.number in shown.main.text
    assert shown.main.link(f"{other.student_name}, CAS {other.number}") == f"/students/cas/{other.pk}/"
    theirs = Page(as_user(level2).get(f"/students/cas/{cas.pk}/{screen}/"))
    assert "Ask a Level 1 user to check" in theirs.main.text
    assert other.number not in theirs.main.text


@pytest.mark.parametrize("screen", ["saved", "assign", ""])
def test_a_letter_that_only_looks_latin_is_warned_of_where_warnings_of_a_cas_are(screen, as_user, level1, allocation):
    cas = a_cas(level1, passport_number="\u04121234567")
    address = f"/students/cas/{cas.pk}/{screen}/".replace("//", "/")
    sentence = "“\u0412” is Cyrillic and looks like B. Enter it again in Latin letters"
    assert f"Passport or travel document number: {sentence}" in Page(as_user(level1).get(address)).main.text
    assert assigned(cas).status == "ASSIGNED"


def test_it_never_forbids(as_user, level1, allocation):
    cas = a_cas(level1)
    a_cas(level1)
    assert Page(as_user(level1).get(f"/students/cas/{cas.pk}/assign/")).buttons("Assign")
    assert assigned(cas).status == "ASSIGNED"


def test_without_any_nothing_is_said(as_user, level1, allocation):
    cas = a_cas(level1)
    for screen in ("saved", "assign"):
        shown = Page(as_user(level1).get(f"/students/cas/{cas.pk}/{screen}/"))
        assert "same individual" not in shown.main.text


@pytest.fixture
def three(level2, colleague, allocation):
    """CAS of a Level 2 user with a duplicate of their own, with a colleague's, and with none; then that duplicate."""
    same, theirs, alone = (a_cas(level2, given_names=name, passport_number=name) for name in ("An", "Bo", "Cy"))
    a_cas(colleague, given_names="Bo", passport_number="Bo")
    return same, theirs, alone, assigned(a_cas(level2, given_names="An", passport_number="an"))


def test_of_several_it_names_those_that_have_some(three, level2, level1):
    rows = CAS.objects.filter(pk__in=[cas.pk for cas in three[:3]]).order_by("pk")
    found = alike(rows, level2)
    assert [(cas.pk, cas.other_pk, cas.other_number) for cas in found.named] == [
        (three[0].pk, three[3].pk, three[3].number),
        (three[1].pk, None, None),
    ]
    assert all(cas.other_pk for cas in alike(rows, level1).named)
    assert (found.number, found.left) == (2, 0)


def test_of_a_batch_it_names_those_that_the_user_may_see(three, level2, level1, colleague):
    batch = a_batch(level2, three[0], three[2])
    (found,) = alike_in(batch, level2).named
    assert (found.pk, found.student_name, found.other_pk) == (three[0].pk, three[0].student_name, three[3].pk)
    assert alike_in(batch, level1).number == 1
    assert alike_in(batch, colleague) == alike_in(a_batch(level1, three[1], name="Other"), level2) == ([], 0)


def test_of_very_many_it_names_the_first_and_counts_the_others(level1):
    many(level1, 30)
    found = alike(CAS.objects.order_by("pk"), level1)
    assert (len(found.named), found.number, found.left) == (5, 30, 25)


@pytest.mark.parametrize("screen", ["batch", "confirm", "selected"])
def test_a_batch_warns_names_them_and_links_to_them(screen, three, as_user, level2):
    client = as_user(level2)
    if screen == "selected":
        answer = client.post("/students/selected/assign/", {"cas": [cas.pk for cas in three[:3]]})
    else:
        batch = a_batch(level2, *three[:3])
        answer = client.get(f"/students/batches/{batch.pk}/{'assign/' if screen == 'confirm' else ''}")
    page = Page(answer)
    [note] = [each for each in page.main.all("div") if each["role"] == "note"]
    assert "2 of these CAS look like the same individual as another CAS" in note.text
    links = [(link.text, link["href"]) for link in note.all("a")]
    assert links == [
        (three[0].student_name, f"/students/cas/{three[0].pk}/saved/"),
        (f"{three[3].student_name}, CAS {three[3].number}", f"/students/cas/{three[3].pk}/"),
        (three[1].student_name, f"/students/cas/{three[1].pk}/saved/"),
    ]
    assert "looks like a CAS that is not yours: ask a Level 1 user to check" in note.text


def test_of_a_batch_without_any_nothing_is_said(as_user, level1, allocation):
    batch = a_batch(level1, a_cas(level1))
    assert "same individual" not in Page(as_user(level1).get(f"/students/batches/{batch.pk}/assign/")).main.text
