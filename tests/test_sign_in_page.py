"""Signing in and out (specification, section 9)."""

import pytest
from django.test import Client

from licences.models import User
from licences.models.user import SYSTEM_USERNAME
from tests.factories import PASSWORD, a_cas
from tests.pages import Page

WRONG = "Your User ID or password is wrong. After 3 wrong tries, you must wait 30 minutes before you can sign in"


def sign_in(username, password=PASSWORD, client=None, **more):
    return (client or Client()).post("/sign-in/", {"login": username, "password": password, **more})


def is_signed_in(client):
    return "next=" not in client.get("/").headers["Location"]


def test_the_page_asks_for_user_id_and_password(db):
    page = Page(Client().get("/sign-in/"))
    assert page.title == "Sign in – Sponsorship Management System"
    assert page.h1 == "Sign in"
    labels = {label["for"]: label.text for label in page.form().all("label")}
    assert labels == {"id_login": "User ID", "id_password": "Password"}
    assert page.by_id("id_login")["autocomplete"] == "username"
    assert page.by_id("id_password")["autocomplete"] == "current-password"
    assert page.link("Forgotten your password?") == "/password/forgotten/"
    assert "ask a Level 1 user of your organisation" in page.main.text


def test_there_is_no_navigation_and_no_sign_up_before_signing_in(db):
    page = Page(Client().get("/sign-in/"))
    assert page.one("header").all("nav") == []
    assert {link["href"] for link in page.all("a") if "sign" in link["href"]} == {"/help/sign-in/#step-1"}
    for address in ("/sign-up/", "/signup/", "/accounts/signup/", "/password/reset/"):
        assert Client().get(address).status_code == 404


def test_a_level_2_user_arrives_at_students(level2):
    answer = Client().post("/sign-in/", {"login": level2.username, "password": PASSWORD}, follow=True)
    assert [place for place, _ in answer.redirect_chain] == ["/", "/students/"]
    assert Page(answer).h1 == "Students"


def test_a_level_1_user_arrives_at_students_by_way_of_the_message_board(level1):
    client = Client()
    answer = client.post("/sign-in/", {"login": level1.username, "password": PASSWORD}, follow=True)
    assert [place for place, _ in answer.redirect_chain] == ["/messages/"]
    board = Page(answer)
    assert board.h1 == "SMS message board – no active messages"
    answer = client.post("/messages/", board.typed("/messages/"), follow=True)
    assert [place for place, _ in answer.redirect_chain] == ["/", "/students/"]
    assert Page(answer).h1 == "Students"


def test_a_caseworker_arrives_in_the_admin(caseworker):
    answer = Client().post("/sign-in/", {"login": "caseworker", "password": PASSWORD}, follow=True)
    assert [place for place, _ in answer.redirect_chain] == ["/", "/admin/"]
    assert answer.status_code == 200


def test_the_user_id_is_accepted_in_any_case_and_the_password_is_not(level1):
    client = Client()
    assert sign_in("LEVEL1", client=client).status_code == 302
    assert is_signed_in(client)
    assert sign_in("level1", PASSWORD.upper()).status_code == 422


@pytest.mark.parametrize(
    ("username", "password"), [("level1", "wrong"), ("unknown", PASSWORD), ("level1", f"{PASSWORD} "), ("level1", " ")]
)
def test_the_error_does_not_reveal_whether_the_user_id_or_the_password_is_wrong(level1, username, password):
    client = Client()
    page = Page(sign_in(username, password, client))
    assert [sentence for sentence, _ in page.summary] == [WRONG]
    assert page.title.startswith("Error: Sign in")
    assert page.by_id("id_login")["value"] == username
    assert page.by_id("id_password")["value"] == ""
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        ({}, {"Enter your User ID", "Enter your password"}),
        ({"login": "level1"}, {"Enter your password"}),
        ({"login": " ", "password": "x"}, {"Enter your User ID"}),
    ],
)
def test_a_missing_value_is_named(level1, sent, sentences):
    page = Page(Client().post("/sign-in/", sent))
    assert {sentence for sentence, _ in page.summary} == sentences
    for _, href in page.summary:
        assert page.by_id(href.removeprefix("#")).tag == "input"


@pytest.mark.parametrize("hostile", ["a\x00b", "\udcff", "a" * 100_000, "' OR 1=1 --", "<script>", "محمد"])
def test_no_typed_value_breaks_the_page(level1, hostile):
    sent = hostile.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for username, password in ((sent, PASSWORD), ("level1", sent)):
        assert Page(sign_in(username, password)).summary


def test_a_deactivated_user_sees_that_after_entering_the_right_password(level1, deputy, caseworker):
    level1.deactivate(by=caseworker)
    page = Page(sign_in("level1"))
    assert [sentence for sentence, _ in page.summary] == [
        "This User ID is deactivated. Ask a Level 1 user of your organisation"
    ]
    assert [sentence for sentence, _ in Page(sign_in("level1", "wrong")).summary] == [WRONG]


def test_a_user_who_is_deactivated_while_signed_in_is_signed_out(as_user, level1, deputy, caseworker):
    client = as_user(level1)
    level1.deactivate(by=caseworker)
    assert client.get("/students/")["Location"] == "/sign-in/?next=/students/"


@pytest.mark.parametrize("password", ["", " ", "!", "system", PASSWORD])
def test_the_system_never_signs_in(db, password):
    client = Client()
    page = Page(sign_in(SYSTEM_USERNAME, password, client))
    assert page.summary
    assert not is_signed_in(client)
    assert not User.objects.system().has_usable_password()


def test_after_signing_in_a_user_arrives_at_the_page_that_they_requested(as_user, level1):
    cas = a_cas(level1)
    client = Client()
    page = Page(client.get(f"/students/cas/{cas.pk}/", follow=True))
    assert page.typed()["next"] == f"/students/cas/{cas.pk}/"
    answer = client.post("/sign-in/", page.typed() | {"login": "level1", "password": PASSWORD}, follow=True)
    answer = client.post("/messages/", Page(answer).typed("/messages/"))
    assert answer["Location"] == f"/students/cas/{cas.pk}/"


def test_a_wrong_try_keeps_the_page_that_was_requested(level1):
    page = Page(sign_in("level1", "wrong", next="/students/cas/"))
    assert page.typed()["next"] == "/students/cas/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "https://testserver.evil.example/",
        "///evil.example",
        " https://evil.example/",
        "\thttps://evil.example/",
    ],
)
def test_no_user_is_sent_to_another_site(level1, elsewhere):
    client = Client()
    page = Page(client.get("/sign-in/", {"next": elsewhere}))
    assert page.typed().get("next", "") in {"", elsewhere}
    answer = sign_in("level1", client=client, next=elsewhere)
    assert answer["Location"] == "/messages/"
    for sent in ({"next": elsewhere}, {"next": elsewhere, "messages": "1"}):
        assert client.post("/messages/", sent)["Location"] == "/"
    board = Page(client.get("/messages/", {"next": elsewhere}))
    assert "next" not in board.typed("/messages/")


def test_a_signed_in_user_does_not_see_the_sign_in_page(as_user, level1):
    answer = as_user(level1).get("/sign-in/", {"next": "/students/cas/"})
    assert (answer.status_code, answer["Location"]) == (302, "/students/cas/")


def test_another_site_cannot_sign_a_user_in(level1):
    answer = sign_in("level1", client=Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert Page(answer).h1 == "This page is out of date"


def test_signing_in_gives_a_new_session(level1):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    planted = client.cookies["sessionid"].value if "sessionid" in client.cookies else session.session_key
    sign_in("level1", client=client)
    assert client.cookies["sessionid"].value != planted
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_out_is_a_button_on_every_page(as_user, level1):
    client = as_user(level1)
    form = Page(client.get("/students/")).form("/sign-out/")
    assert form["method"] == "post"
    answer = client.post("/sign-out/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert not is_signed_in(client)


def test_opening_the_sign_out_page_does_not_sign_the_user_out(as_user, level1):
    client = as_user(level1)
    page = Page(client.get("/sign-out/"))
    assert page.h1 == "Sign out"
    assert "You are signed in as Level1." in page.main.text
    assert is_signed_in(client)


def test_another_site_cannot_sign_a_user_out(level1):
    client = Client(enforce_csrf_checks=True)
    client.force_login(level1)
    assert client.post("/sign-out/").status_code == 403
    assert is_signed_in(client)


def test_the_password_is_in_no_log(level1, caplog, capsys):
    sign_in("level1", "a very wrong password")
    sign_in("level1")
    printed = capsys.readouterr()
    logged = caplog.text + printed.out + printed.err
    assert PASSWORD not in logged
    assert "a very wrong password" not in logged
