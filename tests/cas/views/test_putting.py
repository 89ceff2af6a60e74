"""Put one CAS or several into an existing batch, and choose a group of a mixture (specification, section 10)."""

import pytest

from cas.models import CAS, Batch
from licences.models import Event
from licences.routes import Route
from sms.core.refused import Refused
from tests.factories import CHILD, a_batch, a_batch_order, a_cas, a_draft, an_order, assigned, many
from tests.pages import Page, sent_by

PUT, ASSIGN = "/students/selected/put-into-batch/", "/students/selected/assign/"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


@pytest.fixture
def batch(level2):
    return a_batch(level2, a_cas(level2, family_name="Inside"), name="Autumn")


def a_child(by, **values):
    return CAS.objects.add({**CHILD, **values}, route=Route.CHILD_STUDENT, by=by)


def form_of(page):
    """Return what the form of the page sends. The header has another form."""
    (form,) = page.main.all("form")
    return dict(sent_by(form))


def batch_of(cas):
    cas.refresh_from_db()
    return cas.batch


# One CAS


@pytest.mark.parametrize("make", [a_cas, a_draft])
def test_a_cas_outside_a_batch_is_put_into_one_from_its_page(make, client, batch, level2):
    cas = make(level2)
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    page = Page(client.get(page.main.link("Put into a batch")))
    assert page.h1 == "Put into a batch"
    assert [option.text for option in page.by_id("id_to").all("option")][-1] == "Autumn (Level2)"
    answer = client.post(f"/students/cas/{cas.pk}/put-into-batch/", {"to": str(batch.pk)}, follow=True)
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/", 302)]
    after = Page(answer)
    assert after.banners == ["1 CAS put into “Autumn”. See the batch"]
    assert batch_of(cas) == batch
    assert after.main.buttons("Put into a batch") == []
    assert Event.objects.about("cas", cas.pk).last().verb == "move_in"
    assert Event.objects.about("batch", batch.pk).last().data == {"cas": [None, [cas.pk]]}


@pytest.mark.parametrize("sent", [{}, {"to": ""}, {"to": "0"}, {"to": "x"}])
def test_without_a_batch_the_page_asks_for_one(sent, client, batch, level2):
    cas = a_cas(level2)
    answer = client.post(f"/students/cas/{cas.pk}/put-into-batch/", {"to": "", **sent})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.error_of("to")
    assert batch_of(cas) is None


def test_without_an_unassigned_batch_of_the_route_the_page_says_how_to_start_one(client, batch, level2):
    cas = a_child(level2)
    page = Page(client.get(f"/students/cas/{cas.pk}/put-into-batch/"))
    assert "There is no unassigned batch for the Child Student route." in page.main.text
    assert page.main.link("Create new batch of CAS") == "/students/create-cas/CHILD_STUDENT/new-batch/"
    assert page.main.buttons("Put into the batch") == []


def test_a_cas_that_cannot_be_put_into_a_batch_says_why(client, batch, level2, allocation):
    paying = a_cas(level2, passport_number="P1")
    an_order(paying, by=level2)
    for cas, sentence in (
        (batch.cas.get(), "This CAS is already in the batch “Autumn”. Move it from the details of that batch."),
        (paying, "This CAS is being paid for."),
        (assigned(a_cas(level2, passport_number="P2")), "This CAS is ASSIGNED, so you cannot change or delete it."),
    ):
        page = Page(client.get(f"/students/cas/{cas.pk}/put-into-batch/"))
        assert sentence in page.main.text
        assert page.main.buttons("Put into the batch") == []
        client.post(f"/students/cas/{cas.pk}/put-into-batch/", {"to": str(batch.pk)})
        assert batch_of(cas) == (batch if cas.family_name == "Inside" else None)


# Whose


def test_a_level_1_user_puts_the_cas_of_another_owner_which_takes_the_owner_of_the_batch(
    as_user, level1, level2, colleague, batch
):
    cas = a_cas(colleague)
    client = as_user(level1)
    page = Page(client.get(f"/students/cas/{cas.pk}/put-into-batch/"))
    assert "A CAS belongs to the owner of its batch" in page.main.text
    client.post(f"/students/cas/{cas.pk}/put-into-batch/", {"to": str(batch.pk)})
    assert (batch_of(cas), cas.owner) == (batch, level2)
    assert "transfer" in Event.objects.about("cas", cas.pk).values_list("verb", flat=True)


def test_a_level_2_user_puts_only_their_own_cas_and_only_into_their_own_batches(
    client, level1, level2, colleague, batch
):
    mine, theirs, other = a_cas(level2), a_cas(colleague), a_batch(colleague, name="Theirs")
    assert client.get(f"/students/cas/{theirs.pk}/put-into-batch/").status_code == 404
    assert client.post(f"/students/cas/{mine.pk}/put-into-batch/", {"to": str(other.pk)}).status_code == 422
    client.post(PUT, {"cas": [theirs.pk, mine.pk], "to": str(batch.pk)})
    assert (batch_of(mine), batch_of(theirs)) == (batch, None)
    with pytest.raises(Refused, match="No CAS was moved"):
        batch.put([theirs.pk], by=level2, only_from_outside=True)


# Several


def test_the_selected_cas_are_put_into_a_batch_and_the_others_are_named_with_the_reason(
    client, batch, level2, allocation
):
    going = [a_cas(level2, family_name="One"), a_draft(level2, family_name="Two")]
    done = assigned(a_cas(level2, passport_number="P2", family_name="Done"))
    sent = {"cas": [*(cas.pk for cas in going), done.pk, batch.cas.get().pk]}
    page = Page(client.post(PUT, sent))
    assert "You are putting these 2 CAS into a batch:" in page.main.text
    assert "This CAS is ASSIGNED, so you cannot change or delete it. 1 CAS: Done" in page.main.text
    assert "This CAS is already in the batch “Autumn”." in page.main.text
    answer = client.post(PUT, {**form_of(page), "to": str(batch.pk)}, follow=True)
    assert answer.redirect_chain == [("/students/cas/", 302)]
    assert Page(answer).banners == ["2 CAS put into “Autumn”. See the batch"]
    assert {batch_of(cas) for cas in going} == {batch}


def test_with_nothing_selected_the_list_asks_for_it(client):
    page = Page(client.post(PUT, {}))
    assert (page.status, page.summary) == (422, [("Select the CAS to put into a batch.", "#selected")])


def test_a_cas_that_another_user_put_into_a_batch_meanwhile_is_not_moved(client, batch, level2):
    cas, first = a_cas(level2), a_batch(level2, name="First")
    first.put([cas.pk], by=level2)
    with pytest.raises(Refused, match="Another user has put one of these CAS into a batch"):
        batch.put([cas.pk], by=level2, only_from_outside=True)
    assert batch_of(cas) == first


def test_a_batch_that_is_being_paid_for_is_not_offered_and_takes_no_cas(client, batch, level2, allocation):
    cas = a_cas(level2)
    a_batch_order(batch)
    page = Page(client.get(f"/students/cas/{cas.pk}/put-into-batch/"))
    assert "There is no unassigned batch" in page.main.text
    with pytest.raises(Refused, match="being paid for"):
        Batch.objects.get().put([cas.pk], by=level2)


# A mixture


def test_selecting_cas_of_two_routes_says_which_groups_there_are_and_lets_the_user_choose(client, batch, level2):
    adult, child = a_cas(level2, family_name="Adult"), a_child(level2, family_name="Child")
    page = Page(client.post(PUT, {"cas": [adult.pk, child.pk]}))
    assert page.h1 == "Choose which CAS to put into a batch"
    assert [label.text for label in page.main.all("label")] == ["1 CAS, Student route", "1 CAS, Child Student route"]
    page = Page(client.post(PUT, form_of(page)))
    assert (page.status, page.error_of("group")) == (422, "Select which CAS")
    page = Page(client.post(PUT, {**form_of(page), "group": "STUDENT"}))
    assert "You are putting this CAS into a batch:" in page.main.text
    assert "For the Child Student route. A batch has one route. 1 CAS: Child" in page.main.text
    client.post(PUT, {**form_of(page), "to": str(batch.pk)})
    assert (batch_of(adult), batch_of(child)) == (batch, None)


def test_assigning_cas_of_several_owners_and_routes_lets_the_user_choose_one_group(
    as_user, level1, level2, colleague, allocation
):
    one, two = a_cas(level2, family_name="One"), a_cas(colleague, family_name="Two")
    child = a_child(level2, family_name="Child")
    client = as_user(level1)
    page = Page(client.post(ASSIGN, {"cas": [one.pk, two.pk, child.pk, a_draft(level2).pk]}))
    assert page.h1 == "Choose which CAS to assign"
    assert [label.text for label in page.main.all("label")] == [
        "1 CAS, Student route, owned by Level2",
        "1 CAS, Student route, owned by Colleague",
        "1 CAS, Child Student route, owned by Level2",
    ]
    assert "Some mandatory fields are not complete. 1 CAS: Okonkwo" in page.main.text
    page = Page(client.post(ASSIGN, {**form_of(page), "group": f"STUDENT-{colleague.pk}"}))
    assert page.h1 == "Assign 1 CAS as a new batch"
    client.post(ASSIGN, {**form_of(page), "name": "Of a colleague"})
    batch = Batch.objects.get()
    assert (batch.owner, list(batch.cas.all())) == (colleague, [two])


def test_the_list_has_a_column_with_the_batch_and_takes_as_many_statements_for_many(
    client, batch, level2, django_assert_max_num_queries
):
    page = Page(client.get("/students/cas/"))
    assert "Batch Owner" in [cell.text for cell in page.main.all("th")]
    assert "Autumn" in page.main.one("tbody").text
    with django_assert_max_num_queries(20) as few:
        client.get("/students/cas/")
    many(level2, 20, batch=batch)
    with django_assert_max_num_queries(len(few)):
        client.get("/students/cas/")
