"""`Assign the READY TO GO` on the screens of a batch: counted, confirmed, and on to the assignment (section 10)."""

import pytest

from cas.models import Batch
from tests.factories import COMPLETE, a_batch, a_batch_order, a_cas, a_draft, many
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    """Make a batch of two CAS that are READY TO GO and one that is WORK IN PROGRESS."""
    return a_batch(level2, a_cas(level2), a_cas(level2, family_name="Abebe"), a_draft(level2))


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def at(batch, step=""):
    return f"/students/batches/{batch.pk}/{step}"


@pytest.mark.parametrize("step", ["", "assign/"])
def test_the_reason_why_assign_is_not_available_offers_to_assign_the_ready_cas(client, batch, step):
    box = Page(client.get(at(batch, step))).by_id("why-not")
    assert "You can assign the CAS that are READY TO GO now, and move the other to a new batch." in box.text
    (button,) = box.buttons("Assign the READY TO GO")
    assert button["href"] == at(batch, "assign-ready/")


@pytest.mark.parametrize("step", ["", "assign/"])
@pytest.mark.parametrize("how", ["none ready", "all ready", "licence ended"])
def test_it_is_not_offered_if_there_is_nothing_to_divide(client, level2, batch, licence, caseworker, step, how):
    if how == "none ready":
        batch = a_batch(level2, a_draft(level2), name="Drafts")
    elif how == "all ready":
        batch = a_batch(level2, a_cas(level2), name="Ready")
    else:
        licence.revoke(by=caseworker, reason="Because")
    assert Page(client.get(at(batch, step))).buttons("Assign the READY TO GO") == []


def test_the_confirmation_counts_who_stays_and_who_moves_and_names_the_new_batch(client, batch):
    page = Page(client.get(at(batch, "assign-ready/")))
    assert (page.status, page.h1) == (200, "Assign the READY TO GO")
    lines = dict(page.main.lines())
    assert lines["Stay in this batch"] == "2 CAS that can be assigned now"
    assert lines["Move to a new batch"] == "1 CAS to complete or correct"
    assert lines["Name of the new batch"] == "September intake – to complete"
    stay, move = page.all("ul", of="sms-picked")
    assert [item.text for item in move.all("li")] == ["Okonkwo WORK IN PROGRESS"]
    assert len(stay.all("li")) == 2
    assert all(item.text.endswith("MSc Data Science, starts 14 September 2099") for item in stay.all("li"))
    assert page.main.link("Keep the batch together") == at(batch, "assign/")
    assert Batch.objects.count() == 1


def test_confirming_moves_the_others_and_goes_on_to_confirm_the_assignment(client, batch):
    page = Page(client.get(at(batch, "assign-ready/")))
    answer = client.post(at(batch, "assign-ready/"), page.typed(), follow=True)
    assert answer.redirect_chain == [(at(batch, "assign/"), 302)]
    page = Page(answer)
    assert page.h1 == "Confirm assignment of batch"
    assert page.banners == ["1 CAS moved to “September intake – to complete”. See the batch"]
    assert page.main.link("See the batch") == at(Batch.objects.latest("pk"))
    assert dict(page.main.lines())["Number of CAS"] == "2"
    (assign,) = page.buttons("Assign")
    assert not assign.is_unavailable


def test_too_few_places_for_all_can_be_enough_for_the_ready_cas(client, level2, allocation):
    batch = a_batch(level2, a_draft(level2))
    many(level2, 10, batch=batch)
    box = Page(client.get(at(batch, "assign/"))).by_id("why-not").text
    assert str(allocation.too_few(11)) in box
    shown = Page(client.get(at(batch, "assign-ready/"))).typed()
    page = Page(client.post(at(batch, "assign-ready/"), shown, follow=True))
    assert "0 unused after you assign this batch." in page.one("aside").text


@pytest.mark.parametrize("sent", [{}, {"shown": "x"}, {"shown": "\u0661"}])
def test_a_batch_that_was_not_shown_in_this_state_is_shown_again_and_nothing_moves(client, batch, sent):
    answer = client.post(at(batch, "assign-ready/"), sent, follow=True)
    assert answer.redirect_chain == [(at(batch, "assign-ready/"), 302)]
    assert Page(answer).banners == [
        "Another user changed this batch after you opened this page. Check it and try again."
    ]
    assert Batch.objects.count() == 1


def test_a_batch_that_became_ready_meanwhile_is_ready_to_assign_as_a_whole(client, batch, level1):
    shown = Page(client.get(at(batch, "assign-ready/"))).typed()
    (draft,) = batch.cas.filter(status="WORK IN PROGRESS")
    draft.amend(COMPLETE, by=level1, version=draft.version)
    answer = client.post(at(batch, "assign-ready/"), shown, follow=True)
    assert answer.redirect_chain[-1] == (at(batch, "assign/"), 302)
    assert "Every CAS in this batch can be assigned. Assign the whole batch." in Page(answer).banners
    assert batch.cas.count() == 3


def test_a_batch_that_is_being_paid_for_leads_to_its_payment(client, level2, allocation):
    batch = a_batch(level2, a_cas(level2), name="Paying")
    order = a_batch_order(batch)
    for answer in (client.get(at(batch, "assign-ready/")), client.post(at(batch, "assign-ready/"))):
        assert answer["Location"] == f"/payments/{order.reference}/"


def test_the_batch_of_another_user_is_not_found(as_user, colleague, outsider, batch):
    for user in (colleague, outsider):
        assert as_user(user).get(at(batch, "assign-ready/")).status_code == 404
