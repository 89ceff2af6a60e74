"""`Transfer ownership`: a Level 1 user transfers one CAS, several, a batch, or every CAS of a user (section 10)."""

import pytest

from cas.models import CAS
from licences.models import Event
from tests.factories import a_batch, a_cas, a_draft, a_user, an_order
from tests.pages import Page, sent_by


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def owners():
    return {cas.student_name: cas.owner.username for cas in CAS.objects.select_related("owner")}


def transferred(client, address, to, **sent):
    return Page(client.post(address, {"to": to.pk, **sent}, follow=True))


def test_a_transferred_cas_has_a_new_owner_and_the_history_names_both_owners(client, level2, colleague):
    cas = a_cas(level2)
    address = f"/students/cas/{cas.pk}/transfer/"
    page = Page(client.get(address))
    assert page.h1 == "Transfer ownership"
    assert "Nguyễn, Thị Minh Date of birth: 17 May 2002 READY TO GO Level2" in page.main.text
    after = transferred(client, address, colleague)
    assert after.banners == ["1 CAS was transferred to Colleague."]
    assert owners() == {"Nguyễn, Thị Minh": "colleague"}
    assert Event.objects.get(verb="transfer").data == {"owner": ["Level2", "Colleague"]}


def test_only_an_active_user_of_the_sponsor_can_become_the_owner(client, level2, outsider, licence, caseworker):
    gone = a_user("gone", "LEVEL_2", licence)
    gone.deactivate(by=caseworker)
    cas = a_cas(level2)
    address = f"/students/cas/{cas.pk}/transfer/"
    offered = {option["value"] for option in Page(client.get(address)).all("option")}
    assert not offered & {str(gone.pk), str(outsider.pk), str(caseworker.pk)}
    for to in ("", gone.pk, outsider.pk, "x", "9" * 30):
        page = Page(client.post(address, {"to": to}))
        assert page.error_of("to"), to
    assert owners() == {"Nguyễn, Thị Minh": "level2"}


def test_a_transferred_cas_leaves_its_batch_and_the_page_says_so_first(client, level2, colleague):
    cas = a_cas(level2)
    a_batch(level2, cas)
    address = f"/students/cas/{cas.pk}/transfer/"
    assert "1 of them is in an unassigned batch and will leave it" in Page(client.get(address)).main.text
    transferred(client, address, colleague)
    assert CAS.objects.get().batch is None


def test_a_batch_is_transferred_with_all_of_its_cas(client, level2, colleague):
    batch = a_batch(level2, a_cas(level2), a_draft(level2))
    address = f"/students/batches/{batch.pk}/transfer/"
    page = Page(client.get(address))
    assert "The batch September intake of Level2, with 2 CAS." in page.main.text
    assert "leaves it" not in page.main.text
    assert transferred(client, address, colleague).banners == ["2 CAS were transferred to Colleague."]
    batch.refresh_from_db()
    assert (batch.owner, batch.cas.count(), set(owners().values())) == (colleague, 2, {"colleague"})


def test_a_cas_that_is_being_paid_for_is_not_transferred_and_the_page_says_why(client, level2, colleague, allocation):
    going = [a_cas(level2, family_name=name) for name in ("Abara", "Bengtsson")]
    paying = a_cas(level2, family_name="Castro")
    an_order(paying, by=level2)
    selected = [cas.pk for cas in (*going, paying)]
    page = Page(client.post("/students/transfer/selected/", {"cas": selected}))
    assert "2 CAS:" in page.main.text
    paid_first = "They are being paid for. Finish or cancel the payment first. 1 CAS: Castro, Thị Minh"
    assert f"These CAS will not be transferred: {paid_first}" in page.main.text
    after = transferred(client, "/students/transfer/selected/", colleague, cas=selected)
    assert after.banners == ["2 CAS were transferred to Colleague."]
    assert sorted(owners().values()) == ["colleague", "colleague", "level2"]
    alone = transferred(client, f"/students/cas/{paying.pk}/transfer/", colleague)
    assert "is being paid for" in alone.all(of="govuk-error-summary")[0].text


@pytest.mark.parametrize("sent", [{}, {"cas": ["x", "9" * 40]}])
def test_with_nothing_selected_the_page_asks_the_user_to_select_cas(sent, client):
    page = Page(client.post("/students/transfer/selected/", sent))
    assert (page.status, page.summary) == (422, [("Select the CAS to transfer.", "#selected")])


def test_the_selected_cas_of_another_sponsor_are_not_transferred(client, outsider, level2, colleague):
    theirs, ours = a_cas(outsider, family_name="Theirs"), a_cas(level2, family_name="Ours")
    transferred(client, "/students/transfer/selected/", colleague, cas=[theirs.pk, ours.pk])
    assert owners() == {"Theirs, Thị Minh": "outsider", "Ours, Thị Minh": "colleague"}


def test_every_cas_of_a_deactivated_user_is_transferred_after_a_confirmation(client, level2, colleague, caseworker):
    a_batch(level2, a_cas(level2), a_draft(level2))
    a_cas(level2)
    level2.deactivate(by=caseworker)
    page = Page(client.get("/students/transfer/"))
    assert "Level2 (level2), deactivated: 3 CAS" in page.main.text
    asked = Page(client.post("/students/transfer/", {"of": level2.pk, "to": colleague.pk}))
    assert asked.h1 == "Confirm transfer of ownership"
    assert "You are about to transfer 3 CAS, in every status, and 1 batch from Level2 to Colleague." in asked.main.text
    assert set(owners().values()) == {"level2"}, "nothing has happened yet"
    after = Page(client.post("/students/transfer/", dict(sent_by(asked.main.one("form"))), follow=True))
    assert after.banners == ["3 CAS were transferred from Level2 to Colleague."]
    assert set(owners().values()) == {"colleague"}


def test_the_new_owner_must_be_another_user(client, level2):
    a_cas(level2)
    page = Page(client.post("/students/transfer/", {"of": level2.pk, "to": level2.pk}))
    assert page.error_of("to") == "Select another user to transfer to"


def test_a_level_2_user_cannot_transfer_cas(as_user, level2):
    cas = a_cas(level2)
    for address in ("/students/transfer/", f"/students/cas/{cas.pk}/transfer/"):
        assert as_user(level2).get(address).status_code == 403
