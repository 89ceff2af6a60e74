"""What looks like the same individual's CAS is warned of, and never forbidden (specification, section 3)."""

from datetime import date

import pytest

from cas.duplicates import duplicates
from tests.making import a_cas, a_draft, assigned, in_status
from tests.pages import Page

pytestmark = pytest.mark.django_db


def seen(cas, user):
    return {other.pk for other in duplicates(cas, user).seen}


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ({}, True),
        ({"passport_number": "b 123-4567"}, True),
        ({"family_name": "Else", "given_names": "Somebody"}, True),  # the same passport
        ({"passport_number": "X999"}, True),  # the same names
        ({"passport_number": "X999", "family_name": "NGUYEN"}, True),  # written without accents
        ({"passport_number": "X999", "given_names": "Thị Mai"}, False),
        ({"date_of_birth": date(1999, 1, 1)}, False),
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


def test_a_level_2_user_hears_of_somebody_elses_only_that_there_is_one(level2, colleague, level1, outsider):
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
    assert shown.main.link(f"{other.event_label}, CAS {other.number}") == f"/students/cas/{other.pk}/"
    theirs = Page(as_user(level2).get(f"/students/cas/{cas.pk}/{screen}/"))
    assert "Ask a Level 1 user to look" in theirs.main.text
    assert other.number not in theirs.main.text


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
