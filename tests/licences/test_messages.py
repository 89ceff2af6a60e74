"""Messages from the Home Office: to whom they go, and when (specification, section 9)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from licences import refusals
from licences.compliance_rating import ComplianceRating
from licences.message_board import reach, verbs
from licences.models import Acknowledgement, Addressee, Event, Licence, Message, User
from licences.roles import Role
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.days import after_days
from tests.factories import a_licence, a_user, brought_to
from tests.licences.factories import a_message, written

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def names(rows):
    return {licence.name for licence in rows}


def some(**conditions):
    return {"audience": "SOME", "conditions": conditions}


# Whom a message reaches


@pytest.fixture
def sponsors(caseworker):
    """Make sponsors of every kind, by the name that says what is special about each."""

    def made(name, routes=(Route.STUDENT,)):
        return a_licence(f"4NUV7KB{len(found):02}", name, routes, by=caseworker)

    found = {}
    for name in ("plain", "amber", "probationary", "suspended", "revoked"):
        found[name] = made(name)
    found["both routes"] = made("both routes", tuple(Route))
    found["child only"] = made("child only", (Route.CHILD_STUDENT,))
    found["gave up a route"] = made("gave up a route", tuple(Route))
    found["amber"].set_rating(ComplianceRating.AMBER, by=caseworker, reason="A visit")
    found["probationary"].set_sponsor_status(SponsorStatus.PROBATIONARY, by=caseworker)
    found["gave up a route"].surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Asked")
    brought_to("SUSPENDED", found["suspended"], caseworker=caseworker)
    brought_to("REVOKED", found["revoked"], caseworker=caseworker)
    return found


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"routes": ["CHILD_STUDENT"]}, ["both routes", "child only"]),
        (
            {"routes": ["STUDENT"], "statuses": ["ACTIVE"]},
            ["plain", "amber", "probationary", "both routes", "gave up a route"],
        ),
        ({"routes": ["STUDENT", "CHILD_STUDENT"], "statuses": ["SUSPENDED", "REVOKED"]}, ["suspended", "revoked"]),
        ({"ratings": ["AMBER"]}, ["amber"]),
        ({"ratings": ["AMBER", "GREEN"]}, ["amber"]),
        (
            {"ratings": ["NOT_RATED"], "statuses": ["ACTIVE"]},
            ["plain", "probationary", "both routes", "child only", "gave up a route"],
        ),
        ({"ratings": ["RED"]}, []),
        ({"sponsor_statuses": ["PROBATIONARY"]}, ["probationary"]),
        ({"sponsor_statuses": ["PROBATIONARY"], "ratings": ["AMBER"]}, []),
        ({"statuses": ["SUSPENDED"]}, ["suspended"]),
        ({"statuses": ["EXPIRED"]}, []),
    ],
    ids=str,
)
def test_a_message_to_some_sponsors_reaches_those_that_fit_all_conditions(conditions, expected, sponsors, caseworker):
    message = written(by=caseworker, **some(**conditions))
    assert names(reach.licences_of(message)) == set(expected)
    if not expected:
        with pytest.raises(Refused) as refused:
            verbs.send(message, by=caseworker)
        assert refused.value.refusal is refusals.MESSAGE_TO_NO_SPONSOR
        return
    verbs.send(message, by=caseworker)
    assert names(Licence.objects.filter(addressees__message=message)) == set(expected)


def test_a_message_to_all_reaches_every_sponsor_and_one_to_one_only_that(sponsors, caseworker):
    everyone, one = a_message(by=caseworker), a_message(sponsors["plain"], by=caseworker)
    assert names(Licence.objects.filter(addressees__message=everyone)) == sponsors.keys()
    assert names(Licence.objects.filter(addressees__message=one)) == {"plain"}


def test_the_preview_counts_sponsors_and_the_level_1_users_who_may_sign_in(level1, level2, outsider, caseworker):
    a_user("left", Role.LEVEL_1, level1.licence).deactivate(by=caseworker)
    a_user("deputy", Role.LEVEL_1, level1.licence)
    everyone, one = written(by=caseworker), written(level1.licence, by=caseworker)
    assert str(reach.reach_of(everyone)) == "2 sponsors with 3 Level 1 users"
    assert str(reach.reach_of(one)) == "1 sponsor with 2 Level 1 users"
    verbs.send(everyone, by=caseworker)
    a_licence("4NUV7KB01", "Founded later", by=caseworker)
    assert reach.reach_of(everyone) == (2, 3)


def test_the_addressees_stay_the_same_when_a_licence_changes_later(level1, outsider, caseworker):
    message = a_message(by=caseworker, **some(statuses=["ACTIVE"]))
    level1.licence.suspend(by=caseworker, reason="A visit")
    assert Message.objects.unread_by(level1).filter(pk=message.pk).exists()
    late = a_licence("4NUV7KB01", "Founded later", by=caseworker)
    assert not Message.objects.unread_by(a_user("late", Role.LEVEL_1, late)).exists()


# When


def test_a_message_is_active_from_its_first_to_its_last_day(level1, caseworker):
    message = a_message(by=caseworker, starts_on=clock.today() + 2 * DAY, days=3)
    seen = []
    for day in range(8):
        with after_days(day):
            mine = Message.objects.for_user(level1)
            seen.append("active" if mine.active() else "archived" if mine.archived() else "hidden")
            message = Message.objects.get(pk=message.pk)
            assert (message.is_active, message.has_begun) == (seen[-1] == "active", seen[-1] != "hidden")
    assert seen == ["hidden", "hidden", "active", "active", "active", "active", "archived", "archived"]


def test_no_sponsor_sees_a_message_before_it_is_sent_or_if_it_is_ended_before_it_begins(level1, caseworker):
    written(by=caseworker)
    later = a_message(by=caseworker, starts_on=clock.today() + DAY)
    verbs.end(later, by=caseworker)
    for day in (0, 1, 100):
        with after_days(day):
            assert not Message.objects.for_user(level1).exists()


def test_a_message_that_is_ended_today_is_in_the_archive(level1, caseworker):
    message = a_message(by=caseworker)
    verbs.end(message, by=caseworker)
    assert list(Message.objects.for_user(level1).archived()) == [message]
    assert not Message.objects.unread_by(level1).exists()


def test_a_message_that_is_sent_after_its_first_day_begins_when_it_is_sent(level1, caseworker):
    message = written(by=caseworker)
    with after_days(2):
        verbs.send(message, by=caseworker)
        assert message.starts_on == clock.today()
    (sent,) = Event.objects.about("message", message.pk).filter(verb="send")
    assert sent.data["starts_on"] == [str(clock.today()), str(clock.today() + 2 * DAY)]


# The verbs of caseworkers


def test_a_message_can_be_amended_until_it_begins_and_its_sponsors_are_chosen_again(level1, outsider, caseworker):
    message = a_message(by=caseworker, starts_on=clock.today() + 2 * DAY)
    assert message.addressees.count() == 2
    one = {"audience": "ONE", "licence": level1.licence}
    verbs.amend(message, by=caseworker, subject="Another fee", **one)
    assert [each.licence for each in message.addressees.all()] == [level1.licence]
    amended = Event.objects.about("message", message.pk).last()
    assert amended.data == {
        "subject": ["The fee changes", "Another fee"],
        "audience": ["All sponsors", "University of Example (4NUV7KB58)"],
    }
    with after_days(2), pytest.raises(Refused) as refused:
        verbs.amend(message, by=caseworker, subject="Too late")
    assert refused.value.refusal is refusals.MESSAGE_HAS_BEGUN


def test_amending_to_no_sponsor_changes_nothing(level1, caseworker):
    message = a_message(by=caseworker, starts_on=clock.today() + DAY)
    with pytest.raises(Refused):
        verbs.amend(message, by=caseworker, **some(statuses=["EXPIRED"]))
    assert Message.objects.get().audience == "ALL"
    assert Addressee.objects.count() == 1


def refusals_of(message, caseworker):
    """Return the codes with which each verb refuses; "" if it does not."""
    found = {}
    for verb in (verbs.send, verbs.end, verbs.amend):
        try:
            with transaction.atomic():
                verb(Message.objects.get(pk=message.pk), by=caseworker)
                found[verb.__name__] = ""
                raise Refused(refusals.MESSAGE_IS_OVER)  # to undo it
        except Refused as refused:
            found.setdefault(verb.__name__, refused.code.removeprefix("licences.message_"))
    return found


def test_each_verb_is_refused_in_the_wrong_state(licence, caseworker):
    unsent, sent = written(by=caseworker, days=5), a_message(by=caseworker, days=5)
    later, ended = a_message(by=caseworker, starts_on=clock.today() + DAY), a_message(by=caseworker)
    verbs.end(ended, by=caseworker)
    assert refusals_of(unsent, caseworker) == {"send": "", "end": "", "amend": ""}
    assert refusals_of(sent, caseworker) == {"send": "sent_already", "end": "", "amend": "has_begun"}
    assert refusals_of(later, caseworker) == {"send": "sent_already", "end": "", "amend": ""}
    assert refusals_of(ended, caseworker) == {"send": "sent_already", "end": "is_over", "amend": "has_begun"}
    with after_days(6):
        assert refusals_of(unsent, caseworker) == {"send": "is_over", "end": "is_over", "amend": "from_the_past"}
        assert refusals_of(sent, caseworker) == {"send": "sent_already", "end": "is_over", "amend": "has_begun"}


@pytest.mark.parametrize(
    ("days", "field", "refusal"),
    [
        ({"starts_on": -1}, "starts_on", refusals.MESSAGE_FROM_THE_PAST),
        ({"until_on": -1}, "until_on", refusals.MESSAGE_UNTIL_BEFORE_FROM),
    ],
)
def test_the_days_of_a_message_are_checked(days, field, refusal, caseworker):
    with pytest.raises(Refused) as refused:
        written(by=caseworker, **{name: clock.today() + number * DAY for name, number in days.items()})
    assert (refused.value.refusal, set(refused.value.errors)) == (refusal, {field})


@pytest.mark.parametrize("who", ["level1", "level2", "outsider"])
def test_users_of_a_sponsor_write_no_messages(who, request, level1, caseworker):
    user, message = request.getfixturevalue(who), written(by=caseworker)
    for verb in (verbs.send, verbs.end, verbs.amend):
        with pytest.raises(NotAllowed):
            verb(message, by=user)
    with pytest.raises(NotAllowed):
        written(by=user)


def test_the_history_says_who_wrote_sent_and_ended_a_message(licence, caseworker):
    message = a_message(by=caseworker)
    verbs.end(message, by=caseworker)
    events = Event.objects.about("message", message.pk)
    assert [(event.verb, event.by) for event in events] == [(verb, caseworker) for verb in ("write", "send", "end")]
    assert events[0].data["subject"] == [None, "The fee changes"]
    assert events[1].data == {"sponsors": [None, 1]}
    assert events[2].data == {"ended_on": [None, str(clock.today())]}


# Reading


def test_acknowledging_is_recorded_once_with_a_line_in_the_history_of_the_user(level1, outsider, caseworker):
    first, second = a_message(by=caseworker), a_message(level1.licence, by=caseworker)
    foreign = a_message(outsider.licence, by=caseworker)
    assert verbs.acknowledge([first.pk, second.pk, foreign.pk, 0], by=level1) == 2
    assert verbs.acknowledge([first.pk, second.pk], by=level1) == 0
    assert set(Acknowledgement.objects.values_list("message", "by")) == {(first.pk, level1.pk), (second.pk, level1.pk)}
    (event,) = Event.objects.about("user", level1.pk).filter(verb="acknowledge")
    assert event.data == {"messages": [None, [first.pk, second.pk]]}


def test_each_user_of_a_sponsor_acknowledges_for_themselves(level1, caseworker):
    deputy, message = a_user("deputy", Role.LEVEL_1, level1.licence), a_message(by=caseworker)
    verbs.acknowledge([message.pk], by=level1)
    assert list(Message.objects.unread_by(deputy)) == [message]
    assert list(Message.objects.read_by(level1)) == [message]
    assert reach.acknowledged(message) == (1, 1)


@pytest.mark.parametrize("who", ["level2", "caseworker"])
def test_level_2_users_and_caseworkers_acknowledge_nothing(who, request, level1, caseworker):
    message = a_message(by=caseworker)
    with pytest.raises(NotAllowed):
        verbs.acknowledge([message.pk], by=request.getfixturevalue(who))


def test_the_number_of_unread_messages_is_read_with_the_user(level1, level2, outsider, caseworker):
    messages = [a_message(by=caseworker, days=5), a_message(level1.licence, by=caseworker)]
    a_message(by=caseworker, starts_on=clock.today() + DAY)
    written(by=caseworker)

    def unread():
        users = User.objects.with_unread_messages().filter(pk__in=[level1.pk, level2.pk, outsider.pk, caseworker.pk])
        return {user.username: user.unread_messages for user in users}

    assert unread() == {"level1": 2, "level2": 0, "outsider": 1, "caseworker": 0}
    verbs.acknowledge([messages[0].pk], by=level1)
    assert unread()["level1"] == 1
    with after_days(1):
        assert unread()["level1"] == 2
    with after_days(6):
        assert unread() == {"level1": 2, "level2": 0, "outsider": 1, "caseworker": 0}


# The database's own rules


@pytest.mark.parametrize(
    "change",
    [
        {"written_at": "2026-01-01 00:00:00+00"},
        {"sent_at": None, "sent_by": None},
        {"until_on": "2020-01-01"},
        {"licence": None, "audience": "ONE"},
    ],
    ids=str,
)
def test_the_database_refuses_what_no_verb_does(change, licence, caseworker):
    message = a_message(by=caseworker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk)._raw_delete("default")


# Many


def many_sponsors(number, users, *, like):
    """Add sponsors, each with so many Level 1 users, in a few statements."""
    licences = Licence.objects.bulk_create(
        Licence(number=f"9{each:07}0", name=f"College {each}", starts_on=like.starts_on) for each in range(number)
    )
    User.objects.bulk_create(
        User(username=f"u{licence.number}{each}", name="A user", role=Role.LEVEL_1, licence=licence, password="!")
        for licence in licences
        for each in range(users)
    )


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def all_statements(message, caseworker, reader):
    return [
        statements(lambda: reach.reach_of(message)),
        statements(lambda: verbs.send(message, by=caseworker)),
        statements(lambda: reach.reach_of(message)),
        statements(lambda: verbs.acknowledge([message.pk], by=reader)),
        statements(lambda: reach.acknowledged(message)),
        statements(lambda: verbs.end(message, by=caseworker)),
    ]


@pytest.mark.parametrize("conditions", [{"audience": "ALL"}, some(routes=["STUDENT"], statuses=["ACTIVE"])], ids=str)
def test_a_message_to_3000_sponsors_with_12000_users_takes_as_many_statements_as_one_to_a_few(
    conditions, level1, caseworker
):
    few = all_statements(written(by=caseworker, **conditions), caseworker, level1)
    many_sponsors(3_000 - 1, 4, like=level1.licence)
    if "conditions" in conditions:
        level1.licence.routes.model.objects.bulk_create(
            level1.licence.routes.model(licence=licence, route=Route.STUDENT)
            for licence in Licence.objects.exclude(pk=level1.licence_id)
        )
    for number in range(3):
        a_user(f"deputy{number}", Role.LEVEL_1, level1.licence)
    message = written(by=caseworker, **conditions)
    assert reach.reach_of(message) == (3_000, 12_000)
    assert all_statements(message, caseworker, level1) == few
    assert message.addressees.count() == 3_000
    assert Event.objects.filter(kind="message", subject_id=message.pk).count() == 3
