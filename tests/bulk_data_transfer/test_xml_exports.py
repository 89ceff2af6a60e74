"""Exports as XML: our own format, and upload files of the Home Office's schema v2.1 (specification, section 11)."""

import io
from datetime import timedelta

import pytest
from lxml import etree

from bulk_data_transfer import exporting, reading
from bulk_data_transfer.models import Export
from bulk_data_transfer.xml import schema
from cas.details import fields
from cas.models import CAS
from sms.core import clock
from tests.bulk_data_transfer.factories import an_export, content_of, exported
from tests.factories import CHILD, a_cas, a_draft, assigned

pytestmark = pytest.mark.django_db

WITH_ID = {"family_name": "Silva", "given_names": "Ana", "applicant_id": "S1"}


def a_child(by, **values):
    return CAS.objects.add({**CHILD, "family_name": "Silva", **values}, route="CHILD_STUDENT", by=by)


def records_in(export):
    return list(reading.records(io.BytesIO(content_of(export)), most=1000))


def test_our_format_begins_with_the_applicant_id_the_number_the_status_and_the_change_and_is_valid(level2, allocation):
    cas = assigned(a_cas(level2, applicant_id="S1"))
    export = exported([cas, a_draft(level2)], level2, file_format="xml")
    tree = etree.fromstring(content_of(export))
    assert schema.compiled_ours().faults(tree) == []
    first, second = tree.findall("{*}CAS")
    assert [etree.QName(each).localname for each in first[:4]] == ["ApplicantID", "CASNumber", "Status", "DateOfChange"]
    assert [each.text for each in first[:3]] == ["S1", cas.number, "ASSIGNED"]
    assert second.findtext("{*}Status") == "WORK IN PROGRESS"
    assert (export.written, export.left_out, export.columns) == (2, [], [])
    assert export.file.name.endswith(".xml")


def test_our_format_has_every_detail_with_its_saved_value(level2):
    cas = a_cas(level2, applicant_id="S1", course_fees_paid="5000.50")
    [record] = records_in(exported([cas], level2, file_format="xml"))
    assert record.faults + record.warnings == []
    for field in fields.FIELDS:
        assert field.checked(record.given.get(field.name)) == getattr(cas, field.name), field.name


def test_an_upload_file_is_a_valid_file_for_this_sponsor_with_a_fresh_file_id(level2):
    first, second = (exported([a_cas(level2, **WITH_ID)], level2, file_format="v2_1-student") for _ in range(2))
    found = [reading.taken_for(io.BytesIO(content_of(each)), choose=None) for each in (first, second)]
    assert {(each.format, each.route, each.licence_number) for each in found} == {
        ("v2.1", "STUDENT", level2.licence.number)
    }
    assert found[0].file_id != found[1].file_id
    [record] = records_in(first)
    assert record.faults == []
    assert (first.written, first.left_out) == (1, [])


def test_a_cas_that_v2_1_cannot_hold_is_left_out_and_the_reason_is_kept(level2):
    good, bad = a_cas(level2, **WITH_ID), a_cas(level2, **WITH_ID | {"gender": "OTHER"})
    export = exported([bad, good], level2, file_format="v2_1-student")
    assert (export.written, len(records_in(export))) == (1, 1)
    [left] = export.left_out
    assert (left["cas"], left["is_left_out"]) == (bad.pk, True)
    assert [remark[:2] for remark in left["remarks"]] == [["gender", "files.no_code_in_schema"]]


def test_a_text_that_gets_the_spelling_of_the_passport_is_named(level2):
    export = exported([a_cas(level2, **WITH_ID | {"family_name": "Nguyễn"})], level2, file_format="v2_1-student")
    [changed] = export.left_out
    assert (changed["is_left_out"], export.written) == (False, 1)
    assert changed["remarks"] == [["family_name", "files.spelled", changed["remarks"][0][2]]]
    assert records_in(export)[0].given["family_name"] == "Nguyen"


def test_an_upload_file_has_the_cas_of_one_route_only(level2):
    student, child = a_cas(level2, **WITH_ID), a_child(level2, applicant_id="C1")
    export = exported([student, child], level2, file_format="v2_1-child_student")
    assert (export.count, export.written, export.ids) == (1, 1, [child.pk])
    assert records_in(export)[0].given["applicant_id"] == "C1"


def test_a_cas_of_another_route_is_left_out_even_if_its_route_changed_meanwhile(level2):
    cas = a_cas(level2, **WITH_ID)
    export = exported([cas, a_child(level2)], level2, file_format="v2_1-student")
    export.ids = [a_child(level2, applicant_id="C2").pk]
    done = exporting.write(export, io.BytesIO())
    assert done["written"] == 0
    assert [each["remarks"][0][1] for each in done["left_out"]] == ["files.another_route"]


def test_after_30_days_what_was_left_out_is_deleted_too(level2):
    export = exported([a_cas(level2, **WITH_ID | {"family_name": "Nguyễn"})], level2, file_format="v2_1-student")
    assert export.left_out
    with clock.set_to(clock.now() + timedelta(days=31)):
        Export.objects.purge()
    export.refresh_from_db()
    assert export.left_out == []


def test_only_the_cas_that_are_still_the_users_are_written(level1, level2, colleague):
    cas = a_cas(level2, **WITH_ID)
    export = an_export([cas], level2)
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    exporting.ask(export, file_format="v2_1-student", columns=[], has_codes=False, by=level2)
    export.refresh_from_db()
    assert (export.written, export.left_out) == (0, [])
