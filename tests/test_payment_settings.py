"""The portal does not start until its payment provider is configured."""

import os
import subprocess
import sys

import pytest

from cas.payments.providers import worldpay
from cas.startup import check_payment_provider
from tests.payments import in_environment

pytestmark = pytest.mark.once

WORLDPAY = {
    "WORLDPAY_BASE_URL": "https://try.access.worldpay.com",
    "WORLDPAY_USERNAME": "user",
    "WORLDPAY_PASSWORD": "pass,word:1",
    "WORLDPAY_ENTITY": "PO1",
    "WORLDPAY_NARRATIVE": "Example Sponsorship",
    "WORLDPAY_WEBHOOK_KEYS": "1:secret,2:secret:with:colons",
    "WORLDPAY_PAGE_ORIGINS": "https://payments.worldpay.com",
}


@pytest.fixture
def worldpay_settings(settings):
    settings.PAYMENT_PROVIDER, settings.PROVIDER_VARIABLES, settings.DEMO = "worldpay", WORLDPAY, False
    return settings


def problems():
    return [error.msg for error in check_payment_provider()]


def test_with_every_variable_set_there_is_no_problem(worldpay_settings):
    assert problems() == []


@pytest.mark.parametrize("name", WORLDPAY)
def test_a_missing_variable_is_named(name, worldpay_settings):
    in_environment(worldpay_settings, **{name: ""})
    assert problems() == [f"{name} is missing."]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BASE_URL", "http://access.worldpay.com", "must begin with https://"),
        ("BASE_URL", "access.worldpay.com", "must begin with https://"),
        ("BASE_URL", "https://access.worldpay.com/payment_pages", "have no path"),
        ("BASE_URL", "https://user@access.worldpay.com", "have no path"),
        ("PAGE_ORIGINS", "https://payments.worldpay.com,http://payments.worldpay.com", "must begin with https://"),
        ("PAGE_ORIGINS", "https:", "must begin with https://"),
        ("PAGE_ORIGINS", "https://*", "must begin with https://"),
        ("NARRATIVE", "Universität", "at most 24 letters"),
        ("NARRATIVE", "x" * 25, "at most 24 letters"),
        ("WEBHOOK_KEYS", "secret", "ID:SECRET"),
        ("WEBHOOK_KEYS", "1:", "ID:SECRET"),
        ("WEBHOOK_KEYS", ":secret", "ID:SECRET"),
    ],
)
def test_an_invalid_variable_is_named_without_its_value(name, value, said, worldpay_settings):
    in_environment(worldpay_settings, **{f"WORLDPAY_{name}": value})
    (problem,) = problems()
    assert problem.startswith(f"WORLDPAY_{name} ")
    assert said in problem
    assert "secret" not in problem


@pytest.mark.parametrize("name", ["", "sandbox", "paypal"])
def test_outside_demo_mode_there_is_no_default_and_no_sandbox(name, worldpay_settings):
    worldpay_settings.PAYMENT_PROVIDER = name
    (problem,) = problems()
    assert "set PAYMENT_PROVIDER" in problem


def run(*command, **environment):
    """Run Python with the real settings and only these variables. Return the exit status and the output."""
    nothing = dict.fromkeys([*WORLDPAY, "PAYMENT_PROVIDER"], "")
    needed = {"DJANGO_SETTINGS_MODULE": "sms.settings", "DEMO": "false", "DEBUG": "false", "SECRET_KEY": "x" * 50}
    needed |= {"EMAIL_URL": "smtp://localhost", "EMAIL_FROM": "sms@example.ac.uk", "SECOND_FACTOR_KEYS": "y" * 50}
    environment = os.environ | nothing | needed | environment
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_portal_does_not_start_without_the_variables():
    status, said = run("manage.py", "check")
    assert status != 0
    assert "set PAYMENT_PROVIDER" in said
    status, said = run("manage.py", "check", PAYMENT_PROVIDER="worldpay", **WORLDPAY | {"WORLDPAY_ENTITY": ""})
    assert status != 0
    assert "WORLDPAY_ENTITY is missing." in said
    assert run("manage.py", "check", PAYMENT_PROVIDER="worldpay", **WORLDPAY)[0] == 0


SHOW = "from django.conf import settings; print(sorted(settings.PROVIDER_VARIABLES))"


def test_the_settings_hold_the_variables_that_begin_with_the_name_of_a_provider():
    status, said = run("-c", SHOW, WORLDPAY_COLOUR="blue", SANDBOX_SPEED="1", PAYCO_KEY="x", MY_WORLDPAY_KEY="x")
    assert (status, said.strip()) == (0, str(sorted([*WORLDPAY, "SANDBOX_SPEED", "WORLDPAY_COLOUR"])))


def test_a_missing_variable_has_its_default(worldpay_settings):
    worldpay_settings.PROVIDER_VARIABLES = {}
    assert worldpay.VARIABLES.listed("page_origins") == ["https://payments.worldpay.com"]
    assert problems() == [f"{name} is missing." for name in WORLDPAY if name != "WORLDPAY_PAGE_ORIGINS"]
