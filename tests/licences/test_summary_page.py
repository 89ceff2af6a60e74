"""`Licence summary, applications and services`, for Level 1 users (specification, section 9)."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.allocation_use import pictures
from licences.licence_requests import verbs
from licences.models import ActionPlan, Allocation, AllocationEntry, Assessment, Event, KeyPerson, PremiumService
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats
from tests.days import noon_on
from tests.factories import AMIRA, a_cas, an_allocation, an_order, assigned, brought_to
from tests.licences.factories import an_increase, submitted
from tests.pages import Page

pytestmark = pytest.mark.django_db

HEADING = "Licence summary, applications and services"


@pytest.fixture
def summary(as_user):
    return lambda user: Page(as_user(user).get("/licence/"))


@pytest.fixture
def plan(licence, caseworker):
    return ActionPlan.objects.issue(licence, details="Report sooner.", fee_pence=147_600, by=caseworker)


def rows_of(page, title):
    """Return the cells of each row of the table with this title."""
    (table,) = (each for each in page.all("table") if each.one("caption").text == title)
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def test_the_navigation_and_the_home_lead_a_level_1_user_to_it(as_user, level1):
    home = Page(as_user(level1).get("/students/"))
    assert {link["href"] for link in home.all("a") if link.text == HEADING} == {"/licence/"}
    assert home.main.link(HEADING) == "/licence/"
    page = Page(as_user(level1).get("/licence/"))
    assert page.h1 == HEADING
    assert [link.text for link in page.all("a") if link["aria-current"] == "page"] == [HEADING]


def test_a_level_2_user_gets_a_sentence_and_no_link(as_user, level2):
    page = Page(as_user(level2).get("/licence/"))
    assert page.status == 403
    assert "Only a Level 1 user can see the licence summary, applications and services." in page.main.text
    assert HEADING not in [link.text for link in Page(as_user(level2).get("/students/")).all("a")]


def test_it_shows_the_licence_and_the_organisation(summary, level1, licence, caseworker):
    licence.amend(by=caseworker, address="1 Example Street\nLondon", telephone="020 7946 0000", website="example.ac.uk")
    lines = dict(summary(level1).lines())
    assert lines["Licence number"] == "4NUV7KB58"
    assert lines["Status"] == f"ACTIVE, since {formats.day(clock.today())}"
    assert (lines["Licence start date"], lines["Licence expiry date"]) == ("6 April 2020", "No expiry date")
    assert lines["Name of the organisation"] == "University of Example"
    assert lines["Trading address"] == "1 Example Street London"
    assert (lines["Telephone"], lines["Website"]) == ("020 7946 0000", "example.ac.uk")


def test_it_shows_the_key_people_with_their_dates(summary, level1, licence, caseworker):
    assert "None recorded yet." in summary(level1).main.text
    KeyPerson.objects.replace(licence, "KEY_CONTACT", AMIRA, by=caseworker, from_on=date(2026, 1, 5))
    KeyPerson.objects.replace(
        licence, "KEY_CONTACT", {**AMIRA, "name": "Béla Kovács"}, by=caseworker, from_on=date(2026, 3, 1)
    )
    reach = "Head of Admissions a.osei@example.ac.uk 020 7946 0000"
    assert rows_of(summary(level1), "Key people") == [
        ["Key Contact", f"Béla Kovács {reach}", "1 March 2026", "–"],
        ["Key Contact", f"Amira Osei {reach}", "5 January 2026", "28 February 2026"],
    ]


def test_it_shows_the_routes_with_the_status_of_the_sponsor_and_the_rating(summary, level1, licence, caseworker):
    licence.set_rating("AMBER", by=caseworker, reason="Refusals", from_on=date(2026, 6, 1))
    licence.surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Closed")
    page, today = summary(level1), formats.day(clock.today())
    assert rows_of(page, "Licensed routes") == [
        ["Student", "Licensed", "Student Sponsor", "Amber"],
        ["Child Student", f"Surrendered on {today}", "Student Sponsor", "Amber"],
    ]
    assert rows_of(page, "Status of the sponsor and compliance rating") == [
        ["Compliance rating", "Amber", "1 June 2026", "–"],
        ["Status of the sponsor", "Student Sponsor", "6 April 2020", "–"],
    ]


def test_it_shows_the_allocations_as_limit_used_held_and_remaining(summary, level1, licence, allocation, caseworker):
    assigned(a_cas(level1))
    an_order(a_cas(level1, passport_number="Another"), by=level1)
    page = summary(level1)
    assert rows_of(page, "Allocations") == [[str(allocation), "10", "1", "1", "8", formats.day(allocation.expires_on)]]


def test_without_an_allocation_it_says_what_that_means(summary, level1):
    assert "You have no allocation for this year, so you cannot assign CAS." in summary(level1).main.text


def test_it_shows_the_assessments_the_premium_service_and_the_action_plans(summary, level1, licence, plan, caseworker):
    today = clock.today()
    Assessment.objects.apply(licence, today, by=caseworker)
    service = PremiumService.objects.add(licence, fee_pence=800_000, by=caseworker)
    service.record_payment(today, by=caseworker)
    page = summary(level1)
    assert rows_of(page, "Basic Compliance Assessments") == [[formats.day(today), "Undecided", "–", "–"]]
    assert rows_of(page, "Premium customer service") == [[str(service), "£8,000.00", formats.day(today)]]
    assert rows_of(page, "Action plan details") == [
        [formats.day(today), "Report sooner.", "£1,476.00", "Not yet", "–", "–"]
    ]
    assert page.main.link(formats.day(today)) == f"/licence/action-plans/{plan.pk}/"


def test_it_leads_to_all_requests_and_shows_the_latest(summary, as_user, level1, allocation):
    page = summary(level1)
    assert "There are no requests yet." in page.main.text
    aside = page.one("aside")
    addresses = [link["href"] for link in aside.all("a")]
    assert [link.text for link in aside.all("a")] == [
        "Manage Level 1 and 2 users",
        "Request changes to licence details",
        "Request CoS/CAS increase",
        "Request renewal of annual CoS/CAS allocations",
        "Apply for or renew services",
        "Applications and renewals tracking",
        "SMS message board",
    ]
    assert {as_user(level1).get(address).status_code for address in addresses} == {200}
    request = submitted(an_increase(level1), by=level1)
    assert "SUBMITTED" in summary(level1).main.text
    assert summary(level1).main.link("Request CoS/CAS increase: Student route") == f"/licence/requests/{request.pk}/"


def test_it_shows_the_latest_history_and_leads_to_all_of_it(as_user, summary, level1, licence, caseworker):
    for number in range(60):
        licence.amend(by=caseworker, telephone=f"020 7946 {number:04}")
    page = summary(level1)
    assert len(page.all("li", of="sms-timeline__entry")) == 5
    assert "020 7946 0059" in page.main.text
    whole = Page(as_user(level1).get(page.main.link("The whole history of the licence")))
    assert len(whole.all("li", of="sms-timeline__entry")) == 20
    last = Page(as_user(level1).get("/licence/history/?history=4"))
    assert "Licence granted" in last.main.text


def test_the_history_of_the_licence_has_its_allocations_and_its_requests(
    as_user, level1, outsider, licence, caseworker
):
    allocation = an_allocation(licence, 10, by=caseworker)
    request = submitted(an_increase(level1), by=level1)
    verbs.grant(request, answer="Yes.", number_granted=3, by=caseworker)
    text = Page(as_user(level1).get("/licence/history/")).main.text
    for line in (
        f"Allocation granted: {allocation}",
        f"Number of places changed: {allocation}",
        "Submitted: Request CoS/CAS increase: Student route",
        "Granted: Request CoS/CAS increase: Student route",
        "Licence granted",
    ):
        assert line in text
    assert str(allocation) not in Page(as_user(outsider).get("/licence/history/")).main.text


def test_the_number_of_statements_does_not_depend_on_the_number_of_records(
    as_user, level1, licence, allocation, caseworker
):
    client = as_user(level1)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/licence/").status_code == 200
        return len(captured)

    KeyPerson.objects.replace(licence, "KEY_CONTACT", AMIRA, by=caseworker, from_on=date(2026, 1, 1))
    assigned(a_cas(level1))
    submitted(an_increase(level1), by=level1)
    client.get("/licence/")
    before = statements()
    for number in range(2, 8):
        KeyPerson.objects.replace(licence, "KEY_CONTACT", AMIRA, by=caseworker, from_on=date(2026, number, 1))
        licence.set_rating(["RED", "GREEN"][number % 2], by=caseworker, reason="x", from_on=date(2026, number, 1))
        PremiumService.objects.add(licence, fee_pence=1, by=caseworker)
        assigned(a_cas(level1, passport_number=f"X{number}"))
    submitted(an_increase(level1, route="CHILD_STUDENT"), by=level1)
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    assert statements() == before


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
def test_it_can_be_read_in_each_status_of_the_licence(status, summary, level1, licence, plan, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    assert dict(summary(level1).lines())["Status"].startswith(status)


# Action plans


def test_a_level_1_user_accepts_an_action_plan(as_user, level1, plan):
    client, address = as_user(level1), f"/licence/action-plans/{plan.pk}/"
    page = Page(client.get(address))
    assert ("State", "Waiting for your answer") in page.lines()
    assert ("Fee", "£1,476.00") in page.lines()
    empty = Page(client.post(address))
    assert empty.error_of("answer") == "Select whether you accept the action plan"
    after = Page(client.post(address, {"answer": "ACCEPTED"}, follow=True))
    assert after.banners == ["The action plan is accepted."]
    assert ("State", "Accepted, fee not paid yet") in after.lines()
    assert after.main.all("form") == []
    event = Event.objects.last()
    assert (event.verb, event.by, event.data["answer"]) == ("answer_action_plan", level1, [None, "ACCEPTED"])


def test_an_action_plan_needs_attention_until_it_is_answered(as_user, level1, level2, plan):
    def waiting(user):
        page = Page(as_user(user).get("/students/"))
        return [link["href"] for link in page.all("a") if link.text == "An action plan waits for your answer"]

    assert waiting(level1) == [f"/licence/action-plans/{plan.pk}/"]
    assert waiting(level2) == []
    plan.accept_or_decline("DECLINED", by=level1)
    assert waiting(level1) == []


def test_a_second_answer_is_refused_with_a_sentence(as_user, level1, plan):
    plan.accept_or_decline("DECLINED", by=level1)
    after = Page(as_user(level1).post(f"/licence/action-plans/{plan.pk}/", {"answer": "ACCEPTED"}, follow=True))
    assert after.banners == ["Another user has answered this action plan. The answer is final."]
    assert ActionPlan.objects.get().answer == "DECLINED"


def test_an_action_plan_of_an_ended_licence_has_no_form(as_user, level1, plan, licence, caseworker):
    brought_to("REVOKED", licence, caseworker=caseworker)
    page = Page(as_user(level1).get(f"/licence/action-plans/{plan.pk}/"))
    assert page.main.all("form") == []


# The picture of the use of an allocation


def used_on(allocation, day, number, *, by, order):
    """Write into the ledger that places were used on a day."""
    with clock.set_to(noon_on(day)):
        AllocationEntry.objects.create(
            allocation=allocation, kind="use", number=number, order=order, by=by, at=clock.now()
        )


@pytest.fixture
def two_years(licence, caseworker):
    """Return this year's allocation and last year's. Both began on the 6th of a month, 4 months ago."""
    begins = (clock.today() - relativedelta(months=4)).replace(day=6)
    grant = Allocation.objects.grant
    last = grant(by=caseworker, licence=licence, route="STUDENT", starts_on=begins - relativedelta(years=1), number=20)
    this = grant(by=caseworker, licence=licence, route="STUDENT", starts_on=begins, number=30)
    return this, last


def test_the_picture_adds_up_the_places_used_by_month_against_last_year(two_years, level1):
    this, last = two_years
    a_day, a_month = timedelta(days=1), relativedelta(months=1)
    used_on(this, this.starts_on, 2, by=level1, order="A")
    used_on(this, this.starts_on + a_month - a_day, 3, by=level1, order="B")  # the last day of the first month
    used_on(this, this.starts_on + a_month, 1, by=level1, order="C")
    used_on(last, last.starts_on + 6 * a_month, 7, by=level1, order="D")
    used_on(last, last.expires_on + 3 * a_day, 1, by=level1, order="E")  # a payment that was late
    (picture,) = pictures([this, last])
    now, before = picture.series
    assert (now.name, before.name) == (this.year, last.year)
    assert list(now.values)[:3] == [5, 6, 6]
    assert list(now.values)[-3:] == [None, None, None]
    assert list(before.values) == [0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 7, 8]
    assert picture.labels[0] == formats.day(this.starts_on + a_month - a_day).rpartition(" ")[0]
    assert picture.limits[0].value == 30


def test_the_picture_counts_what_was_used_and_not_what_was_held_or_released(two_years, level1):
    this, last = two_years
    an_order(a_cas(level1), by=level1)
    assigned(a_cas(level1, passport_number="Another"))
    (picture,) = pictures([this, last])
    assert max(value for value in picture.series[0].values if value is not None) == 1


def test_the_summary_shows_the_picture_with_a_table_beside_it(summary, level1, two_years):
    this, last = two_years
    page = summary(level1)
    assert [title.text for title in page.all("h3")] == ["Places used, Student route"]
    assert len(page.all("svg", of="sms-picture__svg")) == 1
    (table,) = page.all("table", of="sms-figures")
    assert [cell.text for cell in table.one("thead").all("th")] == ["Used by", this.year, last.year]
    assert len(table.one("tbody").all("tr")) == 12


def test_without_an_earlier_year_the_summary_says_so(summary, level1, allocation):
    assert "There is no earlier year to compare with." in summary(level1).main.text
