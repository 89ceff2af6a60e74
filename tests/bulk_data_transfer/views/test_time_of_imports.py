"""On SQLite, a user sees before an import how long it takes, because no other user can save meanwhile."""

import pytest
from django.db import connection
from django.urls import reverse

from bulk_data_transfer import results
from bulk_data_transfer.models import Upload
from bulk_data_transfer.results import seconds_to_import
from tests.bulk_data_transfer.factories import a_record, an_upload, checked
from tests.pages import Page

pytestmark = pytest.mark.django_db

SENTENCE = "The import takes about 5 seconds. Until it ends, no other user can save."


def test_the_page_of_a_checked_file_says_how_long_a_long_import_takes_on_sqlite(as_user, level2, monkeypatch):
    monkeypatch.setattr(results, "RECORDS_A_SECOND", 0.2)
    upload = an_upload(level2, a_record())
    client = as_user(level2)
    for has_been_checked in (False, True):
        page = Page(client.get(reverse("upload", args=[upload.key])))
        assert (SENTENCE in page.main.text) is (has_been_checked and connection.vendor == "sqlite")
        checked(upload)


def test_a_short_import_alarms_no_user(as_user, level2):
    upload = checked(an_upload(level2, a_record()))
    page = Page(as_user(level2).get(reverse("upload", args=[upload.key])))
    assert "no other user can save" not in page.main.text


@pytest.mark.skipif(connection.vendor != "sqlite", reason="no other user waits on PostgreSQL")
@pytest.mark.parametrize(
    ("good", "incomplete", "seconds"), [(1, 0, 0), (3_900, 100, 0), (4_000, 1, 5), (9_000, 1_000, 10), (0, 0, 0)]
)
def test_it_depends_on_the_records_that_can_be_imported(good, incomplete, seconds):
    totals = {"good": good, "incomplete": incomplete, "rejected": 5_000}
    assert seconds_to_import(Upload(summary={"totals": totals})) == seconds
