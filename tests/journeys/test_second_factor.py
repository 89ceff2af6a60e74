"""The second factor and the own profile (specification, section 9). Each page is inspected."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from licences.models import Session
from licences.models.session import SIGNED_IN_AT, SessionStore
from tests.factories import PASSWORD
from tests.jobs import work_all
from tests.journeys.inspector import DESK, PHONE
from tests.second_factors import App

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def enters(visitor, code):
    visitor.page.get_by_label("Code", exact=True).fill(code)


def sees_line(visitor, label, text):
    visitor.sees_line(label, re.compile(text))


def signs_in(visitor, user):
    visitor.goes_to("/sign-in/")
    visitor.signs_in(user)


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_a_user_turns_it_on_signs_in_by_code_and_by_recovery_code_and_turns_it_off(
    with_javascript, width, visit, inspector, level2
):
    user = visit(with_javascript=with_javascript, width=width)
    signs_in(user, level2)
    user.sees_screen("Students")
    user.opens("Level2")
    user.sees_screen("Your profile")
    inspector.looks_at(user, "your profile")
    user.selects("Turn on")
    user.sees_screen("Set up your second factor")
    user.selects("Turn on")
    user.sees_errors("Enter the code")
    inspector.looks_at(user, "set up the second factor, with an error")
    term = user.page.get_by_role("term").filter(has_text=re.compile("^Key$"))
    app = App(term.locator("xpath=following-sibling::dd").inner_text())
    enters(user, app.code())
    user.selects("Turn on")
    user.sees_screen("Your recovery codes")
    inspector.looks_at(user, "recovery codes")
    codes = user.page.get_by_role("main").get_by_role("listitem").all_inner_texts()
    user.selects("I have kept these codes")
    user.sees_screen("Your profile")
    sees_line(user, "State", "On")

    user.opens("Sign out")
    user.signs_in(level2)
    user.sees_screen("Enter your code")
    inspector.looks_at(user, "the code at sign-in")
    enters(user, "000000")
    user.selects("Continue")
    user.sees_errors(
        "This code is wrong or was used before. After 3 wrong tries, you must wait 30 minutes before you can try again"
    )
    enters(user, app.code(later=1))
    user.selects("Continue")
    user.sees_screen("Students")

    for is_right in (True, False):
        user.opens("Sign out")
        user.signs_in(level2)
        enters(user, codes[0])
        user.selects("Continue")
        user.sees_screen("Students" if is_right else "Enter your code")
    enters(user, codes[1])
    user.selects("Continue")
    user.goes_to("/profile/")
    sees_line(user, "Recovery codes left", "8")

    user.selects("Make new recovery codes")
    user.sees_screen("Make new recovery codes")
    inspector.looks_at(user, "make new recovery codes")
    user.selects("Make new recovery codes")
    user.sees_screen("Your recovery codes")
    user.selects("I have kept these codes")
    user.selects("Turn off")
    user.sees_screen("Turn off your second factor")
    inspector.looks_at(user, "turn off the second factor")
    user.selects("Turn off")
    user.sees("Your second factor is turned off.")


def minutes_later(minutes):
    """Let every user have signed in so many minutes earlier."""
    for row in Session.objects.exclude(user=None):
        session = SessionStore(row.session_key)
        session[SIGNED_IN_AT] -= minutes * 60
        session.save()


def test_a_level_1_user_confirms_that_all_must_have_it_and_then_sets_it_up(visit, inspector, level1):
    user = visit()
    signs_in(user, level1)
    user.goes_to("/profile/")
    user.selects("Change who must have it")
    user.sees_screen("Second factor for all users")
    inspector.looks_at(user, "second factor for all users")
    user.chooses("All users")
    minutes_later(11)
    user.selects("Save")
    user.sees_screen("Confirm that it is you")
    user.selects("Continue")
    user.sees_errors("Enter your password")
    inspector.looks_at(user, "confirm that it is you, with an error")
    user.page.get_by_label("Password", exact=True).fill(PASSWORD)
    user.selects("Continue")
    user.sees_screen("Set up your second factor")
    user.sees("All users of your organisation must have a second factor.")
    inspector.looks_at(user, "set up a second factor that is required")


def test_a_user_changes_the_email_address_and_signs_out_everywhere(visit, inspector, level1, settings, live_server):
    settings.PORTAL_ADDRESS = live_server.url
    user, elsewhere = visit(), visit(level1)
    elsewhere.goes_to("/students/")
    signs_in(user, level1)
    user.goes_to("/profile/")
    user.selects("Change email address")
    user.sees_screen("Change your email address")
    user.selects("Send the link")
    user.sees_errors("Enter your email address")
    inspector.looks_at(user, "change the email address, with an error")
    user.page.get_by_label("Email address").fill("new@example.ac.uk")
    user.selects("Send the link")
    user.sees("A link is on its way to new@example.ac.uk.")
    inspector.looks_at(user, "your profile, with a new email address")
    work_all()
    (link,) = re.findall(r"http://\S+", mail.outbox[-1].body)
    user.goes_to(link)
    user.sees_screen("Confirm your email address")
    inspector.looks_at(user, "confirm the email address")
    user.selects("Confirm")
    user.sees("Your email address is confirmed.")
    user.goes_to(link)
    user.sees_screen("This link no longer works")
    inspector.looks_at(user, "a link to an address that no longer works")
    user.goes_to("/profile/")
    user.selects("Sign out everywhere")
    user.sees("You are signed out in all other browsers.")
    elsewhere.goes_to("/students/")
    elsewhere.sees_screen("Sign in")


def test_a_user_is_warned_once_before_the_longest_session_ends(visit, inspector, level1, settings):
    user = visit(level1)
    user.goes_to("/students/")
    minutes_later(settings.SESSION_HOURS * 60 - 1)
    user.goes_to("/profile/")
    dialog = user.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You have been signed in for a long time.")
    expect(dialog).not_to_contain_text("Stay signed in")
    inspector.looks_at(user, "the warning before the longest session ends")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_hidden()
    user.page.wait_for_timeout(1500)
    expect(dialog).to_be_hidden()
