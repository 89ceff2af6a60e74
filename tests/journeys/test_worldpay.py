"""Payment at a provider on another origin. The policy of our pages lets the browser go only there."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS, Order
from cas.payments import checkout
from tests.factories import a_cas
from tests.standins.worldpay import Worldpay

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cas(level1, allocation):
    return a_cas(level1)


def selects_ok(visitor, cas):
    visitor.goes_to(f"/students/cas/{cas.pk}/online-payment/")
    visitor.selects("OK")


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without"])
def test_ok_leads_to_worldpay_and_paying_leads_back(with_javascript, visit, live_server, level1, cas, worldpay):
    worldpay.callback_url = f"{live_server.url}/payments/callback/worldpay/"
    visitor = visit(level1, with_javascript=with_javascript)
    selects_ok(visitor, cas)
    visitor.sees_screen("Stand-in for a payment page")
    assert visitor.page.url.startswith(f"{worldpay.origin}/page/")
    expect(visitor.page.get_by_text("1 Confirmation of Acceptance for Studies: £55.00")).to_be_visible()
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned CAS")
    visitor.sees(CAS.objects.get().number)
    assert Order.objects.get().status == "PAID"


def test_without_an_event_from_worldpay_the_return_of_the_browser_assigns_the_cas(visit, level1, cas, worldpay):
    visitor = visit(level1)
    selects_ok(visitor, cas)
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned CAS")


def test_cancelling_at_worldpay_leads_back_to_the_order_and_from_there_to_the_cas(visit, level1, cas, worldpay):
    visitor = visit(level1)
    selects_ok(visitor, cas)
    visitor.selects("Cancel")
    visitor.sees_screen("Payment in progress")
    visitor.selects("Continue the payment")
    visitor.sees_screen("Stand-in for a payment page")
    visitor.selects("Cancel")
    visitor.selects("Cancel the payment")
    visitor.sees("The payment was cancelled.")


def test_the_policy_stops_a_form_that_leads_to_another_origin(
    new_context, live_server, as_user, level1, cas, worldpay, monkeypatch
):
    """The policy names another stand-in, as if the provider's pages had moved."""
    with Worldpay() as elsewhere:
        monkeypatch.setattr(checkout, "page_origins", lambda: [elsewhere.origin])
        context, complaints = new_context(base_url=live_server.url), []
        context.on("console", lambda message: complaints.append(message.text))
        cookie = as_user(level1).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/students/cas/{cas.pk}/online-payment/")
        with page.expect_event("console"):
            page.get_by_role("button", name="OK").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Online payment")
        assert worldpay.calls  # the portal has opened a page there
        assert any("form-action" in complaint for complaint in complaints)  # but the browser has refused to follow
