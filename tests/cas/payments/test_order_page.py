"""The page of a payment: its status, and continuing, cancelling or checking it again (specification, section 6)."""

import pytest

from cas.models import CAS, Order
from cas.views.orders import PROGRESS
from licences.models import User
from tests.factories import a_batch, a_batch_order, a_cas, an_order, order_in_status
from tests.pages import Page
from tests.payments import decided, sent_to_sandbox, silence

NO_ANSWER = "The payment service is not responding. We will keep checking whether you have paid."


@pytest.fixture
def cas(level1, allocation):
    return a_cas(level1)


@pytest.fixture
def order(cas, level1):
    return an_order(cas, by=level1)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def address(order, action=""):
    return f"/payments/{order.reference}/{action}"


def status_of(order):
    return Order.objects.get(pk=order.pk).status


# Open orders


def test_the_page_of_an_open_order_says_that_we_wait_and_what_the_user_can_do(client, order):
    page = Page(client.get(address(order)))
    assert page.h1 == "Payment in progress"
    assert "Do not pay again." in page.main.text
    lines = dict(page.main.lines())
    assert lines["For"] == "CAS of Nguyễn, Thị Minh"
    assert lines["Total"] == "£55.00"
    assert lines["Opened by"] == "Level1"
    assert lines["Reference"] == order.reference
    for action, words in (
        ("check/", "Check again"),
        ("continue/", "Continue the payment"),
        ("cancel/", "Cancel the payment"),
    ):
        form = page.form(address(order, action))
        assert form["method"] == "post"
        assert form.buttons(words)


def test_continue_the_payment_is_the_first_button(client, order):
    first, *others = [
        button for form in Page(client.get(address(order))).main.all("form") for button in form.all("button")
    ]
    assert first.text == "Continue the payment"
    assert all("govuk-button--secondary" in button["class"] for button in others)


@pytest.mark.parametrize("status", ["OPEN", "PAID", "DECLINED", "LAPSED", "REFUND DUE"])
def test_the_script_of_the_page_gets_only_the_state_of_the_payment(status, client, cas, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.get(address(order, "status/"))
    heading = {"OPEN": "Payment in progress", "REFUND DUE": "A refund is due"}.get(status, "Payment")
    expected = {"text": PROGRESS[status], "done": 0, "of": 0, "has_ended": status != "OPEN", "heading": heading}
    assert answer.json() == expected
    assert "no-store" in answer["Cache-Control"]


def test_only_the_page_of_an_open_order_checks_the_status_by_itself(client, cas, order, caseworker):
    assert "watch.js" in client.get(address(order)).content.decode()
    order.cancel(by=order.opened_by)
    owed = order_in_status("REFUND DUE", cas, caseworker=caseworker)
    assert "watch.js" not in client.get(address(owed)).content.decode()


def test_opening_the_page_does_not_ask_the_provider_and_changes_nothing(client, order):
    decided(order, "PAID")
    client.get(address(order))
    assert status_of(order) == "OPEN"


def test_continue_leads_back_to_the_same_page_of_the_provider(client, order):
    payment = sent_to_sandbox(order)
    for _ in range(2):
        answer = client.post(address(order, "continue/"))
        assert (answer.status_code, answer["Location"]) == (302, f"/sandbox/{payment.key}/")


def test_check_again_asks_the_provider_and_assigns_a_cas_that_was_paid_silently(client, order, cas):
    decided(order, "PAID")
    answer = client.post(address(order, "check/"), follow=True)
    assert [place for place, _ in answer.redirect_chain] == [address(order), f"/students/cas/{cas.pk}/assigned/"]
    cas.refresh_from_db()
    assert cas.status == "ASSIGNED"
    assert cas.number in Page(answer).main.text


def test_check_again_leaves_an_undecided_order_open(client, order):
    sent_to_sandbox(order)
    answer = client.post(address(order, "check/"), follow=True)
    assert answer.redirect_chain == [(address(order), 302)]
    assert Page(answer).h1 == "Payment in progress"
    assert Page(answer).banners == []


def test_check_again_leaves_an_order_open_that_the_provider_does_not_know(client, order):
    client.post(address(order, "check/"))
    assert status_of(order) == "OPEN"


def test_cancelling_an_order_confirms_it_and_does_not_change_the_cas(client, order, cas, allocation):
    payment = sent_to_sandbox(order)
    answer = client.post(address(order, "cancel/"), follow=True)
    assert [place for place, _ in answer.redirect_chain] == [address(order), f"/students/cas/{cas.pk}/assign/"]
    page = Page(answer)
    assert page.banners == ["The payment was cancelled. The CAS has not changed, and you have not paid."]
    assert page.buttons("Assign")
    payment.refresh_from_db()
    allocation.refresh_from_db()
    assert (status_of(order), payment.state, allocation.held) == ("CANCELLED", "CANCELLED", 0)
    before = cas.version
    cas.refresh_from_db()
    assert (cas.status, cas.version) == ("READY TO GO", before)


def test_cancelling_an_order_that_was_paid_meanwhile_assigns_the_cas(client, order, cas):
    decided(order, "PAID")
    answer = client.post(address(order, "cancel/"), follow=True)
    assert Page(answer).h1 == "Confirmation of assigned CAS"
    assert status_of(order) == "PAID"


def test_a_level_2_user_can_cancel_a_payment_that_another_user_opened_for_their_cas(
    as_user, level1, level2, allocation
):
    order = an_order(a_cas(level2), by=level1)
    as_user(level2).post(address(order, "cancel/"))
    assert status_of(order) == "CANCELLED"


@pytest.mark.parametrize("action", ["check/", "cancel/"])
def test_when_the_provider_does_not_answer_nothing_is_lost(client, order, action):
    sent_to_sandbox(order)
    with silence():
        answer = client.post(address(order, action), follow=True)
    page = Page(answer)
    assert page.banners == [NO_ANSWER]
    assert page.h1 == "Payment in progress"
    assert status_of(order) == "OPEN"


def test_continue_says_when_the_payment_page_cannot_be_reached(client, order):
    with silence():
        page = Page(client.post(address(order, "continue/"), follow=True))
    assert page.banners == [
        "We cannot reach the payment service. You have not paid. Try again in a few minutes.",
    ]
    assert status_of(order) == "OPEN"


@pytest.mark.parametrize("action", ["check/", "cancel/"])
def test_a_provider_that_reports_another_amount_settles_nothing(client, order, action):
    payment = decided(order, "PAID")
    type(payment).objects.update(amount_pence=1)
    page = Page(client.post(address(order, action), follow=True))
    assert page.banners == [NO_ANSWER]
    assert status_of(order) == "OPEN"


# Closed orders


def test_a_paid_order_leads_to_the_confirmation(client, order, cas):
    order.settle(by=User.objects.system())
    answer = client.get(address(order))
    assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/assigned/")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("DECLINED", "The payment was declined. The CAS has not changed. You can try again."),
        ("CANCELLED", "The payment was cancelled. The CAS has not changed, and you have not paid."),
        ("LAPSED", "The payment service did not answer, so the payment has lapsed. The CAS has not changed."),
    ],
)
def test_an_order_that_ended_unpaid_leads_to_assign_with_the_reason(
    client, cas, allocation, caseworker, status, sentence
):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.get(address(order), follow=True)
    page = Page(answer)
    assert page.banners == [sentence]
    assert page.h1 == "Assign CAS"
    again = client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    assert again["Location"].startswith("/sandbox/")
    cas.refresh_from_db()
    assert cas.status == "READY TO GO"


def test_the_page_of_a_refund_due_says_why_and_that_the_user_need_not_act(client, cas, caseworker):
    order = order_in_status("REFUND DUE", cas, caseworker=caseworker)
    page = Page(client.get(address(order)))
    assert page.h1 == "A refund is due"
    assert "the CAS could not be assigned. A CAS changed after this payment was started." in page.main.text
    assert "You do not need to do anything." in page.main.text
    assert [form["action"] for form in page.main.all("form")] == [address(order, "receipt/")]


def test_the_page_of_a_refunded_order_says_that_the_money_was_sent_back(client, cas, caseworker):
    order = order_in_status("REFUNDED", cas, caseworker=caseworker)
    page = Page(client.get(address(order)))
    assert page.h1 == "Payment refunded"
    assert "The money has been sent back." in page.main.text


@pytest.mark.parametrize("status", ["DECLINED", "CANCELLED", "LAPSED"])
def test_the_page_of_an_order_whose_cas_was_deleted_still_shows_its_status(client, cas, level1, caseworker, status):
    order = order_in_status(status, cas, caseworker=caseworker)
    cas.remove(by=level1)
    page = Page(client.get(address(order)))
    assert page.h1 == "Payment"
    assert f"This payment is {status}." in page.main.text
    assert dict(page.main.lines())["For"] == "1 CAS"


@pytest.fixture
def order_of_deleted_batch(level1, level2, allocation):
    """Return a cancelled order for a batch of three CAS, which was deleted afterwards."""
    batch = a_batch(level2, *[a_cas(level2, family_name=name) for name in ("Abebe", "Wang", "Zielińska")])
    order = a_batch_order(batch)
    order.cancel(by=level2)
    batch.remove(by=level1)
    return Order.objects.get(pk=order.pk)


def rows(page):
    return [[cell.text for cell in row.all("td", "th")] for row in page.one("tbody").all("tr")]


def test_the_page_of_an_order_whose_batch_was_deleted_lists_its_cas_and_their_numbers(
    client, order_of_deleted_batch, level1, system
):
    page = Page(client.get(address(order_of_deleted_batch)))
    assert rows(page) == [
        [f"{name}, Thị Minh 17 May 2002", "READY TO GO", "–"] for name in ("Abebe", "Wang", "Zielińska")
    ]
    order_of_deleted_batch.settle(by=system)  # the payment came late
    page = Page(client.get(address(order_of_deleted_batch)))
    numbers = list(CAS.objects.order_by("pk").values_list("number", flat=True))
    assert all(numbers)
    assert [(status, number) for _, status, number in rows(page)] == [("ASSIGNED", number) for number in numbers]
    assert page.main.link("Wang, Thị Minh") == f"/students/cas/{CAS.objects.get(family_name='Wang').pk}/"
    assert "deleted" not in page.main.text


def test_the_page_of_an_order_whose_batch_was_deleted_lists_only_the_cas_of_the_user(
    as_user, order_of_deleted_batch, level1, level2, colleague
):
    wang, abebe = CAS.objects.get(family_name="Wang"), CAS.objects.get(family_name="Abebe")
    CAS.objects.filter(pk=wang.pk).change_owner(colleague, by=level1)
    abebe.remove(by=level1)
    for user, name, sentence in (
        (level2, "Zielińska", "2 of them have been deleted, or belong to another user."),
        (colleague, "Wang", "2 of them have been deleted, or belong to another user."),
    ):
        page = Page(as_user(user).get(address(order_of_deleted_batch)))
        assert [row[0] for row in rows(page)] == [f"{name}, Thị Minh 17 May 2002"]
        assert sentence in page.main.text


def test_the_page_of_an_order_whose_cas_are_all_deleted_lists_none(client, order_of_deleted_batch, level1):
    CAS.objects.remove(by=level1)
    page = Page(client.get(address(order_of_deleted_batch)))
    assert "3 of them have been deleted" in page.main.text
    assert not page.main.all("table")


def test_a_long_list_of_cas_has_several_pages(client, order_of_deleted_batch, monkeypatch):
    monkeypatch.setattr("cas.views.orders.A_PAGE", 2)
    assert len(rows(Page(client.get(address(order_of_deleted_batch))))) == 2
    assert (
        rows(Page(client.get(address(order_of_deleted_batch), {"page": 2})))[0][0] == "Zielińska, Thị Minh 17 May 2002"
    )


@pytest.mark.parametrize("status", ["PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"])
def test_no_action_changes_a_closed_order(client, cas, caseworker, status):
    order = order_in_status(status, cas, caseworker=caseworker)
    for action in ("check/", "continue/", "cancel/"):
        answer = client.post(address(order, action))
        assert (answer.status_code, answer["Location"]) == (302, address(order))
        assert status_of(order) == status


def test_a_late_payment_still_assigns_the_cas(client, cas, order):
    payment = decided(order, "PAID")
    order.lapse(by=User.objects.system())
    client.post(address(order, "check/"))
    assert payment.state == "PAID"
    assert (status_of(order), CAS.objects.get().status) == ("PAID", "ASSIGNED")


def test_a_late_payment_for_a_cas_that_was_changed_is_owed_back(client, cas, order, level1):
    decided(order, "PAID")
    order.lapse(by=User.objects.system())
    cas.amend({"course_id": "2"}, by=level1, version=cas.version)
    page = Page(client.post(address(order, "check/"), follow=True))
    assert page.h1 == "A refund is due"
    assert (status_of(order), CAS.objects.get().status) == ("REFUND DUE", "READY TO GO")
