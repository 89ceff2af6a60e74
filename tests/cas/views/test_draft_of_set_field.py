"""`Set one field` keeps the selection and the text, in each tab and across a time-out (section 8)."""

import re

import pytest
from django.test import Client

from licences.models import Draft, draft
from tests.cas.views.test_set_field_pages import asked, at, counted, ids_of, selected, values_in
from tests.factories import PASSWORD, a_batch, a_cas, a_draft, many
from tests.pages import Page, sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    return a_batch(level2, a_cas(level2), a_cas(level2, family_name="Abebe"), a_draft(level2))


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def after_the_time_out(client, batch, sent):
    """Send a form in a browser that is signed out, sign in, and return the page that this leads to."""
    client.logout()
    to_sign_in = client.post(at(batch), sent)["Location"]
    back = client.post(to_sign_in, {"login": "level2", "password": PASSWORD})["Location"]
    return Page(client.get(back, follow=True)), back


@pytest.mark.parametrize("step", ["value", "confirm"])
def test_after_the_time_out_the_user_continues_with_the_same_cas_and_the_same_value(client, batch, step):
    if step == "value":
        sent = {**asked(client, batch, "course_id").typed(), "course_id": "NEW-1"}
    else:
        sent = counted(client, batch, "course_id", "NEW-1").typed()
    page, back = after_the_time_out(client, batch, sent)
    assert values_in(batch, "course_id") == [""] * 3
    assert "You are changing 3 CAS of the batch “September intake”, in the section “Course details”" in page.main.text
    assert page.typed()["course_id"] == "NEW-1"
    page = Page(client.post(back, page.typed()))
    assert page.h1 == "Confirm the change"
    client.post(back, page.typed())
    assert values_in(batch, "course_id") == ["NEW-1"] * 3
    assert not Draft.objects.open()


def test_after_the_time_out_the_field_that_was_chosen_is_still_chosen(client, batch):
    page, back = after_the_time_out(client, batch, {**selected(client, batch).typed(), "field": "course_id"})
    assert (page.typed()["field"], page.summary) == ("course_id", [])
    page = Page(client.post(back, page.typed()))
    assert "Course ID" in page.main.text
    assert page.typed()["cas"].split() == [str(pk) for pk in ids_of(batch)]


def test_a_wrong_value_is_kept_exactly_as_typed(client, batch):
    sent = {**asked(client, batch, "course_end_date").typed(), "course_end_date_month": "Octember"}
    page, back = after_the_time_out(client, batch, sent)
    assert (page.typed()["course_end_date_month"], page.summary) == ("Octember", [])
    assert Page(client.post(back, page.typed())).error_of("course_end_date")


def test_each_tab_has_its_own_draft(client, batch):
    tabs = {name: asked(client, batch, name).typed() | {name: f"of {name}"} for name in ("course_id", "course_title")}
    for sent in tabs.values():
        assert client.post(at(batch), sent, headers={"X-Keep-Draft": "true"}).status_code == 200
    drafts = Draft.objects.open()
    assert {Page(client.get(each.address)).typed()[each.data["field"][0]] for each in drafts} == {
        "of course_id",
        "of course_title",
    }
    assert asked(client, batch, "course_id").typed()["course_id"] == ""


def test_a_cas_that_left_the_batch_meanwhile_is_no_longer_selected(client, batch, level1):
    sent = {**asked(client, batch, "course_id").typed(), "course_id": "NEW-1"}
    batch.take_out([batch.cas.get(family_name="Abebe").pk], by=level1)
    page, back = after_the_time_out(client, batch, sent)
    assert "You are changing 2 CAS" in page.main.text
    page = Page(client.post(back, Page(client.post(back, page.typed())).typed(), follow=True))
    assert page.banners == ["“Course ID” was set to “NEW-1” in 2 CAS."]


def test_if_every_selected_cas_has_left_the_batch_the_user_selects_others(client, batch, level1):
    sent = {**asked(client, batch, "course_id").typed(), "course_id": "NEW-1"}
    batch.take_out(ids_of(batch), by=level1)
    page, _ = after_the_time_out(client, batch, sent)
    assert (page.h1, page.summary) == ("Batch details", [("Select the CAS to change.", "#selected")])


def test_change_nothing_deletes_the_draft_and_leads_back_to_the_batch(client, batch):
    page = counted(client, batch, "course_id", "NEW-1")
    (draft,) = Draft.objects.open()
    (button,) = page.buttons("Change nothing")
    assert client.post(at(batch), page.typed() | {button["name"]: ""})["Location"] == at(batch, "")
    assert not Draft.objects.open()
    page = Page(client.get(draft.address, follow=True))
    assert (page.h1, page.banners) == ("Batch details", ["Select the CAS to change, and then “Set one field”."])
    assert values_in(batch, "course_id") == [""] * 3


def test_after_the_time_out_the_button_of_the_batch_leads_back_to_the_batch(batch):
    sent = {"cas": ids_of(batch), "seen": batch.last_event()}
    referer = {"Referer": f"http://testserver{at(batch, '')}"}
    answer = Client().post(at(batch), sent, headers=referer)
    assert answer["Location"] == f"/sign-in/?next={at(batch, '')}"


def test_the_selection_of_many_cas_is_kept_whole(client, batch, level2):
    assert kept_ids(client, batch, level2) == ids_of(batch)


def test_the_test_above_would_see_a_selection_that_was_cut_off(client, batch, level2, monkeypatch):
    monkeypatch.setattr(draft, "LONGEST", 1_000)
    assert kept_ids(client, batch, level2) != ids_of(batch)


def kept_ids(client, batch, level2):
    """Return the ids in the draft of a page on which all CAS of a large batch are selected."""
    many(level2, 2_500, batch=batch)
    page = selected(client, batch, all="yes")
    texts = [text for name, text in sent_by(page.form()) if name == "cas"]
    assert [len(text.split()) for text in texts] == [1_000, 1_000, 503]
    client.post(at(batch), {**page.typed(), "cas": texts, "field": "course_id"})
    return [int(pk) for pk in re.findall(r"\d+", " ".join(Draft.objects.get().data["cas"]))]
