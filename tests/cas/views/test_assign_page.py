"""The page `Assign CAS` (manual 4, guide 1, step 6)."""

from datetime import date

import pytest

from cas.details import fields
from licences.roles import Role
from sms.core import clock
from tests.days import noon_on
from tests.factories import a_cas, a_draft, a_licence, a_user, an_allocation, an_order, assigned
from tests.pages import Page


@pytest.fixture
def page_for(as_user):
    def open_page(user, cas):
        return Page(as_user(user).get(f"/students/cas/{cas.pk}/assign/"))

    return open_page


def is_refused(page):
    (assign,) = page.buttons("Assign")
    return assign.is_unavailable and assign["aria-describedby"] == "why-not"


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_the_page_shows_the_student_the_course_the_fee_and_the_allocation(user, page_for, level2, allocation, request):
    page = page_for(request.getfixturevalue(user), a_cas(level2))
    assert page.h1 == "Assign CAS"
    lines = dict(page.main.lines())
    assert lines["Student"] == "Nguyễn, Thị Minh"
    assert lines["Course curriculum title"] == "MSc Data Science"
    assert lines["Course dates"] == "14 September 2099 to 10 September 2100"
    assert lines["Fee"] == "£55.00"
    aside = page.one("aside").text
    assert aside.startswith(f"Current CAS allocation, Student route {allocation.year}")
    assert "10 unused of 10" in aside
    assert "9 unused after you assign this CAS." in aside


def test_assign_sends_the_version_that_the_page_showed(page_for, level1, allocation):
    cas = a_cas(level1)
    cas.amend({"course_id": "2"}, by=level1, version=1)
    page = page_for(level1, cas)
    form = page.form(f"/students/cas/{cas.pk}/online-payment/")
    assert form["method"] == "get"
    assert page.typed(form["action"]) == {"version": "2"}
    assert form.buttons("Assign")
    assert page.main.link("Back") == f"/students/cas/{cas.pk}/saved/"


def test_the_details_are_shown_for_checking(page_for, level1, allocation):
    page = page_for(level1, a_cas(level1))
    lines = dict(page.main.lines())
    assert lines["Passport or travel document number"] == "B1234567"
    assert lines["Documents used to obtain the offer"] == "BSc Mathematics, Hanoi University, 2024"


def test_each_missing_field_is_listed_with_a_link_to_it(page_for, level1, allocation):
    cas = a_draft(level1)
    page = page_for(level1, cas)
    assert is_refused(page)
    box = page.by_id("why-not")
    assert box.link("Date of birth") == f"/students/cas/{cas.pk}/edit/#id_date_of_birth_day"
    assert len(box.all("a")) == len(fields.missing(cas))


def test_with_no_place_left_the_page_tells_a_level_1_user_to_ask_for_more(page_for, level1, licence, caseworker):
    an_allocation(licence, 2, by=caseworker)
    assigned(a_cas(level1))
    an_order(a_cas(level1), by=level1)
    page = page_for(level1, a_cas(level1))
    assert is_refused(page)
    text = page.by_id("why-not").text
    assert "has 0 unused of 2 (1 used, 1 held for payments). You need 1." in text
    assert "Ask the Home Office for more with Request CoS/CAS increase." in text


def test_with_no_place_left_the_page_tells_a_level_2_user_to_ask_a_level_1_user(page_for, level2, licence, caseworker):
    an_allocation(licence, 1, by=caseworker)
    assigned(a_cas(level2))
    page = page_for(level2, a_cas(level2))
    assert is_refused(page)
    text = page.by_id("why-not").text
    assert "Ask a Level 1 user to request an increase." in text
    assert "Request CoS/CAS increase" not in text


def test_the_page_says_that_the_sponsor_has_no_allocation_for_the_route(page_for, level1):
    page = page_for(level1, a_cas(level1))
    assert is_refused(page)
    assert "Your sponsor has no current allocation for this route." in page.by_id("why-not").text
    assert "You have no allocation for this route this year." in page.one("aside").text


def test_an_allocation_of_another_year_does_not_count(page_for, level1, licence, caseworker, allocation):
    with clock.set_to(noon_on(date(clock.today().year + 1, 12, 31))):
        assert is_refused(page_for(level1, a_cas(level1)))


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (lambda licence, by: licence.suspend(by=by, reason="A visit"), "Your licence is SUSPENDED"),
        (lambda licence, by: licence.revoke(by=by, reason="A visit"), "Your licence is REVOKED"),
        (
            lambda licence, by: licence.surrender_route("STUDENT", by=by, reason="A visit"),
            "Your licence does not cover the Student route",
        ),
    ],
    ids=["suspended", "revoked", "route surrendered"],
)
def test_the_page_says_why_the_licence_does_not_allow_assigning(
    page_for, level1, licence, allocation, caseworker, end, sentence
):
    cas = a_cas(level1)
    end(licence, caseworker)
    page = page_for(level1, cas)
    assert is_refused(page)
    assert sentence in page.by_id("why-not").text


def test_the_page_says_on_which_day_the_licence_ended(page_for, caseworker):
    licence = a_licence("2ABCDEF34", "One", by=caseworker)
    user = a_user("one", Role.LEVEL_1, licence)
    an_allocation(licence, by=caseworker)
    cas = a_cas(user)
    type(licence).objects.filter(pk=licence.pk).update(expires_on=date(2021, 4, 5))
    page = page_for(user, cas)
    assert is_refused(page)
    assert "Your licence ended on 5 April 2021. You can no longer assign CAS." in page.by_id("why-not").text


def test_a_course_that_has_ended_is_refused_with_a_link_to_its_end_date(page_for, level1, allocation):
    cas = a_cas(level1, course_start_date=date(2019, 9, 2), course_end_date=date(2020, 7, 1))
    page = page_for(level1, cas)
    assert is_refused(page)
    box = page.by_id("why-not")
    sentence = "The course has already ended. Check the expected course end date."
    assert box.link(sentence) == f"/students/cas/{cas.pk}/edit/#id_course_end_date_day"


def test_a_course_that_has_begun_gives_only_a_warning(page_for, level1, allocation):
    page = page_for(level1, a_cas(level1, course_start_date=date(2020, 9, 2)))
    assert not is_refused(page)
    assert "The course start date is in the past" in page.main.text


def test_an_assigned_cas_cannot_be_assigned_again(page_for, level1, allocation):
    page = page_for(level1, assigned(a_cas(level1)))
    assert is_refused(page)
    assert "This CAS is ASSIGNED. It has already been assigned." in page.by_id("why-not").text


def test_assign_leads_to_the_payment_while_it_is_open(as_user, level1, level2, allocation):
    cas = a_cas(level2)
    order = an_order(cas, by=level2)
    for user in (level1, level2):
        for step in ("assign", "online-payment"):
            answer = as_user(user).get(f"/students/cas/{cas.pk}/{step}/")
            assert (answer.status_code, answer["Location"]) == (302, f"/payments/{order.reference}/")
