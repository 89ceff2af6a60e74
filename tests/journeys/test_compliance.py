"""Compliance: from Sponsorship duties to the figures, to the CAS behind a number, and to their export (section 9)."""

import pytest
from dateutil.relativedelta import relativedelta

from sms.core import clock
from tests.journeys.inspector import DESK, PHONE
from tests.sponsorship_duties.compliance_cases import Case, Report, make

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def a_year_of_cas():
    """Return cases of each month of the last year: some refused, some not enrolled and some not completed."""
    cases = []
    for month in range(1, 12):
        day = clock.today() - relativedelta(months=month, day=15)
        course = {"course_title": ("MSc Data Science", "MA History", "BSc Physics")[month % 3]}
        more = {"more": {**course, "nationality": ("IND", "CHN", "NGA")[month % 3]}, "assigned_on": day}
        common = {"decided_on": day, "starts_on": day, **more}
        cases += [Case(**common)] * (12 + month)
        cases += [Case("REFUSED", **common)] * (month % 3 == 0)
        cases += [Case(**common, reports=(Report("NOT_ENROLLED"),))] * (month % 4 == 0)
        cases += [Case(**common, reports=(Report("LEFT_OUT", clock.today()),))] * (month % 5 == 0)
        cases += [Case(ends_on=day, **more)] * 6
        cases += [Case(ends_on=day, reports=(Report("NOT_COMPLETED"),), **more)] * (month % 2)
    return cases


@pytest.mark.parametrize(
    ("with_javascript", "width"),
    [pytest.param(True, DESK, id="at a desk"), pytest.param(False, PHONE, id="on a phone, without JavaScript")],
)
def test_a_level_1_user_reads_the_figures_opens_a_number_and_exports_its_cas(
    with_javascript, width, visit, level1, inspector
):
    make(a_year_of_cas(), level1)
    visitor = visit(level1, with_javascript=with_javascript, width=width)
    visitor.goes_to("/students/sponsorship-duties/")
    visitor.selects("Compliance")
    visitor.sees_screen("Compliance")
    visitor.sees("The same figures under the bands from")
    inspector.looks_at(visitor, "the figures")
    visitor.selects("Refusal rate by course, nationality and agent")
    visitor.sees_screen("Refusal rate")
    inspector.looks_at(visitor, "by course")
    visitor.selects("3 CAS: Refusal rate")
    visitor.sees_screen("Refused 3")
    inspector.looks_at(visitor, "the list")
    visitor.selects("Export these CAS")
    visitor.sees_screen("Export 3 CAS")


def test_a_caseworker_reads_the_same_figures_on_the_page_of_the_licence(visit, level1, caseworker, inspector):
    make(a_year_of_cas(), level1)
    visitor = visit(caseworker)
    visitor.goes_to(f"/admin/licences/licence/{level1.licence_id}/")
    visitor.sees("Compliance today: Green")
    inspector.looks_at(visitor, "the licence")
