"""Lists that the portal keeps: *Live CAS affected* by the visa brake, and what expires soon (specification, 8)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from bulk_data_transfer.models import Export
from cas.finding.standing import VISA_BRAKE
from cas.models import CAS, Rule
from licences.models import Allocation
from sms.core import clock
from sms.core.govuk import formats
from tests.days import after_days, noon_on
from tests.factories import CHILD, a_cas, an_allocation, assigned, in_status
from tests.pages import Page

pytestmark = pytest.mark.django_db

ADDRESS = "/students/cas/lists/visa-brake/"
EXPIRING = "/students/allocations-about-to-expire/"


@pytest.fixture
def affected(level2, allocation):
    """Assign a CAS of the Student route to an Afghan student."""
    return assigned(a_cas(level2, nationality="AFG", family_name="Ahmadi", passport_number="P100"))


@pytest.fixture
def read(as_user):
    return lambda user, address=ADDRESS: Page(as_user(user).get(address))


def names(page):
    return [row.one("th").one("a").text for body in page.all("tbody") for row in body.all("tr")]


def test_it_has_the_live_cas_of_these_nationalities_on_the_student_route(
    affected, read, level1, level2, outsider, caseworker
):
    assigned(a_cas(level2, nationality="VNM", passport_number="P101"))
    a_cas(level2, nationality="AFG", passport_number="P102")
    for number, status in enumerate(("USED", "EXPIRED", "WITHDRAWN", "CANCELLED", "OBSOLETE")):
        in_status(status, by=level2, caseworker=caseworker, nationality="AFG", passport_number=f"P20{number}")
    an_allocation(level2.licence, route="CHILD_STUDENT", by=caseworker)
    assigned(CAS.objects.add({**CHILD, "nationality": "AFG"}, route="CHILD_STUDENT", by=level2))
    an_allocation(outsider.licence, by=caseworker)
    assigned(a_cas(outsider, nationality="SDN", family_name="Osman"))
    page = read(level1)
    assert page.h1 == "Live CAS affected 1"
    assert names(page) == ["Ahmadi, Thị Minh"]
    assert "The fee and the place do not come back." in page.main.text
    assert "Nationalities: Afghanistan, Cameroon, Myanmar, Sudan." in page.main.text
    assert names(read(outsider)) == ["Osman, Thị Minh"]


def test_the_first_page_leads_to_the_list_while_it_has_a_cas(affected, read, level1, level2, outsider):
    assert read(level1, "/students/").main.link("1 live CAS affected by the visa brake") == ADDRESS
    for user in (level2, outsider):
        assert "visa brake" not in read(user, "/students/").main.text


def test_a_level_2_user_may_not_see_it_and_another_list_does_not_exist(affected, as_user, level1, level2):
    refused = as_user(level2).get(ADDRESS)
    assert refused.status_code == 403
    assert "Only a Level 1 user can see the live CAS affected by the visa brake." in Page(refused).main.text
    assert as_user(level1).get("/students/cas/lists/nothing/").status_code == 404


def test_a_new_rule_changes_the_list_from_its_day(affected, read, level1, caseworker):
    tomorrow = clock.today() + timedelta(days=1)
    Rule.objects.add("visa_brake", from_on=tomorrow, value="", by=caseworker)
    assert names(read(level1))
    with after_days(1):
        page = read(level1)
    assert (page.h1, "No live CAS is affected at present." in page.main.text) == ("Live CAS affected", True)


def test_all_of_it_can_be_selected_and_exported(affected, as_user, level1, level2):
    other = assigned(a_cas(level2, nationality="SDN", passport_number="P103"))
    assigned(a_cas(level2, nationality="VNM", passport_number="P104"))
    form = Page(as_user(level1).get(ADDRESS)).one("form", of="sms-selecting")
    assert "All 2 CAS on this list" in form.text
    sent = {"search": "visa-brake", "all": "yes"}
    as_user(level1).post("/students/exports/selected/", sent)
    export = Export.objects.latest("pk")
    assert (export.name, sorted(export.ids)) == ("Live CAS affected", sorted([affected.pk, other.pk]))
    confirm = Page(as_user(level1).post("/students/transfer/selected/", sent))
    assert {link["href"] for link in confirm.all("a") if link.text == "Back"} == {ADDRESS}
    as_user(level2).post("/students/exports/selected/", sent)
    assert Export.objects.latest("pk") == export, "a Level 2 user has no such list"


def test_it_takes_as_many_statements_for_many_cas_as_for_one(
    affected, as_user, level1, level2, django_assert_max_num_queries
):
    client = as_user(level1)
    client.get(ADDRESS)
    with django_assert_max_num_queries(10) as few:
        client.get(ADDRESS)
    for number in range(5):
        assigned(a_cas(level2, nationality="AFG", passport_number=f"P30{number}"))
    with django_assert_max_num_queries(len(few)):
        client.get(ADDRESS)


def test_the_list_names_the_cas_that_the_warning_on_the_form_would_be_about(affected, level1):
    rules = Rule.objects.on()
    assert [warning.field.name for warning in affected.warnings(rules) if "entry clearance" in warning.sentence] == [
        "nationality"
    ]
    assert list(VISA_BRAKE.of(level1)) == [affected]


def test_an_allocation_that_expires_within_three_months_needs_attention(read, level1, level2, allocation, caseworker):
    line = f"Allocation, {allocation}, expires on {formats.day(allocation.expires_on)}"
    almost = noon_on(allocation.expires_on - relativedelta(months=3))
    with clock.set_to(almost - timedelta(days=1)):
        assert line not in read(level1, "/students/").main.text
        assert "No allocation expires within the next 3 months." in read(level1, EXPIRING).main.text
    with clock.set_to(almost):
        assert read(level1, "/students/").main.link(line) == EXPIRING
        assert line not in read(level2, "/students/").main.text, "a Level 1 user requests its renewal"
        page = read(level1, EXPIRING)
        assert [cell.text for cell in page.one("tbody").all("td")][-1] == "Not granted yet"
        starts_on = allocation.expires_on + timedelta(days=1)
        Allocation.objects.grant(
            by=caseworker, licence=allocation.licence, route="STUDENT", starts_on=starts_on, number=5
        )
        assert line not in read(level1, "/students/").main.text, "the next year is granted"
        granted = f"Granted from {formats.day(starts_on)}"
        assert [cell.text for cell in read(level1, EXPIRING).one("tbody").all("td")][-1] == granted


def test_a_level_2_user_does_not_see_the_allocations_about_to_expire(as_user, level2):
    assert as_user(level2).get(EXPIRING).status_code == 403
