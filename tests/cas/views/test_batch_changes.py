"""Renaming and deleting a batch on its screens, and taking out or moving its CAS (manual 4, guide 2)."""

import pytest

from cas.models import CAS, Batch
from licences.routes import Route
from tests.factories import a_batch, a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    """Make a batch of two CAS that are READY TO GO."""
    return a_batch(level2, a_cas(level2), a_cas(level2, family_name="Abebe"))


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def at(batch, step=""):
    return f"/students/batches/{batch.pk}/{step}"


def details(client, batch):
    return Page(client.get(at(batch)))


# Rename


def test_a_batch_is_renamed(client, batch, level1):
    page = Page(client.get(at(batch, "rename/")))
    assert page.typed()["name"] == "September intake"
    answer = client.post(at(batch, "rename/"), {**page.typed(), "name": "October"}, follow=True)
    assert answer.redirect_chain == [(at(batch), 302)]
    assert Page(answer).banners == ["The name of the batch is now “October”."]


def test_renaming_to_a_taken_name_keeps_what_was_typed(client, batch, level1):
    a_batch(level1, name="Taken")
    page = Page(client.post(at(batch, "rename/"), {**Page(client.get(at(batch, "rename/"))).typed(), "name": "taken"}))
    assert page.status == 422
    assert page.typed()["name"] == "taken"
    assert "The current name is “September intake”." in page.main.text


def test_the_second_user_to_rename_a_batch_sees_who_renamed_it_and_loses_nothing(client, batch, level1):
    sent = {**Page(client.get(at(batch, "rename/"))).typed(), "name": "Mine"}
    Batch.objects.get().rename("Theirs", by=level1)
    page = Page(client.post(at(batch, "rename/"), sent))
    assert page.status == 409
    alert = page.one("section", of="sms-both-saves").text
    assert "Level1, " in alert
    assert "renamed it from “September intake” to “Theirs”" in alert
    assert page.typed()["name"] == "Mine"
    assert Batch.objects.get().name == "Theirs"
    client.post(at(batch, "rename/"), page.typed())
    assert Batch.objects.get().name == "Mine"


# Take out and move


def test_the_selected_cas_are_taken_out(client, batch):
    first, second = batch.cas.order_by("pk")
    page = details(client, batch)
    (button,) = page.buttons("Take out")
    assert button["formaction"] == at(batch, "take-out/")
    sent = {**page.typed(at(batch, "move/")), "cas": [first.pk]}
    answer = client.post(at(batch, "take-out/"), sent, follow=True)
    assert answer.redirect_chain == [(at(batch), 302)]
    assert Page(answer).banners == ["1 CAS taken out of this batch. Nothing else has changed."]
    assert [cas.pk for cas in batch.cas.all()] == [second.pk]


@pytest.mark.parametrize("step", ["take-out/", "move/"])
@pytest.mark.parametrize("sent", [{}, {"cas": ""}, {"cas": "x"}, {"cas": "\u0661"}])
def test_with_nothing_selected_the_page_asks_the_user_to_select_cas(client, batch, step, sent):
    page = Page(client.post(at(batch, step), sent))
    assert page.status == 422
    assert page.summary[0][0].startswith("Select the CAS to ")
    assert batch.cas.count() == 2


def test_moving_asks_for_the_batch_and_then_moves_the_selected_cas(client, batch, level2, colleague, outsider):
    other = a_batch(level2, name="Other")
    for elsewhere in (colleague, outsider):
        a_batch(elsewhere, name="Not mine")
    a_batch(level2, name="Child", route=Route.CHILD_STUDENT)
    first = batch.cas.order_by("pk").first()
    sent = {**details(client, batch).typed(at(batch, "move/")), "cas": [first.pk]}
    page = Page(client.post(at(batch, "move/"), sent))
    assert (page.status, page.h1) == (200, "Move to another batch")
    assert [option.text for option in page.main.all("option") if option["value"]] == ["Other (Level2)"]
    assert page.typed()["cas"] == str(first.pk)
    assert page.main.link("Keep it in this batch") == at(batch)
    page = Page(client.post(at(batch, "move/"), page.typed()))
    assert page.error_of("to") == "Choose the batch to move to"
    answer = client.post(at(batch, "move/"), {**page.typed(), "to": other.pk}, follow=True)
    assert answer.redirect_chain == [(at(batch), 302)]
    assert Page(answer).banners == ["1 CAS moved to “Other”. See the batch"]
    assert other.cas.get() == first


def test_moving_says_that_there_is_no_other_unassigned_batch(client, batch):
    page = Page(client.post(at(batch, "move/"), {"cas": batch.cas.first().pk}))
    assert "There is no other unassigned batch for the Student route." in page.main.text


def test_a_cas_moved_to_the_batch_of_another_user_becomes_theirs(as_user, level1, colleague, batch):
    other = a_batch(colleague, name="Other")
    sent = {"cas": [cas.pk for cas in batch.cas.all()], "to": other.pk, "seen": batch.last_event()}
    as_user(level1).post(at(batch, "move/"), sent)
    assert set(other.cas.values_list("owner__username", flat=True)) == {"colleague"}


@pytest.mark.parametrize("step", ["take-out/", "move/"])
def test_the_second_user_sees_who_changed_the_batch_and_nothing_moves(client, batch, level1, level2, step):
    other = a_batch(level2, name="Other")
    first, second = batch.cas.order_by("pk")
    seen = details(client, batch).typed(at(batch, "move/"))
    batch.take_out([first.pk], by=level1)
    page = Page(client.post(at(batch, step), {**seen, "cas": [first.pk, second.pk], "to": other.pk}))
    assert page.status == 409
    alert = page.one("section", of="sms-both-saves").text
    assert "Level1, " in alert
    assert "took out Nguyễn, Thị Minh" in alert
    assert "checked" in page.by_id(f"cas-{second.pk}")
    assert batch.cas.get() == second
    assert not other.cas.exists()


def test_a_cas_put_in_by_another_user_meanwhile_does_not_stop_a_change(client, batch, level1):
    first = batch.cas.first()
    seen = details(client, batch).typed(at(batch, "move/"))
    batch.put([a_cas(level1).pk], by=level1)
    assert client.post(at(batch, "take-out/"), {**seen, "cas": [first.pk]}).status_code == 302
    assert batch.cas.count() == 2


# Delete


def test_deleting_a_batch_asks_first_and_keeps_its_cas(client, batch):
    page = Page(client.get(at(batch, "delete/")))
    assert "Its 2 CAS will be kept, without a batch. You cannot undo this." in page.main.text
    answer = client.post(at(batch, "delete/"), follow=True)
    assert answer.redirect_chain == [("/students/batches/", 302)]
    assert Page(answer).banners == ["The batch “September intake” was deleted. Its CAS are kept."]
    assert CAS.objects.filter(batch=None).count() == 2
