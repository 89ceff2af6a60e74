"""The moves of the Home Office on an assigned CAS: applications, `use` and obsolete CAS (specification, section 3)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from cas.models import CAS
from licences.models import Event
from licences.routes import Route
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
def cas_elsewhere(outsider, caseworker):
    """Return a function that makes an assigned CAS of another sponsor."""
    an_allocation(outsider.licence, number=50, by=caseworker)
    return lambda **values: assigned(a_cas(outsider, **values))


def apply_and_use(cas, caseworker, **options):
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED", **options)


def status_of(cas):
    return CAS.objects.get(pk=cas.pk).status


# Applications


def test_an_application_is_recorded_and_corrected(cas, caseworker):
    with after_days(10):
        cas.record_application(clock.today(), by=caseworker)
        cas.record_application(clock.today() - timedelta(days=3), by=caseworker)
    day = clock.today()
    assert cas.applied_on == day + timedelta(days=7)
    lines = Event.objects.about("cas", cas.pk).filter(verb="record_application")
    assert [line.data for line in lines] == [
        {"applied_on": [None, str(day + timedelta(days=10))]},
        {"applied_on": [str(day + timedelta(days=10)), str(day + timedelta(days=7))]},
    ]
    assert {line.by for line in lines} == {caseworker}


def test_recording_the_same_application_again_writes_no_event(cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    lines = Event.objects.count()
    cas.record_application(clock.today(), by=caseworker)
    assert Event.objects.count() == lines


@pytest.mark.parametrize("days_after", [-1, 0, 1])
def test_an_application_cannot_be_earlier_than_the_day_of_assignment(days_after, cas, caseworker):
    with after_days(30):
        refused = refusal_of(cas.record_application, cas.assigned_on + timedelta(days=days_after), by=caseworker)
    assert bool(refused) is (days_after < 0)


@pytest.mark.parametrize(("days_after", "is_in_time"), [(-1, True), (0, True), (1, False)])
def test_an_application_cannot_be_later_than_the_expiry_date(days_after, is_in_time, cas, caseworker, system):
    with after_days(250):
        CAS.objects.expire(by=system)
        refused = refusal_of(cas.record_application, cas.expires_on + timedelta(days=days_after), by=caseworker)
    assert (not refused) is is_in_time


def test_an_application_cannot_be_in_the_future(cas, caseworker):
    with pytest.raises(Refused, match="not in the future"):
        cas.record_application(clock.today() + timedelta(days=1), by=caseworker)


@pytest.mark.parametrize("status", ["WORK IN PROGRESS", "READY TO GO", "USED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
def test_an_application_can_be_recorded_only_on_assigned_and_expired_cas(
    status, level2, level1, allocation, caseworker
):
    cas = in_status(status, by=level2, caseworker=caseworker)
    with pytest.raises(
        Refused, match=f"This CAS is {status}. You can record an application on it only while it is ASSIGNED or EXPIRED"
    ):
        cas.record_application(clock.today(), by=caseworker)


def test_only_a_caseworker_records_an_application(cas, level1, level2, system):
    for user in (level1, level2, system):
        with pytest.raises(NotAllowed):
            cas.record_application(clock.today(), by=user)


# Use


def test_use_needs_an_application(cas, caseworker):
    with pytest.raises(Refused, match="Record the application first"):
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")


@pytest.mark.parametrize("outcome", ["GRANTED", "REFUSED"])
def test_use_records_the_day_and_the_outcome(outcome, cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    with after_days(5):
        cas.use(by=caseworker, decided_on=clock.today() - timedelta(days=1), outcome=outcome)
    decided_on = clock.today() + timedelta(days=4)
    assert (cas.status, cas.outcome, cas.decided_on) == ("USED", outcome, decided_on)
    line = Event.objects.about("cas", cas.pk).last()
    assert (line.verb, line.by) == ("use", caseworker)
    assert line.data == {
        "status": ["ASSIGNED", "USED"],
        "version": [3, 4],
        "decided_on": [None, str(decided_on)],
        "outcome": ["", outcome],
    }


def test_a_decision_is_neither_before_the_application_nor_in_the_future(cas, caseworker):
    with after_days(5):
        cas.record_application(clock.today(), by=caseworker)
        for wrong in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
            with pytest.raises(Refused, match="on or after the date of application, and not in the future"):
                cas.use(by=caseworker, decided_on=wrong, outcome="GRANTED")
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")


def test_an_expired_cas_can_be_used_if_the_application_was_in_time(cas, caseworker, system):
    cas.record_application(clock.today(), by=caseworker)
    with after_days(300):
        CAS.objects.expire(by=system)
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert cas.status == "USED"


def test_use_reads_an_application_that_was_corrected_meanwhile(cas, caseworker):
    with after_days(9):
        cas.record_application(clock.today(), by=caseworker)
        CAS.objects.get(pk=cas.pk).record_application(clock.today() - timedelta(days=5), by=caseworker)
        cas.use(by=caseworker, decided_on=clock.today() - timedelta(days=5), outcome="GRANTED")
    assert cas.status == "USED"


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_use_is_refused_once_the_licence_has_ended(status, level2, allocation, licence, caseworker, system):
    cas = assigned(a_cas(level2))
    with after_days(250):
        CAS.objects.expire(by=system)
        brought_to(status, licence, caseworker=caseworker)
        cas.record_application(cas.expires_on, by=caseworker)
        with pytest.raises(Refused, match="The licence or its route has ended"):
            cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert status_of(cas) == "EXPIRED"


def test_use_is_refused_once_the_route_has_ended(cas, licence, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    assert status_of(cas) == "CANCELLED"
    with pytest.raises(Refused, match="The licence or its route has ended"):
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")


def test_a_cas_can_be_used_under_a_suspended_licence(cas, licence, caseworker):
    licence.suspend(by=caseworker, reason="Because")
    apply_and_use(cas, caseworker)
    assert status_of(cas) == "USED"


# Obsolete


@pytest.mark.parametrize(
    "number",
    [
        "B1234567",
        "b1234567",
        "B 123 45 67",
        " B-1234567.",
        "B/1234\u00a0567",
        "\uff22\u06f1\u06f2\u06f3\u06f4\u200e\u09eb\u09ec\u09ed",
    ],
)
def test_other_cas_of_the_same_individual_become_obsolete_at_every_sponsor(
    number, cas, cas_elsewhere, level2, caseworker, system
):
    theirs, mine = cas_elsewhere(passport_number=number), assigned(a_cas(level2, family_name="Nguyen"))
    apply_and_use(cas, caseworker)
    assert (status_of(cas), status_of(theirs), status_of(mine)) == ("USED", "OBSOLETE", "OBSOLETE")
    line = Event.objects.about("cas", theirs.pk).last()
    assert (line.verb, line.by, line.licence) == ("make_obsolete", system, theirs.licence)
    assert line.data == {"status": ["ASSIGNED", "OBSOLETE"], "version": [2, 3]}  # no data of the other sponsor


@pytest.mark.parametrize(
    "values",
    [
        {"passport_number": "B1234568"},
        {"nationality": "CHN"},
        {"date_of_birth": "2002-05-18"},
    ],
    ids=str,
)
def test_a_student_who_differs_in_one_of_the_three_facts_is_another_individual(values, cas, cas_elsewhere, caseworker):
    other = cas_elsewhere(**values)
    apply_and_use(cas, caseworker)
    assert status_of(other) == "ASSIGNED"


@pytest.mark.parametrize("born", ["2002-05", "2002"])
def test_a_partial_date_of_birth_makes_no_cas_obsolete_by_itself(born, cas, level2, cas_elsewhere, caseworker):
    """A CAS with a partial date is not selected, whether the other date agrees with it or is equal to it."""
    perhaps, selected = cas_elsewhere(date_of_birth=born), cas_elsewhere(date_of_birth=born)
    apply_and_use(cas, caseworker, also=[selected.pk])
    assert (status_of(perhaps), status_of(selected)) == ("ASSIGNED", "OBSOLETE")
    mine, theirs = (
        assigned(a_cas(level2, date_of_birth=born, passport_number="Z1")),
        cas_elsewhere(date_of_birth=born, passport_number="Z1"),
    )
    apply_and_use(mine, caseworker)
    assert (status_of(mine), status_of(theirs)) == ("USED", "ASSIGNED")


def test_two_passport_numbers_of_punctuation_only_do_not_match(level2, allocation, cas_elsewhere, caseworker):
    mine, theirs = assigned(a_cas(level2, passport_number="---")), cas_elsewhere(passport_number="...")
    apply_and_use(mine, caseworker)
    assert (status_of(mine), status_of(theirs)) == ("USED", "ASSIGNED")


def test_a_cas_of_possibly_the_same_individual_becomes_obsolete_only_if_selected(cas, cas_elsewhere, caseworker):
    not_selected, selected = cas_elsewhere(passport_number="NEW 1"), cas_elsewhere(passport_number="NEW 2")
    apply_and_use(cas, caseworker, also=[selected.pk])
    assert (status_of(not_selected), status_of(selected)) == ("ASSIGNED", "OBSOLETE")


@pytest.mark.parametrize(
    ("assigned_before", "is_obsolete"),
    [(0, True), (1, True), (150, True)],
)
def test_a_cas_is_valid_from_the_day_it_was_assigned(
    assigned_before, is_obsolete, level2, allocation, cas_elsewhere, caseworker
):
    other = cas_elsewhere()
    with after_days(assigned_before):
        cas = assigned(a_cas(level2))
        apply_and_use(cas, caseworker)
    assert (status_of(other) == "OBSOLETE") is is_obsolete


def test_a_cas_that_was_assigned_after_the_decision_stays_assigned(cas, cas_elsewhere, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    decided_on = clock.today()
    with after_days(1):
        later = cas_elsewhere()
        cas.use(by=caseworker, decided_on=decided_on, outcome="GRANTED")
    assert status_of(later) == "ASSIGNED"


def test_a_cas_that_was_assigned_on_the_day_of_the_decision_becomes_obsolete(cas, cas_elsewhere, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    with after_days(1):
        later = cas_elsewhere()
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert status_of(later) == "OBSOLETE"


@pytest.mark.parametrize(("after", "status"), [(0, "OBSOLETE"), (1, "ASSIGNED")])
def test_a_cas_is_valid_until_its_expiry_date(after, status, level2, cas_elsewhere, licence, caseworker):
    """The job that expires the CAS may not have run yet, so the day counts as well as the status."""
    an_allocation(licence, by=caseworker)
    other = cas_elsewhere()
    with after_days((other.expires_on - clock.today()).days + after):
        cas = assigned(a_cas(level2))
        apply_and_use(cas, caseworker)
    assert status_of(other) == status


@pytest.mark.parametrize("status", ["READY TO GO", "USED", "EXPIRED", "WITHDRAWN", "CANCELLED"])
def test_only_assigned_cas_become_obsolete(status, level2, level1, allocation, cas_elsewhere, caseworker):
    other = in_status(status, by=level2, caseworker=caseworker)
    cas = cas_elsewhere()
    apply_and_use(cas, caseworker)
    assert status_of(other) == status


def test_a_refused_application_makes_other_cas_obsolete_also(cas, cas_elsewhere, caseworker):
    """A CAS counts as used with either outcome."""
    other = cas_elsewhere()
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    assert status_of(other) == "OBSOLETE"


def test_if_the_use_is_refused_no_cas_becomes_obsolete(cas, cas_elsewhere, caseworker):
    other = cas_elsewhere()
    with pytest.raises(Refused):
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert status_of(other) == "ASSIGNED"


# Withdrawing


def test_withdrawing_needs_a_reason_and_gives_no_place_back(cas, level1, allocation):
    for nothing in ("", "  \n"):
        with pytest.raises(Refused, match="Give the reason"):
            cas.withdraw(by=level1, reason=nothing)
    cas.withdraw(by=level1, reason="  Went elsewhere ")
    allocation.refresh_from_db()
    assert (cas.status, cas.withdrawal_reason, allocation.used) == ("WITHDRAWN", "Went elsewhere", 1)
    line = Event.objects.about("cas", cas.pk).last()
    assert (line.verb, line.by) == ("withdraw", level1)
    assert line.data["withdrawal_reason"] == ["", "Went elsewhere"]


def test_a_level_2_user_cannot_withdraw_their_own_cas(cas, level2):
    with pytest.raises(NotAllowed, match="Only a Level 1 user can do this: Withdraw CAS"):
        cas.withdraw(by=level2, reason="Because")


def test_a_withdrawn_cas_cannot_be_withdrawn_again(cas, level1):
    cas.withdraw(by=level1, reason="Because")
    with pytest.raises(Refused, match=r"This CAS is WITHDRAWN\. You can withdraw it only while it is ASSIGNED"):
        cas.withdraw(by=level1, reason="Again")


# Cancelling. See also tests/licences/test_statuses_of_licences.py


def test_an_expired_cas_is_cancelled_only_while_its_application_is_undecided(
    cas, cas_elsewhere, level2, caseworker, system
):
    applied = assigned(a_cas(level2, passport_number="1"))
    applied.record_application(clock.today(), by=caseworker)
    decided = assigned(a_cas(level2, passport_number="2"))
    decided.record_application(clock.today(), by=caseworker)
    with after_days(250):
        CAS.objects.expire(by=system)
        decided.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
        assert CAS.objects.cancel(by=system) == 1
    assert [status_of(each) for each in (cas, applied, decided)] == ["EXPIRED", "CANCELLED", "USED"]


def test_a_cas_expires_even_after_the_year_of_its_allocation(cas, allocation, system):
    with clock.set_to(clock.now() + relativedelta(months=7)):
        assert CAS.objects.expire(by=system) == 1
