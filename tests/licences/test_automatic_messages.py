"""Suspensions, decisions on requests and refunds write a message to the sponsor by themselves (section 9)."""

import pytest

from cas.models import CAS
from licences.licence_requests import verbs
from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import Event, Message
from licences.models.licence_messages import MOVED
from licences.routes import Route
from sms.core.refused import Refused
from tests.factories import a_cas, an_order, brought_to, order_in_status
from tests.licences.factories import an_increase, submitted
from tests.pages import Page

pytestmark = pytest.mark.django_db


def subjects(user):
    return [message.subject for message in Message.objects.unread_by(user).order_by("pk")]


def link_of(user):
    return Message.objects.unread_by(user).order_by("pk").last().link


def test_a_suspension_and_its_end_write_a_message(level1, outsider, caseworker):
    level1.licence.suspend(by=caseworker, reason="A visit")
    level1.licence.reinstate(by=caseworker, reason="All is well")
    assert subjects(level1) == ["Your licence is SUSPENDED", "Your licence is ACTIVE again"]
    assert subjects(outsider) == []
    assert [message.is_important for message in Message.objects.order_by("pk")] == [True, False]
    assert "A visit" not in Message.objects.first().text


@pytest.mark.parametrize("status", ["REVOKED", "SURRENDERED", "EXPIRED"])
def test_the_end_of_a_licence_writes_a_message(status, level1, caseworker):
    brought_to(status, level1.licence, caseworker=caseworker)
    assert subjects(level1) == [f"Your licence is {status}"]
    assert "Your live CAS are cancelled." in Message.objects.get().text


def test_each_move_of_a_licence_has_its_message():
    assert {move.name for move in LICENCE_LIFECYCLE.moves} == MOVED.keys() | {"grant"}


def test_the_surrender_of_a_route_writes_a_message(level1, caseworker):
    level1.licence.surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Asked")
    assert subjects(level1) == ["Your licence no longer covers the Child Student route"]


@pytest.mark.parametrize("decided", ["granted", "refused"])
def test_a_decision_on_a_request_writes_a_message_that_leads_to_it(decided, level1, allocation, caseworker, as_user):
    request = submitted(an_increase(level1), by=level1)
    if decided == "granted":
        verbs.grant(request, answer="For Nguyễn.", number_granted=1, by=caseworker)
    else:
        verbs.refuse(request, answer="For Nguyễn.", by=caseworker)
    assert subjects(level1) == [f"{decided.capitalize()}: Request CoS/CAS increase: Student route"]
    assert "Nguyễn" not in Message.objects.get().text
    page = Page(as_user(level1).get("/messages/"))
    (link,) = [a["href"] for a in page.main.all("a") if a.text.startswith("See the details")]
    assert link == f"/licence/requests/{request.pk}/"


def test_a_decision_that_is_refused_writes_no_message(level1, allocation, caseworker):
    request = submitted(an_increase(level1), by=level1)
    verbs.withdraw(request, by=level1)
    with pytest.raises(Refused):
        verbs.refuse(request, answer="No.", by=caseworker)
    assert not Message.objects.exists()


def test_a_refund_that_is_due_and_one_that_was_made_write_a_message(level1, allocation, caseworker, as_user):
    order = order_in_status("REFUNDED", a_cas(level1), caseworker=caseworker)
    assert subjects(level1) == ["A refund of £55.00 is due", "£55.00 was refunded"]
    texts = " ".join(message.text for message in Message.objects.all())
    assert f"£55.00 for 1 CAS (order {order.reference})" in texts
    assert "BACS 20417" in texts
    assert CAS.objects.get().family_name not in texts
    assert link_of(level1) == f"/payments/{order.reference}/details/"
    assert as_user(level1).get(link_of(level1)).status_code == 200


def test_a_payment_that_arrives_after_it_was_cancelled_writes_a_message(level1, allocation, system):
    order = an_order(a_cas(level1), by=level1)
    order.cancel(by=level1)
    order.settle(by=system)
    order.settle(by=system)
    assert CAS.objects.get().status == "ASSIGNED"
    assert subjects(level1) == ["A late payment of £55.00 arrived"]
    assert f"£55.00 for 1 CAS (order {order.reference})" in Message.objects.get().text
    assert link_of(level1) == f"/payments/{order.reference}/details/"


def test_a_payment_in_time_writes_no_message(level1, allocation, system):
    an_order(a_cas(level1), by=level1).settle(by=system)
    assert not Message.objects.exists()


def test_the_message_names_the_user_whose_verb_it_is_and_stands_in_the_history(level1, caseworker):
    level1.licence.suspend(by=caseworker, reason="A visit")
    message = Message.objects.get()
    assert (message.written_by, message.sent_by, message.is_automatic) == (caseworker, caseworker, True)
    (event,) = Event.objects.about("message", message.pk)
    assert (event.verb, event.by, event.licence) == ("send", caseworker, level1.licence)
