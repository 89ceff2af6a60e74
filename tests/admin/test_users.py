"""Caseworkers create the accounts of sponsors' users and of caseworkers (specification, sections 1 and 9)."""

import re

import pytest
from django.core import mail

from licences.models import User
from licences.roles import Role
from tests.jobs import work_all

pytestmark = pytest.mark.django_db

ADD = "/admin/licences/user/add/"
NEW = {"name": "Nia Comer", "email": "nia@example.ac.uk"}


@pytest.fixture
def add_to_sponsor(licence):
    return f"/admin/licences/licence/{licence.pk}/add-user/"


def nia():
    return User.objects.get(name="Nia Comer")


@pytest.mark.parametrize("role", [Role.LEVEL_1, Role.LEVEL_2])
def test_a_caseworker_adds_a_user_to_a_sponsor_who_gets_a_link_by_email(role, desk, licence, add_to_sponsor, happened):
    after = desk.send(add_to_sponsor, **NEW, role=role.value)
    user = nia()
    assert (user.role, user.licence, user.is_active, user.email) == (role, licence, True, "nia@example.ac.uk")
    assert not user.has_usable_password()
    assert (after.h1, after.banners) == ("Nia Comer", ["User added, and a link to choose a password emailed"])
    assert happened() == [("user", "add", "caseworker"), ("licence", "add_user", "caseworker")]
    work_all()
    (sent,) = mail.outbox
    assert sent.to == ["nia@example.ac.uk"]
    assert f"Your User ID is {user.username}." in sent.body


def test_a_caseworker_adds_a_caseworker_who_belongs_to_no_sponsor(desk, happened):
    desk.send(ADD, **NEW)
    assert (nia().role, nia().licence) == (Role.CASEWORKER, None)
    assert happened() == [("user", "add", "caseworker")]
    work_all()
    assert mail.outbox[0].to == ["nia@example.ac.uk"]


def test_the_user_id_is_drawn_from_letters_and_digits_that_do_not_look_alike(desk):
    for number in range(20):
        desk.send(ADD, **NEW | {"name": f"Nia {number}"})
    drawn = set(User.objects.filter(name__startswith="Nia").values_list("username", flat=True))
    assert len(drawn) == 20
    for each in drawn:
        assert re.fullmatch("[CDFGHJKMNPQRTVWXY34679]{9}", each)


def test_no_form_of_the_admin_asks_for_a_user_id_or_a_password(desk, add_to_sponsor, level1):
    for address in (ADD, add_to_sponsor, f"/admin/licences/user/{level1.pk}/amend/"):
        assert not {"username", "password"} & set(desk.read(address).typed())


@pytest.mark.parametrize("role", ["CASEWORKER", "SYSTEM", ""])
def test_a_user_of_a_sponsor_must_be_level_1_or_level_2(role, desk, add_to_sponsor, happened):
    after = desk.send(add_to_sponsor, **NEW, role=role)
    assert after.error_of("role")
    assert happened() == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter the name"),
        ("email", "", "Enter the email address"),
        ("email", "no-address", "Enter an email address, such as name@example.ac.uk"),
    ],
)
def test_an_error_is_shown_beside_its_field(field, typed, sentence, desk, happened):
    after = desk.send(ADD, **{**NEW, field: typed})
    assert after.error_of(field) == sentence
    assert happened() == []


def test_a_caseworker_amends_a_user(desk, level2, happened):
    after = desk.send(f"/admin/licences/user/{level2.pk}/amend/", name="New Name", email="new@example.ac.uk")
    level2.refresh_from_db()
    assert (level2.name, level2.email, after.banners) == ("New Name", "new@example.ac.uk", ["User amended"])
    assert happened() == [("user", "amend", "caseworker"), ("licence", "amend_user", "caseworker")]


def test_a_caseworker_deactivates_and_reactivates_a_user(desk, level2, as_user, happened):
    client, page = as_user(level2), f"/admin/licences/user/{level2.pk}/"
    after = desk.send(f"{page}deactivate/")
    assert after.banners == ["User deactivated, and signed out everywhere"]
    assert client.get("/students/").status_code == 302
    assert after.buttons("Deactivate") == []
    after = desk.send(f"{page}reactivate/")
    assert after.banners == ["User reactivated"]
    assert client.get("/students/").status_code == 302, "a session from before must not come back"
    verbs = ["deactivate", "deactivate_user", "reactivate", "reactivate_user"]
    assert [verb for _, verb, _ in happened()] == verbs


def test_a_caseworker_cannot_deactivate_themselves(desk, caseworker, happened):
    after = desk.send(f"/admin/licences/user/{caseworker.pk}/deactivate/")
    assert "You cannot take away your own right to sign in: ask another caseworker" in after.main.text
    caseworker.refresh_from_db()
    assert caseworker.is_active
    assert happened() == []


def test_a_caseworker_cannot_deactivate_the_last_user_in_charge(desk, level1, happened):
    after = desk.send(f"/admin/licences/user/{level1.pk}/deactivate/")
    sentence = "This is the last active Level 1 user of the sponsor. Add another Level 1 user first."
    assert sentence in after.main.text
    assert happened() == []


def test_a_caseworker_sends_a_link_by_which_the_user_chooses_a_password(desk, level1, caseworker, happened):
    page = f"/admin/licences/user/{level1.pk}/"
    assert desk.read(page).buttons("Send a sign-in link") == []  # without an email address
    level1.amend(by=caseworker, name="Level1", email="level1@example.ac.uk")
    happened_before = len(happened())
    after = desk.send(f"{page}send-link/")
    assert after.banners == ["A link to choose a password is on its way"]
    assert ("Latest link to choose a password", "On its way") in after.lines()
    assert happened()[happened_before:] == [("user", "send_link", "caseworker")]
    work_all()
    (sent,) = mail.outbox
    assert sent.to == ["level1@example.ac.uk"]
    (key,) = re.findall(r"key=(\S+)", sent.body)
    after = desk.read(page)
    assert dict(after.lines())["Latest link to choose a password"].startswith("Sent on ")
    assert key not in after.html


def test_the_system_user_cannot_be_amended(desk, system, happened):
    page = f"/admin/licences/user/{system.pk}/"
    for label in ("Amend", "Send a sign-in link", "Reactivate", "Deactivate"):
        assert desk.read(page).buttons(label) == []
    for name in ("amend", "send-link", "deactivate", "reactivate"):
        desk.client.post(f"{page}{name}/", {"name": "x", "email": "x@example.org"})
    assert happened() == []
