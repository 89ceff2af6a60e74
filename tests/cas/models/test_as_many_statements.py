"""Screens and steps take as many statements for a hundred CAS as for one (issue: batches; performance.md)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import Order
from licences.models import StoredSearch
from tests.factories import a_batch, a_batch_order, a_licence, a_user, an_allocation, many
from tests.pages import Page

NUMBERS = (1, 10, 100)


@pytest.fixture
def user(caseworker):
    """A Level 1 user of a sponsor with places enough."""
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    an_allocation(licence, 1000, by=caseworker)
    return a_user("large", "LEVEL_1", licence)


@pytest.fixture
def client(as_user, user):
    browser = as_user(user)
    browser.get("/students/")  # the first request of a session takes some of its own
    return browser


def same_for_each(make, act, numbers=NUMBERS):
    """`make` so many, which `act` then takes the same number of statements for."""
    taken = {}
    for number in numbers:
        made = make(number)
        with CaptureQueriesContext(connection) as queries:
            answer = act(made)
        assert answer is None or answer.status_code in {200, 302}
        taken[number] = [query["sql"][:80] for query in queries]
    assert len({len(statements) for statements in taken.values()}) == 1, taken


@pytest.fixture
def batch_of(user):
    def make(number):
        batch = a_batch(user, name=f"Of {number}")
        many(user, number, batch=batch)
        return batch

    return make


@pytest.fixture
def ordered(batch_of):
    return lambda number: a_batch_order(batch_of(number))


@pytest.fixture
def assigned_batch(ordered, system):
    def make(number):
        order = ordered(number)
        order.settle(by=system)
        return order.batch

    return make


@pytest.mark.parametrize("step", ["", "assign/", "online-payment/", "move/", "delete/", "transfer/"])
def test_each_screen_of_a_batch(step, client, batch_of):
    def act(batch):
        address = f"/students/batches/{batch.pk}/{step}"
        if step == "move/":
            return client.post(address, {"cas": [cas.pk for cas in batch.cas.all()], "seen": batch.last_event()})
        return client.get(address)

    same_for_each(batch_of, act)


@pytest.mark.parametrize("step", ["", "assigned/"])
def test_each_screen_of_an_assigned_batch(step, client, assigned_batch):
    same_for_each(assigned_batch, lambda batch: client.get(f"/students/batches/{batch.pk}/{step}"))


def test_opening_the_order_of_a_batch(client, batch_of):
    def shown(number):
        batch = batch_of(number)
        address = f"/students/batches/{batch.pk}/online-payment/"
        return address, Page(client.get(address)).typed()

    same_for_each(shown, lambda page: client.post(*page))


def test_an_order_of_more_than_sqlite_takes_rows_at_once_is_opened_in_one_statement(batch_of):
    batch = batch_of(400)
    with CaptureQueriesContext(connection) as statements:
        order = a_batch_order(batch)
    assert sum("cas_orderline" in query["sql"] and "INSERT" in query["sql"] for query in statements) == 1
    assert order.lines.filter(is_open=True, version=1).count() == 400
    assert set(order.lines.values_list("cas", flat=True)) == set(batch.cas.values_list("pk", flat=True))


def test_settling_the_order_of_a_batch(ordered, system):
    same_for_each(ordered, lambda order: order.settle(by=system))


@pytest.mark.parametrize("verb", ["cancel", "lapse"])
def test_giving_up_the_order_of_a_batch(verb, ordered, system):
    same_for_each(ordered, lambda order: getattr(order, verb)(by=system))


def test_the_page_of_an_order(client, ordered):
    same_for_each(ordered, lambda order: client.get(f"/payments/{order.reference}/"))


def test_the_page_of_an_order_whose_batch_is_deleted(client, ordered, user):
    def without_batch(number):
        order = ordered(number)
        order.cancel(by=user)
        order.batch.remove(by=user)
        return Order.objects.get(pk=order.pk)

    same_for_each(without_batch, lambda order: client.get(f"/payments/{order.reference}/"), numbers=NUMBERS[1:])


@pytest.mark.parametrize("address", ["/students/", "/students/cas/", "/students/batches/", "/students/transfer/"])
def test_each_list(address, client, batch_of):
    same_for_each(batch_of, lambda _: client.get(address))


@pytest.mark.parametrize("address", ["/students/batches/", "/students/assign-cas/batch/{}/"])
def test_each_list_of_batches(address, client, user):
    search = StoredSearch.objects.keep("find_batch", {"name": "of"}, by=user)

    def batches(number):
        for each in range(number):
            many(user, 2, batch=a_batch(user, name=f"Of {number}, {each}"))

    same_for_each(batches, lambda _: client.get(address.format(search.key)), numbers=(1, 4, 20))


def test_what_a_search_found(client, user):
    def found(number):
        many(user, number)
        return StoredSearch.objects.keep("any", {"family_name": ["ng"]}, by=user)

    same_for_each(found, lambda search: client.get(f"/students/search/{search.key}/"))


def test_the_tests_above_would_see_a_statement_for_each_cas(batch_of):
    with pytest.raises(AssertionError):
        same_for_each(batch_of, lambda batch: [cas.owner.name for cas in batch.cas.all()] and None)
