"""Finding a CAS to report on, and the students to check, take an index on both databases (issue 5)."""

import pytest
from django.db import connection, transaction

from cas.finding.listing import A_PAGE
from sms.core.limits import ROUGHLY
from sponsorship_duties.models import Activity
from sponsorship_duties.students_to_check import CHECKS
from sponsorship_duties.views.finding import SCREENS
from tests.cas.finding.test_search_plans import SEARCHES, plan, plans, reads_all, users

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

__all__ = ["users"]  # a fixture: a table of some thousand CAS

BY_NUMBER = {"number": SEARCHES["number"]}
BY_DETAILS = {name: SEARCHES[name] for name in ("number", "family name", "passport number", "applicant ID", "the box")}


def test_every_way_to_a_cas_uses_its_index(users):
    wrong = {}
    for who in ("Level 1", "Level 2"):
        for screen in SCREENS.values():
            for name, (asked, indexes) in (BY_NUMBER if screen.names else BY_DETAILS).items():
                for which, told in plans(asked, users[who], screen).items():
                    if reads_all(told) or not any(index in told for index in indexes):
                        wrong[who, screen.name, name, which] = told
    assert wrong == {}

    for check in CHECKS.values():  # of a Level 2 user: half of this table is the Level 1 user's, and due
        rows = check.of(users["Level 2"])
        for told in (plan(rows.order_by().values("pk")[: ROUGHLY + 1]), plan(rows[:A_PAGE])):
            if reads_all(told):
                wrong[check.name] = told
    assert wrong == {}

    told = plan(Activity.objects.filter(cas=1).history())
    assert "activity_cas_id" in told
    assert "activity_cas_id" not in without_the_index_of_reports()


def without_the_index_of_reports():
    """The twin."""
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Activity._meta.db_table)
    [name] = [name for name, index in indexes.items() if index["columns"] == ["cas_id"] and index["index"]]
    with transaction.atomic():
        connection.cursor().execute(f'DROP INDEX "{name}"')
        told = plan(Activity.objects.filter(cas=1).history())
        transaction.set_rollback(True)
    return told
