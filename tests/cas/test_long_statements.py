"""A step that changes very many CAS at once may take longer than the other statements of a page."""

import pytest
from django.db import OperationalError, connection

from cas.models import CAS
from sms.core import long_statements
from tests.factories import a_cas, assigned
from tests.plain_sql import execute

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no limit on statements"),
]


@pytest.fixture
def slow():
    """Make each UPDATE of a CAS take longer than the limit on statements."""
    execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END$$"
    )
    execute("CREATE TRIGGER slow AFTER UPDATE ON cas_cas EXECUTE FUNCTION slow()")
    execute("SET statement_timeout = 300")
    yield
    connection.close()
    execute("DROP FUNCTION slow CASCADE")


def revoke(cas, level1, colleague, caseworker):
    cas.licence.revoke(by=caseworker, reason="Because")


def surrender_route(cas, level1, colleague, caseworker):
    cas.licence.surrender_route(cas.route, by=caseworker, reason="Because")


def transfer(cas, level1, colleague, caseworker):
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)


EVERY_STEP = pytest.mark.parametrize("step", [revoke, surrender_route, transfer])


@pytest.fixture
def case(level1, colleague, caseworker, allocation):
    return assigned(a_cas(level1)), level1, colleague, caseworker


@EVERY_STEP
def test_a_step_that_changes_many_cas_is_completed_beyond_the_limit(step, case, slow):
    step(*case)
    before = case[0]
    after = CAS.objects.get(pk=before.pk)
    assert (after.status, after.owner) != (before.status, before.owner)


@EVERY_STEP
def test_the_limit_applies_again_to_later_statements(step, case, slow):
    step(*case)
    with pytest.raises(OperationalError, match="statement timeout"):
        execute("SELECT pg_sleep(1)")


@EVERY_STEP
def test_a_step_without_the_longer_limit_is_cut_short(step, case, slow, monkeypatch):
    for module in ("licences.models.licence", "cas.models.queryset"):
        monkeypatch.setattr(f"{module}.{long_statements.allow_long_statements.__name__}", lambda: None)
    with pytest.raises(OperationalError, match="statement timeout"):
        step(*case)
