"""Pages and steps take as many statements for a hundred CAS as for one."""

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
    """Return a Level 1 user of a sponsor with enough places."""
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    an_allocation(licence, 1000, by=caseworker)
    return a_user("large", "LEVEL_1", licence)


@pytest.fixture
def client(as_user, user):
    browser = as_user(user)
    browser.get("/students/")  # the first request of a session takes some of its own
    return browser


def check_same_statements(make, act, numbers=NUMBERS):
    """Check that `act` takes as many statements for each number of records. `make` makes that many records."""
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
def test_each_page_of_a_batch_takes_as_many_statements_for_many_cas_as_for_one(step, client, batch_of):
    def act(batch):
        address = f"/students/batches/{batch.pk}/{step}"
        if step == "move/":
            return client.post(address, {"cas": [cas.pk for cas in batch.cas.all()], "seen": batch.last_event()})
        return client.get(address)

    check_same_statements(batch_of, act)


@pytest.mark.parametrize("step", ["", "assigned/"])
def test_each_page_of_an_assigned_batch_takes_as_many_statements_for_many_cas_as_for_one(step, client, assigned_batch):
    check_same_statements(assigned_batch, lambda batch: client.get(f"/students/batches/{batch.pk}/{step}"))


def test_opening_the_order_of_a_batch_takes_as_many_statements_for_many_cas_as_for_one(client, batch_of):
    def shown(number):
        batch = batch_of(number)
        address = f"/students/batches/{batch.pk}/online-payment/"
        return address, Page(client.get(address)).typed()

    check_same_statements(shown, lambda page: client.post(*page))


def test_the_lines_of_an_order_for_400_cas_are_written_in_one_statement(batch_of):
    batch = batch_of(400)
    with CaptureQueriesContext(connection) as statements:
        order = a_batch_order(batch)
    assert sum("cas_orderline" in query["sql"] and "INSERT" in query["sql"] for query in statements) == 1
    assert order.lines.filter(is_open=True, version=1).count() == 400
    assert set(order.lines.values_list("cas", flat=True)) == set(batch.cas.values_list("pk", flat=True))


def test_settling_the_order_of_a_batch_takes_as_many_statements_for_many_cas_as_for_one(ordered, system):
    check_same_statements(ordered, lambda order: order.settle(by=system))


@pytest.mark.parametrize("verb", ["cancel", "lapse"])
def test_ending_the_order_of_a_batch_unpaid_takes_as_many_statements_for_many_cas_as_for_one(verb, ordered, system):
    check_same_statements(ordered, lambda order: getattr(order, verb)(by=system))


def test_the_page_of_an_order_takes_as_many_statements_for_many_cas_as_for_one(client, ordered):
    check_same_statements(ordered, lambda order: client.get(f"/payments/{order.reference}/"))


def test_the_page_of_an_order_without_its_batch_takes_as_many_statements_for_many_cas_as_for_ten(client, ordered, user):
    def without_batch(number):
        order = ordered(number)
        order.cancel(by=user)
        order.batch.remove(by=user)
        return Order.objects.get(pk=order.pk)

    check_same_statements(without_batch, lambda order: client.get(f"/payments/{order.reference}/"), numbers=NUMBERS[1:])


@pytest.mark.parametrize("address", ["/students/", "/students/cas/", "/students/batches/", "/students/transfer/"])
def test_each_list_takes_as_many_statements_for_many_cas_as_for_one(address, client, batch_of):
    check_same_statements(batch_of, lambda _: client.get(address))


@pytest.mark.parametrize("address", ["/students/batches/", "/students/assign-cas/batch/{}/"])
def test_each_list_of_batches_takes_as_many_statements_for_many_batches_as_for_one(address, client, user):
    search = StoredSearch.objects.keep("find_batch", {"name": "of"}, by=user)

    def batches(number):
        for each in range(number):
            many(user, 2, batch=a_batch(user, name=f"Of {number}, {each}"))

    check_same_statements(batches, lambda _: client.get(address.format(search.key)), numbers=(1, 4, 20))


def test_a_search_takes_as_many_statements_for_many_cas_as_for_one(client, user):
    def found(number):
        many(user, number)
        return StoredSearch.objects.keep("any", {"family_name": ["ng"]}, by=user)

    check_same_statements(found, lambda search: client.get(f"/students/search/{search.key}/"))


def test_a_page_that_took_a_statement_for_each_cas_would_fail_the_tests_above(batch_of):
    with pytest.raises(AssertionError):
        check_same_statements(batch_of, lambda batch: [cas.owner.name for cas in batch.cas.all()] and None)
