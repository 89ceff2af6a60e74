"""Reporting on several CAS of a list, a search or a pasted list, and the page that lists the reports (section 8)."""

import pytest

from licences.models import StoredSearch
from sms.core import clock
from sponsorship_duties.models import Activity
from sponsorship_duties.views import several
from tests.factories import a_cas, a_draft, an_allocation, assigned, in_status
from tests.pages import Page, typed_in
from tests.sponsorship_duties.factories import a_reason, a_report, a_type, days, withdrawn

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"
FOUND, PASTE = f"{HOME}selected/report/", f"{HOME}paste/"
STOP, CHOOSE = "Stop sponsoring student", "Report student activity – several students"


@pytest.fixture(autouse=True)
def allocation(licence, caseworker):
    with clock.set_to(clock.now() - days(180)):
        return an_allocation(licence, number=30, by=caseworker)


@pytest.fixture
def three(level2):
    return [
        assigned(a_cas(level2, passport_number=f"P{i}", applicant_id=f"S-{i}", given_names=f"N{i}")) for i in range(3)
    ]


def chosen(desk, user, **sent):
    """Send a selection. Return the page that asks for the activity type."""
    answer = desk(user).client.post(FOUND, sent, follow=True)
    page = Page(answer)
    page.address = answer.redirect_chain[-1][0]
    return page


def going(page):
    return [item.one("bdi").text for item in page.one("ul", of="sms-picked").all("li")]


def reported(desk, user, page, reason="Withdrew from the course", on=None):
    """Choose the type of `page`, fill in the report and save it. Return the page that follows."""
    form = desk(user).send(page.address, page=page, activity_type=a_type(STOP).pk)
    values = {"happened_on": on or clock.today(), "reason": a_reason(reason).pk, "details": "As agreed"}
    return form, desk(user).client.post(form.address, form.typed() | typed_in(values), follow=True)


class TestASelection:
    def test_every_list_of_cas_offers_to_report_on_the_selected(self, desk, level2, three):
        mine = desk(level2)
        search = mine.send("/students/search/", family_name="nguyen")
        duties = mine.send(f"{HOME}report/search/", family_name="nguyen")
        for page in (mine.read("/students/cas/"), search, duties):
            [button] = page.buttons("Report activity")
            assert button["formaction"] == FOUND

    def test_the_selected_cas_are_reported_together(self, desk, level2, three):
        page = chosen(desk, level2, cas=[cas.pk for cas in three[:2]])
        assert page.h1 == CHOOSE
        assert going(page) == [cas.student_name for cas in three[:2]]
        form, answer = reported(desk, level2, page)
        assert "You are making the same report for 2 CAS." in form.main.text
        assert Page(answer).h1 == "Report student activity – activity recorded"
        assert {report.cas for report in Activity.objects.all()} == set(three[:2])

    @pytest.mark.parametrize("where", ["/students/search/", f"{HOME}report/search/", f"{HOME}manage/search/"])
    def test_all_that_a_search_found_can_be_reported(self, where, desk, level2, three):
        found = desk(level2).send(where, family_name="nguyen")
        form = found.form("/students/print/")
        key = next(field["value"] for field in form.all("input") if field["name"] == "search")
        page = chosen(desk, level2, search=key, all="yes")
        assert sorted(going(page)) == sorted(cas.student_name for cas in three)
        assert page.link("Back to the list") == found.address

    def test_with_nothing_selected_the_list_says_so(self, desk, level2, three):
        page = Page(desk(level2).client.post("/students/sponsorship-duties/selected/report/"))
        assert (page.status, page.h1) == (422, "All CAS")
        assert page.summary == [("Select the CAS to report on.", "#selected")]

    def test_cas_that_allow_no_report_are_left_out_and_named(self, desk, level2, three, level1):
        draft = a_draft(level2)
        three[0].withdraw(by=level1, reason="Because")
        page = chosen(desk, level2, cas=[draft.pk, three[0].pk, three[1].pk])
        assert going(page) == [three[1].student_name]
        assert "This CAS is WORK IN PROGRESS. You can report activity" in page.main.text
        assert page.main.link(three[0].student_name) == f"/students/cas/{three[0].pk}/"

    def test_cas_of_other_users_are_not_part_of_it(self, desk, colleague, outsider, three):
        for stranger in (colleague, outsider):
            page = chosen(desk, stranger, cas=[cas.pk for cas in three])
            assert "You cannot report on any of these." in page.main.text
            assert "Nguyễn" not in page.main.text

    def test_a_type_must_be_chosen_from_those_for_several_students(self, desk, level2, three):
        page = chosen(desk, level2, cas=[three[0].pk])
        options = [option.text for option in page.by_id("id_activity_type").all("option")]
        assert options == ["Select an activity type", "Student delayed", STOP, "Graduate notification"]
        page = desk(level2).send(page.address, page=page, status=422)
        assert page.error_of("activity_type") == "Select the activity type"
        desk(level2).send(page.address, activity_type=a_type("Continue sponsoring student").pk, status=422)

    def test_a_graduate_notification_leads_to_its_own_check(self, desk, level2, caseworker):
        used = in_status("USED", by=level2, caseworker=caseworker)
        page = chosen(desk, level2, cas=[used.pk])
        page = desk(level2).send(page.address, page=page, activity_type=a_type("Graduate notification").pk)
        assert page.h1 == "Graduate notification – check the list"

    def test_the_marks_are_shown_once_with_their_students_before_anything_is_saved(self, desk, level2, three):
        a_report(three[1], by=level2)
        before = Activity.objects.count()
        page = chosen(desk, level2, cas=[cas.pk for cas in three])
        form, answer = reported(desk, level2, page, reason="Failed to enrol")
        asked = Page(answer)
        assert (answer.status_code, Activity.objects.count()) == (409, before)
        items = [item.text for item in asked.one("div", of="govuk-notification-banner").all("li")]
        assert [item.split(".")[0] for item in items] == [
            "Failed to enrol before the course starts",
            "Sponsorship ended by an earlier report",
        ]
        assert "3 CAS: " in items[0]
        assert f"1 CAS: {three[1].student_name}" in items[1]
        done = desk(level2).send(form.address, page=asked)
        assert done.h1 == "Report student activity – activity recorded"
        assert Activity.objects.count() == before + 3


class TestAPastedList:
    def test_numbers_and_applicant_ids_are_found_and_the_rest_is_named(self, desk, level2, three, outsider, caseworker):
        an_allocation(outsider.licence, by=caseworker)
        theirs = assigned(a_cas(outsider, passport_number="Theirs"))
        text = f"{three[0].number.lower()}\ns-1, {three[0].number}\n{theirs.number}\nunknown"
        page = desk(level2).send(PASTE, listed=text)
        assert page.h1 == CHOOSE
        assert going(page) == [three[0].student_name, three[1].student_name]
        assert "1 entry repeats another, and counts once." in page.main.text
        inset = page.one("div", of="govuk-inset-text").text
        assert inset.startswith("No CAS was found. Check the number. 2")
        assert "Nguyễn" not in inset

    def test_an_applicant_id_of_several_cas_needs_the_number(self, desk, level2, three):
        assigned(a_cas(level2, passport_number="Again", applicant_id="S-0"))
        page = desk(level2).send(PASTE, listed="S-0")
        assert "You can report on several CAS with this Applicant ID. Enter the CAS number instead." in page.main.text

    def test_the_list_can_be_changed(self, desk, level2, three):
        page = desk(level2).send(PASTE, listed="unknown")
        assert "You cannot report on any of these." in page.main.text
        again = desk(level2).read(page.main.link("Change the list"))
        assert again.typed()["listed"] == "unknown"

    def test_an_empty_list_is_an_error(self, desk, level2):
        assert desk(level2).send(PASTE, status=422).error_of("listed") == "Enter the CAS numbers or Applicant IDs"

    def test_the_number_of_statements_does_not_grow_with_the_list(
        self, desk, level2, three, django_assert_max_num_queries
    ):
        mine = desk(level2)
        page = mine.send(PASTE, listed="\n".join(cas.number for cas in three))
        with django_assert_max_num_queries(13):
            mine.read(page.address)


class TestTheListOfReports:
    @pytest.fixture
    def done(self, desk, level2, three):
        _, answer = reported(desk, level2, chosen(desk, level2, cas=[cas.pk for cas in three]))
        page = Page(answer)
        page.address = answer.redirect_chain[-1][0]
        return page

    def test_it_names_every_student_with_what_was_reported_and_can_be_printed(self, done, three):
        rows = [[cell.text for cell in row.all("th", "td")] for row in done.one("tbody").all("tr")]
        assert rows == [
            [f"{cas.student_name} 17 May 2002 {cas.applicant_id}", cas.number, cas.course_title, "–"] for cas in three
        ]
        assert ("Reason", "Withdrew from the course") in done.lines()
        assert ("Details", "As agreed") in done.lines()
        [button] = done.buttons("Print this list")
        assert "data-print" in button

    def test_ok_leads_back_to_the_list_it_came_from(self, done):
        assert done.buttons("OK")[0]["href"] == "/students/cas/"

    def test_a_long_list_has_pages(self, done, desk, level2, monkeypatch):
        monkeypatch.setattr(several, "A_PAGE", 2)
        page = desk(level2).read(f"{done.address}?page=2")
        assert len(page.one("tbody").all("tr")) == 1
        assert "3 CAS" in page.one("div", of="govuk-panel").text

    def test_a_report_withdrawn_since_then_says_so(self, done, desk, level2):
        withdrawn(Activity.objects.first(), by=level2)
        assert "Withdrawn" in desk(level2).read(done.address).one("tbody").all("tr")[0].text

    def test_it_is_its_users_own(self, done, desk, level1):
        desk(level1).read(done.address, status=404)
        assert StoredSearch.objects.filter(screen="reported").count() == 1
