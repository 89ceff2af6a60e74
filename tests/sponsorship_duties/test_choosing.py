"""Finding the report to withdraw by its date (manual 5, withdrawing, step 6)."""

from datetime import date

import pytest

from sms.core import clock
from sms.core.refused import Refused
from sponsorship_duties.models import Activity
from sponsorship_duties.models.choosing import meant, why_not_report
from tests.factories import in_status
from tests.sponsorship_duties.factories import a_report, a_type, withdrawn

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 1)
WITHDRAWAL = "Previous notification withdrawn"


@pytest.fixture
def cas(level2, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker)


def reports(cas):
    return Activity.objects.filter(cas=cas).select_related("type", "withdrawal").order_by("pk")


def refusal_of(day, cas, which=""):
    with pytest.raises(Refused) as refused:
        meant(day, reports(cas), which)
    return refused.value.code, refused.value.errors


def test_a_report_is_found_by_the_date_of_the_event_and_by_the_day_it_was_made(cas, level2):
    report = a_report(cas, by=level2, on=DAY)
    assert meant(DAY, reports(cas)) == report
    assert meant(clock.today(), reports(cas)) == report


def test_if_several_reports_have_the_date_the_user_must_select_one(cas, level2):
    first, second = (a_report(cas, by=level2, on=DAY) for _ in range(2))
    sentence = "Several reports have this date. Select the one to withdraw"
    assert refusal_of(DAY, cas) == ("duties.several_reports_of_this_date", {"which": sentence})
    assert refusal_of(DAY, cas, "0")[0] == "duties.several_reports_of_this_date"
    assert meant(DAY, reports(cas), str(second.pk)) == second
    withdrawn(second, by=level2)
    assert meant(DAY, reports(cas), str(second.pk)) == first


def test_a_date_without_a_report_to_withdraw_is_refused_with_the_dates_that_can_be_used(cas, level2):
    sentence = "This CAS has no report left to withdraw"
    assert refusal_of(DAY, cas) == ("duties.no_report_left", {"happened_on": sentence})
    report = a_report(cas, by=level2, on=DAY)
    code, errors = refusal_of(date(2026, 9, 1), cas)
    assert code == "duties.no_report_of_this_date"
    assert errors["happened_on"].startswith(
        "No report has the date 1 September 2026. Enter one of these dates: 1 October"
    )
    withdrawn(report, by=level2)
    assert refusal_of(DAY, cas)[0] == "duties.report_of_this_date_withdrawn"


def test_a_withdrawal_needs_an_earlier_report_and_a_report_needs_a_type_in_use(cas, level2, caseworker):
    assert str(why_not_report(cas, a_type(WITHDRAWAL))) == "This CAS has no report to withdraw."
    a_report(cas, by=level2)
    assert why_not_report(cas, a_type(WITHDRAWAL)) is None
    kind = a_type()
    assert why_not_report(cas, kind) is None
    kind.amend(by=caseworker, is_in_use=False)
    assert why_not_report(cas, kind).code == "duties.type_not_in_use"
