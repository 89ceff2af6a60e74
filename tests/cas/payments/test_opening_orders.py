"""Opening an order: the refusals before any payment, and their reasons (specification, sections 3 to 6)."""

import pytest

from cas.models import CAS, Order, Rule
from cas.reconciliation import discrepancies
from licences.models import Allocation, Event
from licences.routes import Route
from sms.core import clock
from tests.factories import CHILD, a_cas, a_draft, a_licence, a_user, an_allocation, an_order, assigned, brought_to
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_books_balance(db):
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def cas(level2):
    return a_cas(level2)


@pytest.fixture
def order(cas, level2, allocation):
    return an_order(cas, by=level2)


def figures(allocation):
    allocation.refresh_from_db()
    return allocation.used, allocation.held, allocation.unused


def leave_unused(allocation, left):
    """Change the number granted, so that `left` places are unused."""
    allocation.refresh_from_db()
    allocation.change_granted(
        allocation.used + allocation.held + left, by=allocation.entries.first().by, reason="Because"
    )


def test_an_order_keeps_the_fee_that_it_was_opened_with(order, allocation, level2, caseworker, system):
    Rule.objects.add("fee_pence", from_on=clock.today(), value="99", by=caseworker)
    order.settle(by=system)
    order.refresh_from_db()
    assert (order.count, order.fee_pence, order.total_pence) == (1, 5500, 5500)
    assert an_order(a_cas(level2), by=level2).fee_pence == 9900


def test_the_history_of_an_order_says_who_opened_it_and_for_how_much(order, level2, licence):
    (line,) = Event.objects.about("order", order.pk)
    assert (line.verb, line.by, line.licence) == ("open", level2, licence)
    assert line.data == {"status": [None, "OPEN"], "count": [None, 1], "fee_pence": [None, 5500]}


def test_the_reference_of_an_order_cannot_be_guessed(level2, allocation):
    references = {an_order(a_cas(level2), by=level2).reference for _ in range(3)}
    assert len(references) == 3
    assert all(len(reference) == len("SMS-") + 24 for reference in references)


def test_an_order_for_ten_cas_takes_ten_places_and_one_payment(level1, allocation, system):
    cas_list = [a_cas(level1) for _ in range(10)]
    order = an_order(*cas_list, by=level1)
    assert (order.count, order.total_pence) == (10, 55_000)
    assert figures(allocation) == (0, 10, 0)
    order.settle(by=system)
    assert figures(allocation) == (10, 0, 0)
    assert CAS.objects.filter(status="ASSIGNED").values("number").distinct().count() == 10


def test_no_second_order_is_opened_for_a_cas_with_an_open_order(order, cas, level2, level1):
    assert Order.objects.open_for(cas) == order
    for user in (level2, level1):
        refused = refusal_of(an_order, cas, by=user)
        assert refused == "A payment for this CAS is already open. Continue or cancel it."
    assert Order.objects.count() == 1


def test_a_new_order_can_be_opened_once_the_first_is_closed(order, cas, level2, allocation):
    order.cancel(by=level2)
    assert Order.objects.open_for(cas) is None
    again = an_order(cas, by=level2)
    assert Order.objects.open_for(cas) == again
    assert figures(allocation) == (0, 1, 9)


def test_a_cas_that_changed_since_it_was_shown_is_not_paid_for(cas, level2, level1, allocation):
    shown = CAS.objects.get(pk=cas.pk)
    cas.amend({"course_title": "MSc Statistics"}, by=level1, version=cas.version)
    assert "Another user changed this CAS" in refusal_of(an_order, shown, by=level2)
    assert figures(allocation) == (0, 0, 10)


def test_a_draft_is_not_paid_for_and_the_reason_names_a_field(level2, allocation):
    assert refusal_of(an_order, a_draft(level2), by=level2) == "“Date of birth” is mandatory."


def test_a_cas_that_is_no_longer_complete_by_the_rules_of_today_is_not_paid_for(level2, allocation, caseworker):
    cas = a_cas(level2, has_work_placement=True, placement_percent=33)
    Rule.objects.add("placement_most_elsewhere", from_on=clock.today(), value="32", by=caseworker)
    assert refusal_of(an_order, cas, by=level2).startswith("“Why the placement is above the usual share")
    assert not Order.objects.exists()
    cas.amend({"placement_justification": "Required by UK law"}, by=level2, version=1)
    assert refusal_of(an_order, cas, by=level2) == ""


def test_an_order_is_opened_for_all_of_its_cas_or_for_none(level2, colleague, level1, allocation):
    assert refusal_of(an_order, a_cas(level2), a_draft(level2), by=level2) == "“Date of birth” is mandatory."
    mine, yours = a_cas(level2), a_cas(colleague)
    assert "no longer yours" in refusal_of(an_order, mine, yours, by=level2)
    assert refusal_of(an_order, mine, yours, by=level1) == ""
    assert Order.objects.get().count == 2


def test_an_order_for_nothing_is_refused(level2, allocation):
    assert refusal_of(an_order, by=level2)


def test_all_cas_of_an_order_must_have_the_same_route(level2, licence, allocation, caseworker):
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    child = CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2)
    refused = refusal_of(an_order, a_cas(level2), child, by=level2)
    assert refused == "All CAS in one payment must have the same route."


def test_a_child_student_takes_a_place_of_the_child_student_route(level2, licence, allocation, caseworker, system):
    other = an_allocation(licence, number=1, route=Route.CHILD_STUDENT, by=caseworker)
    assigned(CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2))
    assert figures(other) == (1, 0, 0)
    assert figures(allocation) == (0, 0, 10)


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
def test_an_order_is_opened_only_if_the_licence_is_active(status, cas, licence, allocation, level2, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    assert f"Your licence is {status}" in refusal_of(an_order, cas, by=level2)


def test_no_order_is_opened_for_a_surrendered_route(cas, licence, allocation, level2, caseworker):
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    assert "does not cover the Student route" in refusal_of(an_order, cas, by=level2)


@pytest.mark.parametrize(
    ("who", "next_step"),
    [
        ("level1", "Ask the Home Office for more with Request CoS/CAS increase."),
        ("level2", "Ask a Level 1 user to request an increase."),
    ],
)
def test_with_too_few_places_the_refusal_gives_the_numbers_and_the_next_step(who, next_step, allocation, request):
    user = request.getfixturevalue(who)
    leave_unused(allocation, 1)
    cas_list = [a_cas(user), a_cas(user)]
    assert refusal_of(an_order, *cas_list, by=user) == (
        f"Your allocation for the {allocation} has 1 unused of 1 (0 used, 0 held for payments). You need 2. {next_step}"
    )
    assert not Order.objects.exists()
    assert figures(allocation) == (0, 0, 1)


def test_a_refusal_gives_a_reason_even_if_a_place_becomes_free_meanwhile(cas, level2, allocation, monkeypatch):
    """Another order releases its place between the refusal and the reading of the figures."""
    an_order(a_cas(level2), by=level2)
    leave_unused(allocation, 0)
    too_few = Allocation.too_few
    monkeypatch.setattr(Allocation, "too_few", lambda self, number: leave_unused(self, 5) or too_few(self, number))
    assert "Your allocation" in refusal_of(an_order, cas, by=level2)


def test_no_order_is_opened_without_an_allocation_for_today(cas, level2, licence):
    assert "no current allocation for this route" in refusal_of(an_order, cas, by=level2)


def test_an_order_changes_only_the_allocation_of_its_sponsor(order, outsider, allocation, caseworker, system):
    elsewhere = an_allocation(outsider.licence, number=1, by=caseworker)
    assigned(a_cas(outsider))
    assert figures(elsewhere) == (1, 0, 0)
    assert figures(allocation) == (0, 1, 9)


def test_a_licence_with_one_route_can_assign_cas_for_that_route(caseworker):
    licence = a_licence("123456789", "New College", [Route.STUDENT], by=caseworker)
    an_allocation(licence, by=caseworker)
    cas = assigned(a_cas(a_user("new", "LEVEL_1", licence)))
    assert cas.status == "ASSIGNED"
