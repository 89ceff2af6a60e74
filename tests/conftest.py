"""Fixtures for all tests. Users and records are fixtures, so a test names the users who act as its arguments."""

import gc
from contextlib import contextmanager
from inspect import signature

import pytest
from django.db import close_old_connections, connection, transaction
from django.test import Client, TransactionTestCase
from django_tasks_db.management.commands import db_worker
from hypothesis import settings as of_hypothesis

from licences.models import User
from licences.roles import Role
from sms.core import triggers
from tests import log_watch, status_watch, template_database
from tests.factories import PERSONAL, a_licence, a_user, an_allocation
from tests.standins.worldpay import Worldpay

of_hypothesis.register_profile("portal", deadline=None)  # on a busy machine, a right example can be slow
of_hypothesis.load_profile("portal")
status_watch.start()


def pytest_collection_modifyitems(config, items):
    """Run only tests that use the database, or look fixtures up by name, on PostgreSQL. SQLite runs all tests."""
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
    gc.freeze()  # imported objects stay, so the garbage collector need not examine them each time


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """Set up the database for all tests, from a template, instead of running all migrations each time."""
    with django_db_blocker.unblock(), template_database.ready():
        yield


@pytest.fixture(autouse=True)
def _triggers_let_a_transactional_test_be_cleared(request, _django_db_marker):
    """Drop the triggers after a transactional test, because they forbid the flush. The flush writes them again."""
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
    """Yield the lines that the portal logs during the test. Fail the test if a line holds personal data."""
    yield log_watch.LINES
    leaks = log_watch.leaks(PERSONAL) + log_watch.numbers()
    log_watch.LINES.clear()
    assert not leaks, "the log holds personal data"


@pytest.fixture
def system(db):
    """Return the system user, for whom the jobs act."""
    return User.objects.system()


@pytest.fixture
def caseworker(db):
    """Make a Home Office caseworker."""
    return a_user("caseworker", Role.CASEWORKER)


@pytest.fixture
def licence(caseworker):
    """Make the licence of the University of Example, for both routes."""
    return a_licence("4NUV7KB58", "University of Example", by=caseworker)


@pytest.fixture
def allocation(licence, caseworker):
    """Grant the University of Example an allocation for the Student route: ten places, none used."""
    return an_allocation(licence, by=caseworker)


@pytest.fixture
def level1(licence):
    """Make a Level 1 user of the University of Example."""
    return a_user("level1", Role.LEVEL_1, licence)


@pytest.fixture
def deputy(licence):
    """Make another Level 1 user of the University of Example."""
    return a_user("deputy", Role.LEVEL_1, licence)


@pytest.fixture
def level2(licence):
    """Make a Level 2 user of the University of Example."""
    return a_user("level2", Role.LEVEL_2, licence)


@pytest.fixture
def colleague(licence):
    """Make another Level 2 user of the University of Example."""
    return a_user("colleague", Role.LEVEL_2, licence)


@pytest.fixture
def outsider(caseworker):
    """Make a Level 1 user of another sponsor."""
    elsewhere = a_licence("7XKQ2MD93", "Elsewhere College", by=caseworker)
    return a_user("outsider", Role.LEVEL_1, elsewhere)


@pytest.fixture
def as_user():
    """Return a function that makes a test client in which a user has signed in: `as_user(level1)`."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def case(subtests, db):
    """Return a context manager for each of the many cases of a test.

    `with case(route="home"):` names the case. All cases start from the same records, because the changes of each are
    rolled back. All are tried even if one fails, and each failure is reported with its name.
    """

    @contextmanager
    def one(**name):
        with subtests.test(**name), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return one


@pytest.fixture
def worldpay(settings):
    """Start Worldpay's stand-in, and make it the portal's payment provider."""
    with Worldpay() as standin:
        for name, value in standin.settings().items():
            setattr(settings, name, value)
        yield standin
