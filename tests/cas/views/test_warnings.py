"""Warnings about the details of a CAS: on its pages, on the pages of its batch, and the spelling that is offered.

They say what may be wrong and never stop anything (specification, section 8).
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.details import fields
from cas.finding.batch_warnings import NAMED
from cas.models import CAS
from licences.models import Event
from sms.core import clock
from sms.core.refused import Refused
from tests.factories import CHILD, a_batch, a_cas, an_order, assigned, many
from tests.pages import Page

PLAIN = {"family_name": "Okonkwo", "given_names": "Ada", "english_level_attained": "C1"}
PAGES = ("saved/", "assign/", "edit/", "")


@pytest.fixture
def soon():
    start = clock.today() + timedelta(days=60)
    return {**PLAIN, "course_start_date": start, "course_end_date": start + timedelta(days=300)}


def warned(page):
    """Return the sentences under `Check these details`."""
    boxes = [box for box in page.main.all("section") if box["aria-labelledby"].startswith("look-twice")]
    return [line.text for box in boxes for line in box.all("li")]


@pytest.mark.parametrize("where", PAGES)
def test_the_pages_of_an_ordinary_cas_give_no_warning(where, as_user, level1, soon):
    cas = a_cas(level1, **soon)
    assert warned(Page(as_user(level1).get(f"/students/cas/{cas.pk}/{where}"))) == []


@pytest.mark.parametrize("where", PAGES)
def test_each_page_of_a_cas_gives_its_warnings_with_a_link_to_the_field(where, as_user, level1, soon):
    cas = a_cas(level1, **{**soon, "nationality": "AFG", "course_fees_paid": "99999"})
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/{where}"))
    nationality, fees = warned(page)
    assert "the Home Office refuses entry clearance from abroad for this nationality" in nationality
    assert fees.startswith("The course fees paid are more than the fees of the first year")
    assert page.main.link("Change Nationality").startswith(f"/students/cas/{cas.pk}/edit/#")


def test_a_placement_over_the_limit_for_the_sponsor_gives_a_warning_and_needs_a_justification(
    as_user, level1, licence, caseworker, soon
):
    placed = {**soon, "has_work_placement": True, "placement_percent": 40}
    cas = a_cas(level1, **placed)
    assert cas.status == "WORK IN PROGRESS"
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/saved/"))
    assert "More than 33% of the course on placement is permitted only if UK law requires it" in page.main.text
    label = fields.BY_NAME["placement_justification"].label
    assert page.by_id("why-not").link(label).startswith(f"/students/cas/{cas.pk}/edit/#")
    licence.set_sponsor_status("TRACK_RECORD", by=caseworker)
    assert a_cas(level1, **placed, passport_number="B999").status == "READY TO GO"


def test_a_cas_that_another_rule_makes_complete_is_assigned_only_after_it_is_saved_again(
    as_user, level1, licence, allocation, caseworker, soon
):
    cas = a_cas(level1, **soon, has_work_placement=True, placement_percent=40)
    batch = a_batch(level1, a_cas(level1, **soon, has_work_placement=True, placement_percent=40, passport_number="B9"))
    licence.set_sponsor_status("TRACK_RECORD", by=caseworker)
    sentence = "This CAS is complete by today's rules, but was not when it was saved. Select Amend, and save it again."
    client = as_user(level1)
    for page in (f"/students/cas/{cas.pk}/saved/", f"/students/batches/{batch.pk}/"):
        assert sentence in Page(client.get(page)).main.text
    with pytest.raises(Refused, match="complete by today's rules"):
        an_order(cas, by=level1)
    form = f"/students/cas/{cas.pk}/edit/"
    client.post(form, Page(client.get(form)).typed())
    cas.refresh_from_db()
    assert assigned(cas).status == "ASSIGNED"


def test_the_spelling_of_a_passport_is_offered_and_saved_with_one_click(as_user, level1, soon):
    cas = a_cas(level1, **{**soon, "family_name": "Nguyễn"})
    client = as_user(level1)
    page = Page(client.get(f"/students/cas/{cas.pk}/saved/"))
    assert warned(page) == [
        "Family name: the Home Office's files cannot carry “ễ” Change Family name Use “Nguyen” in Family name"
    ]
    address = f"/students/cas/{cas.pk}/spelling/"
    after = Page(client.post(address, page.typed(address), follow=True))
    assert after.h1 == "Confirmation of saved CAS"
    assert after.banners == ["Family name is now “Nguyen”."]
    assert warned(after) == []
    cas.refresh_from_db()
    assert (cas.family_name, cas.family_key, cas.version) == ("Nguyen", "nguyen", 2)
    assert Event.objects.about("cas", cas.pk).last().data["family_name"] == ["Nguyễn", "Nguyen"]


@pytest.mark.parametrize(
    "posted",
    [
        {"field": "family_name", "version": "7"},
        {"field": "given_names", "version": "1"},
        {"field": "status", "version": "1"},
        {"field": "course_start_date", "version": "1"},
        {},
    ],
    ids=["stale", "no warning", "not a detail", "not a text", "nothing"],
)
def test_a_spelling_that_is_no_longer_offered_changes_nothing(posted, as_user, level1, soon):
    cas = a_cas(level1, **{**soon, "family_name": "Nguyễn"})
    after = as_user(level1).post(f"/students/cas/{cas.pk}/spelling/", posted, follow=True)
    assert Page(after).h1 == cas.student_name
    assert ("Another user saved this CAS" in Page(after).text) is (posted.get("version") == "7")
    cas.refresh_from_db()
    assert (cas.family_name, cas.version) == ("Nguyễn", 1)


def test_an_assigned_cas_gives_no_warning_because_it_can_no_longer_be_changed(as_user, level1, allocation, soon):
    cas = assigned(a_cas(level1, **{**soon, "family_name": "Nguyễn", "nationality": "AFG"}))
    client = as_user(level1)
    assert warned(Page(client.get(f"/students/cas/{cas.pk}/"))) == []
    client.post(f"/students/cas/{cas.pk}/spelling/", {"field": "family_name", "version": str(cas.version)})
    cas.refresh_from_db()
    assert cas.family_name == "Nguyễn"


def test_a_spelling_that_is_too_long_for_its_field_is_not_offered():
    found = fields.text_warnings.warning(fields.BY_NAME["family_name"], "\N{LATIN SMALL LETTER DZ}" * 18)
    assert found.sentence.endswith("is too long for this field")
    assert found.spelling == ""


@pytest.mark.parametrize("where", ["", "assign/"])
def test_the_pages_of_a_batch_count_each_warning_and_name_the_first_ten_students(where, as_user, level1, soon):
    cas_list = [
        a_cas(level1, **{**soon, "nationality": "AFG", "passport_number": f"P{n:05}"}) for n in range(NAMED + 2)
    ]
    cas_list.append(a_cas(level1, **{**soon, "passport_number": "TBC"}))
    batch = a_batch(level1, *cas_list)
    lines = warned(Page(as_user(level1).get(f"/students/batches/{batch.pk}/{where}")))
    assert len(lines) == 2
    assert "12 CAS:" in lines[0]
    assert lines[0].endswith("and 2 more")
    assert lines[0].count("Okonkwo, Ada") == NAMED
    assert lines[1].startswith("This number cannot identify the student")
    assert "1 CAS: Okonkwo, Ada" in lines[1]


def test_the_warnings_of_a_batch_take_as_many_statements_for_a_hundred_cas_as_for_one(as_user, level1):
    one, hundred = (a_batch(level1, *many(level1, number), name=str(number)) for number in (1, 100))
    client = as_user(level1)
    client.get(f"/students/batches/{one.pk}/assign/")
    counts = []
    for batch in (one, hundred):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/students/batches/{batch.pk}/assign/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_child_student_under_16_with_a_placement_gives_a_warning(as_user, level1, soon):
    values = {**CHILD, **soon, "english_level_attained": "", "date_of_birth": "2014-01-01", "has_work_placement": True}
    cas = CAS.objects.add(values, route="CHILD_STUDENT", by=level1)
    assert cas.status == "READY TO GO"
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/saved/"))
    assert "A Child Student under 16 cannot do a work placement" in page.main.text
