"""Caseworkers search the lists of the admin by the portal's own search: nothing that they type stands in an address."""

import pytest
from django.contrib import admin

from cas.models import Order
from licences.models import Addressee, Allocation, Licence, Message, StoredSearch, User
from sponsorship_duties.models import Activity
from tests.factories import PASSWORD, a_cas, a_licence, an_allocation, an_order, assigned, order_in_status
from tests.pages import Page
from tests.sponsorship_duties.factories import a_report

pytestmark = pytest.mark.django_db

SEARCHED = {Licence, Allocation, User, Order, Activity, Message, Addressee}


@pytest.fixture
def find(desk):
    """Return a function that searches a list, and returns the address and the page that it leads to."""

    def search(model, text):
        answer = desk.client.post(f"/admin/{model}/find/", {"sought": text}, follow=True)
        return answer.redirect_chain[-1][0], Page(answer)

    return search


@pytest.fixture
def orders(level2, outsider, allocation, caseworker):
    """Make a refund that is due to one sponsor, and an open payment of another."""
    an_allocation(outsider.licence, by=caseworker)
    due = order_in_status(
        "REFUND DUE", a_cas(level2, family_name="Okafor", given_names="Ada", applicant_id="A-77"), caseworker=caseworker
    )
    two = [a_cas(outsider, family_name="Wang", given_names="Wei", passport_number=f"W{n}00") for n in range(2)]
    return due, an_order(*two, by=outsider)


def rows(page):
    return [row.text for body in page.all("tbody") for row in body.all("tr")]


def test_these_lists_are_searched():
    assert {model for model, each in admin.site._registry.items() if each.sought} == SEARCHED


def test_an_order_is_found_by_the_student_the_cas_the_sponsor_or_its_reference(orders, find):
    due, several = orders
    cas = due.lines.get().cas
    for text in ("Okafor", "okafor, ad", cas.applicant_id, "4NUV7KB58", " 4nuv7kb58", due.reference.upper()):
        address, page = find("cas/order", text)
        assert [due.reference in row for row in rows(page)] == [True], text
        assert "okafor" not in address.lower()
    assert [several.reference in row for row in rows(find("cas/order", "Wang")[1])] == [True]
    assert "Nothing matches your search and the filters you chose." in find("cas/order", "Zzyzx")[1].main.text


def test_the_list_of_orders_names_the_students_and_adds_up(orders, desk):
    page = desk.read("/admin/cas/order/")
    assert ["Wang, Wei and 1 more" in rows(page)[0], "Okafor, Ada" in rows(page)[1]] == [True, True]
    assert "2 on this list. In total: 3 CAS, £165.00." in page.main.text


def test_a_filter_keeps_the_search_and_the_text_stays_in_the_field(orders, find, desk):
    _, page = find("cas/order", "Okafor")
    assert page.typed(action="/admin/cas/order/find/")["sought"] == "Okafor"
    narrowed = desk.read("/admin/cas/order/" + page.main.link("REFUND DUE"))
    assert len(rows(narrowed)) == 1
    assert rows(desk.read("/admin/cas/order/" + page.main.link("PAID"))) == []


def test_a_report_is_found_by_the_student(level2, allocation, find):
    a_report(assigned(a_cas(level2, family_name="Okafor", passport_number="P100")), by=level2)
    a_report(assigned(a_cas(level2, family_name="Wang", passport_number="P101")), by=level2)
    assert ["Okafor" in row for row in rows(find("sponsorship_duties/activity", "Okafor")[1])] == [True]
    assert len(rows(find("sponsorship_duties/activity", "4NUV7KB58")[1])) == 2


def test_licences_allocations_and_users_are_found_by_name_or_number(level2, allocation, outsider, caseworker, find):
    for text in ("elsewhere", "7XKQ2MD93"):
        assert ["Elsewhere College" in row for row in rows(find("licences/licence", text)[1])] == [True]
    assert len(rows(find("licences/allocation", "University of Ex")[1])) == 1
    assert rows(find("licences/allocation", "elsewhere")[1]) == []
    assert ["Outsider" in row for row in rows(find("licences/user", "outsid")[1])] == [True]
    assert ["Outsider" in row for row in rows(find("licences/user", "7XKQ2MD93")[1])] == [True]


@pytest.mark.parametrize("model", ["cas/order", "licences/licence", "sponsorship_duties/activity"])
@pytest.mark.parametrize("typed", ["", "   ", "x" * 300])
def test_a_wrong_search_says_why_beside_the_field_and_is_not_kept(model, typed, desk):
    answer = desk.client.post(f"/admin/{model}/find/", {"sought": typed})
    page = Page(answer)
    assert page.error_of("sought")
    assert page.typed()["sought"].strip() == typed.strip()
    assert not StoredSearch.objects.exists()


def test_only_the_caseworker_who_searched_has_the_result(orders, find, as_user):
    address, _ = find("cas/order", "Okafor")
    other = User.objects.add(
        by=User.objects.system(), username="other", name="Other", role="CASEWORKER", licence=None, password=PASSWORD
    )
    assert as_user(other).get(address).status_code == 404


def test_the_first_page_names_the_students_and_says_how_many_in_total(orders, level2, desk, caseworker):
    a_report(assigned(a_cas(level2, family_name="Bello", passport_number="B100")), by=level2)
    a_licence("4NUV7KB01", "College of Doubt", by=caseworker).suspend(by=caseworker, reason="A visit")
    text = desk.read("/admin/").main.text
    assert "Okafor, Ada" in text
    assert "Bello" in text
    assert "Refunds due: 1 " in text
    assert "In total: £55.00. All orders with a refund due" in text
    assert "Reports to read: 1 " in text
    assert "Suspended licences: 1 " in text


def test_the_live_cas_affected_by_the_visa_brake_are_a_filter(level2, allocation, desk):
    assigned(a_cas(level2, nationality="AFG", family_name="Ahmadi", passport_number="P100"))
    assigned(a_cas(level2, nationality="VNM", passport_number="P101"))
    page = desk.read("/admin/cas/cas/")
    assert len(rows(page)) == 2
    shown = desk.read("/admin/cas/cas/" + page.main.link("Live CAS affected"))
    assert ["Ahmadi" in row for row in rows(shown)] == [True]
