"""A user who must have a second factor, and has none, can only set it up or sign out (specification, section 9)."""

import pytest
from django.test import Client

from licences.models import Draft, Session
from licences.second_factor_first import SecondFactorFirst
from tests.admin import test_who_comes_in as admin
from tests.factories import PASSWORD
from tests.pages import Page
from tests.routes import ROUTES
from tests.second_factors import App, turned_on

pytestmark = pytest.mark.django_db

SET_UP = "/profile/second-factor/"
OPEN = {SET_UP, "/confirm/none/"}


@pytest.fixture
def no_demo(settings):
    settings.DEMO, settings.SECURE_SSL_REDIRECT = False, False


@pytest.fixture
def guarded(no_demo, as_user, caseworker):
    """Return a client of a caseworker who has no second factor, outside demo mode."""
    return as_user(caseworker)


def portal():
    keys = dict.fromkeys(("key", "order", "route"), "1")
    for route in ROUTES.values():
        if not route.public and route.address not in OPEN:
            names = [part.partition("}")[0] for part in route.address.split("{")[1:]]
            yield from ((method, route.address.format_map(dict.fromkeys(names, 1) | keys)) for method in route.methods)


def is_sent_to_set_up(answer):
    return answer.status_code == 302 and answer["Location"].startswith(f"{SET_UP}?next=")


def test_a_caseworker_without_it_reaches_no_page_of_the_portal(guarded, case):
    for method, address in portal():
        with case(method=method, address=address):
            assert is_sent_to_set_up(guarded.generic(method, address))


def test_a_caseworker_without_it_reaches_no_page_of_the_admin(guarded, case):
    for address in set(admin.addresses({})) - {"/admin/login/"}:  # it shows nothing and leads to the admin
        for method in ("GET", "POST"):
            with case(method=method, address=address):
                answer = guarded.generic(method, address.replace("None", "1"))
                assert is_sent_to_set_up(answer) or answer.status_code == 404


def test_the_test_above_tries_the_pages_of_the_admin():
    found = set(admin.addresses({}))
    assert found >= {"/admin/", "/admin/licences/licence/", "/admin/licences/licence/add/", "/admin/licences/event/"}
    assert len(found) > 50


def test_without_the_middleware_the_admin_would_open(guarded, monkeypatch):
    monkeypatch.setattr(SecondFactorFirst, "process_view", lambda *args: None)
    assert guarded.get("/admin/").status_code == 200


def test_what_stays_open_is_setting_it_up_and_signing_out(guarded):
    assert guarded.get(SET_UP).status_code == 200
    assert guarded.post("/sign-out/")["Location"] == "/sign-in/"
    assert guarded.get(SET_UP)["Location"] == f"/sign-in/?next={SET_UP}"


def test_the_caseworker_sets_it_up_and_arrives_where_they_were_going(no_demo, caseworker):
    client = Client()
    client.post("/sign-in/", {"login": "caseworker", "password": PASSWORD, "next": "/admin/licences/user/"})
    address = client.get("/admin/licences/user/")["Location"]
    page = Page(client.get(address))
    assert page.h1 == "Set up your second factor"
    assert "Caseworkers must have a second factor" in page.main.text
    app = App(page.main.one("dd", of="sms-code").text)
    page = Page(client.post(address, {"code": app.code()}))
    assert page.h1 == "Your recovery codes"
    assert page.main.link("I have kept these codes") == "/admin/licences/user/"
    assert client.get("/admin/licences/user/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_page_leads_to_no_other_site(guarded, elsewhere):
    address = f"{SET_UP}?next={elsewhere}"
    app = App(Page(guarded.get(address)).main.one("dd", of="sms-code").text)
    page = Page(guarded.post(address, {"code": app.code()}))
    assert page.main.link("I have kept these codes") == "/profile/"


def test_a_caseworker_with_it_is_not_held_up(no_demo, caseworker, as_user):
    turned_on(caseworker)
    assert as_user(caseworker).get("/admin/").status_code == 200


def test_a_reset_holds_the_user_up_again_at_once(no_demo, caseworker, as_user):
    client = as_user(caseworker)
    turned_on(caseworker)
    assert client.get("/admin/").status_code == 200
    caseworker.authenticator_set.all().delete()
    assert is_sent_to_set_up(client.get("/admin/"))


def test_in_demo_mode_no_user_needs_it(caseworker, level1, as_user):
    assert as_user(caseworker).get("/admin/").status_code == 200
    assert as_user(level1).get("/students/").status_code == 200


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_rule_of_a_sponsor_holds_for_all_its_users_and_for_no_others(
    is_demo, level1, level2, outsider, as_user, settings
):
    settings.DEMO, settings.SECURE_SSL_REDIRECT = is_demo, False
    clients = {user: as_user(user) for user in (level1, level2, outsider)}
    assert all(client.get("/students/").status_code == 200 for client in clients.values())
    level1.licence.require_second_factor(True, by=level1)
    assert is_sent_to_set_up(clients[level1].get("/students/"))
    assert is_sent_to_set_up(clients[level2].get("/students/"))
    assert clients[outsider].get("/students/").status_code == 200
    assert "All users of your organisation must" in Page(clients[level2].get(SET_UP)).main.text
    level1.licence.require_second_factor(False, by=level1)
    assert clients[level2].get("/students/").status_code == 200


def test_the_rule_costs_no_statement(level1, as_user, django_assert_num_queries):
    client = as_user(level1)
    client.get("/accessibility/")
    with django_assert_num_queries(2):  # the session; and the user with the licence and the second factor
        client.get("/password/change/")


def test_what_was_typed_is_kept_while_the_user_sets_it_up(level1, allocation, as_user):
    client = as_user(level1)
    address = "/students/create-cas/STUDENT/new/"
    typed = Page(client.get(address)).typed() | {"family_name": "Ng"}
    level1.licence.require_second_factor(True, by=level1)
    answer = client.post(address, typed)
    assert is_sent_to_set_up(answer)
    assert "draft" in answer["Location"]
    assert Draft.objects.get().data["family_name"] == ["Ng"]
    assert client.post(address, typed, headers={"X-Keep-Draft": "true"}).status_code == 200
    assert client.get("/students/", headers={"X-Polling": "true"}).status_code == 401


def test_setting_it_up_ends_the_sessions_in_other_browsers(level1, as_user):
    here, elsewhere = as_user(level1), as_user(level1)
    assert elsewhere.get("/students/").status_code == 200
    app = App(Page(here.get(SET_UP)).main.one("dd", of="sms-code").text)
    here.post(SET_UP, {"code": app.code()})
    assert here.get("/students/").status_code == 200
    assert elsewhere.get("/students/").status_code == 302


def test_the_secret_of_an_app_that_is_set_up_is_encrypted_in_the_session(level1, as_user):
    client = as_user(level1)
    secret = Page(client.get(SET_UP)).main.one("dd", of="sms-code").text.replace(" ", "")
    assert secret not in str([row.get_decoded() for row in Session.objects.all()])
    again = Page(client.get(SET_UP)).main.one("dd", of="sms-code").text.replace(" ", "")
    assert again == secret


def test_a_wrong_first_code_shows_the_same_secret_again(level1, as_user):
    client = as_user(level1)
    secret = Page(client.get(SET_UP)).main.one("dd", of="sms-code").text
    page = Page(client.post(SET_UP, {"code": "000000"}))
    assert page.summary[0][0].startswith("This is not the code that the app shows now.")
    assert page.main.one("dd", of="sms-code").text == secret


def test_recovery_codes_are_shown_once(level1, as_user):
    client = as_user(level1)
    app = App(Page(client.get(SET_UP)).main.one("dd", of="sms-code").text)
    page = Page(client.post(SET_UP, {"code": app.code()}))
    codes = [item.text for item in page.main.all("li", of="sms-code")]
    assert len(codes) == 10
    for address in ("/profile/", SET_UP, "/profile/second-factor/recovery-codes/"):
        answer = client.get(address).content.decode()
        assert not any(code in answer or code.replace(" ", "") in answer for code in codes)
    assert "You have 10 recovery codes left." in Page(client.get("/profile/second-factor/recovery-codes/")).main.text
    again = Page(client.post("/profile/second-factor/recovery-codes/"))
    assert not set(codes) & {item.text for item in again.main.all("li", of="sms-code")}
