"""The page `Students`, where all work on CAS begins (manual 4, guide 1, step 1)."""

from datetime import date, timedelta

import pytest

from licences.routes import Route
from sms.core import clock
from tests.days import noon_on
from tests.factories import (
    a_batch,
    a_batch_order,
    a_cas,
    a_draft,
    an_allocation,
    an_order,
    assigned,
    in_status,
    order_in_status,
)
from tests.pages import Page


@pytest.fixture
def students(as_user):
    def open_page(user):
        return Page(as_user(user).get("/students/"))

    return open_page


def test_the_page_leads_to_create_cas_and_to_the_existing_cas(students, level1, allocation):
    page = students(level1)
    assert page.title == "Students – Sponsorship Management System"
    assert page.h1 == "Students"
    assert page.main.link("All CAS") == "/students/cas/"
    assert page.main.link("0 READY TO GO") == "/students/cas/?status=READY+TO+GO"
    assert {link["href"] for link in page.main.all("a") if link.text == "Create CAS"} == {"/students/create-cas/"}


def test_the_page_names_the_sponsor_and_its_licence(students, level1, allocation):
    assert "University of Example · licence 4NUV7KB58" in students(level1).main.text


def test_the_page_says_when_the_licence_is_not_active(students, level1, licence, caseworker):
    licence.suspend(by=caseworker, reason="A visit")
    assert "licence 4NUV7KB58 · SUSPENDED" in students(level1).main.text


def test_the_counts_include_only_cas_that_the_user_may_see(students, level1, level2, colleague, outsider, allocation):
    a_cas(level1)
    a_cas(level2)
    assigned(a_cas(colleague))
    a_cas(outsider)
    assert "3 in total, 1 ASSIGNED." in students(level1).main.text
    assert students(level1).main.link("2 READY TO GO")
    assert "1 in total, 0 ASSIGNED." in students(level2).main.text
    assert students(level2).main.link("1 READY TO GO")


def test_the_allocations_of_this_year_are_shown_with_their_numbers(students, level1, licence, allocation, caseworker):
    an_allocation(licence, 1234, Route.CHILD_STUDENT, by=caseworker)
    assigned(a_cas(level1))
    an_order(a_cas(level1), by=level1)
    aside = students(level1).one("aside").text
    assert "8 unused of 10" in aside
    assert "1 used · 1 held for payments · expires" in aside
    assert "1,234 unused of 1,234" in aside
    assert aside.index("Student route") < aside.index("Child Student route")


def test_without_an_allocation_the_page_says_that_no_cas_can_be_assigned(students, level1):
    text = students(level1).one("aside").text
    assert "You have no allocation for this year, so you cannot assign CAS." in text


def test_the_unfinished_cas_of_the_user_are_listed_with_the_last_changed_first(students, level1, level2):
    first = a_draft(level1, family_name="First")
    a_draft(level1, family_name="Second")
    a_draft(level2, family_name="Another")
    first.amend({"given_names": "Anna"}, by=level1, version=1)
    lines = students(level1).main.one(of="sms-lines").all("li")
    assert [line.one("a").text for line in lines] == ["First, Anna", "Second"]
    assert lines[0].one("a")["href"] == f"/students/cas/{first.pk}/"
    assert "WORK IN PROGRESS" in lines[0].text


def test_an_empty_page_says_what_will_appear_there(students, level1, allocation):
    text = students(level1).main.text
    assert "Your drafts, batches and CAS that are not assigned yet appear here." in text
    assert "Nothing needs your attention." in text


def test_a_payment_that_is_open_needs_attention(students, level1, allocation):
    order = an_order(a_cas(level1), by=level1)
    page = students(level1)
    assert page.main.link("Payment of £55.00 is waiting") == f"/payments/{order.reference}/"
    assert "Nothing needs your attention." not in page.main.text


def attention(page):
    """Return the lines of *Needs attention*."""
    return [line.text for line in page.main.one("section").all("li")]


def test_what_needs_attention_is_the_first_thing_on_the_page(students, level1, allocation):
    an_order(a_cas(level1), by=level1)
    text = students(level1).main.text
    assert text.index("Needs attention") < text.index("Create CAS")
    assert "Needs attention" not in students(level1).one("aside").text


def test_each_line_of_needs_attention_names_the_student_or_the_batch(students, level1, allocation, caseworker):
    an_order(a_cas(level1, family_name="Bello"), by=level1)
    a_batch_order(a_batch(level1, a_cas(level1), a_cas(level1, passport_number="P2"), name="September intake"))
    order_in_status("REFUND DUE", a_cas(level1, family_name="Okafor"), caseworker=caseworker)
    live = assigned(a_cas(level1, family_name="Wang", given_names="Wei"))
    lines = attention(students(level1))
    assert lines[0].startswith("Payment of £110.00 is waiting batch September intake opened")
    assert lines[1].startswith("Payment of £55.00 is waiting Bello")
    assert lines[2].startswith("Refund of £55.00 is due Okafor")
    with clock.set_to(noon_on(live.expires_on - timedelta(days=10))):
        (line,) = (each for each in attention(students(level1)) if "about to expire" in each)
    assert line == "1 CAS about to expire Wang, Wei"


def test_a_line_about_several_cas_names_the_first_student_and_counts_the_others(students, level1, allocation):
    for name in ("Wang", "Young", "Zhou"):
        cas = assigned(a_cas(level1, family_name=name, given_names="Wei", passport_number=name))
    with clock.set_to(noon_on(cas.expires_on - timedelta(days=10))):
        assert "3 CAS about to expire Wang, Wei and 2 more" in attention(students(level1))


def test_a_level_2_user_reads_no_name_of_another_users_student(students, level1, level2, colleague, allocation):
    for owner, name in ((colleague, "Hidden"), (level2, "Visible")):
        cas = assigned(a_cas(owner, family_name=name, passport_number=name))
    with clock.set_to(noon_on(cas.expires_on - timedelta(days=10))):
        assert "Visible" in students(level2).main.text
        assert "Hidden" not in students(level2).main.text


def test_many_payments_are_cut_to_the_newest_ten_with_a_link_to_all(students, level1, licence, caseworker):
    an_allocation(licence, 100, by=caseworker)
    for number in range(11):
        an_order(a_cas(level1, family_name=f"Student {number}", passport_number=f"P{number}"), by=level1)
    lines = attention(students(level1))
    assert len(lines) == 11
    assert "Student 10" in lines[0]
    assert lines[-1] == "See all payments More payments or refunds are waiting"


def test_a_refund_that_is_due_needs_attention(students, level1, allocation, caseworker):
    order = order_in_status("REFUND DUE", a_cas(level1), caseworker=caseworker)
    assert students(level1).main.link("Refund of £55.00 is due") == f"/payments/{order.reference}/"


def test_a_level_2_user_sees_the_payments_for_their_own_cas_only(students, level1, level2, colleague, allocation):
    an_order(a_cas(colleague), by=colleague)
    assert "is waiting" not in students(level2).main.text
    assert "is waiting" in students(level1).main.text


def test_a_cas_with_an_application_does_not_need_attention(students, level1, allocation, caseworker):
    cas = assigned(a_cas(level1))
    cas.record_application(clock.today(), by=caseworker)
    with clock.set_to(clock.now() + timedelta(days=170)):
        assert "about to expire" not in students(level1).main.text


@pytest.mark.parametrize("number", [1, 2])
def test_cas_that_expire_soon_need_attention(students, level1, allocation, number):
    for _ in range(number):
        cas = assigned(a_cas(level1))
    almost = noon_on(cas.expires_on - timedelta(days=30))
    with clock.set_to(almost - timedelta(days=1)):
        assert "about to expire" not in students(level1).main.text
    with clock.set_to(almost):
        address = students(level1).main.link(f"{number} CAS about to expire")
        assert address == "/students/sponsorship-duties/check/expiring/"


def test_the_page_counts_cas_of_every_final_status(students, level1, allocation, caseworker):
    for status in ("USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"):
        in_status(status, by=level1, caseworker=caseworker)
    assert "5 in total, 0 ASSIGNED." in students(level1).main.text


def test_the_page_takes_as_many_statements_for_thirty_cas_as_for_one(
    as_user, level1, licence, caseworker, django_assert_max_num_queries
):
    an_allocation(licence, 100, by=caseworker)
    client = as_user(level1)
    a_draft(level1)
    client.get("/students/")
    with django_assert_max_num_queries(16) as few:
        client.get("/students/")
    for n in range(10):
        a_draft(level1, family_name=f"Draft {n}")
        assigned(a_cas(level1))
        an_order(a_cas(level1), by=level1)
    with django_assert_max_num_queries(len(few)):
        client.get("/students/")


def test_the_navigation_marks_the_current_page_and_names_the_user(students, level1):
    header = students(level1).one("header")
    (current,) = [link for link in header.all("a") if link["aria-current"]]
    assert current.text == "Students"
    assert "Level1" in header.text
    assert [form["action"] for form in header.all("form")] == ["/students/find/", "/sign-out/"]


def test_the_year_of_an_allocation_is_written_as_sponsors_write_it(students, level1, licence, caseworker):
    with clock.set_to(clock.now().replace(year=2027, month=5, day=1)):
        allocation = an_allocation(licence, by=caseworker)
        assert allocation.starts_on == date(2027, 5, 1)
        assert "Student route 2027/28" in students(level1).one("aside").text
