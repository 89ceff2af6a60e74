"""Pre-stored study addresses: Level 1 users keep them, and every user of the sponsor can choose one (section 10)."""

import pytest

from cas.models import CAS, StudyAddress
from licences.models import Event
from sms.core.refused import NotAllowed, Refused
from tests.factories import a_cas
from tests.pages import Page

NEW = "/students/study-addresses/new/"
MAIN = {
    "name": "Main campus",
    "study_address_line_1": "1 Learning Lane",
    "study_city": "Exampleford",
    "study_county": "Exampleshire",
    "study_postcode": "EX4 9ZZ",
}


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def address(level1):
    return StudyAddress.objects.add(MAIN, by=level1)


def test_an_address_is_added_edited_and_deleted_and_the_history_records_it(client, level1):
    assert "There are no study addresses yet." in Page(client.get("/students/study-addresses/")).main.text
    page = Page(client.post(NEW, MAIN, follow=True))
    assert page.banners == ["The address is saved. You can now choose it on the CAS form."]
    assert "1 Learning Lane, Exampleford, Exampleshire, EX4 9ZZ" in page.main.text
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
        ({"study_address_line_1": ""}, "study_address_line_1", "Enter the first line of the address"),
        ({"study_postcode": "nowhere"}, "study_postcode", None),
        ({"study_city": "x" * 101}, "study_city", None),
    ],
)
def test_an_error_is_shown_beside_its_field_and_what_was_typed_is_kept(changed, field, sentence, client):
    page = Page(client.post(NEW, {**MAIN, **changed}))
    assert page.error_of(field) == sentence or (sentence is None and page.error_of(field))
    assert page.typed()["name" if field != "name" else "study_city"]
    assert not StudyAddress.objects.exists()


def test_no_two_addresses_of_a_sponsor_have_the_same_name(client, address):
    page = Page(client.post(NEW, {**MAIN, "name": "main  CAMPUS"}))
    assert page.error_of("name") == "Your sponsor already has an address with this name. Choose another name"


def test_each_sponsor_has_its_own_addresses(address, outsider, as_user):
    StudyAddress.objects.add(MAIN, by=outsider)
    assert StudyAddress.objects.for_user(outsider).count() == 1
    assert as_user(outsider).get(f"/students/study-addresses/{address.pk}/").status_code == 404


def test_every_user_of_the_sponsor_sees_the_addresses_and_only_level_1_users_change_them(address, level2, as_user):
    assert StudyAddress.objects.for_user(level2).get() == address
    assert as_user(level2).get("/students/study-addresses/").status_code == 403
    with pytest.raises(NotAllowed):
        address.amend({}, by=level2)
    with pytest.raises(NotAllowed):
        StudyAddress.objects.add(MAIN, by=level2)


def test_an_address_that_another_user_has_deleted_is_not_changed(address, level1):
    StudyAddress.objects.get(pk=address.pk).remove(by=level1)
    with pytest.raises(Refused, match="Another user has deleted this address"):
        address.amend(MAIN, by=level1)


# Choosing an address on the form of a CAS


def test_without_javascript_a_button_fills_in_the_address_and_saves_nothing(address, as_user, level2):
    client = as_user(level2)
    form = Page(client.get("/students/create-cas/STUDENT/new/"))
    assert [option.text for option in form.all("select") if option["name"] == "address"]
    typed = {**form.typed(), "family_name": "Wang", "study_city": "typed before", "course_fees_paid": "£5,000"}
    answer = client.post("/students/create-cas/STUDENT/new/", {**typed, "address": address.pk, "pick": "address"})
    page = Page(answer)
    held = page.typed()
    assert (answer.status_code, page.summary) == (200, [])
    assert (held["study_address_line_1"], held["study_city"], held["study_postcode"]) == (
        "1 Learning Lane",
        "Exampleford",
        "EX4 9ZZ",
    )
    assert (held["family_name"], held["course_fees_paid"]) == ("Wang", "£5,000")
    assert not CAS.objects.exists()
    client.post("/students/create-cas/STUDENT/new/", {**held, "course_fees_paid": "5000"})
    assert CAS.objects.get().study_address_line_1 == "1 Learning Lane"


def test_an_address_chosen_for_an_existing_cas_is_saved_only_by_save(address, as_user, level2):
    cas = a_cas(level2, study_address_line_1="Another")
    edit = f"/students/cas/{cas.pk}/edit/"
    client = as_user(level2)
    typed = Page(client.get(edit)).typed()
    held = Page(client.post(edit, {**typed, "address": address.pk, "pick": "address"})).typed()
    cas.refresh_from_db()
    assert (cas.study_address_line_1, held["study_address_line_1"]) == ("Another", "1 Learning Lane")
    client.post(edit, held)
    cas.refresh_from_db()
    assert cas.study_address_line_1 == "1 Learning Lane"


@pytest.mark.parametrize("picked", ["", "x", "0", "9" * 40])
def test_choosing_no_address_leaves_what_was_typed(picked, address, as_user, level2):
    client = as_user(level2)
    sent = {"family_name": "Wang", "study_city": "Here", "address": picked, "pick": "address"}
    assert Page(client.post("/students/create-cas/STUDENT/new/", sent)).typed()["study_city"] == "Here"
    assert not CAS.objects.exists()


def test_the_address_of_another_sponsor_is_neither_offered_nor_filled_in(address, as_user, outsider):
    client = as_user(outsider)
    assert "Main campus" not in client.get("/students/create-cas/STUDENT/new/").content.decode()
    sent = {"family_name": "Wang", "address": address.pk, "pick": "address"}
    assert Page(client.post("/students/create-cas/STUDENT/new/", sent)).typed()["study_city"] == ""
