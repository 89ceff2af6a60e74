"""The dated code lists of academic levels and English tests (specification, section 3 of the table of fields)."""

from datetime import date

import pytest

from cas.details import fields
from cas.details.codes import LEVELS, Code, rqf
from cas.forms.cas import cas_form
from licences.routes import Route


def offered(route, name="academic_level", **values):
    """Return the values of the list on the form for a CAS of this route."""
    form = cas_form(route)
    form.initial.update(values)
    bound = form[name]
    return [value for value, _ in bound.field.offered(bound)]


@pytest.mark.parametrize(
    ("level", "equal"),
    [
        *((f"RQF{number}", number) for number in range(3, 9)),
        *((f"QCF_NQF{number}", number) for number in range(3, 9)),
        *(("SCQF6", 3), ("SCQF7", 4), ("SCQF8", 5), ("SCQF9", 6), ("SCQF10", 6), ("SCQF11", 7), ("SCQF12", 8)),
        *(("RQF7_RE", 7), ("SCQF12DES", 8), ("BELOW_RQF3", 2), ("B2", 0), ("", 0)),
    ],
)
def test_each_level_has_its_equal_rqf_level(level, equal):
    assert rqf(level) == equal


def test_levels_of_research_say_so():
    assert {level.code for level in LEVELS if level.is_research} == {
        *("RQF7_RE", "RQF8_RE", "SCQF11_RE", "SCQF12_RE", "QCF_NQF7_RE", "QCF_NQF8_RE"),
    }
    assert fields.BY_NAME["academic_level"].display("RQF7_RE") == "RQF level 7 – Research"


def test_a_code_is_offered_between_its_days():
    code = Code("A", "A", from_on=date(2026, 1, 1), until=date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [code.is_offered(day) for day in days] == [False, True, True, False]


def test_the_form_offers_the_levels_of_its_route_and_no_withdrawn_level():
    student, child = offered(Route.STUDENT), offered(Route.CHILD_STUDENT)
    assert set(child) - set(student) == {"BELOW_RQF3"}
    assert not [level for level in child if level.startswith("QCF") or level.endswith("DES")]


def test_a_student_may_have_had_a_previous_level_below_rqf_3():
    assert "BELOW_RQF3" in offered(Route.STUDENT, "previous_academic_level")


def test_a_withdrawn_code_is_kept_and_shown_with_its_name_on_the_form_of_a_cas_that_has_it():
    assert "QCF_NQF7" in offered(Route.STUDENT, academic_level="QCF_NQF7")
    assert fields.errors({"academic_level": "QCF_NQF7", "nationality": "XXT"}) == {}
    form = cas_form(Route.STUDENT)
    form.initial["academic_level"] = "QCF_NQF7"
    assert '<option value="QCF_NQF7" selected>QCF or NQF level 7</option>' in str(form["academic_level"])


def test_a_nationality_of_old_files_is_kept_but_not_offered():
    assert "LES" not in offered(Route.STUDENT, "nationality")
    assert "LES" in offered(Route.STUDENT, "nationality", nationality="LES")
    assert fields.BY_NAME["nationality"].display("LES") == "LES"
