"""`Compliance`: its pages, the CAS behind each number, and their export (specification, section 9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_data_transfer.models import Export
from cas.finding import listing
from sms.core import clock
from tests.pages import Page
from tests.sponsorship_duties.compliance_cases import Case, Report, make

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"
PAGE = f"{HOME}compliance/"
EXPORTS = "/students/exports/compliance/"
LAST, TODAY = date(2026, 11, 28), date(2026, 11, 29)
JUNE = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def _in_november_2026():
    with clock.set_to(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def some(level1):
    """Make 60 CAS: 2 of 50 applications were refused, 1 of 20 students did not enrol, and 1 of 10 did not complete."""
    decided = [Case(decided_on=LAST, assigned_on=LAST)] * 48
    refused = [Case("REFUSED", decided_on=day, assigned_on=LAST) for day in (LAST, JUNE)]
    enrolled = [Case(decided_on=TODAY, starts_on=JUNE, assigned_on=JUNE)] * 18
    not_enrolled = [Case(decided_on=TODAY, starts_on=JUNE, reports=(Report("NOT_ENROLLED"),))]
    delayed = [Case(decided_on=TODAY, starts_on=LAST, reports=(Report("LEFT_OUT", TODAY),))]
    completed = [Case(decided_on=TODAY, ends_on=LAST)] * 9
    not_completed = [Case(decided_on=TODAY, ends_on=LAST, reports=(Report("NOT_COMPLETED"),))]
    return make([*decided, *refused, *enrolled, *not_enrolled, *delayed, *completed, *not_completed], level1)


def table(page, title):
    [found] = [each for each in page.all("table") if each.one("caption").text == title]
    return [[cell.text for cell in row.all("th", "td")] for row in found.one("tbody").all("tr")]


def section(page, name):
    [found] = [each for each in page.all("section") if each["aria-labelledby"] == name]
    return found


# The page


def test_level_1_users_find_it_under_sponsorship_duties(desk, level1):
    page = desk(level1).read(HOME)
    assert page.link("Compliance") == PAGE
    assert desk(level1).read(PAGE).h1 == "Compliance"


def test_level_2_users_see_no_link_and_who_can_see_it(desk, level2):
    assert "Compliance" not in [each.text for each in desk(level2).read(HOME).all("a")]
    for address in (PAGE, f"{PAGE}refusal/", f"{PAGE}refusal/failed/"):
        assert "Only a Level 1 user can see the compliance figures." in desk(level2).read(address, 403).main.text


def test_the_figures_of_today_and_under_the_next_bands(desk, level1, some):
    page = desk(level1).read(PAGE)
    assert "Period 29 November 2025 to 28 November 2026" in page.main.text
    assert "Result Red" in page.main.text
    assert table(page, "Today") == [
        ["Refusal rate", "4%", "Amber", "under 4%", "under 5%", "Already", "1 more refusal"],
        ["Enrolment rate", "94.73%", "Red", "at least 96%", "at least 95%", "Already", "Already"],
        ["Completion rate", "90%", "Green", "None", "at least 85%", "–", "1 more student who did not complete"],
    ]
    assert [row[2] for row in table(page, "The same figures under the bands from 1 June 2027")] == [
        "Amber",
        "Red",
        "Amber",
    ]


def test_each_rate_has_a_picture_and_a_table_of_its_months(desk, level1, some):
    page = desk(level1).read(PAGE)
    assert len([each for each in page.all("svg") if each["role"] == "img"]) == 3
    months = {row[0]: row[1:] for row in table(page, "Refused, by month of the decision")}
    assert next(iter(months)) == "Nov 2025"
    assert len(months) == 13
    assert months["Jun 2026"] == ["1 CAS: Jun 2026, Decided", "1 CAS: Jun 2026, Refused", "100%", "100%"]
    assert months["Nov 2026"] == ["49 CAS: Nov 2026, Decided", "1 CAS: Nov 2026, Refused", "2.04%", "4%"]


def test_each_number_opens_as_many_cas(desk, level1, some):
    visitor = desk(level1)
    for address in (PAGE, f"{PAGE}refusal/", f"{PAGE}enrolment/", f"{PAGE}completion/"):
        links = [each for each in visitor.read(address).all("a") if PAGE in each["href"] and each.text[0].isdigit()]
        assert links
        for link in links:
            shown = visitor.read(link["href"])
            assert shown.h1.split()[-1] == link.text.split()[0], link["href"]


def test_addresses_have_no_values_of_a_cas(desk, level1, some):
    visitor = desk(level1)
    addresses = [each["href"] for each in visitor.read(f"{PAGE}refusal/").all("a") if "by=" in each["href"]]
    pks = {str(cas.pk) for cas in some}
    assert addresses
    for address in addresses:
        by, like = (each.partition("=")[2] for each in address.partition("?")[2].split("&"))
        assert by in {"course", "nationality", "agent"}
        assert like in pks


def test_without_cas_the_page_says_so(desk, level1):
    page = desk(level1).read(PAGE)
    assert [row[1:3] for row in table(page, "Today")] == [["–", "No figure"]] * 3
    assert page.main.text.count("There are no such CAS in the period, so there is no figure.") == 3
    assert "Result No figure" in page.main.text


@pytest.mark.parametrize(("number", "is_said"), [(49, True), (50, False)])
def test_under_50_cas_the_page_says_that_the_assessment_is_discretionary(number, is_said, desk, level1):
    make([Case(decided_on=LAST, assigned_on=LAST)] * number, level1)
    sentence = "With fewer than 50 CAS in the period, the assessment is at the Home Office's discretion."
    assert (sentence in desk(level1).read(PAGE).main.text) is is_said


def test_two_rates_missed_at_once_are_shown_apart(desk, level1):
    failed = [Case("REFUSED", decided_on=LAST), Case(starts_on=LAST, reports=(Report("NOT_ENROLLED"),))]
    make(failed, level1)
    text = desk(level1).read(PAGE).main.text
    assert "Two or more rates are missed at once: Refusal rate, Enrolment rate." in text


def test_the_number_of_statements_does_not_depend_on_the_cas(desk, level1, some):
    visitor = desk(level1)
    for address in (PAGE, f"{PAGE}completion/", f"{PAGE}refusal/counted/"):
        taken = []
        for _ in range(2):
            visitor.read(address)
            with CaptureQueriesContext(connection) as captured:
                visitor.read(address)
            taken.append(len(captured))
            make([Case(decided_on=LAST, ends_on=LAST, reports=(Report("NOT_COMPLETED"),))] * 40, level1)
        assert taken[0] == taken[1] <= 20, address


# The lists


@pytest.mark.parametrize(
    "address",
    [
        "refusal/other/",
        "other/failed/",
        "other/",
        "assigned/failed/",
        "refusal/failed/?month=2026-13",
        "refusal/failed/?month=1",
        "refusal/failed/?month=0000-01",
        "refusal/failed/?by=passport_number&like=1",
        "refusal/failed/?by=course&like=x",
        "refusal/failed/?by=course&like=0",
        "refusal/failed/?by=course",
        "refusal/failed/?by=%00&like=%00",
    ],
)
def test_a_list_that_does_not_exist_is_not_found(address, desk, level1, some):
    desk(level1).read(f"{PAGE}{address}", 404)


def test_a_list_says_which_cas_it_has(desk, level1, some):
    page = desk(level1).read(f"{PAGE}refusal/failed/?month=2026-06")
    assert page.h1 == "Refused 1"
    text = page.main.text
    assert "Rate Refusal rate" in text
    assert "Month of the decision Jun 2026" in text
    assert len(page.one("tbody").all("tr")) == 1


def test_an_empty_list_leads_back(desk, level1, some):
    page = desk(level1).read(f"{PAGE}refusal/left-out/")
    assert page.h1 == "Left out after a successful administrative review 0"
    assert page.link("Back to Compliance") == PAGE


def test_the_list_sorts_and_has_pages(desk, level1, some):
    page = desk(level1).read(f"{PAGE}refusal/counted/?month=2026-11&sort=name&page=2&status=USED")
    assert len(page.one("tbody").all("tr")) == 24
    assert "month=2026-11" in page.link("Name")


def test_a_long_list_is_counted_only_as_far_as_its_pages_lead(desk, level1, some, monkeypatch):
    monkeypatch.setattr(listing, "ROUGHLY", 10)
    monkeypatch.setattr(listing, "IN_REACH", 40)
    for order in ("", "?sort=name"):
        page = desk(level1).read(f"{PAGE}refusal/counted/{order}")
        assert page.h1 == "Decided 40+"
        assert "There are more than 40 CAS. These pages show the newest. Export them to see all." in page.main.text


def test_a_sponsor_finds_no_cas_of_another_by_their_ids(desk, level1, outsider, some):
    desk(outsider).read(f"{PAGE}refusal/counted/?by=course&like={some[0].pk}", 404)
    assert desk(outsider).read(f"{PAGE}refusal/counted/").h1 == "Decided 0"


# Exports


def test_the_cas_behind_a_number_are_exported(desk, level1, some):
    page = desk(level1).send(f"{PAGE}refusal/failed/?month=2026-06", f"{EXPORTS}refusal/failed/?month=2026-06")
    assert page.h1 == "Export 1 CAS"
    export = Export.objects.get()
    assert export.ids == [some[49].pk]
    assert export.name == "Compliance: Refused, Refusal rate, 29 November 2025 to 28 November 2026, Jun 2026"


def test_exporting_nothing_or_an_unknown_list_is_refused(as_user, level1, level2):
    client = as_user(level1)
    page = Page(client.post(f"{EXPORTS}refusal/failed/", follow=True))
    assert (page.h1, Export.objects.count()) == ("Refused 0", 0)
    assert client.post(f"{EXPORTS}refusal/other/").status_code == 404
    assert as_user(level2).post(f"{EXPORTS}refusal/failed/").status_code == 403


def test_a_list_of_a_year_ago_has_other_cas(desk, level1, some):
    with clock.set_to(datetime(2025, 11, 29, 12, tzinfo=UTC) - timedelta(days=30)):
        assert desk(level1).read(f"{PAGE}refusal/counted/").h1 == "Decided 0"
