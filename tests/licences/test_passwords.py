"""Passwords equal or similar to the user's own details are refused (specification, section 9)."""

import io

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from licences.models import User
from licences.roles import Role
from tests.factories import PASSWORD

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


def test_no_verb_of_the_model_sets_a_weak_password(level1, caseworker):
    with pytest.raises(ValidationError):
        level1.give_new_password("level1-level1", by=caseworker)
    with pytest.raises(ValidationError):
        User.objects.add(by=caseworker, username="x", name="X", role=Role.CASEWORKER, password="short")
    level1.refresh_from_db()
    assert level1.check_password(PASSWORD)
    assert not User.objects.filter(username="x").exists()


def test_createsuperuser_refuses_a_similar_password(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "robin.goodfellow")
    with pytest.raises(CommandError, match="too similar"):
        call_command(
            "createsuperuser", interactive=False, username="robin", name="Robin Goodfellow", stderr=io.StringIO()
        )
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="robin", name="Robin Goodfellow", stdout=io.StringIO())
    assert User.objects.get(username="robin").check_password(PASSWORD)
