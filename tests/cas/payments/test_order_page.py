"""Where a payment stands: to continue it, to cancel it, to ask again (specification, section 6)."""

import pytest

from cas.models import CAS, Order
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


def now(order):
    return Order.objects.get(pk=order.pk).status


# Under way


def test_an_open_one_says_that_we_wait_and_what_can_be_done(client, order):
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


def test_to_continue_is_what_it_suggests_first(client, order):
    first, *others = [
        button for form in Page(client.get(address(order))).main.all("form") for button in form.all("button")
    ]
    assert first.text == "Continue the payment"
    assert all("govuk-button--secondary" in button["class"] for button in others)


@pytest.mark.parametrize("status", ["OPEN", "PAID", "DECLINED", "LAPSED", "REFUND DUE"])
def test_its_script_is_told_the_status_and_no_more(status, client, cas, caseworker):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.get(address(order, "status/"))
    assert answer.json() == {"state": status}
    assert "no-store" in answer["Cache-Control"]


def test_only_the_page_of_an_open_one_looks_by_itself(client, cas, order, caseworker):
    assert "watch.js" in client.get(address(order)).content.decode()
    order.cancel(by=order.opened_by)
    owed = order_in_status("REFUND DUE", cas, caseworker=caseworker)
    assert "watch.js" not in client.get(address(owed)).content.decode()


def test_looking_at_it_asks_nobody_and_changes_nothing(client, order):
    decided(order, "PAID")
    client.get(address(order))
    assert now(order) == "OPEN"


def test_continue_goes_back_to_the_same_page_of_the_provider(client, order):
    payment = sent_to_sandbox(order)
    for _ in range(2):
        answer = client.post(address(order, "continue/"))
        assert (answer.status_code, answer["Location"]) == (302, f"/sandbox/{payment.key}/")


def test_check_again_asks_the_provider_and_a_payment_it_kept_quiet_about_assigns_the_cas(client, order, cas):
    decided(order, "PAID")
    answer = client.post(address(order, "check/"), follow=True)
    assert [place for place, _ in answer.redirect_chain] == [address(order), f"/students/cas/{cas.pk}/assigned/"]
    cas.refresh_from_db()
    assert cas.status == "ASSIGNED"
    assert cas.number in Page(answer).main.text


def test_check_again_while_nothing_is_known_leaves_it_open(client, order):
    sent_to_sandbox(order)
    answer = client.post(address(order, "check/"), follow=True)
    assert answer.redirect_chain == [(address(order), 302)]
    assert Page(answer).h1 == "Payment in progress"
    assert Page(answer).banners == []


def test_check_again_for_an_order_that_the_provider_never_heard_of_leaves_it_open(client, order):
    client.post(address(order, "check/"))
    assert now(order) == "OPEN"


def test_a_cancelled_one_says_so_and_leaves_the_cas_as_it_was(client, order, cas, allocation):
    payment = sent_to_sandbox(order)
    answer = client.post(address(order, "cancel/"), follow=True)
    assert [place for place, _ in answer.redirect_chain] == [address(order), f"/students/cas/{cas.pk}/assign/"]
    page = Page(answer)
    assert page.banners == ["The payment was cancelled. The CAS has not changed, and you have not paid."]
    assert page.buttons("Assign")
    payment.refresh_from_db()
    allocation.refresh_from_db()
    assert (now(order), payment.state, allocation.held) == ("CANCELLED", "CANCELLED", 0)
    before = cas.version
    cas.refresh_from_db()
    assert (cas.status, cas.version) == ("READY TO GO", before)


def test_cancelling_one_that_was_paid_meanwhile_assigns_the_cas(client, order, cas):
    decided(order, "PAID")
    answer = client.post(address(order, "cancel/"), follow=True)
    assert Page(answer).h1 == "Confirmation of assigned CAS"
    assert now(order) == "PAID"


def test_a_level_2_user_can_cancel_the_payment_for_their_own_cas_whoever_opened_it(as_user, level1, level2, allocation):
    order = an_order(a_cas(level2), by=level1)
    as_user(level2).post(address(order, "cancel/"))
    assert now(order) == "CANCELLED"


@pytest.mark.parametrize("action", ["check/", "cancel/"])
def test_when_the_provider_does_not_answer_nothing_is_lost(client, order, action):
    sent_to_sandbox(order)
    with silence():
        answer = client.post(address(order, action), follow=True)
    page = Page(answer)
    assert page.banners == [NO_ANSWER]
    assert page.h1 == "Payment in progress"
    assert now(order) == "OPEN"


def test_when_its_page_was_never_reached_continue_says_so(client, order):
    with silence():
        page = Page(client.post(address(order, "continue/"), follow=True))
    assert page.banners == [
        "We cannot reach the payment service. You have not paid. Try again in a few minutes.",
    ]
    assert now(order) == "OPEN"


@pytest.mark.parametrize("action", ["check/", "cancel/"])
def test_a_provider_that_speaks_of_another_amount_is_not_believed(client, order, action):
    payment = decided(order, "PAID")
    type(payment).objects.update(amount_pence=1)
    page = Page(client.post(address(order, action), follow=True))
    assert page.banners == [NO_ANSWER]
    assert now(order) == "OPEN"


# Settled


def test_a_paid_one_leads_to_the_confirmation(client, order, cas):
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
def test_an_unpaid_one_says_so_where_assign_can_be_tried_again(client, cas, allocation, caseworker, status, sentence):
    order = order_in_status(status, cas, caseworker=caseworker)
    answer = client.get(address(order), follow=True)
    page = Page(answer)
    assert page.banners == [sentence]
    assert page.h1 == "Assign CAS"
    again = client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    assert again["Location"].startswith("/sandbox/")
    cas.refresh_from_db()
    assert cas.status == "READY TO GO"


def test_a_refund_that_is_due_says_why_and_that_nothing_is_asked_of_the_user(client, cas, caseworker):
    order = order_in_status("REFUND DUE", cas, caseworker=caseworker)
    page = Page(client.get(address(order)))
    assert page.h1 == "A refund is due"
    assert "the CAS could not be assigned: A CAS changed after this payment was started." in page.main.text
    assert "You do not need to do anything." in page.main.text
    assert page.main.all("form") == []


def test_a_refunded_one_says_so(client, cas, caseworker):
    order = order_in_status("REFUNDED", cas, caseworker=caseworker)
    page = Page(client.get(address(order)))
    assert page.h1 == "Payment refunded"
    assert "The money has been sent back." in page.main.text


@pytest.mark.parametrize("status", ["DECLINED", "CANCELLED", "LAPSED"])
def test_one_whose_cas_is_deleted_since_still_tells_what_became_of_it(client, cas, level1, caseworker, status):
    order = order_in_status(status, cas, caseworker=caseworker)
    cas.remove(by=level1)
    page = Page(client.get(address(order)))
    assert page.h1 == "Payment"
    assert f"This payment is {status}." in page.main.text
    assert dict(page.main.lines())["For"] == "1 CAS"


@pytest.fixture
def of_a_deleted_batch(level1, level2, allocation):
    """A payment for a batch of three, which was given up; then the batch was deleted."""
    batch = a_batch(level2, *[a_cas(level2, family_name=name) for name in ("Abebe", "Wang", "Zielińska")])
    order = a_batch_order(batch)
    order.cancel(by=level2)
    batch.remove(by=level1)
    return Order.objects.get(pk=order.pk)


def rows(page):
    return [[cell.text for cell in row.all("td", "th")] for row in page.one("tbody").all("tr")]


def test_one_whose_batch_is_deleted_since_names_its_cas_and_their_numbers(client, of_a_deleted_batch, level1, system):
    page = Page(client.get(address(of_a_deleted_batch)))
    assert rows(page) == [[f"{name}, Thị Minh", "READY TO GO", "–"] for name in ("Abebe", "Wang", "Zielińska")]
    of_a_deleted_batch.settle(by=system)  # the payment came late
    page = Page(client.get(address(of_a_deleted_batch)))
    numbers = list(CAS.objects.order_by("pk").values_list("number", flat=True))
    assert all(numbers)
    assert [(status, number) for _, status, number in rows(page)] == [("ASSIGNED", number) for number in numbers]
    assert page.main.link("Wang, Thị Minh") == f"/students/cas/{CAS.objects.get(family_name='Wang').pk}/"
    assert "deleted" not in page.main.text


def test_of_one_whose_batch_is_deleted_since_only_ones_own_cas_are_named(
    as_user, of_a_deleted_batch, level1, level2, colleague
):
    wang, abebe = CAS.objects.get(family_name="Wang"), CAS.objects.get(family_name="Abebe")
    CAS.objects.filter(pk=wang.pk).change_owner(colleague, by=level1)
    abebe.remove(by=level1)
    for user, name, sentence in (
        (level2, "Zielińska", "2 of them have been deleted, or belong to another user."),
        (colleague, "Wang", "2 of them have been deleted, or belong to another user."),
    ):
        page = Page(as_user(user).get(address(of_a_deleted_batch)))
        assert [row[0] for row in rows(page)] == [f"{name}, Thị Minh"]
        assert sentence in page.main.text


def test_of_one_whose_cas_are_all_deleted_nothing_is_named(client, of_a_deleted_batch, level1):
    CAS.objects.remove(by=level1)
    page = Page(client.get(address(of_a_deleted_batch)))
    assert "3 of them have been deleted" in page.main.text
    assert not page.main.all("table")


def test_the_cas_of_many_have_pages(client, of_a_deleted_batch, monkeypatch):
    monkeypatch.setattr("cas.views.payments.A_PAGE", 2)
    assert len(rows(Page(client.get(address(of_a_deleted_batch))))) == 2
    assert rows(Page(client.get(address(of_a_deleted_batch), {"page": 2})))[0][0] == "Zielińska, Thị Minh"


@pytest.mark.parametrize("status", ["PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"])
def test_nothing_moves_one_that_is_closed(client, cas, caseworker, status):
    order = order_in_status(status, cas, caseworker=caseworker)
    for action in ("check/", "continue/", "cancel/"):
        answer = client.post(address(order, action))
        assert (answer.status_code, answer["Location"]) == (302, address(order))
        assert now(order) == status


def test_a_payment_that_comes_late_still_assigns_the_cas(client, cas, order):
    payment = decided(order, "PAID")
    order.lapse(by=User.objects.system())
    client.post(address(order, "check/"))
    assert payment.state == "PAID"
    assert (now(order), CAS.objects.get().status) == ("PAID", "ASSIGNED")


def test_a_payment_that_comes_late_for_a_cas_that_changed_since_is_owed_back(client, cas, order, level1):
    decided(order, "PAID")
    order.lapse(by=User.objects.system())
    cas.amend({"course_id": "2"}, by=level1, version=cas.version)
    page = Page(client.post(address(order, "check/"), follow=True))
    assert page.h1 == "A refund is due"
    assert (now(order), CAS.objects.get().status) == ("REFUND DUE", "READY TO GO")
