"""The page `Online payment` with its button `OK` (manual 4, guide 1, step 7)."""

import pytest

from cas.models import CAS, Order, Rule
from sms.core import clock
from tests.factories import a_cas, a_draft, an_allocation, an_order, assigned
from tests.pages import Page
from tests.payments import silence


@pytest.fixture
def cas(level1, allocation):
    return a_cas(level1)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def address(cas):
    return f"/students/cas/{cas.pk}/online-payment/"


def test_the_page_shows_what_is_paid_for_the_number_the_fee_and_the_total(client, cas):
    page = Page(client.get(address(cas)))
    assert page.h1 == "Online payment"
    assert [cell.text for cell in page.one("thead").all("th")] == ["For", "Number", "Fee", "Total"]
    cells = [cell.text for cell in page.one("tbody").all("td")]
    assert cells == ["CAS of Nguyễn, Thị Minh, Student route", "1", "£55.00", "£55.00"]
    assert {link["href"] for link in page.all("a") if link.text == "Back"} == {f"/students/cas/{cas.pk}/assign/"}
    assert not Order.objects.exists()


def test_the_fee_is_that_of_today(client, cas):
    Rule.objects.create(name="fee_pence", from_on=clock.today(), value=123_456)
    assert "£1,234.56" in Page(client.get(address(cas))).main.text


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_ok_opens_an_order_holds_a_place_and_leads_to_the_page_of_the_provider(
    user, as_user, level2, allocation, request
):
    cas, client = a_cas(level2), as_user(request.getfixturevalue(user))
    answer = client.post(address(cas), Page(client.get(address(cas))).typed())
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, order.payment_url)
    assert (order.status, order.total_pence, order.opened_by.username) == ("OPEN", 5500, user)
    allocation.refresh_from_db()
    assert (allocation.held, allocation.used) == (1, 0)
    page = Page(client.get(answer["Location"]))
    assert page.h1 == "Sandbox payment page"
    assert "£55.00" in page.main.text


def test_a_cas_that_was_changed_meanwhile_is_refused_before_payment(client, cas, level1, allocation):
    assign = Page(client.get(f"/students/cas/{cas.pk}/assign/"))
    shown = assign.typed(address(cas))
    cas.amend({"course_id": "2"}, by=level1, version=1)
    sent = Page(client.get(address(cas), shown)).typed()
    assert sent == {"version": "1"}
    answer = client.post(address(cas), sent, follow=True)
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/assign/", 302)]
    sentence = "Another user changed this CAS after you opened this page. Check it and try again."
    assert Page(answer).banners == [sentence]
    assert not Order.objects.exists()
    allocation.refresh_from_db()
    assert allocation.held == 0


@pytest.mark.parametrize("version", ["", "0", "-1", "9" * 30, "one", "\u0661", "1\x00"])
def test_a_version_that_was_never_shown_opens_no_order(client, cas, version):
    answer = client.post(address(cas), {"version": version})
    assert answer["Location"] == f"/students/cas/{cas.pk}/assign/"
    assert not Order.objects.exists()


def test_other_values_that_are_sent_do_not_change_the_order(client, cas):
    client.post(address(cas), {"version": "1", "fee_pence": "1", "count": "0", "provider": "none", "status": "PAID"})
    order = Order.objects.get()
    assert (order.total_pence, order.provider, order.status) == (5500, "sandbox", "OPEN")


def test_a_second_ok_leads_to_the_open_order(client, cas):
    sent = Page(client.get(address(cas))).typed()
    client.post(address(cas), sent)
    order = Order.objects.get()
    answer = client.post(address(cas), sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/payments/{order.reference}/")
    assert Order.objects.count() == 1


def test_if_the_last_place_was_taken_meanwhile_the_page_says_so_before_payment(client, level1, licence, caseworker):
    an_allocation(licence, 1, by=caseworker)
    cas = a_cas(level1)
    sent = Page(client.get(address(cas))).typed()
    an_order(a_cas(level1), by=level1)
    answer = client.post(address(cas), sent, follow=True)
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/assign/", 302)]
    assert "has 0 unused of 1" in Page(answer).by_id("why-not").text
    assert Order.objects.count() == 1


def test_if_the_last_place_is_taken_in_the_same_moment_the_order_is_refused(
    client, level1, licence, caseworker, monkeypatch
):
    an_allocation(licence, 1, by=caseworker)
    cas, other = a_cas(level1), a_cas(level1)
    sent = Page(client.get(address(cas))).typed()
    an_order(other, by=level1)
    monkeypatch.setattr("cas.models.assigning.too_few_places", lambda *args: "")
    answer = client.post(address(cas), sent)
    assert answer["Location"] == f"/students/cas/{cas.pk}/assign/"
    (banner,) = Page(client.get("/students/")).banners
    assert "has 0 unused of 1 (0 used, 1 held for payments). You need 1." in banner
    assert "Request CoS/CAS increase" in banner


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_cas_that_cannot_be_assigned_leads_back_to_assign(client, level1, allocation, licence, method):
    draft, done = a_draft(level1), assigned(a_cas(level1))
    for cas in (draft, done):
        answer = getattr(client, method)(address(cas), {"version": cas.version})
        assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/assign/")
    assert Order.objects.filter(status="OPEN").count() == 0


def test_when_the_provider_cannot_be_reached_the_order_stays_open_and_the_page_says_so(client, cas):
    with silence():
        answer = client.post(address(cas), {"version": "1"}, follow=True)
    order = Order.objects.get()
    assert answer.redirect_chain == [(f"/payments/{order.reference}/", 302)]
    page = Page(answer)
    assert page.banners == [
        "We cannot reach the payment service. You have not paid. Try again in a few minutes.",
    ]
    assert page.h1 == "Payment in progress"
    answer = client.post(f"/payments/{order.reference}/continue/")
    assert answer["Location"] == Order.objects.get().payment_url
    assert CAS.objects.get().status == "READY TO GO"
