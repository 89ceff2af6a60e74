"""While the database or a disk cannot serve, every page answers 503 and says so. A program error stays a 500."""

import time
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.urls import path

from cas.models import CAS
from cas.views import students
from licences.models import Event, Session
from sms import unavailable, urls
from sms.core.unavailable import Why
from tests.factories import PASSWORD
from tests.outages import away, full, full_file, locked, terminated
from tests.pages import Page
from tests.plain_sql import execute
from tests.test_every_route import ROUTES, ask, records

__all__ = ["records"]  # a fixture

transactional = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has it")

HEADINGS = {
    Why.AWAY: "The portal is not available",
    Why.BUSY: "The portal is busy",
    Why.FULL: "The portal has no space left",
}
NEW = "/students/create-cas/STUDENT/new/"


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def signed_in(visitor, level1):
    visitor.force_login(level1)
    return visitor


def slow(request):
    execute("SELECT pg_sleep(5)")


def mistaken(request):
    execute("SELECT nothing FROM nowhere")


urlpatterns = [path("slow/", slow), path("mistaken/", mistaken), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500
with_these_addresses = override_settings(ROOT_URLCONF=__name__)


def it_is_unavailable(answer, reason, *, was_sent=False):
    page = Page(answer)
    assert (page.status, page.h1) == (503, HEADINGS[reason])
    assert int(answer["Retry-After"]) > 0
    assert answer["X-Request-ID"] in page.main.text
    assert "no-store" in answer["Cache-Control"]
    assert ("do not pay again" in page.main.text) == was_sent


# On every page


def test_every_page_of_the_portal_answers_503_without_its_database(records, case, level1, visitor, no_database):
    """Visitors who have not signed in still see the pages that need no database, such as Sign in."""
    visitor.force_login(level1)
    for pattern, route in ROUTES.items():
        for method in route.methods:
            with case(route=pattern, method=method), no_database():
                answer = ask(visitor, route, method, records)
                assert answer.status_code == 503
                assert "Retry-After" in answer.headers or pattern == "health"


@pytest.mark.parametrize("address", ["/admin/", "/admin/cas/cas/", "/admin/licences/user/", "/admin/find-cas/"])
def test_every_page_of_the_admin_answers_503_too(address, caseworker, visitor, no_database):
    visitor.force_login(caseworker)
    with no_database():
        it_is_unavailable(visitor.get(address), Why.AWAY)


def test_the_test_above_would_see_a_program_error(caseworker, visitor, no_database, monkeypatch):
    monkeypatch.setattr(unavailable, "why", lambda error: None)
    visitor.force_login(caseworker)
    with no_database():
        assert visitor.get("/admin/").status_code == 500


@pytest.fixture
def no_database(db):
    """Return a context manager that refuses every statement, as a lost server would. The test's transaction stays."""

    def refuse(*statement):
        raise OperationalError("gone") from psycopg.OperationalError("the connection is closed")

    return lambda: connection.execute_wrapper(refuse)


# Away


@transactional
def test_an_unreachable_database_makes_pages_unavailable(signed_in):
    with away():
        it_is_unavailable(signed_in.get("/students/"), Why.AWAY)
        it_is_unavailable(signed_in.post(NEW, {"family_name": "Ng"}), Why.AWAY, was_sent=True)
    assert signed_in.get("/students/").status_code == 200


@transactional
@on_postgresql
def test_a_connection_that_the_server_has_closed_makes_a_page_unavailable(signed_in):
    with terminated():
        it_is_unavailable(signed_in.get("/students/"), Why.AWAY)
    assert signed_in.get("/students/").status_code == 200


@transactional
@pytest.mark.parametrize("header", ["X-Keep-Draft", "X-Polling"])
def test_a_request_of_a_script_is_answered_in_json(signed_in, header):
    with away():
        answer = signed_in.post(NEW, {"family_name": "Ng"}, headers={header: "true"})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json() == {"unavailable": "The database is not responding. Try again in a few minutes."}


@transactional
def test_the_log_says_why_once_and_without_a_traceback(signed_in, log_lines):
    with away():
        answer = signed_in.get("/students/")
    said, finished = log_lines
    assert said["event"].startswith("The database or a disk is away: ")
    assert (said["level"], said["logger"]) == ("error", "sms.unavailable")
    assert (finished["event"], finished["code"]) == ("request_finished", 503)
    assert {said["request_id"], finished["request_id"]} == {answer["X-Request-ID"]}
    assert "exception" not in said


# Busy


@transactional
def test_a_page_that_writes_gives_up_when_another_process_writes_for_too_long(signed_in):
    typed = Page(signed_in.get(NEW)).typed() | {"family_name": "Ng"}
    with locked("licences_draft", patience=300):
        sent = time.monotonic()
        it_is_unavailable(signed_in.post(NEW, typed), Why.BUSY, was_sent=True)
        assert 0.3 < time.monotonic() - sent < 0.6
    assert signed_in.post(NEW, typed).status_code == 302


@transactional
@pytest.mark.parametrize("table", ["licences_session", "licences_user"])
@on_postgresql
def test_no_page_waits_twice_for_its_user(table, signed_in):
    for address in ("/students/", "/students/nothing/", "/sign-in/"):
        with locked(table, patience=500):
            sent = time.monotonic()
            it_is_unavailable(signed_in.get(address), Why.BUSY)
            assert time.monotonic() - sent < 0.9


@transactional
@on_postgresql
def test_the_test_above_would_see_a_page_that_waits_twice(signed_in, monkeypatch):
    monkeypatch.setattr(unavailable, "_ask_no_more", lambda request: None)
    with locked("licences_user", patience=500):
        sent = time.monotonic()
        signed_in.get("/students/")
        assert time.monotonic() - sent > 1


@transactional
@on_postgresql
@with_these_addresses
def test_a_statement_that_takes_too_long_makes_a_page_unavailable(signed_in):
    execute("SET statement_timeout = 100")
    it_is_unavailable(signed_in.get("/slow/"), Why.BUSY)
    connection.close()


@transactional
@on_postgresql
def test_a_transaction_that_is_idle_for_too_long_makes_a_page_unavailable(signed_in, monkeypatch):
    def dawdle(*args, **options):
        time.sleep(0.5)
        return record(*args, **options)

    record = Event.objects.record_all
    monkeypatch.setattr(Event.objects, "record_all", dawdle)
    execute("SET idle_in_transaction_session_timeout = 100")
    typed = Page(signed_in.get(NEW)).typed() | {"family_name": "Ng"}
    it_is_unavailable(signed_in.post(NEW, typed), Why.BUSY, was_sent=True)
    assert not CAS.objects.exists()


# Full


@transactional
def test_a_page_that_writes_says_that_the_disk_is_full_and_leaves_nothing_half_done(signed_in):
    typed = Page(signed_in.get(NEW)).typed() | {"family_name": "Ng"}
    for table in ("licences_draft", "cas_cas", "licences_event"):
        with full(table):
            it_is_unavailable(signed_in.post(NEW, typed), Why.FULL, was_sent=True)
            assert signed_in.get("/students/").status_code == 200
        nothing_was_saved()
    assert signed_in.post(NEW, typed).status_code == 302
    assert CAS.objects.count() == 1


def nothing_was_saved():
    assert not CAS.objects.exists()
    assert not Event.objects.filter(kind="cas").exists()


@transactional
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's database is one file")
def test_a_page_that_writes_says_so_when_the_file_cannot_grow(signed_in):
    """SQLite then rolls the whole transaction back, even within a savepoint of Django."""
    long = {"evidence_for_offer": "x" * 2000, "placement_justification": "x" * 2000}
    typed = Page(signed_in.get(NEW)).typed() | {"family_name": "Ng", **long}
    del typed["draft"]  # otherwise the draft is the first row that needs a page of the file
    with full_file():
        it_is_unavailable(signed_in.post(NEW, typed), Why.FULL, was_sent=True)
    nothing_was_saved()


@transactional
def test_signing_in_says_that_the_disk_is_full_and_does_not_blame_the_network(visitor, level1):
    for table in ("licences_signincount", "licences_signin", "licences_session"):
        with full(table):
            answer = visitor.post("/sign-in/", {"login": "level1", "password": PASSWORD})
            it_is_unavailable(answer, Why.FULL, was_sent=True)


@transactional
def test_a_session_that_cannot_be_saved_is_no_bad_request(signed_in):
    """If a session cannot be saved for any reason, Django assumes that it was deleted and answers 400."""
    with full("licences_session"), time_machine.travel(timedelta(minutes=5)):
        it_is_unavailable(signed_in.get("/students/"), Why.FULL)


@transactional
def test_the_test_above_would_see_a_bad_request(signed_in, monkeypatch):
    monkeypatch.setattr("sms.core.unavailable.STAND_INS", ())
    with full("licences_session"), time_machine.travel(timedelta(minutes=5)):
        assert signed_in.get("/students/").status_code == 400


@pytest.mark.django_db
def test_a_session_that_was_deleted_during_the_request_stays_a_bad_request(signed_in, monkeypatch):
    """The user signed out in another tab while this page was being rendered."""

    def leave(*args):
        Session.objects.all().delete()
        return counts(*args)

    counts = students.counts_for
    monkeypatch.setattr(students, "counts_for", leave)
    with time_machine.travel(timedelta(minutes=5)):
        assert signed_in.get("/students/").status_code == 400


# A program error


@pytest.mark.django_db
@with_these_addresses
def test_an_error_in_a_statement_stays_a_program_error(signed_in):
    answer = signed_in.get("/mistaken/")
    assert (answer.status_code, Page(answer).h1) == (500, "Something went wrong")
    assert "Retry-After" not in answer.headers
