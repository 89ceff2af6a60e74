"""The portal outside demo mode, in separate processes with an environment like that of production."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as ours
from django.test import Client

pytestmark = pytest.mark.once

HOST = "sponsors.example.ac.uk"
PRODUCTION = {
    "DEMO": "false",
    "DEBUG": "false",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "SECOND_FACTOR_KEYS": "fedcba9876543210" * 4,
    "ALLOWED_HOSTS": HOST,
    "PROXIES": "1",
    "LOG_LEVEL": "INFO",
    "DATABASE_URL": "sqlite:///{folder}/sms.sqlite3",
    "PAYMENT_PROVIDER": "worldpay",
    "WORLDPAY_BASE_URL": "https://try.access.worldpay.com",
    "WORLDPAY_USERNAME": "user",
    "WORLDPAY_PASSWORD": "password",
    "WORLDPAY_ENTITY": "entity",
    "WORLDPAY_NARRATIVE": "Example",
    "WORLDPAY_WEBHOOK_KEYS": "1:secret",
    "WORLDPAY_PAGE_ORIGINS": "https://payments.worldpay.com",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.ac.uk:587",
    "EMAIL_FROM": "SMS <sms@example.ac.uk>",
    "DJANGO_SETTINGS_MODULE": "sms.settings",
}

ANSWERS = """
import json, django
from django.conf import settings
# Hashed names of static files need collectstatic, which these tests do not run.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
client, found = Client(headers={"host": settings.ALLOWED_HOSTS[0]}), {}
secure = {"x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 9.9.9.9"}
callback = "/payments/callback/worldpay/"
for name, address, headers, *method in [
    ("plain", "/sign-in/", {}),
    ("plain callback", callback, {}, "POST"),
    ("callback that only claims https", callback, {"x-forwarded-proto": "http, https", "x-scheme": "https"}, "POST"),
    ("callback", callback, secure, "POST"),
    ("health", "/health", {}),
    ("sign-in", "/sign-in/", secure),
    ("nowhere", "/nowhere/", secure),
    ("static", "/static/favicon.svg", secure),
]:
    answer = client.generic(*method or ["GET"], address, headers=headers)
    cookies = {key: dict(cookie) for key, cookie in answer.cookies.items()}
    found[name] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
print("ANSWERS", json.dumps(found))
"""


def run(folder, *arguments, **changed):
    environment = {name: value.format(folder=folder) for name, value in {**PRODUCTION, **changed}.items()}
    command = [sys.executable, *arguments]
    # The journeys' browser needs this variable, which no deployment should have.
    outside = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(command, env=outside | environment, cwd=ours.BASE_DIR, capture_output=True, text=True)


def check(folder, **changed):
    return run(folder, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **changed)


def test_djangos_deployment_check_finds_no_problem(tmp_path):
    answer = check(tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "System check identified no issues (0 silenced).\n"), answer


def test_djangos_deployment_check_names_missing_and_weak_settings(tmp_path):
    answer = check(tmp_path, SECRET_KEY="short", PROXIES="0", WORLDPAY_PASSWORD="", EMAIL_URL="", SECOND_FACTOR_KEYS="")
    assert answer.returncode == 1
    for problem in (
        "security.W009",
        "sms.W001",
        "WORLDPAY_PASSWORD is missing.",
        "EMAIL_URL is missing.",
        "SECOND_FACTOR_KEYS is missing.",
    ):
        assert problem in answer.stderr


def test_gunicorn_accepts_its_configuration(tmp_path):
    """It loads the portal for the check, and the portal needs a migrated database."""
    assert run(tmp_path, "manage.py", "migrate", "--verbosity=0").returncode == 0
    answer = run(tmp_path, "-m", "gunicorn", "--check-config")
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("production")
    answer = run(folder, "-c", ANSWERS)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


@pytest.fixture
def answers(output):
    (line,) = [line for line in output if line.startswith("ANSWERS ")]
    return json.loads(line.removeprefix("ANSWERS "))


def test_http_redirects_to_https(answers):
    assert answers["plain"]["status"] == 301
    assert answers["plain"]["headers"]["Location"] == f"https://{HOST}/sign-in/"


def test_health_needs_no_https(answers):
    assert answers["health"]["status"] == 503  # this database is not migrated


def test_a_callback_over_plain_http_is_refused_with_a_sentence_in_the_log_and_not_redirected(answers, output):
    for name in ("plain callback", "callback that only claims https"):
        assert answers[name]["status"] == 403
        assert "Location" not in answers[name]["headers"]
    assert "".join(output).count("A callback was refused: it came over plain http.") == 2


def test_a_callback_over_https_is_read(answers, output):
    assert answers["callback"]["status"] == 400
    assert "A callback of worldpay was refused: The signature is missing or wrong." in "".join(output)


def test_without_a_proxy_no_callback_can_claim_to_have_come_over_https(tmp_path):
    answer = run(tmp_path, "-c", ANSWERS, PROXIES="0")
    assert answer.stdout.count("A callback was refused: it came over plain http.") == 3


def test_a_request_that_the_proxy_received_over_https_is_answered(answers):
    assert answers["sign-in"]["status"] == 200
    assert answers["nowhere"]["status"] in {302, 404}


@pytest.mark.parametrize("page", ["sign-in", "nowhere", "static"])
def test_every_answer_has_the_strict_headers(page, answers):
    headers = answers[page]["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_policy_of_pages_limits_what_they_load_and_where_their_forms_go(answers):
    headers = answers["sign-in"]["headers"]
    policy = {words[0]: words[1:] for part in headers["Content-Security-Policy"].split(";") if (words := part.split())}
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'", "https://payments.worldpay.com"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "payment=()" in headers["Permissions-Policy"]


def test_cookies_are_limited_to_this_host_and_https_and_hidden_from_scripts(answers):
    ((name, cookie),) = answers["sign-in"]["cookies"].items()
    assert name == "__Host-csrf"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_log_is_json_on_standard_output_with_the_address_of_the_visitor(output):
    lines = [json.loads(line) for line in output if not line.startswith("ANSWERS ")]
    finished = {line["request"]: line for line in lines if line["event"] == "request_finished"}
    assert finished["GET /sign-in/"]["ip"] == "9.9.9.9"
    assert finished["GET /health"]["level"] == "error"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", None),
        (1, "nonsense", None),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_of_a_visitor_comes_from_our_own_proxies_only(
    proxies, forwarded, expected, settings, log_lines, db
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    Client().get("/health", headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert log_lines[-1]["ip"] == expected
