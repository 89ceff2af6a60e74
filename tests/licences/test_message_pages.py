"""`SMS message board`: its pages, and the way to it after sign-in (specification, section 9)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licences.message_board import verbs
from licences.models import Acknowledgement, Message
from licences.views import messages
from sms.core import clock
from tests.factories import PASSWORD, a_cas
from tests.licences.factories import a_message
from tests.pages import Page

pytestmark = pytest.mark.django_db

ACTIVE, NONE = "SMS message board – active messages", "SMS message board – no active messages"
FORM = "/students/create-cas/STUDENT/new/"


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def board(client, address="/messages/"):
    return Page(client.get(address))


def unread(page):
    """Return the subjects of the messages that the page shows in full."""
    return [article.one("h2").text for article in page.main.all("article")]


def listed(page):
    return [row.one("a").text for body in page.main.all("tbody") for row in body.all("tr")]


def sends(client, page):
    """Select `OK`, with every message of the page."""
    assert len([each for each in page.form("/messages/").all("input") if each["name"] == "messages"]) <= 1
    return client.post("/messages/", page.typed("/messages/"))


def signs_in(user, *, client=None, **more):
    sent = {"login": user.username, "password": PASSWORD, **more}
    return (client or Client()).post("/sign-in/", sent)["Location"]


# After sign-in


def test_after_sign_in_a_level_1_user_reads_the_messages_and_goes_on_by_ok(level1, caseworker):
    a_message(by=caseworker)
    client, cas = Client(), a_cas(level1)
    address = signs_in(level1, client=client, next=f"/students/cas/{cas.pk}/?history=2")
    page = board(client, address)
    assert (page.h1, unread(page)) == (ACTIVE, ["The fee changes New"])
    assert "The fee of a CAS changes on 9 April." in page.main.text
    answer = sends(client, page)
    assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/?history=2")
    assert Acknowledgement.objects.get().by == level1


def test_without_messages_the_screen_says_so_and_ok_goes_on(level1):
    client = Client()
    page = board(client, signs_in(level1, client=client))
    assert page.h1 == NONE
    assert sends(client, page)["Location"] == "/"
    assert not Acknowledgement.objects.exists()


def test_once_read_a_message_is_still_shown_after_the_next_sign_in_but_not_as_new(level1, caseworker):
    verbs.acknowledge([a_message(by=caseworker).pk], by=level1)
    client = Client()
    page = board(client, signs_in(level1, client=client))
    assert (page.h1, unread(page), listed(page)) == (ACTIVE, [], ["The fee changes"])


@pytest.mark.parametrize(("who", "where"), [("level2", "/"), ("caseworker", "/")])
def test_level_2_users_and_caseworkers_see_no_message_board(who, where, request, licence, as_user, caseworker):
    user, message = request.getfixturevalue(who), a_message(by=caseworker)
    assert signs_in(user) == where
    client = as_user(user)
    for address in ("/messages/", "/messages/archived/", f"/messages/{message.pk}/", "/messages/email/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Only a Level 1 user can read and acknowledge messages." in Page(answer).main.text
    assert client.post("/messages/", {"messages": [message.pk]}).status_code == 403
    assert "Messages (1 unread)" not in client.get("/", follow=True).content.decode()


def returns_to_a_draft(client, level1):
    """Type into a form, and sign in again after the time-out. Return where the sign-in leads."""
    typed = Page(client.get(FORM)).typed() | {"family_name": "Nguyễn"}
    stranger = Client()
    to_sign_in = stranger.post(FORM, typed)["Location"]
    return stranger, stranger.post(to_sign_in, {"login": "level1", "password": PASSWORD})["Location"]


def test_a_user_who_returns_to_what_they_typed_does_not_meet_the_board_if_all_is_read(client, level1, caseworker):
    verbs.acknowledge([a_message(by=caseworker).pk], by=level1)
    back, address = returns_to_a_draft(client, level1)
    assert address.startswith(FORM)
    assert Page(back.get(address)).typed()["family_name"] == "Nguyễn"


def test_a_user_who_returns_to_what_they_typed_reads_a_new_message_first(client, level1, caseworker):
    a_message(by=caseworker)
    back, address = returns_to_a_draft(client, level1)
    page = board(back, address)
    assert unread(page) == ["The fee changes New"]
    again = Page(back.get(sends(back, page)["Location"]))
    assert again.typed()["family_name"] == "Nguyễn"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "students", "cas"]
)
def test_ok_leads_to_no_other_site(elsewhere, client):
    page = board(client, f"/messages/?next={elsewhere}")
    assert page.typed("/messages/").get("next", "") == ""
    assert client.post("/messages/", {"next": elsewhere})["Location"] == "/"


# Reading


def test_important_messages_come_first_and_are_marked_in_words(client, level1, caseworker):
    a_message(by=caseworker, subject="Important news", is_important=True)
    a_message(by=caseworker, subject="Other news")
    assert unread(board(client)) == ["Important news New Important", "Other news New"]


def test_more_messages_than_fit_on_a_page_are_acknowledged_page_by_page(client, level1, caseworker, monkeypatch):
    monkeypatch.setattr(messages, "IN_FULL", 2)
    for number in range(3):
        a_message(by=caseworker, subject=f"News {number}")
    page = board(client, "/messages/?next=/students/")
    assert unread(page) == ["News 2 New", "News 1 New"]
    assert "These are 2 of them. Select OK to see the next." in page.main.text
    address = sends(client, page)["Location"]
    assert address == "/messages/?next=%2Fstudents%2F"
    assert unread(board(client, address)) == ["News 0 New"]
    assert sends(client, board(client, address))["Location"] == "/students/"


def test_ok_does_not_acknowledge_a_message_that_arrived_after_the_page(client, level1, caseworker):
    a_message(by=caseworker)
    page = board(client)
    late = a_message(by=caseworker, subject="Late news")
    assert sends(client, page)["Location"] == "/messages/"
    assert list(Message.objects.unread_by(level1)) == [late]


def test_the_navigation_counts_what_is_unread(client, level1, caseworker):
    def link():
        nav = Page(client.get("/students/")).one("header").all("nav")[-1]
        return [a.text for a in nav.all("a") if a["href"] == "/messages/"]

    assert link() == ["Messages"]
    message = a_message(by=caseworker)
    assert link() == ["Messages (1 unread)"]
    verbs.acknowledge([message.pk], by=level1)
    assert link() == ["Messages"]


def test_the_licence_summary_leads_to_the_message_board(client):
    assert board(client, "/licence/").main.link("SMS message board") == "/messages/"


def test_a_message_has_a_page_of_its_own_where_it_can_be_acknowledged(client, level1, caseworker):
    message = a_message(by=caseworker)
    page = board(client, f"/messages/{message.pk}/")
    assert (page.h1, page.title) == ("The fee changes", f"Message {message.pk} – Sponsorship Management System")
    assert "You have not acknowledged this message." in page.main.text
    assert sends(client, page)["Location"] == "/messages/"
    assert "You acknowledged this message on" in board(client, f"/messages/{message.pk}/").main.text


def test_a_message_past_its_last_day_is_in_the_archive_and_no_longer_unread(client, level1, caseworker):
    with clock.set_to(clock.now() - timedelta(days=10)):
        old = a_message(by=caseworker, subject="Old news", days=5)
        ended = a_message(by=caseworker, subject="Wrong news", days=20)
    verbs.end(ended, by=caseworker)
    assert board(client).h1 == NONE
    archive = board(client, "/messages/archived/")
    assert (archive.h1, listed(archive)) == ("SMS message board – archived messages", ["Wrong news", "Old news"])
    page = board(client, f"/messages/{old.pk}/")
    assert page.main.buttons("OK") == []
    assert "Ended on" in board(client, f"/messages/{ended.pk}/").main.text


def test_another_sponsors_message_and_one_that_has_not_begun_are_not_found(client, outsider, caseworker):
    foreign = a_message(outsider.licence, by=caseworker)
    later = a_message(by=caseworker, starts_on=clock.today() + timedelta(days=1))
    for message in (foreign, later):
        assert client.get(f"/messages/{message.pk}/").status_code == 404
        assert message.subject not in client.get("/messages/").content.decode()


def test_messages_are_found_by_their_words_which_stand_in_no_address(client, caseworker):
    a_message(by=caseworker)
    a_message(by=caseworker, subject="Holidays", text="The help desk is closed on 25 December.")
    answer = client.post("/messages/search/", {"words": "DECEMBER"}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert "december" not in address.lower()
    page = Page(answer)
    assert (page.h1, listed(page)) == ("Messages found", ["Holidays"])
    assert page.typed("/messages/search/")["words"] == "DECEMBER"
    nothing = Page(client.post("/messages/search/", {"words": "zzz"}, follow=True))
    assert "No message has these words in its subject or its text." in nothing.main.text


@pytest.mark.parametrize("words", ["", " ", "x" * 101, "a\x00b"])
def test_a_search_for_nothing_or_too_much_says_so(words, client):
    answer = client.post("/messages/search/", {"words": words})
    assert answer.status_code == 422
    assert Page(answer).summary


def test_markup_in_a_message_is_shown_as_text(client, caseworker):
    a_message(by=caseworker, subject="<b>Fee</b>", text="<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/messages/").content.decode()


@pytest.mark.parametrize("sent", [{"messages": "x"}, {"messages": "9" * 30}, {"messages": "1 \0"}, {"next": "\0"}])
def test_wrong_input_acknowledges_nothing(sent, client):
    assert client.post("/messages/", sent).status_code == 302
    assert not Acknowledgement.objects.exists()


# By email as well


def test_a_user_chooses_messages_by_email(client, level1, caseworker):
    level1.amend(by=caseworker, name=level1.name, email="level1@example.ac.uk")
    assert board(client, "/messages/email/").typed()["is_wanted"] == "no"
    answer = client.post("/messages/email/", {"is_wanted": "yes"}, follow=True)
    assert Page(answer).banners == ["You will get new messages by email as well."]
    level1.refresh_from_db()
    assert level1.has_messages_by_email
    assert board(client, "/messages/email/").typed()["is_wanted"] == "yes"
    again = client.post("/messages/email/", {"is_wanted": "yes"}, follow=True)
    assert Page(again).banners == ["You made no changes, so nothing was saved."]
    client.post("/messages/email/", {"is_wanted": "no"})
    level1.refresh_from_db()
    assert not level1.has_messages_by_email


def test_without_an_email_address_messages_cannot_be_sent_by_email(client, level1):
    answer = client.post("/messages/email/", {"is_wanted": "yes"})
    assert answer.status_code == 422
    assert Page(answer).error_of("is_wanted") == "You have no email address in the portal yet, so select No"
    assert client.post("/messages/email/", {}).status_code == 422


# Statements


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_take_as_many_statements_for_many_messages_as_for_one(client, level1, caseworker):
    read, old = a_message(by=caseworker), a_message(by=caseworker)
    verbs.acknowledge([read.pk], by=level1)
    verbs.end(old, by=caseworker)
    a_message(by=caseworker)
    addresses = ["/messages/", "/messages/archived/", f"/messages/{read.pk}/", "/students/"]
    client.get("/students/")
    few = [statements(client, address) for address in addresses]
    for _ in range(5):
        a_message(by=caseworker)
        verbs.acknowledge([a_message(by=caseworker).pk], by=level1)
        verbs.end(a_message(by=caseworker), by=caseworker)
    assert [statements(client, address) for address in addresses] == few


def test_the_number_of_unread_messages_takes_no_statement_of_its_own(client, as_user, level2, caseworker):
    a_message(by=caseworker)
    other = as_user(level2)
    for each in (client, other):
        each.get("/accessibility/")
        with CaptureQueriesContext(connection) as captured:
            each.get("/accessibility/")
        assert len(captured) == 2  # the session, and the user
