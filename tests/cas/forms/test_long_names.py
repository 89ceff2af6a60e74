"""The end of a name of more than 35 characters goes to Other names with one click (the table of fields)."""

import pytest

from cas.forms.long_names import move_rest
from cas.models import CAS
from tests.pages import Page

NEW = "/students/create-cas/STUDENT/new/"
LONG = "Wickramasinghe Mudiyanselage Ranaweera Bandara"
BUTTON = "Move the end of the family name to Other names"


@pytest.mark.django_db
def test_a_family_name_that_is_too_long_has_an_error_and_a_button_that_moves_its_end(as_user, level1):
    client = as_user(level1)
    refused = Page(client.post(NEW, {"family_name": LONG, "other_names": "Ranil"}))
    assert refused.error_of("family_name") == "Family name must be 35 characters or fewer. It is 46 now"
    (button,) = refused.buttons(BUTTON)
    moved = Page(client.post(NEW, {**refused.typed(), button["name"]: button["value"]}))
    assert moved.typed()["family_name"] == "Wickramasinghe Mudiyanselage"
    assert moved.typed()["other_names"] == "Ranaweera Bandara Ranil"
    assert (moved.buttons(BUTTON), moved.summary) == ([], [])
    assert not CAS.objects.exists()
    client.post(NEW, moved.typed())
    assert CAS.objects.get().student_name == "Wickramasinghe Mudiyanselage"


@pytest.mark.django_db
def test_a_name_that_fits_has_no_such_button(as_user, level1):
    client = as_user(level1)
    assert Page(client.get(NEW)).buttons(BUTTON) == []
    assert Page(client.post(NEW, {"family_name": "", "given_names": "x" * 35})).buttons(BUTTON) == []


@pytest.mark.parametrize(
    ("name", "kept", "rest"),
    [
        ("x" * 40, "x" * 35, "xxxxx"),
        ("x" * 35 + " yy", "x" * 35, "yy"),
        ("a " * 20, ("a " * 18).strip(), "a a"),
        ("x" * 35, "x" * 35, ""),
    ],
)
def test_a_name_is_cut_at_a_space_if_there_is_one_and_no_letter_is_lost(name, kept, rest):
    typed = {"given_names": name}
    move_rest(typed, "given_names")
    assert (typed["given_names"], typed.get("other_names", "")) == (kept, rest)


def test_only_names_are_moved():
    typed = {"course_title": LONG * 9}
    move_rest(typed, "course_title")
    assert typed == {"course_title": LONG * 9}
