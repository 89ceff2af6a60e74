"""The requests of a sponsor: their moves, and the effect of granting them (specification, section 9)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction

from cas.reconciliation import discrepancies
from licences.licence_requests import verbs
from licences.licence_requests.kinds.increase import Increase
from licences.licence_requests.table import KINDS, kind_named
from licences.models import Allocation, Event, LicenceRequest
from licences.routes import Route
from licences.timeline import timeline
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import NotAllowed, Stale
from tests.days import noon_on
from tests.factories import a_cas, an_allocation, assigned, brought_to
from tests.licences.factories import a_renewal, an_increase, submitted
from tests.plain_sql import delete, update
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

AMBER = "The sponsor’s compliance rating is amber. Requests for an increase are frozen while it is amber."


def granted(request, number, *, by):
    verbs.grant(request, answer="Granted.", number_granted=number, by=by)
    return request


def rated(rating, licence, *, by):
    licence.set_rating(rating, by=by, reason="Assessed")
    return licence


def on(day):
    return clock.set_to(noon_on(day))


# Increase


def test_a_granted_increase_adds_its_places_to_the_allocation(allocation, level1, caseworker):
    request = submitted(an_increase(level1, 5), by=level1)
    assert kind_named("increase").consequences(request) == [
        f"The limit of the {allocation} rises by 5, from 10 to 15. Used now: 0. Held for payments: 0."
    ]
    granted(request, 5, by=caseworker)
    allocation.refresh_from_db()
    assert (allocation.granted, request.status) == (15, "GRANTED")
    assert list(discrepancies()) == []


def test_a_caseworker_can_grant_another_number_than_requested(allocation, level1, caseworker):
    request = granted(submitted(an_increase(level1, 5), by=level1), 3, by=caseworker)
    allocation.refresh_from_db()
    assert (allocation.granted, request.outcome) == (13, {"number_granted": 3})
    assert kind_named("increase").granted(request) == [("Number granted", "3")]


def test_the_history_says_what_was_asked_and_what_was_decided(allocation, level1, caseworker):
    request = granted(submitted(an_increase(level1, 5), by=level1), 3, by=caseworker)
    lines = [
        (entry.title, entry.by, {change.label: change.after for change in entry.changes}) for entry in timeline(request)
    ]
    assert lines == [
        ("Granted", "Caseworker", {"Status": "GRANTED", "Number granted": "3", "Decision": "Granted."}),
        ("Submitted", "Level1", {"Status": "SUBMITTED"}),
        (
            "Saved",
            "Level1",
            {
                "Request": "Request CoS/CAS increase",
                "Route": "Student",
                "Number requested": "5",
                "First day of the year": formats.day(allocation.starts_on),
                "Reasons": "More students applied than last year.",
                "Status": "SAVED",
            },
        ),
    ]


def test_places_that_were_requested_in_one_year_are_never_added_to_another(allocation, level1, caseworker):
    request = submitted(an_increase(level1, 5), by=level1)
    with on(allocation.expires_on + timedelta(days=1)):
        an_allocation(level1.licence, by=caseworker)
        assert "ended on" in refusal_of(granted, request, 5, by=caseworker)
        verbs.refuse(request, answer="The year is over.", by=caseworker)
    assert sorted(Allocation.objects.values_list("granted", flat=True)) == [10, 10]


def test_a_request_that_is_submitted_in_the_next_year_is_for_that_year(allocation, level1, caseworker):
    request = an_increase(level1, 5)
    with on(allocation.expires_on + timedelta(days=1)):
        following = an_allocation(level1.licence, by=caseworker)
        granted(submitted(request, by=level1), 5, by=caseworker)
    following.refresh_from_db()
    assert following.granted == 15


def test_an_increase_cannot_be_requested_before_the_year_starts_or_after_it_has_ended(allocation, level1):
    with on(allocation.starts_on - timedelta(days=1)):
        assert "starts on" in refusal_of(an_increase, level1)
    request = an_increase(level1)
    with on(allocation.expires_on + timedelta(days=1)):
        sentence = "Its renewal can be requested instead."
        assert sentence in refusal_of(an_increase, level1, route=Route.STUDENT)
        more = {"details": {"number_requested": 9}, "reasons": "x", "version": 1, "by": level1}
        assert sentence in refusal_of(verbs.amend, request, **more)
        assert sentence in refusal_of(submitted, request, by=level1)


def test_a_sponsor_without_an_allocation_can_ask_for_its_first_places(level1, caseworker):
    request = granted(submitted(an_increase(level1, 40), by=level1), 30, by=caseworker)
    allocation = Allocation.objects.get()
    assert (allocation.granted, allocation.route, allocation.starts_on) == (30, "STUDENT", clock.today())
    assert request.details == {"number_requested": 40, "starts_on": None}


def test_first_places_are_added_to_an_allocation_that_was_granted_meanwhile(level1, licence, caseworker):
    request = submitted(an_increase(level1, 40), by=level1)
    allocation = an_allocation(licence, by=caseworker)
    granted(request, 40, by=caseworker)
    allocation.refresh_from_db()
    assert allocation.granted == 50


# Frozen while the rating is amber


def test_while_the_rating_is_amber_an_increase_can_be_saved_but_not_submitted_or_granted(
    allocation, licence, level1, caseworker
):
    waiting = submitted(an_increase(level1), by=level1)
    rated("AMBER", licence, by=caseworker)
    saved = an_increase(level1, route=Route.CHILD_STUDENT)
    assert refusal_of(submitted, saved, by=level1) == AMBER
    assert refusal_of(granted, waiting, 5, by=caseworker) == AMBER
    allocation.refresh_from_db()
    assert (allocation.granted, LicenceRequest.objects.get(pk=saved.pk).status) == (10, "SAVED")
    verbs.withdraw(waiting, by=level1)
    rated("GREEN", licence, by=caseworker)
    submitted(saved, by=level1)


def test_a_frozen_request_can_be_refused(allocation, licence, level1, caseworker):
    request = submitted(an_increase(level1), by=level1)
    rated("AMBER", licence, by=caseworker)
    verbs.refuse(request, answer="Not while the rating is amber.", by=caseworker)
    assert request.status == "REFUSED"


def test_renewals_are_never_frozen(allocation, licence, level1, caseworker):
    rated("AMBER", licence, by=caseworker)
    with on(allocation.renewal_opens_on):
        granted(submitted(a_renewal(level1, 8), by=level1), 8, by=caseworker)
    assert Allocation.objects.count() == 2


# Renewal


def test_renewal_opens_three_months_before_the_last_day(allocation, level1):
    opens_on = allocation.expires_on - relativedelta(months=3)
    with on(opens_on - timedelta(days=1)):
        assert "Its renewal can be requested from" in refusal_of(a_renewal, level1)
    with on(opens_on):
        assert a_renewal(level1).details == {
            "number_requested": 10,
            "starts_on": str(allocation.expires_on + timedelta(days=1)),
        }


def test_there_is_nothing_to_renew_without_an_allocation(level1):
    assert refusal_of(a_renewal, level1) == (
        "There is no allocation for the Student route yet, so there is nothing to renew. An increase can be requested."
    )


def test_a_granted_renewal_starts_the_next_year_the_day_after_the_last(allocation, level1, caseworker):
    with on(allocation.renewal_opens_on):
        request = granted(submitted(a_renewal(level1, 12), by=level1), 11, by=caseworker)
    following = Allocation.objects.latest_of(level1.licence_id, Route.STUDENT)
    assert (following.granted, following.starts_on) == (11, allocation.expires_on + timedelta(days=1))
    assert following.expires_on == allocation.expires_on + relativedelta(years=1)
    assert request.outcome == {"number_granted": 11}
    assert list(discrepancies()) == []


def test_a_renewal_that_is_late_starts_the_missing_year(allocation, level1, caseworker):
    with on(allocation.expires_on + timedelta(days=100)):
        granted(submitted(a_renewal(level1), by=level1), 10, by=caseworker)
        current = Allocation.objects.current(level1.licence_id, Route.STUDENT)
    assert current.starts_on == allocation.expires_on + timedelta(days=1)


def test_a_renewal_after_more_than_a_year_starts_today(allocation, level1, caseworker):
    day = allocation.expires_on + timedelta(days=800)
    with on(day):
        request = submitted(a_renewal(level1), by=level1)
        granted(request, 10, by=caseworker)
        assert Allocation.objects.current(level1.licence_id, Route.STUDENT).starts_on == day


def test_a_renewal_sets_the_number_of_a_year_that_has_started_by_itself(
    allocation, licence, level1, caseworker, system
):
    licence.set_automatic_renewal(True, by=caseworker)
    with on(allocation.renewal_opens_on):
        request = submitted(a_renewal(level1, 25, reasons="Three new courses"), by=level1)
    with on(allocation.expires_on + timedelta(days=1)):
        following = Allocation.objects.renew(allocation, by=system)
        assert kind_named("renewal").consequences(request) == [
            f"The {following} has already been granted, with 10 places. It changes to 25."
        ]
        granted(request, 25, by=caseworker)
    following.refresh_from_db()
    assert (following.granted, Allocation.objects.count()) == (25, 2)


@pytest.mark.parametrize(("rating", "proposed"), [("GREEN", 15), ("AMBER", 15), ("RED", 13)])
def test_the_last_total_with_its_increases_is_proposed_and_10_percent_less_while_the_rating_is_red(
    rating, proposed, allocation, licence, level1, caseworker
):
    granted(submitted(an_increase(level1, 5), by=level1), 5, by=caseworker)
    rated(rating, licence, by=caseworker)
    renewal = kind_named("renewal")
    assert renewal.initial(licence, Route.STUDENT) == {"number_requested": proposed}
    with on(allocation.renewal_opens_on):
        request = submitted(a_renewal(level1, 15), by=level1)
    assert renewal.proposed(request) == {"number_granted": proposed}


# Saving and submitting


def test_there_is_one_open_request_for_each_kind_and_route(allocation, level1, caseworker):
    first = an_increase(level1)
    an_increase(level1, route=Route.CHILD_STUDENT)
    taken = "Your sponsor already has an open request for this. Delete or withdraw it to make another."
    assert refusal_of(an_increase, level1) == taken
    submitted(first, by=level1)
    assert refusal_of(an_increase, level1) == taken
    verbs.refuse(first, answer="No.", by=caseworker)
    submitted(an_increase(level1), by=level1)


def test_saved_requests_are_submitted_together(allocation, level1):
    requests = [an_increase(level1), an_increase(level1, route=Route.CHILD_STUDENT)]
    submitted(*requests, by=level1)
    assert {request.status for request in requests} == {"SUBMITTED"}


def test_if_one_cannot_be_submitted_none_is(allocation, licence, level1, caseworker):
    requests = [an_increase(level1), an_increase(level1, route=Route.CHILD_STUDENT)]
    licence.surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Because")
    assert refusal_of(submitted, *requests, by=level1) == "The licence does not cover the Child Student route."
    assert set(LicenceRequest.objects.values_list("status", flat=True)) == {"SAVED"}


def test_only_what_the_user_saw_is_submitted(allocation, level1, outsider):
    request = an_increase(level1)
    seen = {request.pk: request.version}
    verbs.amend(request, details={"number_requested": 7}, reasons="More", version=1, by=level1)
    changed = "Another user changed these requests while you had the page open. Check them and submit again."
    for sent in (seen, {request.pk: 2, 999: 1}, {an_increase(outsider).pk: 1}):
        assert refusal_of(verbs.submit, sent, by=level1) == changed
    assert refusal_of(verbs.submit, {}, by=level1) == "There are no saved requests to submit."
    verbs.delete(request, by=level1)
    assert refusal_of(verbs.submit, {request.pk: 2}, by=level1) == changed


def test_a_user_who_saves_over_a_newer_save_sees_who_changed_it(allocation, level1):
    request = an_increase(level1)
    other = LicenceRequest.objects.get(pk=request.pk)
    verbs.amend(other, details={"number_requested": 7}, reasons="More", version=1, by=level1)
    with pytest.raises(Stale) as caught:
        verbs.amend(request, details={"number_requested": 9}, reasons="Most", version=1, by=level1)
    assert [event.data["number_requested"] for event in caught.value.events] == [[5, 7]]
    assert request.details["number_requested"] == 7


def test_saving_without_a_change_adds_nothing_to_the_history(allocation, level1):
    request = an_increase(level1)
    before = Event.objects.count()
    verbs.amend(request, details={"number_requested": 5}, reasons=request.reasons, version=1, by=level1)
    assert (Event.objects.count(), request.version) == (before, 1)


def test_a_deleted_request_keeps_its_history(allocation, level1):
    request = an_increase(level1)
    pk = request.pk
    verbs.delete(request, by=level1)
    assert list(Event.objects.about("licence_request", pk).values_list("verb", flat=True)) == ["save", "delete"]
    request.pk = pk
    assert refusal_of(verbs.delete, request, by=level1) == "No request was found."


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_once_the_licence_has_ended_a_request_can_only_be_withdrawn_or_refused(
    status, allocation, licence, level1, caseworker
):
    first = submitted(an_increase(level1), by=level1)
    saved = an_increase(level1, route=Route.CHILD_STUDENT)
    brought_to(status, licence, caseworker=caseworker)
    for request in (first, saved):
        request.licence.refresh_from_db()
    level1.licence.refresh_from_db()
    assert refusal_of(an_increase, level1) == f"This licence is {status}. Its sponsor can no longer make requests."
    assert refusal_of(submitted, saved, by=level1)
    sentence = f"This licence is {status}. Its requests can only be refused."
    assert refusal_of(granted, first, 5, by=caseworker) == sentence
    verbs.delete(saved, by=level1)
    verbs.refuse(first, answer="The licence has ended.", by=caseworker)


def test_once_the_route_is_surrendered_a_request_about_it_can_only_be_refused(allocation, licence, level1, caseworker):
    more = submitted(an_increase(level1), by=level1)
    with on(allocation.renewal_opens_on):
        renewal = submitted(a_renewal(level1, 25), by=level1)
        licence.surrender_route(Route.STUDENT, by=caseworker, reason="Asked")
        for request in (more, renewal):
            sentence = "The licence no longer covers the Student route. Its requests can only be refused."
            assert refusal_of(granted, request, 5, by=caseworker) == sentence
            verbs.refuse(request, answer="The route has ended.", by=caseworker)
    allocation.refresh_from_db()
    assert allocation.granted == 10


def test_while_the_licence_is_suspended_requests_are_made_and_decided(allocation, licence, level1, caseworker):
    licence.suspend(by=caseworker, reason="A visit is due")
    granted(submitted(an_increase(level1), by=level1), 5, by=caseworker)


# In one transaction


def test_the_effect_and_the_decision_are_one_transaction(allocation, level1, caseworker, monkeypatch):
    request = submitted(an_increase(level1), by=level1)

    def fail(*args, **options):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(verbs, "_move", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            granted(request, 5, by=caseworker)
    with monkeypatch.context() as patch:
        patch.setattr(Allocation, "increase", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            granted(request, 5, by=caseworker)
    allocation.refresh_from_db()
    request.refresh_from_db()
    assert (allocation.granted, request.status) == (10, "SUBMITTED")
    assert allocation.entries.count() == 1


def test_a_request_that_cannot_be_carried_out_stays_undecided(allocation, level1, level2, caseworker):
    with on(allocation.renewal_opens_on):
        request = submitted(a_renewal(level1, 12), by=level1)
    with on(allocation.expires_on + timedelta(days=1)):
        following = Allocation.objects.grant(
            by=caseworker, licence=level1.licence, route=Route.STUDENT, starts_on=clock.today(), number=5
        )
        assigned(a_cas(level2)), assigned(a_cas(level2, passport_number="Another"))
        assert refusal_of(granted, request, 1, by=caseworker).startswith("Too few places: grant at least 2.")
    following.refresh_from_db()
    request.refresh_from_db()
    assert (following.granted, request.status) == (5, "SUBMITTED")


# The guards of the database


def test_a_submitted_request_is_never_deleted_or_changed_even_by_plain_sql(allocation, level1):
    request = an_increase(level1)
    update(request, reasons="Changed while it is saved")
    submitted(request, by=level1)
    for act in (
        lambda: delete(request),
        lambda: update(request, reasons="Other"),
        lambda: update(request, details='{"number_requested": 999}'),
        lambda: update(request, status="SAVED"),
        lambda: update(request, route="CHILD_STUDENT"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_decision_is_never_changed_even_by_plain_sql(allocation, level1, caseworker):
    request = granted(submitted(an_increase(level1), by=level1), 5, by=caseworker)
    for columns in ({"answer": "Other"}, {"outcome": "{}"}, {"status": "REFUSED"}, {"status": "SUBMITTED"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            update(request, **columns)


def test_the_database_keeps_one_open_request_for_each_topic(allocation, level1):
    request = an_increase(level1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenceRequest(
            licence=level1.licence, kind="increase", topic=request.topic, saved_at=clock.now(), saved_by=level1
        ).save()


# Kinds


def test_every_kind_has_what_the_pages_need():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert all((kind.label, kind.button, kind.group.view))
        assert kind.labels()["reasons"]


def test_a_verb_asks_for_the_permission_of_the_kind(allocation, level2, caseworker):
    for user in (level2, caseworker):
        with pytest.raises(NotAllowed, match="Only a Level 1 user can"):
            verbs.save(Increase(), route="STUDENT", details={"number_requested": 1}, reasons="x", by=user)
