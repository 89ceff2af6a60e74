"""Nothing that a user types is lost, even after a time-out, with and without JavaScript."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.models import CAS
from licences import time_out
from licences.models import Draft, Session
from licences.models.session import SessionStore
from tests.core.test_values import MISREAD
from tests.factories import a_cas

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEW = "/students/create-cas/STUDENT/new/"
KEPT = re.compile(r"^Kept \d+:\d\d[ap]m$")
TYPED = {"family_name": "Nguyễn", "given_names": "Thị Minh", "course_fees_paid": "5.000,00"}


def pass_time(*, minutes, seconds=0):
    """Make the server believe that no user was active for this time."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session[time_out.ACTIVE_AT] -= timedelta(minutes=minutes, seconds=seconds).total_seconds()
        session.save()


@pytest.fixture
def at_form(visit, level1):
    """Return a function that opens the form of a new CAS, in a browser whose clock the test controls."""

    def arrive(**options):
        visitor = visit(level1, **options)
        if visitor.with_javascript:
            visitor.page.clock.install()
        visitor.goes_to(NEW)
        return visitor

    return arrive


def kept_line(page):
    return page.locator("[data-kept]")


def types_and_waits(visitor, texts=TYPED):
    visitor.types(texts)
    with visitor.page.expect_response(lambda answer: "x-keep-draft" in answer.request.headers):
        visitor.page.clock.fast_forward(2_000)
    expect(kept_line(visitor.page)).to_have_text(KEPT)


def comes_true(question):
    """Wait at most ten seconds until `question()` is true."""
    for _ in range(100):
        if question():
            return
        time.sleep(0.1)
    raise AssertionError("The condition never became true")


def dialog(page):
    return page.get_by_role("dialog", name="You will soon be signed out")


def is_warned(visitor):
    """Let eighteen minutes pass, at the server and in the browser, and expect the warning."""
    pass_time(minutes=18, seconds=1)
    visitor.page.clock.fast_forward("18:01")
    expect(dialog(visitor.page)).to_be_visible()


# While typing


def test_a_draft_is_kept_without_saving_and_comes_back_after_a_reload(at_form, inspector):
    visitor = at_form()
    types_and_waits(visitor)
    inspector.looks_at(visitor, "Form, kept")
    assert not CAS.objects.exists()
    visitor.page.reload()
    visitor.holds(TYPED)
    visitor.sees("We kept what you typed on")
    inspector.looks_at(visitor, "Form, typed again")
    visitor.selects("Students")
    visitor.sees("draft:")
    inspector.looks_at(visitor, "Students, with a draft")


def test_a_screen_reader_announces_once_that_a_draft_is_kept(at_form):
    visitor = at_form()
    status = visitor.page.get_by_role("status").filter(has_text="What you type is kept")
    types_and_waits(visitor)
    expect(status).to_have_count(1)
    expect(kept_line(visitor.page).locator("xpath=ancestor-or-self::*[@role or @aria-live]")).to_have_count(0)


def test_a_draft_is_kept_two_seconds_after_the_last_change_and_not_with_each_change(at_form):
    visitor = at_form()
    sent = []
    visitor.page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    for name in ("N", "Ng", "Ngu", "Nguy"):
        visitor.types({"family_name": name})
        visitor.page.clock.fast_forward(1_000)
    assert not sent
    types_and_waits(visitor, {"family_name": "Nguyễn"})
    assert len(sent) == 1
    visitor.page.clock.fast_forward(60_000)
    assert len(sent) == 1


def test_leaving_the_page_keeps_the_last_typing(at_form, level1):
    visitor = at_form()
    visitor.types(TYPED)
    visitor.selects("Students")
    visitor.sees_screen("Students")
    comes_true(Draft.objects.open().exists)
    visitor.page.reload()
    visitor.selects("Nguyễn, Thị Minh")
    visitor.holds(TYPED)


def test_a_save_leaves_no_draft(at_form):
    visitor = at_form()
    visitor.types({"family_name": "Wang"})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.page.clock.fast_forward(60_000)
    assert not Draft.objects.open().exists()


def test_a_user_who_goes_back_after_a_save_sees_an_empty_form(at_form):
    visitor = at_form()
    types_and_waits(visitor)
    visitor.types({"course_fees_paid": "5000"})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.page.go_back()
    visitor.sees_screen("Create a CAS")
    visitor.holds({"family_name": ""})
    types_and_waits(visitor, {"family_name": "The next"})


def test_while_the_portal_does_not_answer_the_form_says_so_and_tries_again(at_form):
    visitor = at_form()
    page = visitor.page
    page.route(f"**{NEW}*", lambda route: route.fulfill(body="Bad gateway"))
    visitor.types(TYPED)
    page.clock.fast_forward(2_000)
    expect(kept_line(page)).to_have_text("Not kept: the portal is not responding. Trying again.")
    page.unroute(f"**{NEW}*")
    page.clock.fast_forward(10_000)
    expect(kept_line(page)).to_have_text(KEPT)


def test_a_form_that_another_tab_has_saved_keeps_no_draft_and_says_so(visit, level1):
    cas = a_cas(level1)
    visitor = visit(level1)
    visitor.page.clock.install()
    visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    other = visitor.page.context.new_page()
    other.goto(f"/students/cas/{cas.pk}/edit/")
    other.get_by_role("button", name="Save", exact=True).click()
    other.get_by_role("heading", name="Confirmation of saved CAS").wait_for()
    visitor.types({"family_name": "Trần"})
    visitor.page.clock.fast_forward(2_000)
    expect(kept_line(visitor.page)).to_contain_text("Not kept: this form was saved in another tab.")


def test_typing_after_being_signed_out_is_kept_and_the_page_links_to_sign_in(at_form, level1):
    visitor = at_form()
    Session.objects.all().delete()
    visitor.types(TYPED)
    visitor.page.clock.fast_forward(2_000)
    line = kept_line(visitor.page)
    expect(line).to_have_text("You have been signed out. What you typed is kept. Sign in again")
    line.get_by_role("link").click()
    visitor.signs_in(level1)
    visitor.holds(TYPED)


# Without JavaScript


def test_a_save_after_the_time_out_without_javascript_keeps_everything(at_form, level1):
    visitor = at_form(with_javascript=False)
    visitor.types(TYPED)
    visitor.field(fields.BY_NAME["gender"]).get_by_label("Female").check()
    pass_time(minutes=21)
    visitor.selects("Save")
    visitor.sees_screen("Sign in")
    visitor.sees("You were signed out after 20 minutes without activity. What you typed is kept")
    visitor.signs_in(level1)
    visitor.sees_screen("Create a CAS")
    visitor.sees("We kept what you typed on")
    visitor.holds(TYPED)
    expect(visitor.field(fields.BY_NAME["gender"]).get_by_label("Female")).to_be_checked()
    visitor.selects("Save")
    visitor.sees_errors(f"Course fees paid to date {MISREAD}")
    visitor.types({"course_fees_paid": "5000"})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")


def test_another_user_who_signs_in_there_does_not_see_the_draft(at_form, level2):
    visitor = at_form(with_javascript=False)
    visitor.types(TYPED)
    pass_time(minutes=21)
    visitor.selects("Save")
    visitor.signs_in(level2)
    visitor.sees_screen("Create a CAS")
    visitor.holds(dict.fromkeys(TYPED, ""))


def test_a_draft_can_be_deleted(at_form):
    visitor = at_form()
    types_and_waits(visitor)
    visitor.page.reload()
    visitor.selects("Delete it and start again")
    visitor.sees_screen("Create a CAS")
    visitor.holds(dict.fromkeys(TYPED, ""))
    visitor.selects("Students")
    expect(visitor.page.get_by_text("draft:")).to_have_count(0)


# The time-out


def test_the_warning_appears_two_minutes_before_the_time_out_and_is_accessible(at_form, inspector):
    visitor = at_form()
    page = visitor.page
    page.clock.fast_forward("17:50")
    expect(dialog(page)).to_be_hidden()
    is_warned(visitor)
    expect(dialog(page)).to_contain_text(re.compile(r"Time left: 1:\d\d"))
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    inspector.looks_at(visitor, "Warning")


@pytest.mark.parametrize("how", ["Enter", "Space", "Escape", "click", "click outside"])
def test_dismissing_the_warning_keeps_the_user_signed_in_at_the_same_place(at_form, how):
    visitor = at_form()
    page = visitor.page
    name = visitor.field(fields.BY_NAME["family_name"])
    name.focus()
    is_warned(visitor)
    with page.expect_response("**/session/") as stayed:
        if how == "click":
            visitor.selects("Stay signed in")
        elif how == "click outside":
            page.mouse.click(5, 5)
        else:
            page.keyboard.press(how)
    assert stayed.value.request.method == "POST"
    expect(dialog(page)).to_be_hidden()
    expect(name).to_be_focused()
    assert stayed.value.json() == {"seconds": 1200}
    page.clock.fast_forward("17:50")
    expect(dialog(page)).to_be_hidden()


def test_the_keyboard_focus_stays_within_the_warning(at_form):
    visitor = at_form()
    is_warned(visitor)
    for button in ("Sign out", None, "Stay signed in", "Sign out"):
        visitor.page.keyboard.press("Tab")
        if button:
            expect(visitor.page.get_by_role("button", name=button).filter(visible=True).last).to_be_focused()


def test_a_user_can_sign_out_from_the_warning(at_form, level1):
    visitor = at_form()
    types_and_waits(visitor)
    is_warned(visitor)
    dialog(visitor.page).get_by_role("button", name="Sign out").click()
    visitor.sees_screen("Sign in")
    assert Draft.objects.for_user(level1).open().count() == 1


def test_a_screen_reader_announces_the_time_left_only_once_at_the_end(at_form):
    visitor = at_form()
    page = visitor.page
    is_warned(visitor)
    last_call = dialog(page).locator("[role=alert]")
    time_left = page.get_by_text("Time left:")
    expect(time_left).to_have_attribute("aria-hidden", "true")
    expect(last_call).to_be_empty()
    pass_time(minutes=1, seconds=40)
    page.clock.run_for(100_000)
    expect(last_call).to_have_text("You will be signed out in 20 seconds.")


def test_when_time_is_up_the_page_leads_to_sign_in_and_back_to_the_draft(at_form, level1):
    visitor = at_form()
    types_and_waits(visitor)
    is_warned(visitor)
    pass_time(minutes=2)
    visitor.page.clock.fast_forward("02:00")
    visitor.page.clock.run_for(2_000)
    visitor.sees_screen("Sign in")
    visitor.sees("You were signed out after 20 minutes without activity.")
    visitor.signs_in(level1)
    visitor.sees_screen("Create a CAS")
    visitor.holds(TYPED)


def test_a_page_on_a_computer_that_slept_leads_to_sign_in(at_form):
    visitor = at_form()
    types_and_waits(visitor)
    pass_time(minutes=600)
    visitor.page.clock.fast_forward("10:00:00")
    visitor.sees_screen("Sign in")


def test_activity_in_one_tab_keeps_the_other_tabs_signed_in(at_form):
    visitor = at_form()
    other = visitor.page.context.new_page()
    pass_time(minutes=17)
    other.goto("/students/")
    with visitor.page.expect_response("**/session/"):
        visitor.page.clock.fast_forward("18:01")
    expect(dialog(visitor.page)).to_be_hidden()


def test_activity_in_another_tab_closes_the_warning(at_form):
    visitor = at_form()
    is_warned(visitor)
    visitor.page.context.new_page().goto("/students/")
    visitor.page.clock.run_for(11_000)
    expect(dialog(visitor.page)).to_be_hidden()


@pytest.mark.parametrize(
    "answer",
    [{"body": "Bad gateway"}, {"status": 429, "json": {"unavailable": "Try again in a minute."}}],
    ids=["no JSON", "other JSON"],
)
def test_while_the_portal_does_not_answer_the_user_stays_on_the_page(at_form, answer):
    visitor = at_form()
    page = visitor.page
    is_warned(visitor)
    page.route("**/session/", lambda route: route.fulfill(**answer))
    page.clock.fast_forward("05:00")
    page.clock.run_for(30_000)
    visitor.sees_screen("Create a CAS")
    page.unroute("**/session/")
    page.clock.run_for(11_000)
    expect(dialog(page)).to_contain_text("Time left: 1:")
