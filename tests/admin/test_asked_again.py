"""Caseworkers confirm that it is them before they change how a user signs in, or end a licence (specification, 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from licences.models import Event, User
from tests.admin.conftest import Caseworker
from tests.factories import PASSWORD
from tests.pages import Page
from tests.second_factors import turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NIA = {"name": "Nia Comer", "email": "nia@example.ac.uk"}


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(20)` is 20 minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes: traveller.move_to(NINE + timedelta(minutes=minutes))


@pytest.fixture
def desk(at, caseworker):
    """Return a caseworker who signed in at nine."""
    client = Client()
    client.post("/sign-in/", {"login": "caseworker", "password": PASSWORD})
    client.get("/admin/")
    return Caseworker(client)


@pytest.fixture
def user(at, level2):
    level2.set_email("level2@example.ac.uk")
    level2.save()
    turned_on(level2)
    return level2


def gone(user, system):
    user.deactivate(by=system)


# The decision, the values typed, the verb in the history, and what must be so before.
DECISIONS = {
    "amend": ("licences/user/{user}/amend/", {"email": "new@example.ac.uk"}, "amend", None),
    "send-link": ("licences/user/{user}/send-link/", {}, "send_link", None),
    "reset": ("licences/user/{user}/reset-second-factor/", {}, "reset_second_factor", None),
    "reactivate": ("licences/user/{user}/reactivate/", {}, "reactivate", gone),
    "add caseworker": ("licences/user/add/", NIA, "add", None),
    "add user": ("licences/licence/{licence}/add-user/", NIA | {"role": "LEVEL_1"}, "add", None),
    "revoke": ("licences/licence/{licence}/revoke/", {"reason": "It was misused"}, "revoke", None),
    "surrender": ("licences/licence/{licence}/surrender/", {"reason": "It was asked"}, "surrender", None),
}


@pytest.fixture(params=DECISIONS)
def decision(request, user, system, desk, at):
    """Return the address of a decision, what is typed, and a function that says whether it was done."""
    address, typed, verb, before = DECISIONS[request.param]
    if before:
        before(user, system)
    at(11)
    last = Event.objects.last().pk
    address = "/admin/" + address.format(user=user.pk, licence=user.licence_id)
    return address, typed, lambda: Event.objects.filter(verb=verb, pk__gt=last).exists()


def sent(desk, address, typed):
    return desk.client.post(address, desk.read(address).typed() | typed)


def test_the_decision_waits_until_the_password_is_entered_and_nothing_typed_is_lost(decision, desk):
    address, typed, is_done = decision
    asked = sent(desk, address, typed)["Location"]
    assert asked.startswith("/confirm/")
    assert not is_done()
    answer = desk.client.post(asked, {"password": PASSWORD})
    assert answer.status_code == 302, Page(answer).summary
    assert is_done()


def test_cancel_leads_to_the_decision_and_nothing_is_done(decision, desk):
    address, typed, is_done = decision
    asked = sent(desk, address, typed)["Location"]
    assert Page(desk.client.get(asked)).link("Cancel") == address
    assert desk.client.get(address).status_code == 200
    assert not is_done()


def test_a_caseworker_who_has_just_signed_in_is_not_asked(decision, desk, at):
    address, typed, is_done = decision
    at(9)
    sent(desk, address, typed)
    assert is_done()


def test_a_decision_that_is_refused_after_the_password_goes_to_its_own_address(desk, user, caseworker, at):
    address = f"/admin/licences/user/{user.pk}/amend/"
    at(11)
    asked = sent(desk, address, {"email": "new@example.ac.uk"})["Location"]
    user.amend(by=caseworker, name="Meanwhile", email="level2@example.ac.uk")
    page = Page(desk.client.post(asked, {"password": PASSWORD}))
    assert page.summary[0][0].startswith("Another user has changed this")
    assert page.typed(address)["email"] == "new@example.ac.uk"


def test_a_caseworker_who_amends_their_own_account_can_confirm_it_with_a_recovery_code(desk, caseworker, at):
    _, codes = turned_on(caseworker)
    at(11)
    address = f"/admin/licences/user/{caseworker.pk}/amend/"
    asked = desk.client.post(address, desk.read(address).typed() | {"email": "mine@example.gov.uk"})["Location"]
    assert desk.client.post(asked, {"code": codes[0]}).status_code == 302
    caseworker.refresh_from_db()
    assert caseworker.email == "mine@example.gov.uk"


def test_the_grant_of_a_request_for_a_level_1_user_is_asked(desk, level1, at):
    client = Client()
    client.force_login(level1)
    new, changes = "/licence/requests/new/level-1-user/", "/licence/requests/changes/"
    client.post(new, Page(client.get(new)).typed() | NIA | {"reasons": "We grow"})
    client.post(changes, Page(client.get(changes)).typed())
    address = f"/admin/licences/licencerequest/{level1.licence.requests.get().pk}/grant/"
    at(11)
    asked = sent(desk, address, {"answer": "Granted"})["Location"]
    assert not User.objects.filter(name="Nia Comer").exists()
    desk.client.post(asked, {"password": PASSWORD})
    assert User.objects.filter(name="Nia Comer").exists()


@pytest.mark.parametrize("typed", [{"name": "New Name"}, {}])
def test_a_change_of_the_name_alone_is_not_asked(typed, desk, user, at):
    at(11)
    address = f"/admin/licences/user/{user.pk}/amend/"
    assert sent(desk, address, typed)["Location"] == f"/admin/licences/user/{user.pk}/"
