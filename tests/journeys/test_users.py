"""Users of a sponsor and their passwords (specification, section 9; manual 1). Each page is inspected."""

import re

import pytest
from django.core import mail

from cas.models import CAS
from licences.models import User
from tests.factories import a_cas
from tests.jobs import work_all
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HOME = "Manage Level 1 and 2 users"
FIRST, SECOND, THIRD = "plum tractor window", "quarry kingfisher lamp", "seven rivers of chalk"


@pytest.fixture(autouse=True)
def address_in_emails(live_server, settings):
    settings.PORTAL_ADDRESS = live_server.url


def link_mailed():
    work_all()
    (found,) = re.findall(r"http://\S+", mail.outbox[-1].body)
    return found


def fill(visitor, **typed):
    for label, text in typed.items():
        visitor.page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def signs_in(visitor, username, password):
    visitor.sees_screen("Sign in")
    fill(visitor, User_ID=username, Password=password)
    visitor.selects("Sign in")


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_a_level_2_user_is_added_chooses_and_changes_a_password_forgets_it_and_leaves(
    with_javascript, width, visit, inspector, level1, level2
):
    boss = visit(level1, with_javascript=with_javascript, width=width)
    boss.goes_to("/licence/")
    boss.page.get_by_role("main").get_by_role("link", name=HOME).click()
    boss.sees_screen(HOME)
    inspector.looks_at(boss, "users")
    boss.selects("Add a Level 2 user")
    boss.selects("Add user")
    boss.sees_errors("Enter the name", "Enter the email address")
    inspector.looks_at(boss, "add a user, with errors")
    fill(boss, Name="Jo Bloggs", Email_address="jo@example.ac.uk")
    boss.selects("Add user")
    boss.sees_screen("Jo Bloggs")
    jo = User.objects.get(name="Jo Bloggs")
    boss.sees(f"Jo Bloggs is added with the User ID {jo.username}.")
    inspector.looks_at(boss, "a new user")

    # The new user follows the link in the email
    user = visit(with_javascript=with_javascript, width=width)
    user.goes_to(link_mailed())
    user.sees_screen("Choose your password")
    assert user.page.url.endswith("/password/choose/")
    inspector.looks_at(user, "choose a password")
    fill(user, New_password="short")
    user.selects("Choose this password")
    user.sees_errors("Password must have 12 characters or more")
    inspector.looks_at(user, "choose a password, with an error")
    fill(user, New_password=FIRST)
    user.selects("Choose this password")
    user.sees("Your new password is set. Sign in with it.")
    signs_in(user, jo.username, FIRST)
    user.sees_screen("Students")

    user.goes_to("/password/change/")
    user.sees_screen("Change Password")
    inspector.looks_at(user, "change password")
    fill(user, Old_password="wrong", New_password=SECOND)
    user.page.get_by_role("main").get_by_role("button", name="Change Password").click()
    user.sees("Your old password is wrong.")
    fill(user, Old_password=FIRST, New_password=SECOND)
    user.page.get_by_role("main").get_by_role("button", name="Change Password").click()
    user.sees("Your password is changed.")

    # The user forgets it
    other = visit(with_javascript=with_javascript, width=width)
    other.goes_to("/sign-in/")
    other.selects("Forgotten your password?")
    other.sees_screen("Forgotten your password?")
    inspector.looks_at(other, "forgotten password")
    other.selects("Send the link")
    other.sees_errors("Enter your User ID or your email address")
    fill(other, User_ID_or_email_address="JO@example.ac.uk")
    other.selects("Send the link")
    other.sees_screen("Check your email")
    inspector.looks_at(other, "check your email")
    link = link_mailed()
    other.goes_to(link)
    fill(other, New_password=THIRD)
    other.selects("Choose this password")
    signs_in(other, jo.username, THIRD)
    other.sees_screen("Students")
    other.goes_to(link)
    other.sees_screen("This link does not work")
    inspector.looks_at(other, "a link that was used")

    # The user leaves
    a_cas(jo)
    boss.goes_to("/users/")
    boss.selects("Jo Bloggs")
    inspector.looks_at(boss, "a user")
    boss.selects("Edit user profile")
    inspector.looks_at(boss, "edit a user profile")
    fill(boss, Name="Jo Smith")
    boss.selects("Save")
    boss.sees("The user profile is saved.")
    boss.selects("Deactivate")
    boss.sees("They own 1 CAS.")
    inspector.looks_at(boss, "deactivate a user")
    boss.selects("Deactivate")
    boss.sees_errors("Select the new owner")
    boss.page.get_by_label("New owner of their CAS and batches").select_option(label="Level2 (level2)")
    boss.selects("Deactivate")
    boss.sees("Jo Smith is deactivated, and signed out everywhere. Transferred to Level2: 1 CAS.")
    inspector.looks_at(boss, "a deactivated user")
    assert CAS.objects.get().owner == level2
    other.goes_to("/students/")
    signs_in(other, jo.username, THIRD)
    other.sees_errors("This User ID is deactivated. Ask a Level 1 user of your organisation")
    boss.selects("Reactivate")
    boss.sees("Jo Smith can sign in again.")
    signs_in(other, jo.username, THIRD)
    other.sees_screen("Students")
