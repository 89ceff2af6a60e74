"""Passwords that are short, known or similar to the user's own details are refused (specification, section 9)."""

import io
import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from licences.accounts import emails, links
from licences.models import Event, User
from licences.roles import Role
from tests.factories import PASSWORD
from tests.jobs import work_all
from tests.licences.links import chosen, mailed
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(licence):
    """Return a user of the University of Example who is not saved yet."""
    return User(
        username="a.okonkwo7",
        name="Amina Ókonkwo",
        email="amina@registry.example.ac.uk",
        licence=licence,
        role="LEVEL_1",
    )


@pytest.mark.parametrize(
    "password",
    [
        "a.okonkwo7",
        "A.OKONKWO7!!",
        "Amina Okonkwo",
        "okonkwo-amina-1",
        "aminaaminaamina",
        "Amina2026!!!!",
        "amina@registry.example.ac.uk",
        "registry2026!",
        "University of Example",
        "exampleUniversity1",
        "university2026",
    ],
)
def test_a_password_close_to_the_users_own_details_is_refused(amina, password):
    with pytest.raises(ValidationError, match="too similar"):
        validate_password(password.ljust(12, "!"), amina)


@pytest.mark.parametrize(
    "password", [PASSWORD, "sponsor-demo-2026", "plum-tractor-window", "examples of 7 rivers flood"]
)
def test_other_passwords_are_accepted(amina, password):
    assert validate_password(password, amina) is None


def test_its_twin_with_djangos_check_alone_some_would_be_accepted(amina, settings):
    similar = "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": similar}]
    for password in ("aminaaminaamina", "exampleUniversity1"):
        assert validate_password(password, amina) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("plum tracto", "Password must have 12 characters or more"),
        ("p" * 129, "Password must have 128 characters or fewer"),
        ("1q2w3e4r5t6y", "on a list of passwords"),
        ("1Q2W3E4R5T6Y ", "on a list of passwords"),
        ("passwordpassword", "on a list of passwords"),
        ("Sunshine!2026", "on a list of passwords"),
        ("1234567890123", "on a list of passwords"),
        ("Pässword2026!!", "on a list of passwords"),
        ("abababaaaababaa", "on a list of passwords"),
    ],
)
def test_a_short_long_or_known_password_is_refused(password, said, amina):
    with pytest.raises(ValidationError, match=said):
        validate_password(password, amina)


@pytest.mark.parametrize(
    "password", ["plum tractor", "בוקר טוב עולם שלי", "....-.-..--.-!", "sunshine plum window", "p" * 6 + "quarry"]
)
def test_no_kind_of_sign_is_demanded(password, amina):
    assert validate_password(password, amina) is None


def test_no_verb_of_the_model_sets_a_weak_password(level1, caseworker):
    for act in (
        lambda: level1.write_password("level1-level1", "change_password"),
        lambda: links.choose_password(links.make(level1).partition("key=")[2], "short"),
        lambda: User.objects.add(by=caseworker, username="x", name="X", role=Role.CASEWORKER, password="short"),
    ):
        with pytest.raises(ValidationError):
            act()
    level1.refresh_from_db()
    assert level1.check_password(PASSWORD)
    assert not User.objects.filter(username="x").exists()


def test_the_command_line_adds_a_caseworker_and_prints_a_link_by_which_they_choose_the_password(system):
    said = io.StringIO()
    call_command("createsuperuser", name="Robin Goodfellow", email="robin@example.org", stdout=said)
    robin = User.objects.get(name="Robin Goodfellow")
    assert (robin.role, robin.licence, robin.email) == (Role.CASEWORKER, None, "robin@example.org")
    assert not robin.has_usable_password()
    assert f"The User ID is {robin.username}." in said.getvalue()
    (key,) = re.findall(r"http://testserver/password/link/\?key=(\S+)", said.getvalue())
    assert links.choose_password(key, PASSWORD) == robin
    assert [(line.verb, line.by) for line in Event.objects.about("user", robin.pk)] == [
        ("add", system),
        ("choose_password", robin),
    ]


def test_a_printed_link_does_not_confirm_the_email_address_because_no_email_was_read(system):
    said = io.StringIO()
    call_command("createsuperuser", name="Robin Goodfellow", email="robin@example.org", stdout=said)
    (link,) = re.findall(r"http://testserver(/password/link/\S+)", said.getvalue())
    client = Client()
    client.get(link)
    assert chosen(client, PASSWORD).banners == ["Your new password is set. Sign in with it."]
    robin = User.objects.get(name="Robin Goodfellow")
    client.post("/sign-in/", {"login": robin.username, "password": PASSWORD})
    assert client.get("/admin/").status_code == 200, "the caseworker can work"
    assert "robin@example.org, not confirmed" in Page(client.get("/profile/")).main.text
    client.post("/profile/email/", {"email": "robin@example.org"})
    work_all()
    client.post(mailed())
    assert "robin@example.org, confirmed on" in Page(client.get("/profile/")).main.text


def test_a_link_that_was_emailed_confirms_the_address_and_the_history_shows_it(level2):
    level2.email = "level2@example.ac.uk"
    level2.save()
    emails.queue(level2)
    work_all()
    client = Client()
    client.get(mailed())
    chosen(client, "plum tractor window")
    level2.refresh_from_db()
    assert level2.email_confirmed_at
    verbs = [line.verb for line in Event.objects.about("user", level2.pk)]
    assert verbs == ["add", "confirm_email", "choose_password"]


@pytest.mark.parametrize(("name", "email"), [(" ", "robin@example.org"), ("Robin", ""), ("Robin", "no address")])
def test_the_command_line_needs_a_name_and_an_email_address(name, email, system):
    with pytest.raises(CommandError, match="Enter the"):
        call_command("createsuperuser", name=name, email=email)
    assert not User.objects.filter(role=Role.CASEWORKER).exists()


def test_the_command_line_asks_for_what_is_not_given(system, monkeypatch):
    answers = {"Name: ": "Robin", "Email address: ": "robin@example.org"}
    monkeypatch.setattr("builtins.input", answers.pop)
    call_command("createsuperuser", stdout=io.StringIO())
    assert User.objects.get(role=Role.CASEWORKER).name == "Robin"
