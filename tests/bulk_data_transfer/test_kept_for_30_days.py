"""After 30 days, the file and the values of its records are gone, and its page still says what it did (section 11)."""

from datetime import timedelta

import pytest

from bulk_data_transfer import regular_jobs
from bulk_data_transfer.models import StoredFile, StoredFilePart, Upload, UploadRow
from licences.jobs import verbs
from licences.models import Job
from sms.core import clock
from sms.core.refused import Refused
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, imported
from tests.jobs import work_all
from tests.pages import Page

pytestmark = pytest.mark.django_db

MARKS = ("Zanzibar", "ZX5550199", "Kiribatia")


def marked(applicant_id="S1", **values):
    return a_record(applicant_id, family_name="Zanzibar", passport_number="ZX5550199", **values)


def sent(level2):
    return an_upload(level2, marked(), marked("S2", nationality="Kiribatia"))


def only_checked(level2):
    return checked(sent(level2))


def all_imported(level2):
    return imported(only_checked(level2))


def cancelled(level2):
    upload = sent(level2)
    upload.ask_for_check(answers={}, by=level2)
    verbs.cancel(upload.job, by=level2)
    return upload


def refused(level2):
    upload = sent(level2)
    upload.refuse("The file is not complete.")
    return upload


def everything_kept():
    """Return all that the tables of uploads hold, as text."""
    return str([list(model.objects.values()) for model in (Upload, UploadRow, StoredFile, StoredFilePart, Job)])


@pytest.mark.parametrize("make", [sent, only_checked, all_imported, cancelled, refused])
def test_no_value_of_a_file_is_kept_longer(make, level2, as_user):
    upload = make(level2)
    client, address = as_user(level2), f"/students/bulk-data-transfer/{upload.key}/"
    with clock.set_to(clock.now() + timedelta(days=29)):
        assert regular_jobs.delete_old_uploads() == 0
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert regular_jobs.delete_old_uploads() == 1
    assert not [mark for mark in MARKS if mark in everything_kept()]
    assert not StoredFilePart.objects.exists()
    for page in ("", "records/all/", "records/rejected/", "state/"):
        assert client.get(address + page).status_code == 200
    assert "autumn.csv" in Page(client.get(address)).text


def test_the_test_above_would_see_a_value_that_is_kept(level2):
    only_checked(level2)
    assert [mark for mark in MARKS if mark in everything_kept()]


def test_a_file_whose_values_are_gone_is_not_imported(level2):
    upload = only_checked(level2)
    with clock.set_to(clock.now() + timedelta(days=31)):
        regular_jobs.delete_old_uploads()
    with pytest.raises(Refused, match="no longer kept"):
        imported(Upload.objects.get(pk=upload.pk))


def test_a_file_that_is_being_worked_on_is_kept_until_the_job_ends(level2):
    upload = sent(level2)
    upload.ask_for_check(answers={}, by=level2)
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert regular_jobs.delete_old_uploads() == 0
        work_all()
        assert regular_jobs.delete_old_uploads() == 1
