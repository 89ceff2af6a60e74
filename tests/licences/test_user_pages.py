"""`Manage Level 1 and 2 users` (specification, sections 7 and 9; manual 1)."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cas.models import CAS, Batch
from licences.models import Event, SignIn, User
from licences.roles import Role
from tests.factories import PASSWORD, a_batch, a_cas, a_user, an_order, many
from tests.jobs import work_all
from tests.licences.links import chosen, mailed
from tests.pages import Page

pytestmark = pytest.mark.django_db

HOME = "Manage Level 1 and 2 users"
JO = {"name": "Jo Bloggs", "email": "jo@example.ac.uk"}


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def read(client, address="/users/"):
    return Page(client.get(address))


def send(client, address, **typed):
    return Page(client.post(address, typed, follow=True))


def rows(page):
    """Return the cells of each line of the list of users."""
    lines = [line for line in page.all("tr") if line.all("td")]
    return [[cell.text for cell in (*line.all("th"), *line.all("td"))] for line in lines]


def lock(user):
    for number in range(3):
        Client().post("/sign-in/", {"login": user.username, "password": f"guess {number}"})


def lines_about(user):
    events = Event.objects.about("user", user.pk).select_related("by")
    return [(line.verb, line.by.username) for line in events][1:]  # the first is that the user was added


# The list


def test_a_level_1_user_finds_it_in_the_navigation_and_on_the_licence_summary(client):
    page = read(client, "/licence/")
    assert page.one("header").link("Users") == "/users/"
    assert page.main.link(HOME) == "/users/"
    page = read(client)
    assert page.h1 == HOME
    assert [heading.text for heading in page.main.all("h2")] == ["Add and deactivate users"]
    assert page.link("Request a new Level 1 user") == "/licence/requests/new/level-1-user/"
    assert read(client, page.link("Request a new Level 1 user")).h1 == "Request a new Level 1 user"


def test_the_list_shows_active_users_first_with_their_state_last_sign_in_and_cas(
    client, level1, level2, colleague, caseworker, outsider
):
    many(colleague, 2)
    gone = a_user("aaron", Role.LEVEL_2, level1.licence)
    gone.deactivate(by=caseworker)
    lock(level2)
    found = rows(read(client))
    assert [line[:3] for line in found] == [
        ["Colleague", "colleague", "Level 2 user"],
        ["Level1", "level1", "Level 1 user"],
        ["Level2", "level2", "Level 2 user"],
        ["Aaron", "aaron", "Level 2 user"],
    ]
    assert [line[3].split()[0] for line in found] == ["Active", "Active", "Locked", "Deactivated"]
    assert [line[4] == "Never" for line in found] == [True, False, True, True]
    assert [line[5] for line in found] == ["2", "0", "0", "0"]


def test_a_long_list_has_pages_and_takes_as_many_statements(client, licence):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            client.get("/users/")
        return len(queries)

    statements()
    few = statements()
    for number in range(30):
        a_user(f"user{number:02}", Role.LEVEL_2, licence)
    assert statements() == few
    assert len(rows(read(client))) == 25
    assert len(rows(read(client, "/users/?page=2"))) == 6


# Adding


def test_a_level_2_user_is_added_at_once_and_gets_a_link_by_email(client, licence, level1):
    assert read(client, "/users/add/").h1 == "Add a Level 2 user"
    page = send(client, "/users/add/", **JO)
    user = User.objects.get(name="Jo Bloggs")
    assert (user.role, user.licence, user.email) == (Role.LEVEL_2, licence, "jo@example.ac.uk")
    assert not user.has_usable_password()
    assert page.banners == [
        (
            f"Jo Bloggs is added with the User ID {user.username}. "
            "A link to choose a password is on its way to jo@example.ac.uk."
        )
    ]
    assert ("User ID", user.username) in page.lines()
    assert ("Password", "Not chosen yet") in page.lines()
    work_all()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["jo@example.ac.uk"], "Choose your password")
    assert sent.from_email == "Sponsorship Management System <sms@example.org>"
    visitor = Client()
    visitor.get(mailed(), follow=True)
    chosen(visitor, "plum tractor window")
    answer = visitor.post("/sign-in/", {"login": user.username, "password": "plum tractor window"}, follow=True)
    assert Page(answer).h1 == "Students"
    assert ("Password", "Chosen by the user") in read(client, f"/users/{user.pk}/").lines()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", " ", "Enter the name"),
        ("email", "", "Enter the email address"),
        ("email", "jo at example", "Enter an email address, such as name@example.ac.uk"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_typed_is_lost(field, typed, sentence, client):
    page = send(client, "/users/add/", **JO | {field: typed})
    assert page.error_of(field) == sentence
    assert page.typed() | {field: ""} == JO | {field: ""}
    assert not User.objects.filter(name="Jo Bloggs").exists()


def test_a_form_that_sends_more_adds_no_other_kind_of_user(client, outsider):
    send(client, "/users/add/", **JO, role="LEVEL_1", licence=outsider.licence_id, username="root", password="x" * 20)
    user = User.objects.get(name="Jo Bloggs")
    assert user.role == Role.LEVEL_2
    assert user.licence != outsider.licence
    assert re.fullmatch("[CDFGHJKMNPQRTVWXY34679]{9}", user.username)
    assert not user.has_usable_password()


# Editing


def test_the_user_profile_of_a_level_2_user_is_edited(client, level2):
    page = read(client, f"/users/{level2.pk}/edit/")
    assert (page.h1, page.typed()["name"]) == ("Edit user profile", "Level2")
    after = send(client, f"/users/{level2.pk}/edit/", **page.typed() | JO)
    assert (after.h1, after.banners) == ("Jo Bloggs", ["The user profile is saved."])
    assert ("Email address", "jo@example.ac.uk") in after.lines()
    again = send(client, f"/users/{level2.pk}/edit/", **read(client, f"/users/{level2.pk}/edit/").typed())
    assert again.banners == ["You made no changes, so nothing was saved."]
    assert lines_about(level2) == [("amend", "level1")]


def test_a_level_1_user_who_saves_over_the_change_of_another_sees_that_first(client, level2, deputy):
    address = f"/users/{level2.pk}/edit/"
    typed = read(client, address).typed() | JO
    level2.amend(name="Level Two", email="two@example.ac.uk", by=deputy)
    page = send(client, address, **typed)
    assert page.summary[0][0] == "Another user has changed this. Check its history and decide again"
    assert page.typed() | JO == page.typed(), "nothing that was typed is lost"
    level2.refresh_from_db()
    assert level2.name == "Level Two"
    assert send(client, address, **page.typed()).banners == ["The user profile is saved."]


@pytest.mark.parametrize("whose", ["level1", "deputy"])
def test_only_the_home_office_changes_unlocks_and_reactivates_a_level_1_user(whose, client, request, caseworker):
    user = request.getfixturevalue(whose)
    lock(user)
    page = read(client, f"/users/{user.pk}/")
    assert "Only the Home Office can change, unlock or reactivate a Level 1 user." in page.main.text
    assert page.buttons("Edit user profile") == page.buttons("Unlock") == []
    for verb, said in (("edit", "change the details of"), ("unlock", "unlock")):
        after = send(client, f"/users/{user.pk}/{verb}/", **JO)
        assert after.banners == [f"Only the Home Office can {said} a Level 1 user."]
    assert [verb for verb, _ in lines_about(user)] == ["lock"]


# Unlocking, and a new link


def test_a_level_2_user_is_unlocked(client, level2):
    lock(level2)
    page = read(client, f"/users/{level2.pk}/")
    assert "Locked until" in page.main.text
    after = send(client, page.form(f"/users/{level2.pk}/unlock/")["action"])
    assert after.banners == ["Level2 is unlocked, and can try to sign in again at once."]
    assert "Locked until" not in after.main.text
    assert Client().post("/sign-in/", {"login": "level2", "password": PASSWORD}).status_code == 302
    assert send(client, f"/users/{level2.pk}/unlock/").banners == ["This account is no longer locked."]


def test_a_new_link_is_sent_and_its_page_says_what_became_of_it(client, level2, caseworker):
    assert send(client, f"/users/{level2.pk}/send-link/").banners == [
        "This user has no email address to send a link to. Enter it first."
    ]
    level2.amend(**JO, by=caseworker)
    after = send(client, f"/users/{level2.pk}/send-link/")
    assert after.banners == ["A link to choose a password is on its way to jo@example.ac.uk."]
    assert ("Latest link to choose a password", "On its way") in after.lines()
    work_all()
    assert dict(read(client, f"/users/{level2.pk}/").lines())["Latest link to choose a password"].startswith("Sent on")
    assert mail.outbox[0].to == ["jo@example.ac.uk"]
    assert lines_about(level2)[-1] == ("send_link", "level1")


# Deactivating


def test_a_user_is_deactivated_and_signed_out_at_once(client, level2, as_user):
    theirs = as_user(level2)
    page = read(client, f"/users/{level2.pk}/deactivate/")
    assert "They own no CAS and no batches." in page.main.text
    assert page.all("select") == []
    after = send(client, f"/users/{level2.pk}/deactivate/")
    assert after.banners == ["Level2 is deactivated, and signed out everywhere."]
    assert theirs.get("/students/").status_code == 302
    assert lines_about(level2) == [("deactivate", "level1")]
    assert "User deactivated" in read(client, "/licence/history/").main.text
    assert "User ID: level2" in " ".join(read(client, "/licence/history/").main.text.split())


def test_their_cas_and_batches_are_transferred_in_the_same_step(client, level2, colleague, deputy, caseworker):
    gone = a_user("gone", Role.LEVEL_2, level2.licence)
    gone.deactivate(by=caseworker)
    a_batch(level2, a_cas(level2))
    many(level2, 2)
    address = f"/users/{level2.pk}/deactivate/"
    page = read(client, address)
    assert "They own 3 CAS and 1 batch." in page.main.text
    offered = [option.text for option in page.one("select").all("option") if option["value"]]
    assert offered == [
        "Colleague (colleague)",
        "Deputy (deputy)",
        "Level1 (level1)",
        "Leave them with Level2: Level 1 users can transfer them later",
    ]
    assert send(client, address).error_of("to") == "Select the new owner"
    for other in (gone.pk, level2.pk, caseworker.pk, "x"):
        assert send(client, address, to=other).error_of("to")
    after = send(client, address, to=colleague.pk)
    assert after.banners == [
        "Level2 is deactivated, and signed out everywhere. Transferred to Colleague: 3 CAS and 1 batch."
    ]
    assert set(CAS.objects.values_list("owner__username", flat=True)) == {"colleague"}
    assert Batch.objects.get().owner == colleague
    assert "colleague" in after.main.text


def test_they_can_also_stay_with_the_user(client, level2):
    cas = a_cas(level2)
    send(client, f"/users/{level2.pk}/deactivate/", to="leave")
    cas.refresh_from_db()
    level2.refresh_from_db()
    assert (cas.owner, level2.is_active) == (level2, False)
    assert ("Owns", "1 CAS") in read(client, f"/users/{level2.pk}/").lines()


def test_if_something_cannot_be_transferred_the_user_stays_active(client, level2, colleague, allocation):
    an_order(a_cas(level2), by=level2)
    page = send(client, f"/users/{level2.pk}/deactivate/", to=colleague.pk)
    assert "paid for" in page.summary[0][0]
    level2.refresh_from_db()
    assert level2.is_active
    assert lines_about(level2) == []


def test_a_level_1_user_can_be_deactivated_by_another_but_not_reactivated(client, deputy):
    assert "Only the Home Office can reactivate" in read(client, f"/users/{deputy.pk}/deactivate/").main.text
    send(client, f"/users/{deputy.pk}/deactivate/")
    page = read(client, f"/users/{deputy.pk}/")
    assert page.link("request a new Level 1 user") == "/licence/requests/new/level-1-user/"
    assert page.buttons("Reactivate") == []
    after = send(client, f"/users/{deputy.pk}/reactivate/")
    assert after.banners == ["Only the Home Office can reactivate a Level 1 user."]


def test_a_user_cannot_deactivate_themselves_nor_twice(client, level1, level2, deputy):
    sentence = "You cannot take away your own right to sign in: ask another Level 1 user"
    assert sentence in read(client, f"/users/{level1.pk}/").main.text
    assert sentence in send(client, f"/users/{level1.pk}/deactivate/").main.text
    answer = client.get(f"/users/{level1.pk}/deactivate/", follow=True)
    assert Page(answer).banners == [sentence]
    send(client, f"/users/{level2.pk}/deactivate/")
    assert "This user is deactivated already." in send(client, f"/users/{level2.pk}/deactivate/").main.text


def test_a_level_2_user_is_reactivated_with_the_same_password_but_no_earlier_session(client, level2, as_user):
    theirs = as_user(level2)
    send(client, f"/users/{level2.pk}/deactivate/")
    after = send(client, f"/users/{level2.pk}/reactivate/")
    assert after.banners == ["Level2 can sign in again."]
    assert theirs.get("/students/").status_code == 302
    assert Client().post("/sign-in/", {"login": "level2", "password": PASSWORD}).status_code == 302
    assert send(client, f"/users/{level2.pk}/reactivate/").banners == ["This user is active already."]


# Who signed in


def test_a_level_1_user_sees_who_signed_in_when_and_from_which_kind_of_browser_but_not_from_where(client, level2):
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    typed = {"login": "level2", "password": PASSWORD}
    Client(headers={"user-agent": firefox}, REMOTE_ADDR="192.0.2.7").post("/sign-in/", typed)
    page = read(client, f"/users/{level2.pk}/")
    assert "Signed in Firefox on Windows" in page.main.text
    assert SignIn.objects.get().network == "192.0.2.7"
    assert "192.0.2.7" not in page.html


def test_the_page_of_a_user_takes_as_many_statements_however_long_their_past_is(client, level2):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/users/{level2.pk}/")
        return len(queries)

    statements()
    few = statements()
    many(level2, 30)
    for _ in range(10):
        lock(level2)
        level2.unlock(by=User.objects.system())
    assert statements() == few


# Who may


def test_a_level_2_user_sees_who_can_and_changes_nothing(as_user, level2, colleague):
    client = as_user(level2)
    assert [link for link in read(client, "/students/").all("a") if link.text == "Users"] == []
    events = Event.objects.count()
    for verb in ("", "edit/", "deactivate/", "reactivate/", "unlock/", "send-link/"):
        for user in (level2, colleague):
            answer = client.post(f"/users/{user.pk}/{verb}", JO)
            assert answer.status_code in {403, 405}
    assert "Only a Level 1 user can manage Level 1 and 2 users." in read(client).main.text
    assert Event.objects.count() == events
