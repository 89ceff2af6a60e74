"""Caseworkers write messages to sponsors, and see who has read them (specification, section 9)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.message_board import verbs
from licences.models import Message
from licences.roles import Role
from sms.core import clock
from tests.factories import a_licence, a_user
from tests.licences.factories import a_message, written
from tests.pages import Page

pytestmark = pytest.mark.django_db

LIST, ADD = "/admin/licences/message/", "/admin/licences/message/add/"
NEWS = {"subject": "The fee changes", "text": "From 9 April.", "audience": "ALL"}


def rows(page):
    return [[cell.text for cell in row.all("th", "td")] for body in page.main.all("tbody") for row in body.all("tr")]


def writes(desk, **typed):
    """Write a message on its form. Return the next page, and the message if it was saved."""
    page = desk.send(ADD, **{**NEWS, **typed})
    return page, Message.objects.first()


def test_a_message_is_written_previewed_and_sent(desk, level1, outsider, happened):
    page, message = writes(desk)
    assert page.banners == ["Message saved. Check whom it reaches, and then send it"]
    assert ("Reaches now", "2 sponsors with 2 Level 1 users") in page.lines()
    assert ("State", "Not sent") in page.lines()
    assert not Message.objects.unread_by(level1).exists()
    preview = desk.read(f"{LIST}{message.pk}/send/")
    assert "The message reaches 2 sponsors with 2 Level 1 users." in preview.main.text
    assert ("Message", "From 9 April.") in preview.lines()
    sent = desk.send(f"{LIST}{message.pk}/send/")
    assert ("State", "Active") in sent.lines()
    assert list(Message.objects.unread_by(level1)) == [message]
    assert happened() == [("message", "write", "caseworker"), ("message", "send", "caseworker")]


def test_one_sponsor_is_named_by_its_licence_number(desk, level1, outsider):
    page, message = writes(desk, audience="ONE", licence_number=" 4nuv-7kb 58 ")
    assert ("For", "University of Example (4NUV7KB58)") in page.lines()
    assert message.licence == level1.licence


def test_some_sponsors_are_chosen_by_what_they_have(desk, licence):
    page, message = writes(desk, audience="SOME", routes="STUDENT", statuses="SUSPENDED")
    assert ("For", "Licensed routes: Student; Status of the licence: SUSPENDED") in page.lines()
    assert message.conditions == {"routes": ["STUDENT"], "statuses": ["SUSPENDED"]}
    assert ("Reaches now", "0 sponsors with 0 Level 1 users") in page.lines()
    refused = desk.send(f"{LIST}{message.pk}/send/")
    assert "No sponsor fits the conditions of this message. Amend them to send it." in refused.main.text


@pytest.mark.parametrize(
    ("typed", "field", "error"),
    [
        ({"subject": ""}, "subject", "Enter the subject"),
        ({"text": ""}, "text", "Enter the message"),
        ({"audience": "ONE"}, "licence_number", "Enter the licence number of the sponsor"),
        ({"audience": "ONE", "licence_number": "X"}, "licence_number", "No sponsor has the licence number X"),
        ({"audience": "SOME"}, "routes", "Select what the sponsors have: a route, a status or a rating"),
        (
            {"starts_on": clock.today() - timedelta(days=2)},
            "starts_on",
            "The first day of the message must be today or later",
        ),
        (
            {"until_on": clock.today() - timedelta(days=2)},
            "until_on",
            "Until must be the first day of the message or later",
        ),
    ],
    ids=str,
)
def test_wrong_input_gets_a_sentence_and_loses_nothing(typed, field, error, desk, licence):
    page, message = writes(desk, **typed)
    assert page.error_of(field) == error
    assert message is None
    kept = {**NEWS, **typed}
    assert page.typed()["text"] == kept["text"]


def test_a_message_is_amended_until_it_begins(desk, licence, caseworker):
    later = a_message(by=caseworker, starts_on=clock.today() + timedelta(days=3))
    page = desk.send(f"{LIST}{later.pk}/amend/", subject="Another fee")
    assert page.h1 == "Another fee"
    begun = a_message(by=caseworker)
    assert "Amend" not in [a.text for a in desk.read(f"{LIST}{begun.pk}/").all("a")]
    refused = desk.client.get(f"{LIST}{begun.pk}/amend/", follow=True)
    assert Page(refused).banners == ["Amend is no longer possible. Check the history."]


def test_a_message_is_ended_early_with_a_warning(desk, level1, caseworker):
    message = a_message(by=caseworker)
    question = desk.read(f"{LIST}{message.pk}/end/")
    assert "Sponsors will find the message in their archive" in question.main.text
    page = desk.send(f"{LIST}{message.pk}/end/")
    assert ("State", "Archived") in page.lines()
    assert not Message.objects.unread_by(level1).exists()
    discarded = written(by=caseworker)
    desk.send(f"{LIST}{discarded.pk}/end/")
    assert ("State", "Discarded") in desk.read(f"{LIST}{discarded.pk}/").lines()


def test_the_list_is_filtered_by_state_and_writer_and_searched(desk, level1, caseworker):
    a_message(by=caseworker, subject="Active news")
    written(by=caseworker, subject="Unsent news")
    a_message(by=caseworker, subject="Later news", starts_on=clock.today() + timedelta(days=3))
    verbs.end(a_message(by=caseworker, subject="Old news"), by=caseworker)
    level1.licence.suspend(by=caseworker, reason="A visit")

    def found(query):
        return [row[0] for row in rows(desk.read(f"{LIST}?{query}"))]

    assert found("state=active") == ["Your licence is SUSPENDED", "Active news"]
    assert found("state=unsent") == ["Unsent news"]
    assert found("state=later") == ["Later news"]
    assert found("state=archived") == ["Old news"]
    assert found("writer=portal") == ["Your licence is SUSPENDED"]
    assert len(found("writer=caseworker")) == 4
    answer = desk.client.post(f"{LIST}find/", {"sought": "later"}, follow=True)
    assert [row[0] for row in rows(Page(answer))] == ["Later news"]


def test_a_search_keeps_the_filters(desk, licence, caseworker):
    a_message(by=caseworker, subject="Fee, sent")
    written(by=caseworker, subject="Fee, not sent")
    action = desk.read(f"{LIST}?state=active").one("form", of="sms-find-in-list")["action"]
    answer = desk.client.post(action, {"sought": "fee"}, follow=True)
    assert [row[0] for row in rows(Page(answer))] == ["Fee, sent"]


# Who has read it


@pytest.fixture
def read_by_some(level1, outsider, caseworker):
    """Send a message to three sponsors: all users of the first have read it, some of the second, none of the third."""
    deputy = a_user("deputy", Role.LEVEL_1, outsider.licence)
    a_user("third", Role.LEVEL_1, a_licence("4NUV7KB01", "Third College", by=caseworker))
    message = a_message(by=caseworker)
    for user in (level1, deputy):
        verbs.acknowledge([message.pk], by=user)
    a_message(level1.licence, by=caseworker, subject="Another")
    return message


def test_the_page_of_a_message_counts_who_has_acknowledged_it(read_by_some, desk):
    page = desk.read(f"{LIST}{read_by_some.pk}/")
    assert ("Sent to", "3 sponsors with 4 Level 1 users") in page.lines()
    assert ("Acknowledged by", "2 Level 1 users of 2 sponsors") in page.lines()


def test_the_sponsors_of_a_message_are_listed_with_who_has_and_has_not(read_by_some, desk):
    page = desk.read(f"{LIST}{read_by_some.pk}/")
    address = page.main.link("Which sponsors have and have not acknowledged it")
    listed = desk.read(address)
    assert "3 on this list" in listed.main.text
    assert [(row[0], row[-1]) for row in rows(listed)] == [
        ("Elsewhere College", "1 of 2"),
        ("Third College", "0 of 1"),
        ("University of Example", "1 of 1"),
    ]
    names = {
        label: [row[0] for row in rows(desk.read("/admin/licences/addressee/" + listed.main.link(label)))]
        for label in ("By no user", "By some of the users", "By all users")
    }
    assert names == {
        "By no user": ["Third College"],
        "By some of the users": ["Elsewhere College"],
        "By all users": ["University of Example"],
    }


def test_the_page_of_a_sponsor_and_a_message_names_the_users(read_by_some, desk, outsider):
    addressee = read_by_some.addressees.get(licence=outsider.licence)
    page = desk.read(f"/admin/licences/addressee/{addressee.pk}/")
    users = {row[1]: row[2] for row in rows(page)}
    assert users["outsider"] == "Not yet"
    assert str(clock.today().year) in users["deputy"]


def test_the_page_of_a_licence_leads_to_its_messages(read_by_some, desk, level1):
    page = desk.read(f"/admin/licences/licence/{level1.licence_id}/")
    listed = rows(desk.read(page.main.link("All messages to this sponsor")))
    assert [row[1] for row in listed] == ["Another", "The fee changes"]


def test_lists_and_pages_take_as_many_statements_for_many_sponsors_as_for_few(read_by_some, desk, caseworker):
    pk = read_by_some.pk
    addresses = [f"{LIST}", f"{LIST}{pk}/", f"/admin/licences/addressee/?message__id__exact={pk}&acknowledged=none"]

    def counted(address):
        with CaptureQueriesContext(connection) as captured:
            desk.read(address)
        return len(captured)

    desk.read("/admin/")
    few = [counted(address) for address in addresses]
    for number in range(10, 20):
        a_licence(f"4NUV7KB{number}", f"College {number}", by=caseworker)
    many = a_message(by=caseworker)
    addresses = [address.replace(str(pk), str(many.pk)) for address in addresses]
    assert [counted(address) for address in addresses] == few
