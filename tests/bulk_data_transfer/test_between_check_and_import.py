"""A file is imported by the rules and the facts of the moment of its import (specification, section 11)."""

import pytest

from bulk_data_transfer.models import Upload
from cas.models import CAS, Batch
from licences.models import Licence
from licences.roles import Role
from licences.routes import Route
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, imported, rows_in
from tests.factories import a_cas
from tests.jobs import work_all

pytestmark = pytest.mark.django_db


def asked(upload, by):
    upload.ask_for_import(which="GOOD", has_duplicates=False, batch_name="Autumn", by=by)
    return upload


def worked(upload):
    work_all()
    return Upload.objects.get(pk=upload.pk)


def results(upload):
    return [row.result for row in rows_in(upload)]


ENDS = {
    "surrender": "licence is SURRENDERED",
    "revoke": "licence is REVOKED",
    "surrender_route": "does not cover the Student route",
}


@pytest.mark.parametrize("move", ENDS)
def test_nothing_is_imported_for_a_licence_or_a_route_that_has_ended(move, licence, caseworker, level2):
    upload = asked(checked(an_upload(level2, a_record())), level2)
    route = [Route.STUDENT] if move == "surrender_route" else []
    getattr(Licence.objects.get(pk=licence.pk), move)(*route, by=caseworker, reason="Closed")
    upload = worked(upload)
    assert (upload.stage, CAS.objects.count(), Batch.objects.count()) == ("CHECKED", 0, 0)
    assert ENDS[move] in upload.refusal


def test_a_sponsor_whose_licence_is_suspended_imports_as_it_creates_cas_by_screen(licence, caseworker, level2):
    upload = asked(checked(an_upload(level2, a_record())), level2)
    licence.suspend(by=caseworker, reason="Visit")
    assert a_cas(type(level2).objects.get(pk=level2.pk), applicant_id="S9")
    assert worked(upload).stage == "IMPORTED"


def test_a_level_1_user_who_became_level_2_imports_no_file_of_a_colleague(level1, level2):
    upload = asked(checked(an_upload(level2, a_record())), level1)
    level1.role = Role.LEVEL_2
    level1.save()
    upload = worked(upload)
    assert upload.refusal == "The user who asked for this import can no longer see this file."
    assert (upload.stage, CAS.objects.count()) == ("CHECKED", 0)


def test_a_user_who_was_deactivated_imports_nothing_but_a_level_1_user_still_can(level1, level2):
    upload = asked(checked(an_upload(level2, a_record())), level2)
    level2.is_active = False
    level2.save()
    assert worked(upload).refusal == "The user who asked for this import has been deactivated."
    assert imported(Upload.objects.get(pk=upload.pk), by=level1, batch_name="Again").stage == "IMPORTED"


def test_a_record_that_exists_since_the_check_is_not_created_again(level2):
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2")))
    a_cas(level2, applicant_id="S1")
    upload = imported(upload)
    assert results(upload) == ["DUPLICATE", "DONE"]
    assert upload.results == {"ready": 1, "incomplete": 0, "duplicate": 1, "left_out": 0, "no_longer": 0}


def test_a_record_is_created_if_the_cas_that_it_repeats_was_deleted_since_the_check(level2):
    cas = a_cas(level2, applicant_id="S1")
    upload = checked(an_upload(level2, a_record("S1"), a_record("S1"), a_record("S2")))
    assert [row.duplicate_of for row in rows_in(upload)] == [cas.pk, cas.pk, None]
    cas.remove(by=level2)
    assert results(imported(upload)) == ["DONE", "DUPLICATE", "DONE"]


def test_a_good_record_is_created_even_if_an_incomplete_one_that_is_left_out_is_the_same(level2):
    upload = checked(an_upload(level2, a_record("S1", is_remote_delivery=""), a_record("S1")))
    assert [row.outcome for row in rows_in(upload)] == ["INCOMPLETE", "GOOD"]
    assert results(imported(upload)) == ["LEFT_OUT", "DONE"]


def test_the_choice_for_duplicates_holds_for_those_that_exist_since_the_check(level2):
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2")))
    upload.except_for([1], by=level2)
    a_cas(level2, applicant_id="S1")
    a_cas(level2, applicant_id="S2")
    assert results(imported(upload)) == ["DONE", "DUPLICATE"]
