"""The log explains errors without any personal data (specification, section 8)."""

import json
import logging
import sys
import warnings

import pytest
import structlog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.test import Client, override_settings

from cas.models import CAS
from cas.views import students
from sms import logs, regular_jobs, views
from tests import factories, failing, log_watch
from tests.factories import a_cas, assigned
from tests.failing import MARK
from tests.pages import Page, typed_in
from tests.test_every_route import ROUTES, records

__all__ = ["records"]  # a fixture

MARKED = {"family_name": MARK, "passport_number": "ZX5550199", "given_names": "Hubert Blaine"}
PASSWORD = "a secret that opens doors"
SIGNATURE = "5e55107e" * 8
COOKIE = "c00c1e" * 5
PERSONAL = (*MARKED.values(), PASSWORD, SIGNATURE, COOKIE)


@pytest.fixture(autouse=True)
def log(log_lines):
    """Yield the lines of this test. None of them may hold the personal data that these tests send to the portal."""
    yield log_lines
    assert not log_watch.leaks(PERSONAL)


@pytest.fixture
def visitor():
    return Client(
        raise_request_exception=False, headers={"user-agent": MARK, "referer": f"http://testserver/?q={MARK}"}
    )


def lines(log, event):
    return [line for line in log if line["event"] == event]


# Every line


def test_a_line_has_its_time_level_logger_event_request_and_user(log, as_user, level1):
    answer = as_user(level1).get("/students/?name=Smith")
    (line,) = lines(log, "request_finished")
    assert line.pop("time").endswith("Z")
    assert line.pop("milliseconds") >= 0
    assert line == {
        "level": "info",
        "logger": "django_structlog.middlewares.request",
        "event": "request_finished",
        "request_id": answer["X-Request-ID"],
        "user_id": level1.pk,
        "ip": "127.0.0.1",
        "request": "GET /students/",
        "code": 200,
    }


def test_a_line_outside_a_request_has_the_same_columns(log):
    logging.getLogger("cas.regular_jobs").warning("Three orders are silent")
    assert list(log[0]) == ["time", "level", "logger", "event", "request_id", "user_id"]
    assert (log[0]["event"], log[0]["request_id"], log[0]["user_id"]) == ("Three orders are silent", None, None)


def test_a_line_during_a_request_names_the_request_and_its_user(log, as_user, level1, monkeypatch):
    def count_and_log(*args):
        logging.getLogger("cas.views").info("Counted")
        return counts(*args)

    counts = students.counts_for
    monkeypatch.setattr(students, "counts_for", count_and_log)
    answer = as_user(level1).get("/students/")
    (line,) = lines(log, "Counted")
    assert (line["request_id"], line["user_id"]) == (answer["X-Request-ID"], level1.pk)


def test_the_line_of_a_sign_in_names_the_user_who_has_signed_in(log, level1, visitor):
    visitor.post("/sign-in/", {"login": level1.username, "password": factories.PASSWORD})
    assert [(line["user_id"], line["code"]) for line in lines(log, "request_finished")] == [(level1.pk, 302)]


def test_the_next_request_has_another_id_and_no_earlier_user(log, as_user, level1):
    as_user(level1).get("/students/")
    Client().get("/health")
    first, second = lines(log, "request_finished")
    assert second["user_id"] is None
    assert first["request_id"] != second["request_id"]


def test_the_reference_is_never_taken_from_a_header(visitor, db):
    answer = visitor.get("/health", headers={"x-request-id": "mine", "x-correlation-id": "mine"})
    assert len(answer["X-Request-ID"]) == 12
    assert answer["X-Request-ID"] != "mine"


def test_a_job_that_fails_is_logged_in_the_same_way(log, monkeypatch):
    monkeypatch.setattr(regular_jobs, "JOBS", (failing.a_cause,))
    regular_jobs.run_all()
    (line,) = lines(log, "The job a_cause failed")
    assert (line["level"], line["logger"]) == ("error", "sms.regular_jobs")
    assert "builtins.RuntimeError" in line["exception"]


# No personal data in any case


def test_no_page_logs_what_is_typed_into_it(log, case, records, level1, visitor):
    CAS.objects.filter(pk=records["cas"]).update(**MARKED)
    for pattern, route in ROUTES.items():
        with case(route=pattern):
            before = len(log)
            visitor.force_login(level1)
            for method in ("GET", "POST", "PUT"):
                address = route.address.format(**records)
                data = json.dumps(MARKED) if method == "PUT" else MARKED | {"password": PASSWORD, "login": MARK}
                getattr(visitor, method.lower())(f"{address}?next={MARK}", data)
            assert len(lines(log[before:], "request_finished")) == 3
            assert not log_watch.leaks(PERSONAL)


def test_saving_assigning_and_printing_a_cas_logs_none_of_its_details(log, visitor, level1, allocation):
    visitor.force_login(level1)
    form = Page(visitor.get("/students/create-cas/STUDENT/new/")).typed()
    for wrong in ({"course_start_date_day": "99"}, {}):
        visitor.post("/students/create-cas/STUDENT/new/", {**form, **typed_in(MARKED), **wrong})
    cas = assigned(a_cas(level1, **MARKED))
    assert CAS.objects.filter(family_name=MARK).count() == 2
    for address in ("", "assigned/"):
        assert visitor.get(f"/students/cas/{cas.pk}/{address}").status_code == 200
    assert visitor.post(f"/students/cas/{cas.pk}/print/").status_code == 200
    assert not log_watch.leaks([cas.number])


def test_a_failed_sign_in_logs_neither_the_password_nor_the_user_id(log, visitor, db):
    visitor.post("/sign-in/", {"login": MARK, "password": PASSWORD})
    assert [line["code"] for line in lines(log, "request_finished")] == [422]


def test_a_forged_callback_logs_neither_its_signature_nor_its_body(log, visitor, db):
    answer = visitor.post(
        "/payments/callback/sandbox/",
        json.dumps({"reference": MARK}),
        "application/json",
        headers={"sandbox-signature": SIGNATURE, "event-signature": f"key/SHA256/{SIGNATURE}"},
    )
    assert answer.status_code == 400
    assert [line for line in log if "refused" in line["event"]]


@pytest.mark.parametrize(
    "address",
    [f"/{MARK}/", f"/admin/{MARK}/", f"/payments/{MARK}/", f"/payments/callback/{MARK}/", f"/students/{MARK}?q={MARK}"],
)
def test_an_address_with_a_name_in_it_is_not_logged(address, log, visitor, level1, caseworker):
    for user in (None, level1, caseworker):
        if user:
            visitor.force_login(user)
        visitor.get(address)
        visitor.post(address, MARKED)
    assert len(lines(log, "request_finished")) == 6


def test_a_logged_address_keeps_the_keys_of_its_records(log, records, visitor, level1):
    visitor.force_login(level1)
    visitor.get(f"/payments/{records['order']}/")
    visitor.get(f"/students/cas/{records['cas']}/")
    requests = [line["request"] for line in lines(log, "request_finished")]
    assert requests == [f"GET /payments/{records['order']}/", f"GET /students/cas/{records['cas']}/"]


def test_a_wrong_host_is_logged_without_its_name(log, visitor, db):
    assert visitor.get("/sign-in/", headers={"host": f"{MARK}.example"}).status_code == 400
    (line,) = log
    assert (line["level"], line["logger"], line["code"], line["ip"]) == ("warning", "sms.hosts", 400, "127.0.0.1")
    assert "exception" not in line


def test_a_form_that_is_too_large_is_logged_without_its_content(log, visitor, db):
    assert visitor.post("/sign-in/", {"login": MARK * 100_000}).status_code == 400
    assert "django.security.RequestDataTooBig" in {line["logger"] for line in log}


def test_cookies_are_not_logged(log, visitor, db):
    visitor.cookies["sessionid"] = COOKIE
    visitor.get("/students/")
    assert len(log) == 1


# Errors


@pytest.mark.parametrize("way", [way for way in failing.WAYS if way != "a_bad_request"])
@override_settings(ROOT_URLCONF="tests.failing")
def test_an_error_is_logged_with_its_place_and_without_its_message(way, log, visitor, level1):
    a_cas(level1, **MARKED)
    answer = visitor.get(f"/fail/{way}/")
    (line,) = [line for line in log if line.get("exception")]
    assert f"in {way}" in line["exception"]
    assert line["request_id"] == answer["X-Request-ID"]


@override_settings(ROOT_URLCONF="tests.failing")
def test_a_database_error_names_the_column_or_constraint_that_refused(log, visitor, level1):
    a_cas(level1, **MARKED)
    visitor.get("/fail/a_row_that_lacks_something/")
    visitor.get("/fail/a_key_twice/")
    nationality, username = (line["exception"] for line in lines(log, "request_failed"))
    assert "nationality" in nationality
    assert "IntegrityError" in nationality
    assert "username" in username


@override_settings(ROOT_URLCONF="tests.failing")
def test_a_bad_request_is_logged_without_its_content(log, visitor, db):
    assert visitor.get("/fail/a_bad_request/").status_code == 400
    assert [(line["event"], line["code"]) for line in log] == [("request_finished", 400)]


@pytest.mark.parametrize("way", failing.WAYS)
def test_without_our_formatter_the_same_error_would_hold_personal_data(way, level1):
    """The twin of the tests above: each error has personal data that the formatter must remove."""
    a_cas(level1, **MARKED)
    try:
        failing.WAYS[way]()
    except Exception:
        formatted = logging.Formatter().format(logging.makeLogRecord({"msg": "", "exc_info": sys.exc_info()}))
    is_discreet = connection.vendor == "sqlite" and way in {"a_row_that_lacks_something", "a_key_twice"}
    assert is_discreet or way == "a_local_variable" or MARK in formatted


def test_the_watch_finds_personal_data_in_every_spelling(log, level1):
    """The twin of the tests above: the watch would see a logger of ours that leaks personal data."""
    cas = a_cas(level1, **MARKED)
    logger = logging.getLogger("cas.views")
    logger.warning("Cannot save %s", MARKED)
    logger.warning(f"Cannot save {cas.family_name}")
    logger.warning("Cannot save %s", MARK.encode("unicode_escape").decode())
    logger.warning("At /students/?name=%s", "Hubert%20Blaine")
    assert len(log_watch.leaks(PERSONAL)) == 4
    log.clear()


# Lines of libraries


@pytest.mark.parametrize(
    ("logger", "said", "expected"),
    [
        ("gunicorn.error", ("Booting worker with pid: %s", 5), "Booting worker with pid: 5"),
        ("gunicorn.error", ("Worker (pid:%s) was sent %s!", 5, "SIGKILL"), "Worker (pid:5) was sent SIGKILL!"),
        ("gunicorn.error", ("graceful stop of workers",), "graceful stop of workers"),
        ("gunicorn.error", (f"Invalid request from ip=10.0.0.1: GET /?q={MARK}",), "Invalid request from ip=10.0.0.1"),
        ("gunicorn.error", ("Error handling request %s %s", "GET", f"/?{MARK}"), "Error handling request … …"),
        ("urllib3", ("Retrying %(what)r", {"what": MARK}), "Retrying …"),
        ("django.dispatch", (f"Failed for {MARK}",), logs.WITHHELD),
        ("django.dispatch", (ValueError(MARK),), logs.WITHHELD),
    ],
)
def test_a_line_of_a_library_keeps_numbers_only(logger, said, expected, log):
    logging.getLogger(logger).warning(*said)
    assert log[0]["event"] == expected
    assert log[0]["at"].startswith("test_logs:")


def test_a_warning_is_logged_by_its_place(log):
    text = warnings.formatwarning(f"{MARK} is naive", RuntimeWarning, "cas/forms/cas.py", 7)
    logging.getLogger("py.warnings").warning("%s", text)
    assert log[0]["event"] == "cas/forms/cas.py:7: RuntimeWarning"


def test_the_reason_for_refusing_a_form_is_logged_without_an_address(log, level1):
    client = Client(enforce_csrf_checks=True)
    client.post("/sign-in/", {"login": MARK})
    client.get("/sign-in/")
    client.post("/sign-in/", {"login": MARK, "csrfmiddlewaretoken": MARK})
    client.post("/sign-in/", {"login": MARK}, headers={"origin": f"https://{MARK}.example"})
    reasons = [line["reason"] for line in log if line["logger"] == "django.security.csrf"]
    assert reasons == [
        "CSRF cookie not set.",
        "CSRF token from POST has incorrect length.",
        "The request comes from another origin.",
    ]


def test_an_object_in_a_line_is_logged_as_its_class(log, level1):
    structlog.get_logger("cas").warning("Odd", cas=a_cas(level1, **MARKED))
    assert log[0]["cas"] == "<CAS>"


def test_a_line_that_cannot_be_formatted_is_logged_by_its_place(capsys):
    output = logs.Output(sys.stdout)
    output.handle(logging.makeLogRecord({"msg": f"{MARK} %d", "args": ("many",), "module": "forms", "lineno": 7}))
    said = capsys.readouterr()
    assert json.loads(said.out) == {"level": "error", "event": "A line was lost", "at": "forms:7"}
    assert said.err == ""


def test_an_error_that_ends_a_command_is_logged_too(log, monkeypatch):
    try:
        failing.a_cause()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    (line,) = log
    assert (line["level"], line["event"]) == ("critical", "This error was not caught")


def test_a_command_that_succeeds_logs_nothing(log, system, capsys):
    call_command("run_jobs")
    assert log == []


def test_in_development_lines_are_readable_and_errors_are_complete(capsys):
    config = logs.configuration(level="INFO", readable=True)
    (formatter,) = config["formatters"].values()
    made = formatter.pop("()")(**formatter)
    try:
        failing.a_cause()
    except RuntimeError:
        line = made.format(logging.makeLogRecord({"name": "cas", "msg": "It failed", "exc_info": sys.exc_info()}))
    assert "It failed" in line
    assert f"RuntimeError: Cannot count {MARK}" in line
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(line)


def test_djangos_own_handlers_are_gone():
    """Django would otherwise mail whole requests, with all typed values, to ADMINS."""
    for name in ("", "django", "django.request", "django.server", "django.security", "gunicorn.error"):
        handlers = logging.getLogger(name).handlers
        assert [handler for handler in handlers if type(handler).__module__.startswith("django")] == []
    assert settings.LOGGING_CONFIG == "sms.logs.configure"


# The reference


@override_settings(ROOT_URLCONF="tests.failing")
def test_the_page_of_an_error_shows_the_reference_of_the_line(log, visitor, db):
    answer = visitor.get("/fail/a_cause/")
    (line,) = lines(log, "request_failed")
    assert answer.status_code == 500
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["request_id"] in Page(answer).main.text


@override_settings(ROOT_URLCONF="tests.failing")
def test_the_page_of_an_error_shows_the_reference_even_without_a_database(log, visitor):
    """The fixture `db` is missing, so pytest-django refuses every query."""
    answer = visitor.get("/fail/a_cause/")
    assert answer.status_code == 500
    assert lines(log, "request_failed")[0]["request_id"] in Page(answer).main.text


def test_a_database_error_before_the_user_is_known_is_logged_once(log, visitor, level1, monkeypatch):
    def fail(*args):
        raise ProgrammingError(f"no such column as {MARK}")

    visitor.force_login(level1)
    monkeypatch.setattr(SessionStore, "load", fail)
    answer = visitor.get("/students/")
    (line,) = lines(log, "request_failed")
    assert answer.status_code == 500
    assert line["request_id"] in Page(answer).main.text


def test_the_page_of_an_outdated_form_shows_the_reference_too(log, db):
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": MARK})
    (line,) = [line for line in log if line["logger"] == "django.security.csrf"]
    assert answer.status_code == 403
    assert line["request_id"] in Page(answer).main.text


def test_without_a_request_id_the_page_of_an_error_shows_no_reference(rf):
    assert b"reference" not in views.server_error(rf.get("/")).content
