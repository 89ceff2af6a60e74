"""The cast: each test says who acts by taking them as arguments."""

import gc
from contextlib import contextmanager
from inspect import signature

import pytest
from django.db import close_old_connections, connection, transaction
from django.test import Client, TransactionTestCase
from django_tasks_db.management.commands import db_worker

from licences.models import User
from licences.roles import Role
from sms.core import triggers
from tests import log_watch, template_database
from tests.factories import PERSONAL, a_licence, a_user, an_allocation
from tests.standins.worldpay import Worldpay


def pytest_collection_modifyitems(config, items):
    """What neither asks for the database nor looks fixtures up by name is the same on each: it runs on SQLite only."""
    if connection.vendor != "sqlite":
        others = [item for item in items if not asks_for_database(item)]
        items[:] = [item for item in items if asks_for_database(item)]
        config.hook.pytest_deselected(items=others)


def asks_for_database(item):
    is_case = isinstance(item.cls, type) and issubclass(item.cls, TransactionTestCase)
    fixtures = {"db", "transactional_db"} & set(item.fixturenames)
    by_name = "request" in signature(item.function).parameters
    return bool(is_case or fixtures or by_name or item.get_closest_marker("django_db"))


def pytest_collection_finish():
    gc.freeze()  # what was imported so far stays: the collector need not look through it over and over


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """Set up the database for all tests, from a template, instead of running all migrations each time."""
    with django_db_blocker.unblock(), template_database.ready():
        yield


@pytest.fixture(autouse=True)
def _triggers_let_a_transactional_test_be_cleared(request, _django_db_marker):
    """Emptying the tables after such a test is just what the triggers forbid; the flush then writes them anew."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        triggers.drop(connection)


@pytest.fixture(scope="session", autouse=True)
def _worker_keeps_the_connection_of_a_test():
    """Let the worker of the queue run in a test's transaction, whose connection it would close."""

    def close_unless_in_a_test():
        if not connection.in_atomic_block:
            close_old_connections()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db_worker, "close_old_connections", close_unless_in_a_test)
        yield


@pytest.fixture(autouse=True)
def log_lines():
    """What the portal wrote to its log during the test: and nothing personal in it, or the test fails."""
    yield log_watch.LINES
    leaks = log_watch.leaks(PERSONAL) + log_watch.numbers()
    log_watch.LINES.clear()
    assert not leaks, "the log tells something personal"


@pytest.fixture
def system(db):
    """The system itself, in whose name jobs act."""
    return User.objects.system()


@pytest.fixture
def caseworker(db):
    """A Home Office caseworker."""
    return a_user("caseworker", Role.CASEWORKER)


@pytest.fixture
def licence(caseworker):
    """The licence of the University of Example, for both routes."""
    return a_licence("4NUV7KB58", "University of Example", by=caseworker)


@pytest.fixture
def allocation(licence, caseworker):
    """Its places for the Student route: ten, none used."""
    return an_allocation(licence, by=caseworker)


@pytest.fixture
def level1(licence):
    """A Level 1 user of the University of Example."""
    return a_user("level1", Role.LEVEL_1, licence)


@pytest.fixture
def level2(licence):
    """A Level 2 user of the University of Example."""
    return a_user("level2", Role.LEVEL_2, licence)


@pytest.fixture
def colleague(licence):
    """Another Level 2 user of the University of Example."""
    return a_user("colleague", Role.LEVEL_2, licence)


@pytest.fixture
def outsider(caseworker):
    """A Level 1 user of another sponsor."""
    elsewhere = a_licence("7XKQ2MD93", "Elsewhere College", by=caseworker)
    return a_user("outsider", Role.LEVEL_1, elsewhere)


@pytest.fixture
def as_user():
    """`as_user(level1)` is a browser in which they have signed in."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def case(subtests, db):
    """`with case(route="home"):` is one of the many cases of a sentence, which begin with the same records.

    Whichever fails, all are tried, and each that fails is reported by its name. What one does is undone.
    """

    @contextmanager
    def one(**name):
        with subtests.test(**name), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return one


@pytest.fixture
def worldpay(settings):
    """Worldpay's stand-in, and the portal takes its payments there."""
    with Worldpay() as standin:
        for name, value in standin.settings().items():
            setattr(settings, name, value)
        yield standin
