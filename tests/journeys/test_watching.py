"""A page that watches work says in its heading that the work has ended, and hides what no longer applies."""

import pytest
from playwright.sync_api import expect

from tests.bulk_data_transfer.factories import a_record, sheet
from tests.factories import a_batch, a_cas
from tests.jobs import work_all
from tests.journeys.inspector import PHONE
from tests.journeys.test_bulk_changes import sends

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PLACES = "() => [...document.querySelectorAll('main *')].map((each) => each.getBoundingClientRect().top)"


def is_gone(visitor, *names):
    for name in names:
        expect(visitor.page.get_by_role("button", name=name)).to_be_hidden()


@pytest.mark.parametrize("width", [1280, PHONE])
def test_a_check_and_an_import_say_that_they_have_ended(width, visit, level2, inspector):
    visitor = visit(level2, width=width)
    sends(visitor, "a.csv", sheet(a_record(route="Student")).getvalue())
    visitor.selects("Check only")
    visitor.sees_screen("Checking a.csv")
    before = visitor.page.evaluate(PLACES)
    visitor.page.get_by_role("button", name="Stop").focus()
    work_all()
    visitor.sees_screen("a.csv is checked")
    assert visitor.page.title().startswith("a.csv is checked")
    is_gone(visitor, "Check again", "Stop")
    expect(visitor.page.get_by_role("link", name="Show the result")).to_be_focused()
    assert visitor.page.evaluate(PLACES) == before
    inspector.looks_at(visitor, "checked")
    visitor.selects("Show the result")
    visitor.page.get_by_label("Batch name").fill("Autumn")
    visitor.selects("Import")
    visitor.sees_screen("Importing a.csv")
    work_all()
    visitor.sees_screen("a.csv is imported")
    is_gone(visitor, "Check again", "Stop")


def test_a_printout_says_that_it_has_ended(visit, level2):
    batch = a_batch(level2, a_cas(level2, family_name="Abara"), a_cas(level2, family_name="Bengtsson"))
    visitor = visit(level2)
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.selects("Print")
    visitor.sees_screen("Printing")
    work_all()
    visitor.sees_screen("Your printout is ready")
    is_gone(visitor, "Check again", "Cancel printing")
