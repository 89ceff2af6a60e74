"""Caseworkers grant allocations and confirm refunds (specification, sections 5 and 6)."""

from datetime import date, timedelta

import pytest

from cas.reconciliation import discrepancies
from licences.models import Allocation, Event
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats
from tests.factories import a_cas, an_order, assigned, order_in_status, sent_back
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(licence):
    return f"/admin/licences/licence/{licence.pk}/grant-allocation/"


def test_a_caseworker_grants_an_allocation_for_a_year(desk, grant, licence, happened):
    after = desk.send(grant, route="CHILD_STUDENT", starts_on=date(2031, 4, 6), number=25)
    allocation = Allocation.objects.get()
    assert (allocation.route, allocation.granted, allocation.unused) == (Route.CHILD_STUDENT, 25, 25)
    assert allocation.expires_on == date(2032, 4, 5)
    assert (after.h1, after.banners) == ("Child Student route 2031/32", ["Allocation granted"])
    assert happened() == [("allocation", "grant", "caseworker")]
    assert list(discrepancies()) == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("route", "", "Select the route"),
        ("starts_on", "", "Enter the first day"),
        ("number", "", "Enter the number of places"),
        ("number", "0", "Places granted must be a whole number from 1 to 1,000,000"),
        ("number", "many", "Places granted must be a whole number from 1 to 1,000,000"),
    ],
)
def test_an_error_is_shown_beside_its_field(field, typed, sentence, desk, grant, happened):
    after = desk.send(grant, **{"route": "STUDENT", "starts_on": date(2031, 4, 6), "number": 25, field: typed})
    assert after.error_of(field) == sentence
    assert happened() == []


def test_there_is_one_allocation_for_each_route_and_year(desk, grant, allocation, happened):
    for days in (0, 100, -100):
        after = desk.send(grant, route="STUDENT", starts_on=allocation.starts_on + timedelta(days=days), number=5)
        assert after.error_of("starts_on").startswith("There is already an allocation for this route from ")
    desk.send(grant, route="STUDENT", starts_on=allocation.expires_on + timedelta(days=1), number=5)
    assert happened() == [("allocation", "grant", "caseworker")]


def test_no_allocation_is_granted_for_a_route_that_the_licence_does_not_cover(desk, outsider, happened):
    outsider.licence.surrender_route("STUDENT", by=desk.caseworker(), reason="No more")
    address = f"/admin/licences/licence/{outsider.licence_id}/grant-allocation/"
    after = desk.send(address, route="STUDENT", starts_on=date(2031, 4, 6), number=5)
    assert after.error_of("route") == "Route: “STUDENT” is not in the list. Choose from the list"
    assert not Allocation.objects.exists()


def test_the_number_of_places_cannot_be_less_than_the_places_used_and_held(desk, allocation, level2, happened):
    assigned(a_cas(level2, passport_number="X1"))
    an_order(a_cas(level2, passport_number="X2"), by=level2)
    address = f"/admin/licences/allocation/{allocation.pk}/granted/"
    assert "used: 1, held for payments: 1, unused: 8" in desk.read(address).main.text

    assert desk.send(address, granted=20).error_of("reason") == "Enter the reason"
    refused = desk.send(address, granted=1, reason="As agreed")
    ((sentence, _),) = refused.summary
    assert sentence == "Too few places: grant at least 2. Used: 1; held for payments: 1."
    assert refused.typed()["granted"] == "1"
    allocation.refresh_from_db()
    assert allocation.granted == 10

    for granted in (2, 500):
        after = desk.send(address, granted=granted, reason="The sponsor asked for it")
        assert "The sponsor asked for it" in after.main.text, "the history shows it"
        allocation.refresh_from_db()
        assert allocation.granted == granted
    assert [verb for kind, verb, _ in happened() if kind == "allocation"] == ["change_granted", "change_granted"]
    assert list(discrepancies()) == []


def test_a_refund_is_due_until_a_caseworker_confirms_it(desk, level2, allocation, caseworker, happened):
    order = order_in_status("REFUND DUE", a_cas(level2), caseworker=caseworker)
    page = f"/admin/cas/order/{order.pk}/"
    assert order.reference in desk.read("/admin/").main.text
    assert "You confirm that £55.00 has been returned" in desk.read(f"{page}refund/").main.text
    after = desk.send(f"{page}refund/", reference="BACS 20417", refunded_on=clock.today())
    order.refresh_from_db()
    assert (order.status, after.banners) == ("REFUNDED", ["Order marked as refunded"])
    assert (order.refunded_on, order.refund_reference) == (clock.today(), "BACS 20417")
    assert Event.objects.filter(verb="refund").get().data["refund_reference"] == [None, "BACS 20417"]
    assert "Reference of the refund BACS 20417" in after.main.text
    assert happened()[-2:] == [("order", "refund", "caseworker"), ("message", "send", "caseworker")]
    assert order.reference not in desk.read("/admin/").main.text


@pytest.mark.parametrize("status", ["OPEN", "PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUNDED"])
def test_no_other_order_can_be_marked_as_refunded(status, desk, level2, allocation, caseworker, happened):
    order = order_in_status(status, a_cas(level2), caseworker=caseworker)
    page = f"/admin/cas/order/{order.pk}/"
    assert desk.read(page).buttons("Mark as refunded") == []
    before = happened()
    desk.client.post(f"{page}refund/", {"seen": "", **typed_in(sent_back())})
    order.refresh_from_db()
    assert (order.status, happened()) == (status, before)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_money_is_sent_back_after_it_was_paid_and_not_in_the_future(days, desk, level2, allocation, caseworker):
    order = order_in_status("REFUND DUE", a_cas(level2), caseworker=caseworker)
    day = clock.today() + timedelta(days=days)
    again = desk.send(f"/admin/cas/order/{order.pk}/refund/", reference="BACS 20417", refunded_on=day)
    sentence = "Date of the refund must be today or earlier, but not before the payment."
    assert (again.error_of("refunded_on"), again.typed()["reference"]) == (sentence, "BACS 20417")
    order.refresh_from_db()
    assert (order.status, order.refunded_on) == ("REFUND DUE", None)


def test_the_sponsor_sees_when_and_under_which_reference_the_money_was_sent_back(
    as_user, level2, allocation, caseworker
):
    order = order_in_status("REFUNDED", a_cas(level2), caseworker=caseworker)
    shown = Page(as_user(level2).get(f"/payments/{order.reference}/")).main.text
    assert f"Date of the refund {formats.day(clock.today())}" in shown
    assert "Reference of the refund BACS 20417" in shown
