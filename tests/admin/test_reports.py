"""Caseworkers read the reports of sponsors, and set which activity types exist (specification, section 8)."""

import pytest

from sms.core.refused import NotAllowed
from sponsorship_duties.models import Activity, ActivityReason, ActivityType
from tests.factories import a_cas, a_licence, a_user, an_allocation, assigned, in_status
from tests.sponsorship_duties.factories import a_report, withdrawn

pytestmark = pytest.mark.django_db

REPORTS = "/admin/sponsorship_duties/activity/"
TYPES = "/admin/sponsorship_duties/activitytype/"
REASONS = "/admin/sponsorship_duties/activityreason/"


@pytest.fixture
def cas(level2, allocation):
    return assigned(a_cas(level2))


@pytest.fixture
def elsewhere(caseworker):
    """Make a report of another sponsor."""
    licence = a_licence("4NUV7KB01", "Other College", by=caseworker)
    an_allocation(licence, by=caseworker)
    return a_report(assigned(a_cas(a_user("other", "LEVEL_1", licence))), by=licence.users.get(), of="Student delayed")


def rows(page):
    return [[cell.text for cell in row.all("th", "td")] for row in page.one("tbody").all("tr")]


def test_the_reports_of_all_sponsors_are_listed_newest_first(desk, cas, level2, elsewhere):
    a_report(cas, by=level2, reason="Excluded")
    listed = rows(desk.read(REPORTS))
    assert [(row[0], row[4], row[8]) for row in listed] == [
        ("Stop sponsoring student", "University of Example", "Not yet"),
        ("Student delayed", "Other College", "Not yet"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("read=no", ["Stop sponsoring student"]),
        ("read=yes", ["Student delayed"]),
        ("is_late__exact=1", []),
        ("type__id__exact={type}", ["Student delayed"]),
    ],
)
def test_the_list_can_be_filtered(query, found, desk, cas, level2, elsewhere, caseworker):
    a_report(cas, by=level2, reason="Excluded")
    Activity.objects.filter(pk=elsewhere.pk).mark_read(by=caseworker)
    page = desk.read(f"{REPORTS}?{query.format(type=elsewhere.type_id)}")
    assert [row[0] for row in (rows(page) if page.all("tbody") else [])] == found


def test_a_caseworker_reads_a_report_and_marks_it_as_read(desk, cas, level2, happened):
    report = a_report(cas, by=level2, reason="Excluded", details="Failed twice")
    address = f"{REPORTS}{report.pk}/"
    page = desk.read(address)
    lines = dict(page.lines())
    assert lines["Reason"] == "Excluded"
    assert lines["Details"] == "Failed twice"
    assert cas.number in lines["CAS"]
    after = desk.send(f"{address}read/")
    assert "Marked as read" in after.banners[0]
    assert "by Caseworker" in dict(after.lines())["Read"]
    assert happened()[-1] == ("activity", "read", "caseworker")
    assert not after.buttons("Mark as read")


def test_a_report_and_all_earlier_reports_of_its_sponsor_can_be_marked_as_read(desk, cas, level2, elsewhere):
    first, second, third = (a_report(cas, by=level2) for _ in range(3))
    page = desk.read(f"{REPORTS}{second.pk}/read-all/")
    assert "2 reports from University of Example will be marked as read." in page.main.text
    first_page = desk.read(f"{REPORTS}{first.pk}/read-all/")
    assert "1 report from University of Example will be marked as read." in first_page.main.text
    desk.send(f"{REPORTS}{second.pk}/read-all/")
    assert set(Activity.objects.unread()) == {elsewhere, third}
    assert first.pk < second.pk < third.pk


def test_a_withdrawal_and_its_report_link_to_each_other(desk, cas, level2):
    report = a_report(cas, by=level2)
    entry = withdrawn(report, by=level2)
    assert desk.read(f"{REPORTS}{report.pk}/").link(dict(desk.read(f"{REPORTS}{report.pk}/").lines())["Withdrawn"])
    assert desk.read(f"{REPORTS}{entry.pk}/").link(str(report)) == f"{REPORTS}{report.pk}/"


def test_the_page_of_a_cas_lists_its_reports(desk, cas, level2):
    a_report(cas, by=level2, reason="Excluded")
    assert "Excluded" in desk.read(f"/admin/cas/cas/{cas.pk}/").main.text


def test_a_graduate_notification_is_shown_without_reason_and_date(desk, level2, allocation, caseworker):
    graduate = in_status("USED", by=level2, caseworker=caseworker)
    [made] = Activity.objects.notify_graduates([graduate.pk], by=level2)
    lines = dict(desk.read(f"{REPORTS}{made.pk}/").lines())
    assert lines["Activity type"] == "Graduate notification"
    for address in (REPORTS, f"/admin/cas/cas/{graduate.pk}/", "/admin/"):
        assert "Graduate notification –" in desk.read(address).main.text


class TestTypes:
    def test_the_type_of_graduate_notifications_can_be_neither_changed_nor_given_a_reason(self, desk):
        page = desk.read(f"{TYPES}{ActivityType.objects.graduation().pk}/")
        assert not page.buttons("Amend")
        assert not page.buttons("Add a reason")
        assert "None. It needs none." in page.main.text

    def test_sponsors_can_report_a_new_type_that_has_a_reason(self, desk, cas, level2, happened):
        desk.send(
            f"{TYPES}add/",
            name="Student graduated",
            date_label="Date of the award",
            has_deadline=False,
            is_delay=False,
            is_end_of_sponsorship=True,
            is_for_several=True,
        )
        made = ActivityType.objects.get(name="Student graduated")
        after = desk.send(
            f"{TYPES}{made.pk}/reason/",
            name="Award confirmed",
            has_completion_date=False,
            is_no_show=False,
            counts_as="COMPLETED",
        )
        assert "Award confirmed" in after.main.text
        assert happened() == [
            ("activity_type", "add", "caseworker"),
            ("activity_reason", "add", "caseworker"),
        ]
        report = a_report(cas, by=level2, of="Student graduated", reason="Award confirmed")
        assert report.date_label == "Date of the award"

    def test_a_question_without_an_answer_gets_an_error(self, desk):
        page = desk.send(f"{TYPES}add/")
        assert page.error_of("is_delay") == "Is the student expected on that date? Select Yes or No"

    def test_a_name_that_is_in_use_is_refused(self, desk):
        page = desk.send(
            f"{TYPES}add/",
            name="student delayed",
            date_label="Date",
            has_deadline=True,
            is_delay=False,
            is_end_of_sponsorship=False,
            is_for_several=False,
        )
        assert "The name “student delayed” is already in use" in page.summary[0][0]

    def test_old_reports_keep_their_type_and_reason_when_these_are_renamed(self, desk, cas, level2):
        report = a_report(cas, by=level2, reason="Excluded")
        desk.send(f"{REASONS}{report.reason_id}/amend/", name="Expelled")
        desk.send(f"{TYPES}{report.type_id}/amend/", name="Sponsorship ended", is_in_use=False)
        assert ActivityReason.objects.get(pk=report.reason_id).name == "Expelled"
        lines = dict(desk.read(f"{REPORTS}{report.pk}/").lines())
        assert (lines["Activity type"], lines["Reason"]) == ("Stop sponsoring student", "Excluded")

    def test_a_caseworker_changes_what_a_reason_counts_as_and_the_history_says_so(self, desk, happened):
        reason = ActivityReason.objects.get(name="Moved to another sponsor")
        assert ("Counts as", "Not completed") in desk.read(f"{REASONS}{reason.pk}/").lines()
        form = desk.read(f"{REASONS}{reason.pk}/amend/")
        assert "The compliance figures count existing reports by the new answer, too." in form.main.text
        after = desk.send(f"{REASONS}{reason.pk}/amend/", counts_as="NOTHING")
        assert ("Counts as", "Nothing") in after.lines()
        assert "Counts as: Not completed Nothing" in after.main.text
        assert happened() == [("activity_reason", "amend", "caseworker")]

    def test_what_a_new_reason_counts_as_must_be_answered(self, desk):
        page = desk.send(
            f"{TYPES}{ActivityType.objects.first().pk}/reason/", name="New", has_completion_date=False, counts_as=""
        )
        assert page.error_of("counts_as") == "Select what the student counts as"

    def test_the_type_of_withdrawals_cannot_be_amended(self, desk):
        withdrawal = ActivityType.objects.get(is_withdrawal=True)
        assert not desk.read(f"{TYPES}{withdrawal.pk}/").buttons("Amend")
        answer = desk.client.get(f"{TYPES}{withdrawal.pk}/amend/", follow=True)
        assert "Amend is no longer possible" in answer.content.decode()

    def test_a_sponsor_user_cannot_amend_a_type(self, level1):
        with pytest.raises(NotAllowed):
            ActivityType.objects.first().amend(by=level1, name="Mine")
        assert not ActivityType.objects.filter(name="Mine").exists()
