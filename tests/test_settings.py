"""The settings default to production and name what is missing. Each test reads them in its own environment."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

SHOW = """
import json, sms.settings as read
print(json.dumps({name: getattr(read, name) for name in %r.split()}, default=vars))
"""
OURS = {
    "DEMO",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "PAYMENT_PROVIDER",
    "EMAIL_URL",
    "EMAIL_FROM",
    "PORTAL_ADDRESS",
    "PORT",
    "DATABASE_URL",
    "DATABASE_LOCK_SECONDS",
    "DATABASE_STATEMENT_SECONDS",
    "DATABASE_COMMAND_LOCK_SECONDS",
    "DATABASE_IDLE_SECONDS",
    "DJANGO_SETTINGS_MODULE",
}
PRODUCTION = {"SECRET_KEY": "long and random", "ALLOWED_HOSTS": "sms.example.ac.uk"}


@pytest.fixture(autouse=True)
def no_env_file():
    """Skip the tests if there is a .env, because the settings would read it."""
    if (settings.BASE_DIR / ".env").exists():
        pytest.skip("the settings would read the .env of this checkout")


def run(code, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, cwd=settings.BASE_DIR, capture_output=True, text=True
    )


def read(*names, **environment):
    answer = run(SHOW % " ".join(names), **environment)
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout).values())


def refusal(**environment):
    answer = run("import sms.settings", **environment)
    assert answer.returncode != 0
    return answer.stderr.strip().splitlines()[-1]


def test_without_a_secret_key_the_error_says_what_to_do():
    error = refusal()
    assert error.startswith("django.core.exceptions.ImproperlyConfigured: SECRET_KEY is missing.")
    assert "DEMO=true" in error


@pytest.mark.parametrize("value", ["yes", "1", "on", ""])
def test_a_switch_must_be_true_or_false(value):
    assert refusal(DEMO=value).endswith(f"DEMO is {value!r}: write true or false.")


def test_production_is_the_default():
    expected = {
        "DEMO": False,
        "DEBUG": False,
        "ALLOWED_HOSTS": [],
        "PAYMENT_PROVIDER": "",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }
    found = read(*expected, SECRET_KEY="long and random")
    assert dict(zip(expected, found, strict=True)) == expected


def test_demo_mode_needs_no_other_variable():
    demo, provider, hosts, debug = read("DEMO", "PAYMENT_PROVIDER", "ALLOWED_HOSTS", "DEBUG", DEMO="true")
    assert (demo, provider, debug) == (True, "sandbox", False)
    assert set(hosts) == {"localhost", "127.0.0.1", "[::1]"}


def test_sqlite_is_the_default_and_loses_no_payment_when_the_power_fails():
    (databases,) = read("DATABASES", DEMO="true")
    assert databases["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert databases["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in databases["default"]["OPTIONS"]["init_command"]


def test_pages_and_commands_have_default_time_limits_that_variables_change():
    names = ("LIMITS_OF_PAGES", "LIMITS_OF_COMMANDS")
    pages, commands = read(*names, DEMO="true")
    assert pages == {"statement": 30, "lock": 5, "idle": 60}
    assert commands == {"statement": 0, "lock": 60, "idle": 60}
    (pages, databases) = read(names[0], "DATABASES", DEMO="true", DATABASE_LOCK_SECONDS="2")
    assert pages["lock"] == 2
    assert databases["default"]["OPTIONS"]["timeout"] == 60  # until sms/wsgi.py serves pages


def test_one_variable_selects_postgresql():
    (databases,) = read("DATABASES", DEMO="true", DATABASE_URL="postgres://user:pass@db.example:5433/sms")
    database = databases["default"]
    assert (database["ENGINE"], database["HOST"], database["NAME"]) == (
        "django.db.backends.postgresql",
        "db.example",
        "sms",
    )
    assert database["CONN_MAX_AGE"] == 60
    assert "init_command" not in database.get("OPTIONS", {})


CHECK = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "sms.settings"
import django; django.setup()
from django.core.checks import run_checks
print([(found.id, found.msg) for found in run_checks(include_deployment_checks=True) if found.level >= 30])
"""


def test_outside_demo_mode_there_is_no_default_provider_and_the_start_up_check_says_so():
    answer = run(CHECK, **PRODUCTION)
    assert "sms.E001" in answer.stdout, answer.stderr
    assert "PAYMENT_PROVIDER" in answer.stdout


def test_outside_demo_mode_the_sandbox_is_refused_by_name():
    answer = run(CHECK, **PRODUCTION, PAYMENT_PROVIDER="sandbox")
    assert "sms.E001" in answer.stdout, answer.stderr


def test_in_demo_mode_the_start_up_check_finds_no_problem_of_ours():
    answer = run(CHECK, DEMO="true")
    assert "sms." not in answer.stdout, answer.stderr


def test_outside_demo_mode_there_is_no_default_mail_server_and_the_start_up_check_says_so():
    answer = run(CHECK, **PRODUCTION)
    assert answer.stdout.count("sms.E003") == 2, answer.stderr
    assert "EMAIL_URL is missing." in answer.stdout
    assert "EMAIL_FROM is missing." in answer.stdout


def test_the_mail_server_is_one_variable():
    url = "smtp+tls://portal%40example.ac.uk:pass%3Aword@mail.example.ac.uk:587"
    names = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS")
    assert read(*names, DEMO="true", EMAIL_URL=url) == [
        "django.core.mail.backends.smtp.EmailBackend",
        "mail.example.ac.uk",
        587,
        "portal@example.ac.uk",
        "pass:word",
        True,
    ]


def test_in_demo_mode_emails_are_files_and_link_to_this_machine():
    backend, folder, sender, address = read(
        "EMAIL_BACKEND", "EMAIL_FILE_PATH", "DEFAULT_FROM_EMAIL", "PORTAL_ADDRESS", DEMO="true", PORT="8042"
    )
    assert backend.endswith(".filebased.EmailBackend")
    assert folder == str(settings.BASE_DIR / "var/mail")
    assert "@" in sender
    assert address == "http://127.0.0.1:8042"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"ALLOWED_HOSTS": "sms.example.ac.uk:8443,other"}, "https://sms.example.ac.uk:8443"),
        ({"PORTAL_ADDRESS": "https://other.example/"}, "https://other.example"),
    ],
)
def test_emails_link_to_the_first_host_unless_the_address_is_given(given, address):
    assert read("PORTAL_ADDRESS", **PRODUCTION | given) == [address]


def test_a_wrong_host_is_not_answered(client, db):
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


def test_allowed_hosts_can_have_ports():
    said = read("ALLOWED_HOSTS", "ALLOWED_PORTS", DEMO="true", ALLOWED_HOSTS="a.example:8443,b.example,[::1],[::1]:81")
    assert said == [["a.example", "b.example", "[::1]", "[::1]"], ["8443", "81"]]
