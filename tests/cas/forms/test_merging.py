"""Two people changed the same CAS: what the form shows then (specification, section 8)."""

from datetime import date

import pytest

from cas.details import fields
from cas.forms.merging import merge
from licences.models import Event
from tests.factories import COMPLETE, a_cas


@pytest.fixture
def cas(level1):
    return a_cas(level1)


def met(cas, mine, *theirs):
    """What `merge` says when `mine` was typed on the CAS as it was, and `theirs` were saved meanwhile, in turn."""
    typed = fields.values_of(cas) | mine
    for values in theirs:
        cas.amend(values, by=cas.owner, version=cas.version)
    events = list(Event.objects.about("cas", cas.pk).filter(verb="save"))
    shown, differences = merge(typed, fields.values_of(cas), events)
    return shown, {difference.field.name: difference for difference in differences}


def test_what_only_they_changed_is_taken_over(cas):
    shown, told = met(cas, {}, {"home_city": "Huế"})
    assert shown["home_city"] == "Huế"
    difference = told["home_city"]
    assert (difference.before, difference.theirs, difference.mine) == ("Hà Nội", "Huế", "")
    assert not difference.is_conflict


def test_what_only_i_changed_stays_and_is_no_difference(cas):
    shown, told = met(cas, {"home_city": "Saigon"}, {"other_names": "An"})
    assert shown["home_city"] == "Saigon"
    assert list(told) == ["other_names"]


def test_what_both_changed_stays_mine_and_is_a_conflict(cas):
    shown, told = met(cas, {"home_city": "Saigon"}, {"home_city": "Huế"})
    assert shown["home_city"] == "Saigon"
    difference = told["home_city"]
    assert difference.is_conflict
    assert (difference.before, difference.theirs, difference.mine) == ("Hà Nội", "Huế", "Saigon")


def test_what_both_changed_alike_is_no_conflict(cas):
    shown, told = met(cas, {"home_city": "Huế"}, {"home_city": "Huế"})
    assert shown["home_city"] == "Huế"
    assert not told["home_city"].is_conflict


def test_what_i_emptied_and_they_changed_is_a_conflict(cas):
    shown, told = met(cas, {"home_city": ""}, {"home_city": "Huế"})
    assert shown["home_city"] == ""
    assert told["home_city"].is_conflict
    assert told["home_city"].mine == ""


def test_what_they_emptied_and_i_left_alone_is_empty(cas):
    shown, told = met(cas, {}, {"date_of_birth": None, "is_agent_used": None, "gender": ""})
    assert (shown["date_of_birth"], shown["is_agent_used"], shown["gender"]) == (None, None, "")
    assert {difference.theirs for difference in told.values()} == {""}


def test_of_several_saves_the_first_value_and_the_last_count(cas):
    shown, told = met(cas, {}, {"home_city": "Huế"}, {"home_city": "Vinh"}, {"home_city": "Đà Nẵng"})
    assert shown["home_city"] == "Đà Nẵng"
    assert (told["home_city"].before, told["home_city"].theirs) == ("Hà Nội", "Đà Nẵng")


def test_what_they_changed_and_changed_back_leaves_mine_alone(cas):
    shown, told = met(cas, {"home_city": "Saigon"}, {"home_city": "Huế"}, {"home_city": "Hà Nội"})
    assert shown["home_city"] == "Saigon"
    assert (told["home_city"].theirs, told["home_city"].mine) == ("Hà Nội", "Saigon")


@pytest.mark.parametrize(
    ("name", "before", "theirs", "mine"),
    [
        ("date_of_birth", date(2002, 5, 17), date(2001, 1, 2), date(2003, 3, 4)),
        ("is_agent_used", False, None, True),
        ("course_fees_first_year", "21500", "9.50", "22000"),
        ("nationality", "VNM", "IRL", "FRA"),
        ("evidence_for_offer", "BSc Mathematics, Hanoi University, 2024", "None\nat all", "A levels"),
    ],
)
def test_each_kind_of_value_is_compared_as_a_value_and_shown_as_people_read_it(cas, name, before, theirs, mine):
    field = fields.BY_NAME[name]
    checked = field.checked(mine)
    shown, told = met(cas, {name: checked}, {name: theirs})
    assert shown[name] == checked
    words = [field.display(field.checked(value)) for value in (before, theirs, mine)]
    assert [told[name].before, told[name].theirs, told[name].mine] == words
    assert COMPLETE[name] == before


def test_a_value_that_is_wrong_by_todays_rules_is_still_told(cas, monkeypatch):
    typed = fields.values_of(cas)
    cas.amend({"gender": "Other"}, by=cas.owner, version=1)
    monkeypatch.setattr(fields.BY_NAME["gender"], "labels", {"Other": "Other"})
    events = list(Event.objects.about("cas", cas.pk).filter(verb="save"))
    shown, (difference,) = merge(typed, fields.values_of(cas), events)
    assert difference.before == "Female"
    assert shown["gender"] == "Other"


def test_the_differences_stand_in_the_order_of_the_form(cas):
    _, told = met(cas, {}, {"course_id": "1", "applicant_id": "2", "home_city": "Huế"})
    assert list(told) == ["applicant_id", "home_city", "course_id"]
