"""Pre-stored study addresses: Level 1 users keep them, everybody of the sponsor picks from them (section 10)."""

import pytest

from cas.models import StudyAddress
from licences.models import Event
from sms.core.refused import NotAllowed, Refused
from tests.pages import Page

NEW = "/students/study-addresses/new/"
MAIN = {
    "name": "Main campus",
    "study_address_line_1": "1 Learning Lane",
    "study_city": "Exampleford",
    "study_postcode": "EX4 9ZZ",
}


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def address(level1):
    return StudyAddress.objects.all().add(MAIN, by=level1)


def test_one_is_added_edited_and_deleted_and_the_history_keeps_it(client, level1):
    assert "None yet." in Page(client.get("/students/study-addresses/")).main.text
    page = Page(client.post(NEW, MAIN, follow=True))
    assert page.banners == ["The address was saved. It can be picked on the CAS form from now on."]
    assert "1 Learning Lane, Exampleford, EX4 9ZZ" in page.main.text
    there = page.main.link("Edit Main campus")
    client.post(there, {**MAIN, "study_city": "Elsewhere"})
    assert StudyAddress.objects.get().study_city == "Elsewhere"
    question = Page(client.get(f"{there}delete/"))
    assert "You are about to delete Main campus, 1 Learning Lane" in question.main.text
    client.post(f"{there}delete/")
    assert not StudyAddress.objects.exists()
    events = Event.objects.filter(kind="study_address").order_by("pk")
    assert [(event.verb, event.by) for event in events] == [(verb, level1) for verb in ("create", "save", "delete")]
    assert events[1].data == {"study_city": ["Exampleford", "Elsewhere"]}


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a name"),
        ({"name": " "}, "name", "Enter a name"),
        ({"study_address_line_1": ""}, "study_address_line_1", "Enter the first line"),
        ({"study_postcode": "nowhere"}, "study_postcode", None),
        ({"study_city": "x" * 101}, "study_city", None),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(changed, field, sentence, client):
    page = Page(client.post(NEW, {**MAIN, **changed}))
    assert page.error_of(field) == sentence or (sentence is None and page.error_of(field))
    assert page.typed()["name" if field != "name" else "study_city"]
    assert not StudyAddress.objects.exists()


def test_a_name_is_there_once(client, address):
    page = Page(client.post(NEW, {**MAIN, "name": "main  CAMPUS"}))
    assert page.error_of("name") == "Your sponsor has an address of this name already: choose another"


def test_another_sponsor_has_its_own(address, outsider, as_user):
    StudyAddress.objects.all().add(MAIN, by=outsider)
    assert StudyAddress.objects.for_user(outsider).count() == 1
    assert as_user(outsider).get(f"/students/study-addresses/{address.pk}/").status_code == 404


def test_everybody_of_the_sponsor_sees_them_and_only_level_1_keeps_them(address, level2, as_user):
    assert StudyAddress.objects.for_user(level2).get() == address
    assert as_user(level2).get("/students/study-addresses/").status_code == 403
    with pytest.raises(NotAllowed):
        address.amend({}, by=level2)
    with pytest.raises(NotAllowed):
        StudyAddress.objects.all().add(MAIN, by=level2)


def test_one_that_somebody_has_deleted_is_not_changed(address, level1):
    StudyAddress.objects.get(pk=address.pk).remove(by=level1)
    with pytest.raises(Refused, match="Somebody else has deleted this address"):
        address.amend(MAIN, by=level1)
