"""Finding a CAS to report on, and the students to check, uses an index on both databases."""

import pytest
from django.db import connection, transaction

from cas.finding.listing import A_PAGE
from sms.core.limits import ROUGHLY
from sponsorship_duties.graduates import to_notify
from sponsorship_duties.models import Activity
from sponsorship_duties.students_to_check import CHECKS
from sponsorship_duties.views.finding import SCREENS
from tests.cas.finding.test_search_plans import SEARCHES, plan, plans, reads_all, users

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

__all__ = ["users"]  # a fixture, which makes a table of some thousand CAS

BY_NUMBER = {"number": SEARCHES["number"]}
BY_DETAILS = {
    name: SEARCHES[name]
    for name in ("number", "family name", "passport number", "applicant ID", "the box, a family name")
}


def test_finding_a_cas_and_the_students_to_check_uses_an_index(users):
    wrong = {}
    for who in ("Level 1", "Level 2"):
        for screen in SCREENS.values():
            for name, (asked, indexes) in (BY_NUMBER if screen.names else BY_DETAILS).items():
                for which, found_plan in plans(asked, users[who], screen).items():
                    if reads_all(found_plan) or not any(index in found_plan for index in indexes):
                        wrong[who, screen.name, name, which] = found_plan
    assert wrong == {}

    for check in CHECKS.values():  # for a Level 2 user, because half of this table is the Level 1 user's, and due
        rows = check.of(users["Level 2"])
        for found_plan in (plan(rows.order_by().values("pk")[: ROUGHLY + 1]), plan(rows[:A_PAGE])):
            if reads_all(found_plan):
                wrong[check.name] = found_plan
    assert wrong == {}

    rows = to_notify(users["Level 2"])
    for found_plan in (plan(rows.order_by().values("pk")[: ROUGHLY + 1]), plan(rows[:A_PAGE])):
        assert not reads_all(found_plan), found_plan

    found_plan = plan(Activity.objects.filter(cas=1).history())
    assert "activity_cas_id" in found_plan
    assert "activity_cas_id" not in without_the_index_of_reports()


def without_the_index_of_reports():
    """Return the plan without the index on the CAS of reports, for the twin."""
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Activity._meta.db_table)
    of_cas = {name: index for name, index in indexes.items() if index["columns"] == ["cas_id"] and index["index"]}
    [name] = [name for name, index in of_cas.items() if not index["unique"]]
    with transaction.atomic():
        connection.cursor().execute(f'DROP INDEX "{name}"')
        found_plan = plan(Activity.objects.filter(cas=1).history())
        transaction.set_rollback(True)
    return found_plan
