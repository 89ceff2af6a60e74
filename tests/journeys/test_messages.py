"""A caseworker writes to all sponsors, a Level 1 user reads it after sign-in, and the caseworker sees who has not."""

import pytest

from licences.roles import Role
from tests.factories import a_user
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_a_message_is_written_sent_read_and_acknowledged(
    with_javascript, width, visit, inspector, level1, outsider, licence, caseworker
):
    deputy = a_user("deputy", Role.LEVEL_1, licence)
    level1.amend(by=caseworker, name=level1.name, email="level1@example.ac.uk")
    officer = visit(caseworker, with_javascript=with_javascript, width=width)
    officer.goes_to("/admin/licences/message/")
    officer.selects("Write a message")
    inspector.looks_at(officer, "write a message")
    officer.selects("Write a message")
    officer.sees_errors("Enter the subject", "Enter the message", "Select the sponsors that the message is for")
    inspector.looks_at(officer, "write a message, with errors")
    officer.page.get_by_label("Subject").fill("The fee changes")
    officer.page.get_by_label("Message", exact=True).fill("From 9 April, a CAS costs £60.\n\nTell your finance team.")
    officer.page.get_by_role("group", name="Is it important?").get_by_label("Yes").check()
    officer.chooses("All sponsors")
    officer.selects("Write a message")
    officer.sees("Message saved. Check whom it reaches, and then send it")
    officer.sees_line("Reaches now", "2 sponsors with 3 Level 1 users")
    inspector.looks_at(officer, "a message that is not sent")
    officer.selects("Send")
    officer.sees("The message reaches 2 sponsors with 3 Level 1 users.")
    inspector.looks_at(officer, "send a message")
    officer.selects("Send")
    officer.sees_line("State", "Active")
    inspector.looks_at(officer, "a message that is sent")

    sponsor = visit(with_javascript=with_javascript, width=width)
    sponsor.goes_to("/licence/")
    sponsor.signs_in(level1)
    sponsor.sees_screen("SMS message board – active messages")
    sponsor.sees("From 9 April, a CAS costs £60.")
    inspector.looks_at(sponsor, "active messages")
    sponsor.selects("OK")
    sponsor.sees_screen("Licence summary, applications and services")
    sponsor.selects("SMS message board")
    sponsor.sees("You have read all active messages from the Home Office.")
    inspector.looks_at(sponsor, "active messages, all read")
    sponsor.selects("The fee changes")
    sponsor.sees("You acknowledged this message on")
    inspector.looks_at(sponsor, "a message")
    sponsor.selects("SMS message board")
    sponsor.selects("Search")
    sponsor.sees_errors("Enter a word of the subject or of the message")
    inspector.looks_at(sponsor, "search messages")
    sponsor.page.get_by_role("main").get_by_label("Words of a message").fill("finance")
    sponsor.page.get_by_role("main").get_by_role("button", name="Search").click()
    sponsor.sees_screen("Messages found")
    inspector.looks_at(sponsor, "messages found")
    sponsor.selects("SMS message board")
    sponsor.selects("Messages by email")
    inspector.looks_at(sponsor, "messages by email")
    sponsor.page.get_by_label("Yes").check()
    sponsor.selects("Save")
    sponsor.sees("You will get new messages by email as well.")

    officer.page.reload()
    officer.sees_line("Acknowledged by", "1 Level 1 user of 1 sponsor")
    officer.selects("Which sponsors have and have not acknowledged it")
    officer.sees("1 of 2")
    inspector.looks_at(officer, "who has acknowledged")
    officer.selects("By some of the users")
    officer.selects(licence.name)
    officer.sees(deputy.username)
    officer.sees("Not yet")
    inspector.looks_at(officer, "the users of a sponsor")
    officer.selects("The fee changes")
    officer.selects("End")
    inspector.looks_at(officer, "end a message")
    officer.selects("End")
    officer.sees_line("State", "Archived")

    sponsor.selects("Archived messages")
    sponsor.sees("The fee changes")
    inspector.looks_at(sponsor, "archived messages")
