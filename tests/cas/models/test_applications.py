"""Caseworkers close applications, and record administrative reviews and new decisions (specification, section 3)."""

from datetime import timedelta

import pytest

from cas.models import CAS
from cas.timeline import timeline
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.days import after_days
from tests.factories import a_cas, an_allocation, assigned, brought_to, in_status
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cas(level2, allocation):
    return assigned(a_cas(level2))


@pytest.fixture
def refused(cas, caseworker):
    """Make a USED CAS whose application was refused today."""
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    return cas


def of(cas):
    """Return the columns of the application as the database has them."""
    return CAS.objects.values("status", "applied_on", "application_closed_as", "application_closed_on").get(pk=cas.pk)


# Closing


@pytest.mark.parametrize("how", ["INVALID", "VOID", "WITHDRAWN"])
@pytest.mark.parametrize("status", ["ASSIGNED", "EXPIRED"])
def test_a_closed_application_leaves_the_status_unchanged(status, how, cas, caseworker, system):
    cas.record_application(day := clock.today(), by=caseworker)
    with after_days(250 if status == "EXPIRED" else 5):
        CAS.objects.expire(by=system)
        cas.close_application(how, clock.today(), by=caseworker)
        closed_on = clock.today()
    assert of(cas) == {
        "status": status,
        "applied_on": day,
        "application_closed_as": how,
        "application_closed_on": closed_on,
    }
    line = Event.objects.about("cas", cas.pk).last()
    assert (line.verb, line.by) == ("close_application", caseworker)
    assert line.data == {"application_closed_as": ["", how], "application_closed_on": [None, str(closed_on)]}


def test_a_cas_whose_application_was_closed_is_used_only_with_another_application(cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("VOID", clock.today(), by=caseworker)
    with pytest.raises(Refused, match="Record the application first"):
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    with after_days(30):
        cas.record_application(clock.today(), by=caseworker)
        assert of(cas)["application_closed_as"] == ""
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert cas.status == "USED"


def test_another_application_of_the_same_day_opens_it_again(cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("VOID", clock.today(), by=caseworker)
    cas.record_application(clock.today(), by=caseworker)
    assert cas.has_open_application
    assert Event.objects.about("cas", cas.pk).last().data == {
        "application_closed_as": ["VOID", ""],
        "application_closed_on": [str(clock.today()), None],
    }


def test_another_application_is_recorded_only_if_the_cas_was_valid_on_its_day(cas, caseworker, system):
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("INVALID", clock.today(), by=caseworker)
    with after_days(250):
        CAS.objects.expire(by=system)
        with pytest.raises(Refused, match="between the date assigned and the expiry date"):
            cas.record_application(cas.expires_on + timedelta(days=1), by=caseworker)
        cas.record_application(cas.expires_on, by=caseworker)


def test_an_application_is_not_closed_before_it_was_made_or_in_the_future(cas, caseworker):
    with after_days(9):
        cas.record_application(clock.today(), by=caseworker)
        for days in (-1, 1):
            with pytest.raises(Refused, match="on or after the date of application, and not in the future"):
                cas.close_application("VOID", clock.today() + timedelta(days=days), by=caseworker)
        assert of(cas)["application_closed_as"] == ""


def test_there_must_be_an_open_application_to_close(cas, caseworker):
    with pytest.raises(Refused, match="no application to close"):
        cas.close_application("VOID", clock.today(), by=caseworker)
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("VOID", clock.today(), by=caseworker)
    with pytest.raises(Refused, match="no application to close"):
        cas.close_application("WITHDRAWN", clock.today(), by=caseworker)


@pytest.mark.parametrize("status", ["WORK IN PROGRESS", "READY TO GO", "USED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
def test_an_application_is_closed_only_on_assigned_and_expired_cas(status, level2, level1, allocation, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    with pytest.raises(Refused, match=f"This CAS is {status}. You can close its application only while it is ASSIGNED"):
        cas.close_application("VOID", clock.today(), by=caseworker)


def test_an_expired_cas_whose_application_was_closed_is_not_cancelled_with_the_licence(
    cas, licence, caseworker, system
):
    """Its application is not undecided any longer, so the CAS stays EXPIRED."""
    cas.record_application(clock.today(), by=caseworker)
    with after_days(250):
        CAS.objects.expire(by=system)
        cas.close_application("WITHDRAWN", clock.today(), by=caseworker)
        brought_to("REVOKED", licence, caseworker=caseworker)
    assert of(cas)["status"] == "EXPIRED"


def test_an_application_recorded_after_the_route_was_surrendered_is_cancelled_with_the_licence(
    licence, level1, allocation, caseworker, system
):
    cas = in_status("EXPIRED", by=level1, caseworker=caseworker)
    licence.surrender_route(cas.route, by=caseworker, reason="Because")
    cas.record_application(cas.assigned_on, by=caseworker)
    licence.surrender(by=caseworker, reason="Because")
    cas.refresh_from_db()
    assert cas.status == "CANCELLED"


# Administrative review


def test_a_successful_review_keeps_status_and_outcome_and_records_its_day(refused, caseworker):
    with after_days(40):
        refused.record_review(clock.today(), by=caseworker)
        day = clock.today()
    assert (refused.status, refused.outcome, refused.reviewed_on) == ("USED", "REFUSED", day)
    line = Event.objects.about("cas", refused.pk).last()
    assert (line.verb, line.by, line.data) == ("record_review", caseworker, {"reviewed_on": [None, str(day)]})


def test_the_day_of_a_review_can_be_corrected(refused, caseworker):
    with after_days(40):
        refused.record_review(clock.today(), by=caseworker)
        refused.record_review(clock.today() - timedelta(days=3), by=caseworker)
    assert refused.reviewed_on == clock.today() + timedelta(days=37)


def test_a_review_is_neither_before_the_decision_nor_in_the_future(refused, caseworker):
    for days in (-1, 1):
        with pytest.raises(Refused, match="on or after the date used, and not in the future"):
            refused.record_review(clock.today() + timedelta(days=days), by=caseworker)
    refused.record_review(clock.today(), by=caseworker)


def test_only_a_refusal_is_reviewed(cas, caseworker):
    with pytest.raises(
        Refused, match=r"This CAS is ASSIGNED\. You can record an administrative review of it only while"
    ):
        cas.record_review(clock.today(), by=caseworker)
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    with pytest.raises(Refused, match="was not refused"):
        cas.record_review(clock.today(), by=caseworker)


@pytest.mark.parametrize("outcome", ["GRANTED", "REFUSED"])
def test_after_a_review_the_application_is_decided_again(outcome, refused, caseworker):
    first = refused.decided_on
    with after_days(40):
        refused.record_review(clock.today() - timedelta(days=10), by=caseworker)
        reviewed_on = refused.reviewed_on
        refused.decide_again(by=caseworker, decided_on=clock.today(), outcome=outcome)
        again = clock.today()
    assert (refused.status, refused.outcome, refused.decided_on) == ("USED", outcome, again)
    assert refused.reviewed_on is None, "a refusal counts again"
    data = Event.objects.about("cas", refused.pk).get(verb="decide_again").data
    assert data["decided_on"] == [str(first), str(again)]
    assert data["reviewed_on"] == [str(reviewed_on), None]
    assert ("outcome" in data) is (outcome == "GRANTED")


def test_a_second_refusal_can_be_reviewed_again(refused, caseworker):
    for _ in range(2):
        refused.record_review(clock.today(), by=caseworker)
        refused.decide_again(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    refused.record_review(clock.today(), by=caseworker)
    assert refused.reviewed_on == clock.today()


def test_without_a_review_nothing_is_decided_again(refused, caseworker):
    with pytest.raises(Refused, match="Record the successful administrative review first"):
        refused.decide_again(by=caseworker, decided_on=clock.today(), outcome="GRANTED")


def test_a_new_decision_is_neither_before_the_review_nor_in_the_future(refused, caseworker):
    with after_days(20):
        refused.record_review(clock.today(), by=caseworker)
        for days in (-1, 1):
            wrong = clock.today() + timedelta(days=days)
            with pytest.raises(Refused, match="on or after the date of the administrative review"):
                refused.decide_again(by=caseworker, decided_on=wrong, outcome="GRANTED")


def test_reviews_are_recorded_after_the_licence_has_ended_as_well(refused, licence, caseworker):
    brought_to("REVOKED", licence, caseworker=caseworker)
    refused.record_review(clock.today(), by=caseworker)
    refused.decide_again(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert refused.outcome == "GRANTED"


def test_only_a_caseworker_closes_reviews_and_decides_again(refused, level1, level2, system):
    for user in (level1, level2, system):
        for act, asked in (
            (refused.close_application, ("VOID", clock.today())),
            (refused.record_review, (clock.today(),)),
        ):
            with pytest.raises(NotAllowed):
                act(*asked, by=user)
        with pytest.raises(NotAllowed):
            refused.decide_again(by=user, decided_on=clock.today(), outcome="GRANTED")


def test_the_history_says_what_the_home_office_recorded(cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("INVALID", clock.today(), by=caseworker)
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    cas.record_review(clock.today(), by=caseworker)
    cas.decide_again(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    titles = [entry.title for entry in timeline(cas)]
    assert titles[:6] == [
        "Decided again after the administrative review",
        "Successful administrative review recorded",
        "Marked as used",
        "Application for leave recorded",
        "Application for leave closed",
        "Application for leave recorded",
    ]
    closed = next(entry for entry in timeline(cas) if entry.title == "Application for leave closed")
    assert ("Application closed", "", "Rejected as invalid") in [
        (each.label, each.before, each.after) for each in closed.changes
    ]


# The same individual


@pytest.fixture
def elsewhere(outsider, caseworker):
    an_allocation(outsider.licence, number=50, by=caseworker)
    return lambda **values: assigned(a_cas(outsider, **values))


def test_only_cas_of_perhaps_the_same_individual_can_be_selected(cas, elsewhere, caseworker):
    other = elsewhere(family_name="Okafor", passport_number="Z9999999")
    cas.record_application(clock.today(), by=caseworker)
    asked = {"by": caseworker, "decided_on": clock.today(), "outcome": "GRANTED", "also": [other.pk]}
    assert "not for perhaps the same individual" in refusal_of(cas.use, **asked)
    assert of(cas)["status"] == "ASSIGNED"
