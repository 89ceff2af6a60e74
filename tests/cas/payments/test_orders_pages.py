"""Payments afterwards: their list, the page of each, its receipt, and *Assign again* (specification, section 6)."""

import io

import pytest
from pypdf import PdfReader

from cas.models import CAS
from licences.models import Event
from tests.factories import a_batch, a_batch_order, a_cas, a_licence, a_user, an_allocation, an_order, order_in_status
from tests.pages import Page

ENDED = {
    "DECLINED": "It was declined on ",
    "CANCELLED": "It was cancelled on ",
    "LAPSED": "It lapsed on ",
    "REFUND DUE": "The money arrived, but the CAS could not be assigned. A refund has been due since ",
    "REFUNDED": "The money arrived, but the CAS could not be assigned. It was refunded on ",
}
each_ended = pytest.mark.parametrize("status", ENDED)


@pytest.fixture
def cas(level2, allocation):
    return a_cas(level2)


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def details(order):
    return f"/payments/{order.reference}/details/"


def text_of(answer):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


# Where the CAS or the batch stands


@each_ended
@pytest.mark.parametrize("where", ["", "saved/"])
def test_a_cas_says_how_its_last_payment_ended_and_offers_assign_again(status, where, client, cas, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    page = Page(client.get(f"/students/cas/{cas.pk}/{where}"))
    assert "The last payment for this CAS assigned nothing" in page.main.text
    assert f"{status} {ENDED[status]}" in page.main.text
    assert page.main.link("See the payment") == details(order)
    again = page.main.link("Assign again")
    assert Page(client.get(again)).h1 == "Assign CAS"


@each_ended
def test_assign_again_is_not_offered_where_assign_is_not_available(status, client, cas, level2, caseworker):
    order_in_status(status, cas, caseworker=caseworker)
    CAS.objects.get().amend({"course_title": ""}, by=level2, version=CAS.objects.get().version)
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    assert "The last payment for this CAS assigned nothing" in page.main.text
    assert page.main.buttons("Assign again") == []
    assert "why-not" in page.ids


@pytest.mark.parametrize("status", ["OPEN", "PAID"])
def test_a_cas_whose_payment_is_open_or_assigned_it_says_nothing_of_an_end(status, client, cas, caseworker):
    first = order_in_status("DECLINED", cas, caseworker=caseworker)
    order = order_in_status(status, cas, caseworker=caseworker)
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    assert "assigned nothing" not in page.main.text
    addresses = {link["href"] for link in page.main.all("a")}
    assert details(first) not in addresses
    assert {details(order), f"/payments/{order.reference}/"} & addresses


@pytest.mark.parametrize("verb", ["decline", "cancel", "lapse"])
def test_a_batch_says_how_its_last_payment_ended_and_offers_assign_again(verb, client, level2, allocation, system):
    batch = a_batch(level2, a_cas(level2), a_cas(level2, passport_number="OTHER123"))
    order = a_batch_order(batch)
    getattr(order, verb)(by=system)
    page = Page(client.get(f"/students/batches/{batch.pk}/"))
    assert "The last payment for this batch assigned nothing" in page.main.text
    assert page.main.link("See the payment") == details(order)
    assert page.main.link("Assign again") == f"/students/batches/{batch.pk}/assign/"
    of_one = Page(client.get(f"/students/cas/{batch.cas.first().pk}/"))
    assert "The last payment for this CAS assigned nothing" in of_one.main.text
    assert of_one.main.buttons("Assign again") == [], "it is assigned with the batch"


# The page of an order


@pytest.mark.parametrize("status", ["PAID", *ENDED])
def test_the_page_of_an_order_says_who_when_for_what_and_how_it_ended(status, client, cas, level2, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    page = Page(client.get(details(order)))
    assert page.status == 200
    lines = dict(page.main.lines())
    assert lines["Reference"] == order.reference
    assert lines["For"] == "CAS of Nguyễn, Thị Minh"
    assert lines["Opened by"] == "Level2"
    assert {"Opened", "Closed", "Route"} <= lines.keys()
    assert (lines["Fee for each CAS"], lines["Total"]) == ("£55.00", "£55.00")
    assert page.main.all(of="sms-status")[0].text == status
    assert page.main.link("Nguyễn, Thị Minh") == f"/students/cas/{cas.pk}/"
    assert "Payment started" in page.main.one(of="sms-timeline").text
    assert bool(page.main.buttons("Assign again")) == (status in ENDED)
    assert bool(page.main.buttons("Print the receipt")) == (status in {"PAID", "REFUND DUE", "REFUNDED"})


def test_the_page_of_the_order_of_a_batch_lists_its_cas_and_offers_assign_again(client, level2, allocation, system):
    batch = a_batch(level2, a_cas(level2), a_cas(level2, passport_number="OTHER123"))
    order = a_batch_order(batch)
    order.decline(by=system)
    page = Page(client.get(details(order)))
    assert dict(page.main.lines())["For"] == "The batch September intake, 2 CAS"
    assert len(page.main.one("tbody").all("tr")) == 2
    assert page.main.link("Assign again") == f"/students/batches/{batch.pk}/assign/"


def test_the_page_of_an_open_order_is_the_one_on_which_it_can_be_continued(client, cas, level2):
    order = an_order(cas, by=level2)
    assert client.get(details(order))["Location"] == f"/payments/{order.reference}/"


def test_the_confirmation_leads_to_the_payment(client, cas, caseworker):
    order = order_in_status("PAID", cas, caseworker=caseworker)
    for where in ("", "assigned/"):
        page = Page(client.get(f"/students/cas/{cas.pk}/{where}"))
        assert page.main.link("Payment and receipt") == details(order)


# The receipt


@pytest.mark.parametrize("status", ["PAID", "REFUND DUE", "REFUNDED"])
def test_a_receipt_is_printed_for_money_that_was_received(status, client, cas, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.post(f"/payments/{order.reference}/receipt/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="receipt-{order.reference}.pdf"'
    text = text_of(answer)
    for part in ("University of Example", "4NUV7KB58", order.reference, "£55.00", status, "Level2"):
        assert part in text
    assert ("Reference of the refund BACS 20417" in text) == (status == "REFUNDED")
    if status == "PAID":
        assert CAS.objects.get().number in text
    assert Event.objects.about("order", order.pk).last().verb == "print_receipt"
    assert "Receipt printed" in Page(client.get(details(order))).main.one(of="sms-timeline").text


@pytest.mark.parametrize("status", ["OPEN", "DECLINED", "CANCELLED", "LAPSED"])
def test_there_is_no_receipt_without_a_payment(status, client, cas, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.post(f"/payments/{order.reference}/receipt/", follow=True)
    assert "No payment was received for this order, so it has no receipt." in Page(answer).banners


def test_the_receipt_of_a_batch_names_the_batch_and_the_number(client, level2, allocation, system):
    order = a_batch_order(a_batch(level2, a_cas(level2), a_cas(level2, passport_number="OTHER123")))
    order.settle(by=system)
    text = text_of(client.post(f"/payments/{order.reference}/receipt/"))
    for part in ("CAS in the batch September intake", "Number of CAS 2", "£110.00"):
        assert part in text


# The list


def listed(page):
    return [row.all("td")[-1].text for table in page.main.all("tbody") for row in table.all("tr")]


def test_payments_are_listed_newest_first_and_by_state(client, cas, level2, caseworker, system):
    declined = order_in_status("DECLINED", cas, caseworker=caseworker)
    paid = order_in_status("PAID", a_cas(level2, family_name="Wang", passport_number="OTHER123"), caseworker=caseworker)
    page = Page(client.get("/payments/"))
    assert page.h1 == "Payments"
    assert listed(page) == [paid.reference, declined.reference]
    assert "Wang, Thị Minh" in page.main.text
    assert listed(Page(client.get(page.main.link("DECLINED 1")))) == [declined.reference]
    assert page.main.link("Wang, Thị Minh") == details(paid)
    assert Page(client.get("/students/")).main.link("Payments") == "/payments/"


def test_no_payments_says_when_one_starts(client):
    assert "A payment starts when you assign a CAS or a batch." in Page(client.get("/payments/")).main.text


def test_a_level_2_user_sees_the_payments_of_their_own_cas(as_user, level1, level2, colleague, outsider, cas):
    order = an_order(cas, by=level1)
    for user, seen in ((level1, True), (level2, True), (colleague, False), (outsider, False)):
        assert (listed(Page(as_user(user).get("/payments/"))) == [order.reference]) is seen
    for address in (details(order), f"/payments/{order.reference}/receipt/"):
        for user in (colleague, outsider):
            method = as_user(user).get if "details" in address else as_user(user).post
            assert method(address).status_code == 404


def test_a_level_2_user_reads_no_name_of_a_student_of_another_user_in_an_order_that_they_share(
    as_user, level1, level2, colleague, allocation, system
):
    batch = a_batch(
        level2, a_cas(level2, family_name="Wang"), a_cas(level2, family_name="Li", passport_number="OTHER123")
    )
    order = a_batch_order(batch, by=level2)
    order.decline(by=system)
    [_, theirs] = CAS.objects.order_by("pk")
    batch.remove(by=level2)
    CAS.objects.filter(pk=theirs.pk).change_owner(colleague, by=level1)
    text = Page(as_user(colleague).get("/payments/")).main.text
    assert "Li" in text
    assert "Wang" not in text


def test_many_payments_have_pages_and_take_as_many_statements_as_one(
    as_user, caseworker, django_assert_max_num_queries
):
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    an_allocation(licence, 100, by=caseworker)
    user = a_user("large", "LEVEL_1", licence)
    client = as_user(user)
    client.get("/students/")
    an_order(a_cas(user), by=user)
    with django_assert_max_num_queries(6) as few:
        client.get("/payments/")
    for number in range(26):
        an_order(a_cas(user, passport_number=f"M{number}"), by=user)
    with django_assert_max_num_queries(len(few)):
        first = Page(client.get("/payments/"))
    assert len(listed(first)) == 25
    assert len(listed(Page(client.get("/payments/", {"page": 2})))) == 2
