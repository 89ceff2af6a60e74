"""A batch of 1 and a batch of 1,000 CAS, a search for one CAS among them, and a batch from a whole search."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS, Batch
from tests.factories import a_batch, a_cas, many

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

each_size = pytest.mark.parametrize(
    ("size", "with_javascript"), [(1, True), (1000, False)], ids=["one", "a thousand, without JavaScript"]
)


@each_size
def test_a_batch_is_found_and_assigned_and_one_of_its_cas_is_found_again(
    size, with_javascript, visit, level2, allocation, caseworker, inspector
):
    allocation.change_granted(2000, by=caseworker, reason="Because")
    batch = a_batch(level2, a_cas(level2, family_name="Zielińska"), name="September")
    many(level2, size - 1, batch=batch)
    visitor = visit(level2, with_javascript=with_javascript)

    visitor.goes_to("/students/")
    visitor.selects("Assign CAS")
    visitor.chooses("Assign batch")
    visitor.selects("Next")
    visitor.page.get_by_label("Batch name").fill("sept")
    visitor.selects("Next")
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees(f"£{55 * size:,}.00")
    visitor.selects("Assign")
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned batch")
    visitor.sees(f"{size:,} CAS assigned")
    expect(visitor.page.locator(".govuk-pagination")).to_have_count(0 if size == 1 else 1)
    assert CAS.objects.filter(status="ASSIGNED").count() == size

    visitor.page.get_by_label("Name, CAS or passport number, Applicant ID or batch").fill("zielinska")
    visitor.selects("Find")
    visitor.sees_screen("Zielińska, Thị Minh")
    visitor.sees(CAS.objects.get(family_name="Zielińska").number)


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without"])
def test_all_cas_of_a_search_become_a_batch(with_javascript, visit, level2, allocation, caseworker, inspector):
    allocation.change_granted(100, by=caseworker, reason="Because")
    many(level2, 40)
    visitor = visit(level2, with_javascript=with_javascript)
    visitor.goes_to("/students/search/")
    visitor.page.locator("main").get_by_label("Family name").fill("ng")
    visitor.selects("Next")
    visitor.sees_screen("CAS found")
    visitor.page.get_by_label("All 40 CAS found, on every page").check()
    inspector.looks_at(visitor, "CAS found, all selected")
    visitor.selects("Assign")
    visitor.sees_screen("Assign 40 CAS as a new batch")
    inspector.looks_at(visitor, "Assign 40 CAS as a new batch")
    visitor.page.get_by_label("Batch name").fill("All of them")
    visitor.selects("Next")
    visitor.sees_screen("Confirm assignment of batch")
    assert Batch.objects.get().cas.count() == 40
