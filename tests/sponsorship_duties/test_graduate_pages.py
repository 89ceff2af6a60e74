"""The screens to notify many graduates at once, and one (specification, section 8)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS
from licences.models import StoredSearch
from sms.core import clock
from sms.core.govuk import formats
from sms.core.limits import MOST_SELECTED
from sponsorship_duties.graduates import sorted_out
from sponsorship_duties.models import Activity
from tests.factories import a_cas, a_draft, an_allocation, in_status
from tests.pages import Page
from tests.sponsorship_duties.factories import a_type, days, withdrawn
from tests.sponsorship_duties.test_graduates import GRADUATION, a_graduate, notified

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"
LIST, PASTE = f"{HOME}graduates/", f"{HOME}graduates/paste/"
FOUND_NONE = "No CAS was found. Check the number."
ENDED_ON = days(20)  # before today


def ended(by, caseworker, number=0, ago=ENDED_ON, **values):
    """Make a graduate whose course ended so long ago."""
    end = clock.today() - ago
    with clock.set_to(clock.now() - ago - days(60)):
        return a_graduate(by, caseworker, number, course_start_date=end - days(30), course_end_date=end, **values)


@pytest.fixture
def allocation(licence, caseworker):
    """Grant the allocation of the days on which the CAS of these tests were assigned."""
    with clock.set_to(clock.now() - days(100)):
        return an_allocation(licence, by=caseworker)


@pytest.fixture
def graduate(level2, allocation, caseworker):
    return ended(level2, caseworker, applicant_id="S-0042")


def pasted(desk, text, status=200):
    return desk.send(PASTE, graduates=text, status=status)


def line_of(cas):
    return f"{cas.student_name} {cas.status} {cas.course_title}, starts {formats.day(cas.course_start_date)}"


def going(page):
    lists = page.main.all("ul", of="sms-picked")
    return [f"{item.one('bdi').text} USED{item.text.split(' USED')[1]}" for item in lists[0].all("li")] if lists else []


def left(page):
    """Return the entries left out, by the reason."""
    insets = page.main.all("div", of="govuk-inset-text")
    return {inset.one("p").text.rsplit(" ", 1)[0]: [item.text for item in inset.all("li")] for inset in insets}


class TestTheList:
    def test_sponsorship_duties_leads_to_it(self, desk, level2):
        assert desk(level2).read(HOME).link(GRADUATION) == LIST
        assert desk(level2).read(LIST).h1 == GRADUATION

    def test_it_has_the_granted_cas_of_the_user_without_a_notification_latest_end_first(
        self, desk, graduate, level1, level2, colleague, caseworker
    ):
        later = ended(level2, caseworker, 1, ago=days(5), given_names="Later")
        ended(level2, caseworker, 2, outcome="REFUSED")
        in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Live")
        notified(ended(level2, caseworker, 3), by=level2)
        theirs = ended(colleague, caseworker, 4, given_names="Theirs")
        names = {user: self.names(desk(user).read(LIST)) for user in (level1, level2)}
        assert names[level2] == [later.student_name, graduate.student_name]
        assert names[level1] == [later.student_name, theirs.student_name, graduate.student_name]

    @staticmethod
    def names(page):
        return [row.one("a").text for row in page.main.one("tbody").all("tr")] if page.main.all("tbody") else []

    def test_a_withdrawn_notification_puts_the_cas_back_on_it(self, desk, graduate, level2):
        withdrawn(notified(graduate, by=level2), by=level2, on=clock.today())
        assert self.names(desk(level2).read(LIST)) == [graduate.student_name]

    def test_it_goes_back_12_months_and_a_month_ahead_unless_the_user_asks(self, desk, level2, allocation, caseworker):
        long_ago = ended(level2, caseworker, 1, course_id="HI-1")
        after = long_ago.course_end_date + days(400)
        with clock.set_to(clock.now().replace(year=after.year, month=after.month, day=after.day)):
            assert self.names(desk(level2).read(LIST)) == []
            asked = f"since_day=1&since_month=1&since_year={after.year - 2}"
            assert self.names(desk(level2).read(f"{LIST}?{asked}")) == [long_ago.student_name]
            assert self.names(desk(level2).read(f"{LIST}?{asked}&course_id=hi 1")) == [long_ago.student_name]
            assert self.names(desk(level2).read(f"{LIST}?{asked}&course_id=HI-2")) == []

    def test_a_wrong_date_is_named_and_kept(self, desk, graduate, level2):
        page = desk(level2).read(f"{LIST}?since_day=40&since_month=1&since_year=2026", status=422)
        assert "must have a day from 1 to 31" in page.error_of("since")

    def test_the_selected_are_checked_and_reported_with_one_click(self, desk, graduate, level2):
        page = desk(level2).send(LIST, cas=graduate.pk)
        assert page.h1 == "Graduate notification – check the list"
        assert going(page) == [line_of(graduate)]
        done = desk(level2).send(page.address, page=page)
        assert done.h1 == "Graduate notification – reported"
        assert [row.one("a").text for row in done.one("tbody").all("tr")] == [graduate.student_name]
        assert Activity.objects.get().cas == graduate

    def test_all_on_the_list_can_be_selected_at_once(self, desk, graduate, level2, caseworker):
        ended(level2, caseworker, 1)
        page = desk(level2).send(LIST, all="yes")
        assert len(going(page)) == 2

    def test_nothing_selected_says_so(self, desk, graduate, level2):
        page = desk(level2).send(LIST, status=422)
        assert page.summary == [("Select the graduates to report.", "#selected")]

    def test_the_list_of_ended_courses_leads_to_the_same_check(self, desk, graduate, level2):
        check = f"{HOME}check/ended/"
        page = desk(level2).read(check)
        [button] = page.buttons(GRADUATION)
        answer = desk(level2).client.post(button["formaction"], {"cas": graduate.pk}, follow=True)
        assert going(Page(answer)) == [line_of(graduate)]
        assert not desk(level2).read(f"{HOME}check/not-started/").buttons(GRADUATION)


class TestAPastedList:
    @pytest.mark.parametrize(
        "typed", ["{number}", " {spaced} ", "{lower}", "s-0042", "S 0042", "x,{number};y", "x\t{number}"]
    )
    def test_numbers_and_applicant_ids_are_understood_as_people_write_them(self, typed, desk, graduate, level2):
        number = graduate.number
        spaced = f"{number[:3]} {number[3:7]}-{number[7:]}"
        page = pasted(desk(level2), typed.format(number=number, spaced=spaced, lower=number.lower()))
        assert going(page) == [line_of(graduate)]

    def test_several_numbers_on_one_line_can_be_separated_by_spaces(self, desk, graduate, level2, caseworker):
        other = ended(level2, caseworker, 1)
        page = pasted(desk(level2), f"{graduate.number} {other.number} unknown")
        assert (len(going(page)), left(page)) == (2, {FOUND_NONE: ["unknown"]})

    def test_each_entry_left_out_has_its_reason(self, desk, graduate, level2, caseworker):
        refused = ended(level2, caseworker, 1, outcome="REFUSED")
        live = in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Live")
        done = ended(level2, caseworker, 2)
        notified(done, by=level2)
        numbers = [cas.number for cas in (graduate, refused, live, done)]
        page = pasted(desk(level2), "\n".join(numbers))
        assert len(going(page)) == 1
        assert {reason.split(".")[0]: len(entries) for reason, entries in left(page).items()} == {
            "The application with this CAS was refused": 1,
            "This CAS is ASSIGNED": 1,
            "A graduate notification has already been made about this CAS": 1,
        }

    def test_unknown_and_foreign_ones_look_the_same(self, desk, graduate, level2, level1, colleague, outsider):
        unknown = "E4G0AA0A00A0A0"
        for user in (colleague, outsider):
            page = pasted(desk(user), f"{graduate.number}\n{unknown}\nS-0042\nunknown-id")
            assert (going(page), left(page)) == ([], {FOUND_NONE: [graduate.number, unknown, "S-0042", "unknown-id"]})
            assert graduate.family_name not in page.text
            assert not page.buttons("Report 0 CAS")

    def test_a_cas_that_was_never_assigned_is_not_found(self, desk, level2, allocation):
        a_draft(level2, applicant_id="S-1")
        assert left(pasted(desk(level2), "S-1")) == {FOUND_NONE: ["S-1"]}

    def test_an_entry_given_again_counts_once(self, desk, graduate, level2):
        page = pasted(desk(level2), f"{graduate.number}\nS-0042\nunknown-id\nunknown-id")
        assert (len(going(page)), left(page)) == (1, {FOUND_NONE: ["unknown-id"]})
        assert "2 entries repeat another, and count once." in page.main.text

    def test_an_applicant_id_of_several_granted_cas_asks_for_the_number(self, desk, graduate, level2, caseworker):
        second = ended(level2, caseworker, 1, applicant_id="S-0042")
        page = pasted(desk(level2), "S-0042")
        assert left(page) == {"Several USED CAS have this Applicant ID. Enter the CAS number instead.": ["S-0042"]}
        notified(second, by=level2)  # then it is still not clear which is meant
        assert going(pasted(desk(level2), "S-0042")) == []
        assert len(going(pasted(desk(level2), graduate.number))) == 1

    def test_an_applicant_id_means_the_granted_cas_among_others(self, desk, graduate, level1, level2, caseworker):
        in_status("WITHDRAWN", by=level2, caseworker=caseworker, passport_number="GRAD0", applicant_id="S-0042")
        assert len(going(pasted(desk(level2), "S-0042"))) == 1

    def test_an_empty_list_and_too_long_a_list_are_refused(self, desk, level2, allocation):
        assert pasted(desk(level2), " ", 422).error_of("graduates") == "Enter the CAS numbers or Applicant IDs"
        page = pasted(desk(level2), "\n".join(map(str, range(MOST_SELECTED + 1))), 422)
        assert page.error_of("graduates") == "You entered 10,001. Enter at most 10,000 at a time"
        assert page.typed("")["graduates"].endswith("\n10000")

    def test_the_draft_keeps_the_longest_list(self, desk, level2, allocation):
        mine, text = desk(level2), "\n".join("9" * 19 for _ in range(MOST_SELECTED))
        page = mine.read(PASTE)
        typed = {**page.typed(""), "graduates": text.replace("\n", "\r\n")}
        assert mine.client.post(PASTE, typed, headers={"X-Keep-Draft": "yes"}).status_code == 200
        assert mine.read(PASTE).typed("")["graduates"] == text

    def test_the_list_can_be_changed(self, desk, graduate, level2):
        page = pasted(desk(level2), f"{graduate.number}\nunknown-id")
        change = page.main.link("Change the list")
        assert desk(level2).read(change).typed("")["graduates"] == f"{graduate.number}\nunknown-id"
        assert left(desk(level2).send(change, graduates=graduate.number)) == {}

    def test_the_list_stands_in_no_address(self, desk, graduate, level2):
        assert graduate.number not in pasted(desk(level2), graduate.number).address


class TestReporting:
    def test_what_was_shown_is_reported_or_nothing(self, desk, graduate, level1, level2, caseworker):
        other = ended(level2, caseworker, 1)
        page = pasted(desk(level2), f"{graduate.number},{other.number}")
        notified(other, by=level1)
        again = desk(level2).send(page.address, page=page)
        assert "Nothing has been reported. Check the list again." in again.text
        assert (again.h1, len(going(again))) == ("Graduate notification – check the list", 1)
        assert Activity.objects.count() == 1
        assert desk(level2).send(again.address, page=again).h1 == "Graduate notification – reported"
        assert Activity.objects.count() == 2

    def test_a_second_click_reports_nothing_more(self, desk, graduate, level2):
        page = pasted(desk(level2), graduate.number)
        for _ in range(2):
            desk(level2).send(page.address, page=page)
        assert Activity.objects.count() == 1

    def test_a_cas_that_was_transferred_meanwhile_is_not_reported(self, desk, graduate, level1, level2, colleague):
        page = pasted(desk(level2), graduate.number)
        CAS.objects.filter(pk=graduate.pk).change_owner(colleague, by=level1)
        again = desk(level2).send(page.address, page=page)
        assert left(again) == {FOUND_NONE: [graduate.number]}
        assert not Activity.objects.exists()

    def test_checking_many_takes_as_many_statements_as_one(self, graduate, level2, caseworker):
        others = [ended(level2, caseworker, number, applicant_id=f"S-{number}") for number in range(1, 5)]
        with CaptureQueriesContext(connection) as of_one:
            sorted_out({"typed": [graduate.number]}, level2)
        with CaptureQueriesContext(connection) as of_many:
            found = sorted_out({"typed": ["\n".join([*(cas.applicant_id for cas in others), "x", "y z"])]}, level2)
        assert len(found.going) == 4
        assert len(of_many) == len(of_one) == 3


class TestOneCAS:
    """`Report activity` offers the type like the others."""

    def test_the_notification_is_made_without_anything_to_enter_and_can_be_withdrawn(self, desk, graduate, level2):
        history = f"{HOME}report/{graduate.pk}/activities/"
        form = desk(level2).send(history, activity_type=a_type(GRADUATION).pk)
        assert form.h1 == "Report student activity – graduate notification"
        assert not form.main.all("input", "select", "textarea")[2:]  # the two hidden fields of every form
        recorded = desk(level2).send(form.address, page=form)
        assert recorded.h1 == "Report student activity – activity recorded"
        assert [label for label, _ in recorded.main.lines()] == ["Reported"]
        shown = desk(level2).read(history)
        assert f"{GRADUATION} – – " in shown.main.one("tbody").text
        withdrawal = desk(level2).send(history, activity_type=a_type("Previous notification withdrawn").pk)
        done = desk(level2).send(withdrawal.address, happened_on=clock.today(), details="A mistake")
        assert ("Report withdrawn", str(Activity.objects.first())) in done.main.lines()
        assert desk(level2).send(history, activity_type=a_type(GRADUATION).pk).h1 == form.h1

    def test_it_is_not_offered_or_accepted_where_it_is_not_possible(self, desk, level2, allocation, caseworker):
        cas = in_status("ASSIGNED", by=level2, caseworker=caseworker)
        history = f"{HOME}report/{cas.pk}/activities/"
        assert GRADUATION not in desk(level2).read(history).main.text
        desk(level2).send(history, activity_type=a_type(GRADUATION).pk, status=422)
        answer = desk(level2).client.get(f"{history}{a_type(GRADUATION).pk}/", follow=True)
        assert "This CAS is ASSIGNED. You can make a graduate notification only about a USED CAS." in answer.text

    def test_a_report_by_another_user_meanwhile_is_named(self, desk, graduate, level1, level2):
        history = f"{HOME}report/{graduate.pk}/activities/"
        form = desk(level2).send(history, activity_type=a_type(GRADUATION).pk)
        notified(graduate, by=level1)
        page = desk(level2).send(form.address, page=form, status=422)
        assert "A graduate notification has already been made about this CAS." in page.text


def test_the_key_of_another_users_list_is_not_found(desk, graduate, level1, level2):
    pasted(desk(level2), graduate.number)
    key = StoredSearch.objects.get().key
    for path in (f"{PASTE}{key}/", f"{LIST}check/{key}/"):
        desk(level1).read(path, status=404)


def test_a_ready_cas_is_not_on_the_list(desk, level2, allocation):
    a_cas(level2)
    assert "There are no graduates to report." in desk(level2).read(LIST).main.text
