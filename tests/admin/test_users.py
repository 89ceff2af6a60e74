"""Caseworkers create the accounts of sponsors' users and of caseworkers (specification, sections 1 and 9)."""

import pytest

from licences.models import Event, User
from licences.roles import Role

pytestmark = pytest.mark.django_db

PASSWORD = "a long first password"
ADD = "/admin/licences/user/add/"
NEW = {"username": "newcomer", "name": "Nia Comer", "email": "nia@example.ac.uk", "password": PASSWORD}


@pytest.fixture
def add_to_sponsor(licence):
    return f"/admin/licences/licence/{licence.pk}/add-user/"


@pytest.mark.parametrize("role", [Role.LEVEL_1, Role.LEVEL_2])
def test_a_caseworker_adds_a_user_to_a_sponsor(role, desk, licence, add_to_sponsor, happened):
    after = desk.send(add_to_sponsor, **NEW, role=role.value)
    user = User.objects.get(username="newcomer")
    assert (user.role, user.licence, user.is_active) == (role, licence, True)
    assert user.check_password(PASSWORD)
    assert (after.h1, after.banners) == ("Nia Comer", ["User added"])
    assert happened() == [("user", "add", "caseworker")]


def test_a_caseworker_adds_a_caseworker_who_belongs_to_no_sponsor(desk, happened):
    desk.send(ADD, **NEW)
    user = User.objects.get(username="newcomer")
    assert (user.role, user.licence) == (Role.CASEWORKER, None)
    assert happened() == [("user", "add", "caseworker")]


@pytest.mark.parametrize("role", ["CASEWORKER", "SYSTEM", ""])
def test_a_user_of_a_sponsor_must_be_level_1_or_level_2(role, desk, add_to_sponsor, happened):
    after = desk.send(add_to_sponsor, **NEW, role=role)
    assert after.error_of("role")
    assert happened() == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("username", "", "Enter the User ID"),
        ("username", "\u2060\u200d", "Enter the User ID"),
        ("username", "\u200ecase\u200dworker", "This User ID is taken: choose another"),
        ("username", "two words", "User ID must not contain spaces"),
        ("username", "CASEworker", "This User ID is taken: choose another"),
        ("username", "system", "This User ID is taken: choose another"),
        ("name", "", "Enter the name"),
        ("email", "no-address", "Enter an email address, such as name@example.ac.uk, or leave it empty"),
        ("password", "", "Enter a password"),
        ("password", "short", "This password is too short. It must contain at least 12 characters."),
        ("password", "nia@example.ac.uk", "The password is too similar to the email address."),
    ],
)
def test_an_error_is_shown_beside_its_field(field, typed, sentence, desk, happened):
    after = desk.send(ADD, **{**NEW, field: typed})
    assert after.error_of(field) == sentence
    assert happened() == []


def test_the_form_suggests_a_different_password_each_time(desk):
    proposed = {desk.read(ADD).typed()["password"] for _ in range(2)}
    assert len(proposed) == 2
    assert all(len(password) >= 12 for password in proposed)


def test_a_caseworker_amends_a_user(desk, level2, happened):
    after = desk.send(f"/admin/licences/user/{level2.pk}/amend/", name="New Name", email="", is_active="no")
    level2.refresh_from_db()
    assert (level2.name, level2.is_active, after.banners) == ("New Name", False, ["User amended"])
    assert happened() == [("user", "amend", "caseworker")]


def test_a_caseworker_cannot_deactivate_themselves(desk, caseworker, happened):
    after = desk.send(f"/admin/licences/user/{caseworker.pk}/amend/", is_active="no")
    assert [text for text, _ in after.summary] == [
        "You cannot take away your own right to sign in: ask another caseworker"
    ]
    caseworker.refresh_from_db()
    assert caseworker.is_active
    assert happened() == []


def test_a_caseworker_sets_a_new_password_which_the_history_does_not_show(desk, level1, happened):
    page = f"/admin/licences/user/{level1.pk}/"
    assert desk.send(f"{page}password/", password="short").error_of("password")
    assert happened() == []
    after = desk.send(f"{page}password/", password=PASSWORD)
    level1.refresh_from_db()
    assert level1.check_password(PASSWORD)
    assert happened() == [("user", "set_password", "caseworker")]
    assert Event.objects.last().data == {}
    assert PASSWORD not in after.html


def test_the_system_user_cannot_be_amended(desk, system, happened):
    page = f"/admin/licences/user/{system.pk}/"
    assert desk.read(page).buttons("Amend") == []
    for name in ("amend", "password"):
        desk.client.post(f"{page}{name}/", {"name": "x", "is_active": "yes", "password": PASSWORD})
    assert happened() == []
