"""Assigning, printing, transferring or deleting every CAS that a search found, on all of its pages.

See the specification, section 10.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS, Batch, Printout
from licences.models import Event
from tests.factories import a_cas, a_draft, an_allocation, an_order, many
from tests.pages import Page, sent_by

ASSIGN, DELETE, TRANSFER, PRINT = (
    "/students/selected/assign/",
    "/students/selected/delete/",
    "/students/transfer/selected/",
    "/students/print/",
)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def thirty(level1, licence, caseworker):
    """Make thirty CAS that the search finds by name, and one that it does not find."""
    an_allocation(licence, 100, by=caseworker)
    a_cas(level1, family_name="Other")
    return many(level1, 30)


def found(client, **asked):
    """Search, and return the page of the CAS found."""
    answer = client.post("/students/search/", asked or {"family_name": "ng"})
    page = Page(client.get(answer["Location"]))
    page.address = answer["Location"]
    return page


def all_of(page, **sent):
    """Return what the form of the list sends when all CAS found are selected."""
    return {**dict(sent_by(page.form(PRINT))), "all": "yes", **sent}


def confirmed(client, address, first, **sent):
    """Post to the address and confirm. Return the confirmation page and the page after it."""
    page = Page(client.post(address, first))
    return page, Page(client.post(address, {**dict(sent_by(page.main.all("form")[-1])), **sent}, follow=True))


def test_the_list_offers_to_select_all_cas_found_and_says_how_many(client, thirty):
    page = found(client)
    assert page.by_id("all-found")["type"] == "checkbox"
    assert "All 30 CAS found, on every page" in page.main.text
    assert "checked" not in page.by_id("all-found")


def test_a_list_of_one_page_does_not_mention_other_pages(client, level1):
    a_cas(level1), a_draft(level1, family_name="Ngo")
    assert "All 2 CAS found" in found(client).main.text
    assert "on every page" not in found(client).main.text


def test_the_cas_that_the_confirmation_counted_are_deleted_and_no_later_cas(client, thirty, level1, level2):
    an_order(thirty[7], by=level1)
    page = found(client)
    asking = Page(client.post(DELETE, all_of(page)))
    assert asking.h1 == "Delete 29 CAS"
    assert "and 19 more" in asking.main.text
    assert "Finish or cancel the payment first. 1 CAS: Nguyễn, Thị Minh" in asking.main.text
    assert asking.main.link("Keep them") == page.address
    a_cas(level2)
    after = Page(client.post(DELETE, dict(sent_by(asking.main.all("form")[-1])), follow=True))
    assert after.banners == ["29 CAS were deleted."]
    assert after.h1 == "CAS found"
    assert CAS.objects.count() == 3
    assert Event.objects.filter(verb="delete").count() == 29


def test_a_confirmation_that_searched_again_would_delete_a_later_cas(client, thirty, level2):
    sent = dict(sent_by(Page(client.post(DELETE, all_of(found(client)))).main.all("form")[-1]))
    a_cas(level2)
    client.post(DELETE, sent | {"all": "yes"})
    assert CAS.objects.count() == 1


def test_all_cas_found_become_a_batch(client, thirty, level1):
    a_draft(level1, family_name="Ngo")
    asking, after = confirmed(client, ASSIGN, all_of(found(client)), name="All of them")
    assert asking.h1 == "Assign 30 CAS as a new batch"
    assert "Some mandatory fields are not complete. 1 CAS: Ngo" in asking.main.text
    assert after.h1 == "Confirm assignment of batch"
    assert Batch.objects.get().cas.count() == 30


def test_all_cas_found_are_transferred(client, thirty, colleague):
    asking, after = confirmed(client, TRANSFER, all_of(found(client)), to=colleague.pk)
    assert "30 CAS:" in asking.main.text
    assert after.banners == ["30 CAS were transferred to Colleague."]
    assert CAS.objects.filter(owner=colleague).count() == 30


def test_all_cas_found_are_printed(client, thirty):
    page = Page(client.post(PRINT, all_of(found(client)), follow=True))
    assert "0 of 30 CAS have been printed" in page.main.text
    assert Printout.objects.get().name == "30 CAS from a search"


def test_all_cas_found_of_one_status_exclude_cas_of_other_statuses(client, thirty, level1):
    a_draft(level1, family_name="Ngo")
    address = found(client).address
    page = Page(client.get(address, {"status": "READY TO GO"}))
    assert "All 30 CAS found" in page.main.text
    asking = Page(client.post(DELETE, all_of(page)))
    assert asking.h1 == "Delete 30 CAS"
    assert asking.main.link("Keep them") == f"{address}?status=READY+TO+GO"


def test_single_selections_count_only_if_not_all_are_selected(client, thirty):
    page = found(client)
    for sent, count in (({"cas": thirty[3].pk}, 1), (all_of(page, cas=thirty[3].pk), 30)):
        assert Page(client.post(DELETE, sent)).h1 == f"Delete {count} CAS"


def test_if_the_search_found_too_many_the_page_says_so_and_takes_the_newest(client, thirty, monkeypatch):
    monkeypatch.setattr("cas.finding.selection.MOST_SELECTED", 20)
    asking = Page(client.post(DELETE, all_of(found(client))))
    assert asking.h1 == "Delete 20 CAS"
    assert "Your search found more CAS than you can select at once" in asking.main.text
    going = set(map(int, asking.typed()["cas"].split()))
    assert going == {cas.pk for cas in thirty[10:]}
    page = Page(client.post(PRINT, all_of(found(client))))
    sentence = "You can print up to 10,000 CAS at once. Narrow your search, or print one batch at a time."
    assert (page.status, page.h1) == (422, "CAS found")
    assert sentence in page.one(of="govuk-error-summary").text


@pytest.mark.parametrize("address", [ASSIGN, DELETE, TRANSFER, PRINT])
@pytest.mark.parametrize("key", ["", "x" * 31, "no such", "\0", "../students", "a1"])
def test_a_search_that_does_not_exist_selects_nothing(address, key, client, thirty):
    page = Page(client.post(address, {"search": key, "all": "yes"}))
    assert (page.status, page.h1) == (422, "All CAS")
    assert page.summary[0][0].startswith("Select the CAS to ")
    assert CAS.objects.count() == 31


def test_a_user_cannot_act_on_the_search_of_another_user(client, as_user, thirty, outsider, level2):
    sent = all_of(found(client))
    for user in (level2, outsider):
        page = Page(as_user(user).post(DELETE, sent))
        assert page.summary == [("Select the CAS to delete.", "#selected")]


def test_a_level_2_user_selects_only_their_own_cas(as_user, thirty, level2):
    a_cas(level2), a_draft(level2, family_name="Ngo")
    client = as_user(level2)
    assert Page(client.post(DELETE, all_of(found(client)))).h1 == "Delete 2 CAS"


def test_a_cas_deleted_before_the_confirmation_is_reported(client, thirty, level1):
    asking = Page(client.post(DELETE, all_of(found(client))))
    thirty[0].remove(by=level1)
    after = Page(client.post(DELETE, dict(sent_by(asking.main.all("form")[-1])), follow=True))
    assert after.banners == [
        "29 CAS were deleted.",
        "1 CAS was not deleted, because another user deleted, assigned or paid for it first.",
    ]


def test_the_page_says_when_none_of_the_selected_cas_can_be_transferred(client, thirty, level1, colleague):
    an_order(thirty[0], by=level1)
    page = Page(client.post(TRANSFER, {"cas": thirty[0].pk}))
    assert "You cannot transfer any of these CAS." in page.main.text
    assert not page.main.buttons("Transfer")


@pytest.mark.parametrize("address", [ASSIGN, DELETE, TRANSFER, PRINT])
def test_selecting_thirty_takes_as_many_statements_as_selecting_ten(address, client, thirty):
    client.get("/students/")  # the first request of a session takes some of its own
    taken = []
    for picked in (thirty[:10], thirty):
        with CaptureQueriesContext(connection) as queries:
            client.post(address, {"cas": [cas.pk for cas in picked]})
        taken.append(len(queries))
    assert taken[0] == taken[1]
