"""The schemas are made from the declarations: ours, which is published, and one that accepts the same as v2.1."""

import re

import pytest
from lxml import etree

from bulk_data_transfer.xml import examples, layout, schema
from bulk_data_transfer.xml.names import COMMON, HOME_OFFICE, OURS
from cas.details import fields
from licences.routes import Route
from tests.bulk_data_transfer.xml.files import CHILD, LEAST, STUDENT, ours, read_one, without

XS = "{http://www.w3.org/2001/XMLSchema}"
OPTIONAL = {
    *("ApplicationID", "UCAS_UKPASS_Id", "GivenName", "OtherNames", "PlaceOfBirth", "CourseID"),
    *("PartnerInstitutionDetails", "OverseasHigherEducationInstitutionDetails", "SponsorLicenseNumber"),
    *("SecondaryAcademicLevel", "LatestDateForAcceptanceOnCourse", "WorkPlacementDetails"),
    *("WorkPlacementPercentage", "WorkPlacementJustificationText", "WorkPlacementAddress", "EvidenceDetails"),
    *("SELTRequired", "ReasonSELTNotRequired", "EnglishLanguageLevelAttained", "SELTSpeakingLevel"),
    *("SELTListeningLevel", "SELTReadingLevel", "SELTWritingLevel", "TestProvider", "PreviousUKStudy"),
    *("PreviousAcademicLevel", "CurrentPreviousCourseLevelComparison", "ProgressionJustification"),
    *("CourseFeesPaidToDate", "AccommodationFeesPaidToDate", "BoardingFeesPaidToDate"),
}
ONCE = sorted(name for name in set(re.findall("<([A-Za-z_]+)>", STUDENT)) if STUDENT.count(f"<{name}>") == 1)


def is_valid(compiled, cas, namespace=COMMON):
    return not compiled.faults(etree.fromstring(cas.replace("<CAS>", f'<CAS xmlns="{namespace}">')))


def test_a_complete_cas_is_valid_in_v2_1_for_its_route_only():
    student, child = map(schema.compiled_v2_1, (Route.STUDENT, Route.CHILD_STUDENT))
    assert is_valid(student, STUDENT)
    assert is_valid(child, CHILD)
    assert is_valid(student, CHILD), "what only a Student's CAS has is optional there"
    assert not is_valid(child, STUDENT)


@pytest.mark.parametrize("name", [name for name in ONCE if name not in {"CAS", "FullDate"}])
def test_v2_1_demands_the_elements_that_it_always_has_and_no_others(name):
    assert is_valid(schema.compiled_v2_1(Route.STUDENT), without(STUDENT, name)) is (name in OPTIONAL)


def test_every_field_has_one_place_in_our_format_and_the_placement_has_two():
    keys = [leaf.key for leaf in layout.leaves(layout.ours()) if leaf.field and not leaf.is_second]
    assert sorted(keys) == sorted(fields.BY_NAME)
    second = {leaf.key for leaf in layout.leaves(layout.ours()) if leaf.is_second}
    assert second == {name for name in fields.BY_NAME if name.startswith("placement_")} - {
        "placement_percent",
        "placement_justification",
    }


def test_the_blocks_of_our_format_are_those_of_v2_1_and_one_more_at_the_end():
    names = [part.name for part in layout.v2_1(Route.STUDENT).parts]
    assert [part.name for part in layout.ours().parts] == [*(leaf.name for leaf in layout.FACTS), *names, "Additional"]


def test_our_schema_names_every_field_and_nothing_of_the_home_office():
    text = schema.ours()
    notes = [note.text for note in etree.fromstring(text).iter(f"{XS}documentation")]
    for field in fields.FIELDS:
        if field.name.endswith(("_line_2", "_line_3")):
            continue  # they have the note of the first line
        assert any(f"{field.section_name}: {field.label}." in note for note in notes), field.name
    assert HOME_OFFICE not in text
    assert f'targetNamespace="{OURS}"' in text


def test_our_schema_accepts_whole_files_and_needs_nothing_but_the_family_name():
    compiled = schema.compiled_ours()
    assert compiled.faults(etree.fromstring(ours())) == []
    assert compiled.faults(etree.fromstring(ours(LEAST, STUDENT, header="<Header/>"))) == []
    assert compiled.faults(etree.fromstring(ours("<CAS/>")))
    for name in (name for name in ONCE if name not in {"CAS", "FullDate", "ApplicantData", "FamilyName"}):
        assert is_valid(compiled, without(STUDENT, name), OURS), name


@pytest.mark.parametrize("route", Route)
def test_the_example_of_a_route_is_valid_and_becomes_a_complete_cas_with_every_field(route):
    file = examples.example(route).encode()
    assert schema.compiled_ours().faults(etree.fromstring(file)) == []
    record = read_one(file)
    assert record.faults + record.warnings == []
    found, wrong = fields.checked(record.given)
    assert wrong == {}
    assert fields.missing(found) == []
    unanswered = {field.name for field in fields.fields_for(route)} - set(record.given)
    assert unanswered <= {"reason_selt_not_required"}, "it is asked only if no test is required"
