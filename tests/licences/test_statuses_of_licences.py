"""Every status and every move of a licence, tried by every kind of user (specification, section 9)."""

from datetime import timedelta

import pytest

from cas.models import CAS
from licences.lifecycle import LICENCE_LIFECYCLE, LicenceStatus
from licences.models import Event, Licence
from licences.routes import Route
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.days import after_days
from tests.factories import (
    CHILD,
    a_cas,
    a_licence,
    an_allocation,
    assigned,
    brought_to,
    in_status,
    lasting_until_yesterday,
)
from tests.refusals import outcome_of, refusal_of

pytestmark = pytest.mark.django_db

STATUSES = ["ACTIVE", "SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"]
IN_FORCE = {"ACTIVE", "SUSPENDED"}

TABLE = {
    "suspend": ({"ACTIVE"}, "SUSPENDED", "caseworker"),
    "reinstate": ({"SUSPENDED"}, "ACTIVE", "caseworker"),
    "revoke": (IN_FORCE, "REVOKED", "caseworker"),
    "surrender": (IN_FORCE, "SURRENDERED", "caseworker"),
    "expire": (IN_FORCE, "EXPIRED", "system"),
}


@pytest.fixture
def all_users(level1, level2, outsider, caseworker, system):
    return {user.username: user for user in [level1, level2, outsider, caseworker, system]}


def try_to(move, licence, user):
    getattr(licence, move)(by=user, **({} if move == "expire" else {"reason": "Because"}))


@pytest.mark.parametrize("status", STATUSES)
def test_only_the_right_user_makes_each_move(status, licence, all_users, caseworker, subtests):
    brought_to(status, licence, caseworker=caseworker)
    Licence.objects.filter(pk=licence.pk).update(expires_on=clock.today() - timedelta(days=1))

    def look():
        return Licence.objects.values().get(pk=licence.pk), Event.objects.count()

    before, events = look()
    for move, (sources, target, who) in TABLE.items():
        for name, user in all_users.items():
            with subtests.test(move=move, user=name):
                licence.refresh_from_db()
                refused, (after, events_after) = outcome_of(try_to, move, licence, user, look=look)
                if status in sources and name == who:
                    assert not refused
                    assert (after, events_after) == (
                        {**before, "status": target, "status_since": clock.today()},
                        events + 2,  # the move, and the message to the sponsor
                    )
                else:
                    assert refused
                    assert (after, events_after) == (before, events)


def test_the_lifecycle_has_the_same_statuses_and_moves():
    assert [str(status) for status in LicenceStatus] == STATUSES
    assert {move.name for move in LICENCE_LIFECYCLE.moves} == {"grant", *TABLE}


def test_only_a_caseworker_grants_or_amends_a_licence_or_surrenders_a_route(licence, all_users):
    for name, user in all_users.items():
        for ask in (
            lambda by=user: a_licence("123456789", "New College", by=by),
            lambda by=user: licence.amend(by=by, name="Another"),
            lambda by=user: licence.add_routes([], by=by) or licence.surrender_route(Route.STUDENT, by=by, reason="x"),
        ):
            refused, _ = outcome_of(ask, look=lambda: None)
            assert bool(refused) is (name != "caseworker"), name


def test_only_a_caseworker_adds_a_route(caseworker, level1):
    licence = a_licence("123456789", "New College", [Route.STUDENT], by=caseworker)
    for user in (level1, level1.__class__.objects.system()):
        with pytest.raises(NotAllowed):
            licence.add_routes([Route.CHILD_STUDENT], by=user)
    licence.add_routes([Route.CHILD_STUDENT], by=caseworker)
    assert licence.open_routes() == [Route.STUDENT, Route.CHILD_STUDENT]
    assert Event.objects.about("licence", licence.pk).last().data == {"route": [None, "CHILD_STUDENT"]}


def test_a_licence_expires_the_day_after_its_last_day(licence, caseworker, system):
    licence.amend(by=caseworker, expires_on=clock.today())
    with pytest.raises(Refused, match="not expired yet"):
        licence.expire(by=system)
    with after_days(1):
        licence.expire(by=system)
    assert licence.status == "EXPIRED"


def test_a_licence_without_a_last_day_never_expires(licence, system):
    with clock.set_to(clock.now() + timedelta(days=36500)), pytest.raises(Refused, match="not expired yet"):
        licence.expire(by=system)


def test_a_licence_that_was_prolonged_since_it_was_read_does_not_expire(licence, caseworker, system):
    lasting_until_yesterday(licence, by=caseworker)
    read_before = Licence.objects.get(pk=licence.pk)
    licence.amend(by=caseworker, expires_on=clock.today() + timedelta(days=365))
    assert refusal_of(read_before.expire, by=system) == "This licence has not expired yet."


@pytest.mark.parametrize("how", ["revoke", "surrender", "expire", "surrender_route"])
def test_live_cas_are_cancelled_when_their_licence_ends(
    how, licence, allocation, level1, level2, caseworker, system, outsider
):
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    statuses = ["WORK IN PROGRESS", "READY TO GO", "ASSIGNED", "USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"]
    cas_list = {
        status: in_status(status, by=level2, caseworker=caseworker, passport_number=status) for status in statuses
    }
    undecided = in_status("EXPIRED", by=level2, caseworker=caseworker, passport_number="undecided")
    undecided.record_application(clock.today(), by=caseworker)
    child = assigned(CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2))
    an_allocation(outsider.licence, by=caseworker)
    elsewhere = assigned(a_cas(outsider))

    if how == "expire":
        lasting_until_yesterday(licence, by=caseworker)
        licence.expire(by=system)
    elif how == "surrender_route":
        licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    else:
        getattr(licence, how)(by=caseworker, reason="Because")

    def status_of(cas):
        return CAS.objects.get(pk=cas.pk).status

    assert {status: status_of(cas) for status, cas in cas_list.items()} == {
        status: "CANCELLED" if status == "ASSIGNED" else status for status in statuses
    }
    assert status_of(undecided) == "CANCELLED"
    assert status_of(child) == ("ASSIGNED" if how == "surrender_route" else "CANCELLED")
    assert status_of(elsewhere) == "ASSIGNED"
    for cas in (cas_list["ASSIGNED"], undecided):
        line = Event.objects.about("cas", cas.pk).last()
        assert (line.verb, line.by, line.data["status"][1]) == ("cancel", system, "CANCELLED")


def test_a_licence_and_its_cas_end_in_one_step_or_not_at_all(licence, allocation, level2, caseworker, monkeypatch):
    cas = assigned(a_cas(level2))
    monkeypatch.setattr("licences.models.licence.licence_ends", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        licence.revoke(by=caseworker, reason="Because")
    assert Licence.objects.get(pk=licence.pk).status == "ACTIVE"
    cas.refresh_from_db()
    assert cas.status == "ASSIGNED"


def test_a_route_cannot_be_surrendered_twice(licence, caseworker):
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    assert licence.open_routes() == [Route.CHILD_STUDENT]
    refused = refusal_of(licence.surrender_route, Route.STUDENT, by=caseworker, reason="Again")
    assert refused == "This licence does not cover the Student route."


def test_the_history_says_why_and_who(licence, caseworker):
    licence.suspend(by=caseworker, reason="Visits failed")
    line = Event.objects.about("licence", licence.pk).last()
    assert (line.verb, line.by, line.licence) == ("suspend", caseworker, licence)
    assert line.data == {"status": ["ACTIVE", "SUSPENDED"], "reason": [None, "Visits failed"]}


def test_amending_records_only_the_fields_that_changed(licence, caseworker):
    licence.amend(by=caseworker, name="University of Examples", starts_on=licence.starts_on)
    line = Event.objects.about("licence", licence.pk).last()
    assert line.data == {"name": ["University of Example", "University of Examples"]}
    lines = Event.objects.count()
    licence.amend(by=caseworker, name="University of Examples")
    assert Event.objects.count() == lines


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("ACTIVE", ""),
        ("SUSPENDED", "Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it."),
        ("REVOKED", "Your licence is REVOKED. You can no longer assign CAS."),
        ("EXPIRED", "Your licence is EXPIRED. You can no longer assign CAS."),
        ("SURRENDERED", "Your licence is SURRENDERED. You can no longer assign CAS."),
    ],
)
def test_the_user_sees_why_no_cas_can_be_assigned(status, sentence, licence, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    assert str(licence.why_not_assign(Route.STUDENT) or "") == sentence


def test_no_cas_is_assigned_after_the_last_day_even_before_the_job_has_run(licence, caseworker):
    licence.amend(by=caseworker, expires_on=clock.today())
    assert licence.why_not_assign(Route.STUDENT) is None
    with after_days(1):
        assert "ended on" in str(licence.why_not_assign(Route.STUDENT))


def test_no_cas_is_assigned_on_a_route_that_is_not_covered(caseworker):
    licence = a_licence("123456789", "New College", [Route.STUDENT], by=caseworker)
    assert licence.why_not_assign(Route.STUDENT) is None
    assert str(licence.why_not_assign(Route.CHILD_STUDENT)).startswith("Your licence does not cover the Child Student")
