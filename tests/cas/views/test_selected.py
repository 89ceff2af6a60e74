"""Assigning several CAS selected in a list as a new batch, or deleting them, with one confirmation."""

import pytest

from cas.models import CAS, Batch
from licences.routes import Route
from tests.factories import CHILD, a_batch, a_cas, a_draft, an_order, assigned
from tests.pages import Page

ASSIGN, DELETE = "/students/selected/assign/", "/students/selected/delete/"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


@pytest.fixture
def pile(level2, allocation):
    """Make CAS of every kind that matters, by name."""
    cas_list = {
        "first": a_cas(level2, family_name="Abara"),
        "second": a_cas(level2, family_name="Bengtsson"),
        "draft": a_draft(level2, family_name="Castro"),
        "paying": a_cas(level2, family_name="Diallo"),
        "assigned": assigned(a_cas(level2, family_name="Eriksen")),
        "in a batch": a_cas(level2, family_name="Fofana"),
        "child": CAS.objects.add({**CHILD, "family_name": "Gupta"}, route=Route.CHILD_STUDENT, by=level2),
    }
    an_order(cas_list["paying"], by=level2)
    a_batch(level2, cas_list["in a batch"], name="Other")
    return cas_list


def ids(pile, *names):
    return [pile[name].pk for name in names or pile]


def test_the_cas_that_are_ready_become_a_batch_and_the_others_are_named_with_the_reason(client, pile, level2):
    page = Page(client.post(ASSIGN, {"cas": ids(pile), "group": f"STUDENT-{level2.pk}"}))
    assert page.h1 == "Assign 2 CAS as a new batch"
    for sentence in (
        "Some mandatory fields are not complete. 1 CAS: Castro",
        "being paid for",
        "This CAS is ASSIGNED. It has already been assigned.",
        "in the batch “Other”",
        "A batch has one route",
    ):
        assert sentence in page.main.text, sentence
    answer = client.post(ASSIGN, {"cas": ids(pile), "confirmed": "yes", "name": "Quick"})
    batch = Batch.objects.get(name="Quick")
    assert answer["Location"] == f"/students/batches/{batch.pk}/assign/"
    assert {cas.family_name for cas in batch.cas.all()} == {"Abara", "Bengtsson"}
    assert (batch.owner, batch.route) == (level2, Route.STUDENT)


def test_a_batch_made_by_a_level_1_user_belongs_to_the_owner_of_its_cas(as_user, level1, level2, colleague, pile):
    other = a_cas(colleague, family_name="Haddad")
    answer = as_user(level1).post(
        ASSIGN, {"cas": [*ids(pile, "first", "second"), other.pk], "confirmed": "yes", "name": "Quick"}
    )
    assert answer.status_code == 302
    batch = Batch.objects.get(name="Quick")
    assert (batch.owner, batch.cas.count()) == (level2, 2)
    assert {cas.owner for cas in batch.cas.all()} == {level2}
    other.refresh_from_db()
    assert (other.owner, other.batch) == (colleague, None)


def test_a_level_1_user_assigns_the_cas_of_a_deactivated_user(as_user, level1, level2, pile, caseworker):
    level2.deactivate(by=caseworker)
    sent = {"cas": ids(pile, "first", "second"), "confirmed": "yes", "name": "Quick"}
    assert as_user(level1).post(ASSIGN, sent).status_code == 302
    batch = Batch.objects.get(name="Quick")
    assert (batch.owner, batch.cas.count()) == (level2, 2)


@pytest.mark.parametrize("name", ["", "  ", "other", "x" * 101])
def test_a_name_that_is_refused_keeps_the_selection_and_makes_no_batch(name, client, pile):
    page = Page(client.post(ASSIGN, {"cas": ids(pile), "confirmed": "yes", "name": name}))
    assert page.error_of("name")
    assert page.h1 == "Assign 2 CAS as a new batch"
    assert Batch.objects.count() == 1


def test_the_page_says_when_none_of_the_selected_cas_can_be_assigned(client, pile):
    page = Page(client.post(ASSIGN, {"cas": ids(pile, "draft", "assigned"), "confirmed": "yes", "name": "Quick"}))
    assert page.h1 == "Assign CAS"
    assert "You cannot assign any of these CAS yet." in page.main.text
    assert not Batch.objects.filter(name="Quick").exists()


def test_deleting_first_shows_how_many_are_deleted_and_names_the_cas_that_stay(client, pile):
    page = Page(client.post(DELETE, {"cas": ids(pile)}))
    assert page.h1 == "Delete 5 CAS"
    text = page.main.text
    assert "This CAS is being paid for. Finish or cancel the payment first. 1 CAS: Diallo, Thị Minh" in text
    assert "This CAS is ASSIGNED, so you cannot change or delete it. 1 CAS: Eriksen, Thị Minh" in text
    assert CAS.objects.count() == 7
    after = Page(client.post(DELETE, {"cas": ids(pile), "confirmed": "yes"}, follow=True))
    assert after.banners == [
        "5 CAS were deleted.",
        "2 CAS were not deleted, because another user deleted, assigned or paid for it first.",
    ]
    assert {cas.family_name for cas in CAS.objects.all()} == {"Diallo", "Eriksen"}


@pytest.mark.parametrize("address", [ASSIGN, DELETE])
@pytest.mark.parametrize("sent", [{}, {"cas": ["x", "9" * 40, ""]}])
def test_with_nothing_selected_the_page_asks_the_user_to_select_cas(sent, address, client):
    page = Page(client.post(address, sent))
    assert (page.status, page.h1) == (422, "All CAS")
    [(sentence, href)] = page.summary
    assert sentence.startswith("Select the CAS to ")
    assert href == "#selected"


@pytest.mark.parametrize("address", [ASSIGN, DELETE])
def test_users_cannot_assign_or_delete_cas_that_are_not_theirs(address, as_user, colleague, outsider, pile):
    for user in (colleague, outsider):
        as_user(user).post(address, {"cas": ids(pile), "confirmed": "yes", "name": "Quick"})
    assert CAS.objects.count() == 7
    assert not Batch.objects.filter(name="Quick").exists()
