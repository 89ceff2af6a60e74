"""Merging the changes of two users to the same CAS (specification, section 8)."""

import pytest

from cas.details import fields
from cas.forms.merging import merge
from licences.models import Event
from tests.factories import COMPLETE, a_cas


@pytest.fixture
def cas(level1):
    return a_cas(level1)


def merged(cas, mine, *theirs):
    """Type the values `mine` into the form, save each of `theirs` meanwhile, and merge them.

    Return the values that the form shows, and each difference by the name of its field.
    """
    typed = fields.values_of(cas) | mine
    for values in theirs:
        cas.amend(values, by=cas.owner, version=cas.version)
    events = list(Event.objects.about("cas", cas.pk).filter(verb="save"))
    shown, found = merge(typed, fields.values_of(cas), events)
    return shown, {difference.field.name: difference for difference in found}


def test_a_value_that_only_they_changed_is_taken_over(cas):
    shown, differences = merged(cas, {}, {"study_city": "Leeds"})
    assert shown["study_city"] == "Leeds"
    difference = differences["study_city"]
    assert (difference.before, difference.theirs, difference.mine) == ("London", "Leeds", "")
    assert not difference.is_conflict


def test_a_value_that_only_the_user_changed_stays_and_is_not_a_difference(cas):
    shown, differences = merged(cas, {"study_city": "York"}, {"other_names": "An"})
    assert shown["study_city"] == "York"
    assert list(differences) == ["other_names"]


def test_a_value_that_both_changed_stays_as_the_user_typed_it_and_is_a_conflict(cas):
    shown, differences = merged(cas, {"study_city": "York"}, {"study_city": "Leeds"})
    assert shown["study_city"] == "York"
    difference = differences["study_city"]
    assert difference.is_conflict
    assert (difference.before, difference.theirs, difference.mine) == ("London", "Leeds", "York")


def test_a_value_that_both_changed_in_the_same_way_is_not_a_conflict(cas):
    shown, differences = merged(cas, {"study_city": "Leeds"}, {"study_city": "Leeds"})
    assert shown["study_city"] == "Leeds"
    assert not differences["study_city"].is_conflict


def test_a_value_that_the_user_emptied_and_they_changed_is_a_conflict(cas):
    shown, differences = merged(cas, {"study_city": ""}, {"study_city": "Leeds"})
    assert shown["study_city"] == ""
    assert differences["study_city"].is_conflict
    assert differences["study_city"].mine == ""


def test_a_value_that_only_they_emptied_is_empty(cas):
    shown, differences = merged(cas, {}, {"date_of_birth": None, "is_agent_used": None, "gender": ""})
    assert (shown["date_of_birth"], shown["is_agent_used"], shown["gender"]) == ("", None, "")
    assert {difference.theirs for difference in differences.values()} == {""}


def test_several_saves_show_the_value_before_the_first_and_after_the_last(cas):
    shown, differences = merged(cas, {}, {"study_city": "Leeds"}, {"study_city": "Bath"}, {"study_city": "Ynys Môn"})
    assert shown["study_city"] == "Ynys Môn"
    assert (differences["study_city"].before, differences["study_city"].theirs) == ("London", "Ynys Môn")


def test_a_value_that_they_changed_and_changed_back_stays_as_the_user_typed_it(cas):
    shown, differences = merged(cas, {"study_city": "York"}, {"study_city": "Leeds"}, {"study_city": "London"})
    assert shown["study_city"] == "York"
    assert (differences["study_city"].theirs, differences["study_city"].mine) == ("London", "York")


@pytest.mark.parametrize(
    ("name", "before", "theirs", "mine"),
    [
        ("date_of_birth", "2002-05-17", "2001-01", "2003"),
        ("is_agent_used", False, None, True),
        ("course_fees_first_year", "21500", "9.50", "22000"),
        ("nationality", "VNM", "IRL", "FRA"),
        ("evidence_for_offer", "BSc Mathematics, Hanoi University, 2024", "None\nat all", "A levels"),
    ],
)
def test_values_of_every_kind_are_compared_as_stored_and_shown_in_words(cas, name, before, theirs, mine):
    field = fields.BY_NAME[name]
    checked = field.checked(mine)
    shown, differences = merged(cas, {name: checked}, {name: theirs})
    assert shown[name] == checked
    words = [field.display(field.checked(value)) for value in (before, theirs, mine)]
    assert [differences[name].before, differences[name].theirs, differences[name].mine] == words
    assert COMPLETE[name] == before


def test_a_value_that_is_no_longer_in_its_list_is_still_shown(cas, monkeypatch):
    typed = fields.values_of(cas)
    cas.amend({"gender": "OTHER"}, by=cas.owner, version=1)
    monkeypatch.setattr(fields.BY_NAME["gender"], "labels", {"OTHER": "Other"})
    events = list(Event.objects.about("cas", cas.pk).filter(verb="save"))
    shown, (difference,) = merge(typed, fields.values_of(cas), events)
    assert difference.before == "2"
    assert shown["gender"] == "OTHER"


def test_the_differences_are_in_the_order_of_the_form(cas):
    _, differences = merged(cas, {}, {"study_city": "Leeds", "applicant_id": "2", "course_id": "1"})
    assert list(differences) == ["applicant_id", "course_id", "study_city"]
