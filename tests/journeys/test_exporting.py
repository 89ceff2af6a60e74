"""Export: from a search to the file, and what has changed since (specification, section 11)."""

import csv
from pathlib import Path

import pytest

from bulk_data_transfer.models import ColumnChoice, Export
from tests.factories import a_cas
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def downloads(visitor):
    """Select the download, and return the rows of the CSV file."""
    with visitor.page.expect_download() as downloading:
        visitor.page.get_by_role("button", name="Download").or_(
            visitor.page.get_by_role("link", name="Download")
        ).first.click()
    with Path(downloading.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("who", "with_javascript", "width"),
    [
        pytest.param("level1", True, DESK, id="Level 1"),
        pytest.param("level2", False, PHONE, id="Level 2, on a phone, without JavaScript"),
    ],
)
def test_what_a_search_found_is_exported_with_columns_that_are_kept(
    who, with_javascript, width, visit, level1, level2, inspector
):
    user = {"level1": level1, "level2": level2}[who]
    for name in ("Abara", "Abara", "Castro"):
        a_cas(level2, family_name=name, applicant_id="0042")
    visitor = visit(user, with_javascript=with_javascript, width=width)

    visitor.goes_to("/students/search/")
    visitor.page.get_by_label("Family name", exact=True).fill("Abara")
    visitor.selects("Next")
    visitor.page.get_by_label("All 2 CAS found").check()
    visitor.selects("Export")
    visitor.sees_screen("Export 2 CAS")
    inspector.looks_at(visitor, "the choice of format and columns")
    visitor.chooses("The columns that you select below")
    visitor.chooses("CSV")
    visitor.selects("Export")
    visitor.sees_errors("Select at least one column below")
    inspector.looks_at(visitor, "the choice, with an error")
    visitor.page.get_by_label("Applicant ID", exact=True).check()
    visitor.page.get_by_label("Family name", exact=True).check()
    visitor.page.get_by_label("Save these columns as").fill("For the library")
    visitor.selects("Export")
    visitor.sees_screen("Your export is ready")
    inspector.looks_at(visitor, "the finished export")
    assert downloads(visitor) == [{"Applicant ID": "0042", "Family name": "Abara"}] * 2

    visitor.selects("Export something else")
    visitor.sees("CAS from a search")
    visitor.selects("Next")
    visitor.sees_errors("Select what you want to export")
    inspector.looks_at(visitor, "the start, with an error")
    visitor.chooses("CAS that have changed")
    visitor.selects("Next")
    visitor.sees_screen("Export 3 CAS")
    visitor.chooses("For the library")
    visitor.chooses("CSV")
    visitor.selects("Export")
    assert [row["Family name"] for row in downloads(visitor)] == ["Abara", "Abara", "Castro"]
    assert (Export.objects.count(), ColumnChoice.objects.get().name) == (2, "For the library")
