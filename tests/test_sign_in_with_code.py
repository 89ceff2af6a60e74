"""Signing in with a password and a code of the second factor (specification, section 9)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from licences.models import Event, Session, SignIn, SignInCount
from tests.factories import PASSWORD
from tests.pages import Page
from tests.routes import ROUTES
from tests.second_factors import HALF_MINUTE, turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
WRONG = "This code is wrong or was used before. After 3 wrong tries, you must wait 30 minutes before you can try again"
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(20)` is 20 minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes: traveller.move_to(NINE + timedelta(minutes=minutes))


@pytest.fixture
def app(level1, at):
    """Turn the second factor of the Level 1 user on, an hour before nine. Return the app."""
    at(-60)
    app, _ = turned_on(level1)
    at(0)
    return app


def enters_password(client, username="level1", password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": username, "password": password, **more})


def enters_code(client, code):
    return client.post("/sign-in/code/", {"code": code})


def is_signed_in(client):
    return client.get("/profile/").status_code == 200


def outcomes():
    return list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))


def summary(answer):
    return [sentence for sentence, _ in Page(answer).summary]


def test_after_the_password_the_portal_asks_for_a_code(app):
    client = Client()
    assert enters_password(client)["Location"] == "/sign-in/code/"
    page = Page(client.get("/sign-in/code/"))
    assert page.h1 == "Enter your code"
    field = page.by_id("id_code")
    assert (field["autocomplete"], field["inputmode"], field["type"]) == ("one-time-code", "numeric", "text")
    assert page.one("header").all("nav") == []


def test_the_right_code_signs_in(app):
    client = Client()
    enters_password(client)
    assert enters_code(client, app.code())["Location"] == "/messages/"
    assert is_signed_in(client)
    assert outcomes() == ["CODE_DUE", "RIGHT"]


def test_a_recovery_code_signs_in_once(level1, at):
    at(-60)
    _, codes = turned_on(level1)
    at(0)
    for is_right in (True, False):
        client = Client()
        enters_password(client)
        enters_code(client, codes[0])
        assert is_signed_in(client) is is_right
    assert Event.objects.filter(verb="use_recovery_code").count() == 1


def test_a_user_without_a_second_factor_signs_in_with_the_password(level1, at):
    client = Client()
    assert enters_password(client)["Location"] == "/messages/"
    assert is_signed_in(client)
    assert outcomes() == ["RIGHT"]


def test_the_code_leads_to_the_page_that_was_requested(app):
    client = Client()
    enters_password(client, next="/students/cas/?status=USED")
    assert (
        enters_code(client, app.code())["Location"] == f"/messages/?{urlencode({'next': '/students/cas/?status=USED'})}"
    )


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_code_leads_to_no_other_site(app, elsewhere):
    client = Client()
    enters_password(client, next=elsewhere)
    assert enters_code(client, app.code())["Location"] == "/messages/"


def test_before_the_code_no_page_of_the_portal_or_the_admin_opens(app, case):
    client = Client()
    enters_password(client)
    closed = ["/admin/", "/admin/licences/user/", *(route.address for route in ROUTES.values() if not route.public)]
    for address in closed:
        with case(address=address):
            answer = client.get(address.format_map(dict.fromkeys(_names(address), 1)))
            assert answer["Location"].startswith(("/sign-in/", "/admin/login/"))


def _names(address):
    return [part.partition("}")[0] for part in address.split("{")[1:]]


def test_the_session_has_a_new_key_after_the_password_and_after_the_code(app):
    client = Client()
    enters_password(client)
    keys = [client.cookies["sessionid"].value]
    enters_password(client)
    client.post("/sign-out/")
    enters_password(client)
    keys.append(client.cookies["sessionid"].value)
    enters_code(client, app.code())
    keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    assert list(Session.objects.values_list("session_key", flat=True)) == keys[2:]


def test_a_session_that_another_person_planted_is_not_signed_in(app):
    planted = Client()
    enters_password(planted)
    victim = Client()
    victim.cookies["sessionid"] = planted.cookies["sessionid"].value
    enters_code(victim, app.code())
    assert is_signed_in(victim)
    assert not is_signed_in(planted)


def test_a_used_code_does_not_sign_in_again(app):
    code = app.code()
    for is_right in (True, False):
        client = Client()
        enters_password(client)
        answer = enters_code(client, code)
        assert is_signed_in(client) is is_right
    assert summary(answer) == [WRONG]
    assert Page(answer).title.startswith("Error: Enter your code")


def test_three_wrong_codes_lock_the_account_like_wrong_passwords(app, at):
    client = Client()
    enters_password(client)
    for code in ("000000", "111111", "222222"):
        assert summary(enters_code(client, code)) == [WRONG]
    assert summary(enters_code(client, app.code())) == [WRONG]
    assert outcomes() == ["CODE_DUE", *["WRONG_CODE"] * 3, "LOCKED"]
    assert enters_password(Client()).status_code == 422
    at(31)
    client = Client()
    enters_password(client)
    enters_code(client, app.code())
    assert is_signed_in(client)


def test_wrong_codes_and_wrong_passwords_count_together(app):
    client = Client()
    enters_password(client, password="wrong")
    enters_password(client)
    enters_code(client, "000000")
    enters_code(client, "111111")
    enters_code(client, app.code())
    assert not is_signed_in(client)


def test_a_right_password_does_not_clear_the_count_of_wrong_codes(app):
    for code in ("000000", "111111", "222222"):
        client = Client()
        enters_password(client)
        enters_code(client, code)
    assert enters_password(Client()).status_code == 422
    assert SignInCount.objects.get().locked_until


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the code"),
        ("1" * 500, "Code must be 20 characters or fewer. It is 500 now"),
        ("a\x00b", None),
        ("' OR 1=1 --", WRONG),
        ("١٢٣٤٥٦", WRONG),
    ],
)
def test_no_typed_value_breaks_the_page(app, typed, said):
    client = Client()
    enters_password(client)
    [sentence] = summary(enters_code(client, typed))
    assert said is None or sentence == said


def test_a_code_must_follow_within_ten_minutes(app, at):
    client = Client()
    enters_password(client)
    at(9)
    assert client.get("/sign-in/code/").status_code == 200
    at(11)
    answer = enters_code(client, app.code())
    assert answer["Location"] == "/sign-in/"
    assert Page(client.get("/sign-in/")).banners == ["You did not enter your code in time. Sign in again."]
    assert not is_signed_in(client)


def test_without_a_password_there_is_no_page_for_a_code(app):
    client = Client()
    for answer in (client.get("/sign-in/code/"), enters_code(client, app.code())):
        assert answer["Location"] == "/sign-in/"
    assert not is_signed_in(client)
    assert not Session.objects.exists()


@pytest.mark.parametrize("change", ["password", "deactivated", "everywhere"])
def test_a_change_of_the_account_ends_a_sign_in_that_waits_for_a_code(change, app, level1, caseworker, deputy):
    client = Client()
    enters_password(client)
    if change == "password":
        level1.write_password("quite another battery", "change_password")
    elif change == "deactivated":
        level1.deactivate(by=caseworker)
    else:
        level1.end_sessions(by=level1)
    assert enters_code(client, app.code())["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_the_sign_in_page_leads_back_to_the_code_and_another_user_can_sign_in(app, level2):
    client = Client()
    enters_password(client)
    assert client.get("/sign-in/")["Location"] == "/sign-in/code/"
    assert Page(client.get("/sign-in/code/")).form("/sign-out/")["method"] == "post"
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    enters_password(client, "level2")
    assert is_signed_in(client)


def test_another_site_cannot_send_a_code(app):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/code/", {"code": app.code()}).status_code == 403


def test_a_signed_in_user_does_not_see_the_page_for_a_code(as_user, level1):
    assert as_user(level1).get("/sign-in/code/")["Location"] == "/sign-in/"


def test_the_code_is_in_no_log(app, caplog, log_lines):
    client = Client()
    enters_password(client)
    code = app.code()
    enters_code(client, code)
    assert code not in caplog.text
    assert not any(code in str(line) for line in log_lines)


def test_the_time_between_two_codes_does_not_matter(app, at):
    """The first code is used, so the user waits for the next; then it signs in."""
    client = Client()
    enters_password(client)
    enters_code(client, app.code())
    client.post("/sign-out/")
    at(HALF_MINUTE / 60)
    enters_password(client)
    enters_code(client, app.code())
    assert is_signed_in(client)


@pytest.mark.parametrize(("username", "said"), [("level1", "Wrong code"), ("caseworker", "Signed in")])
def test_caseworkers_see_what_came_of_each_code(username, said, app, caseworker, as_user):
    client = Client()
    enters_password(client, username)
    enters_code(client, "000000")
    assert said in Page(as_user(caseworker).get("/admin/licences/signin/")).main.text
