"""The screens to report activity and to withdraw a report (manual 5, the first two functions)."""

from datetime import date

import pytest

from sms.core import clock
from sponsorship_duties.models import Activity, ActivityReason
from tests.factories import in_status
from tests.sponsorship_duties.factories import a_new_type, a_reason, a_report, a_type, days, withdrawn

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"


def address(cas, *rest):
    return "/".join([f"{HOME}report/{cas.pk}", *map(str, rest), ""])


def form_of(cas, name="Stop sponsoring student"):
    return address(cas, "activities", a_type(name).pk)


@pytest.fixture
def mine(desk, level2):
    return desk(level2)


def test_the_home_of_the_duties_has_the_four_links_of_the_manual(mine, allocation):
    page = mine.read(HOME)
    assert page.h1 == "Sponsorship duties"
    assert page.link("Report activity by CAS number") == f"{HOME}report/by-number/"
    assert page.link("Report activity by CAS search") == f"{HOME}report/search/"
    assert page.link("Manage live CAS by CAS number") == f"{HOME}manage/by-number/"
    assert page.link("Manage live CAS by CAS search") == f"{HOME}manage/search/"


class TestFinding:
    def test_a_number_typed_with_spaces_and_small_letters_leads_to_the_result(self, mine, cas):
        typed = f" {cas.number[:7].lower()} {cas.number[7:]}"
        page = mine.send(f"{HOME}report/by-number/", number=typed)
        assert (page.h1, page.address.partition("?")[0]) == ("CAS search results", address(cas))
        assert cas.number in page.main.text
        assert [button["href"].partition("?")[0] for button in page.buttons("Next")] == [address(cas, "activities")]

    def test_a_number_that_fails_its_check_gets_an_error(self, mine, cas):
        wrong = cas.number[:-1] + ("A" if cas.number[-1] != "A" else "B")
        page = mine.send(f"{HOME}report/by-number/", number=wrong, status=422)
        assert page.h1 == "Student search"
        assert page.error_of("number")
        assert page.typed(f"{HOME}report/by-number/")["number"] == wrong

    def test_an_empty_number_gets_an_error(self, mine, cas):
        page = mine.send(f"{HOME}report/by-number/", status=422)
        assert page.error_of("number") == "Enter the CAS number"

    def test_a_level_2_user_does_not_find_the_cas_of_another_user(self, desk, colleague, cas):
        page = desk(colleague).send(f"{HOME}report/by-number/", number=cas.number)
        assert "No CAS was found" in page.main.text

    def test_a_number_that_finds_nothing_gets_no_advice_about_names(self, desk, colleague, cas):
        page = desk(colleague).send(f"{HOME}report/by-number/", number=cas.number)
        assert "No CAS has this number. Check the number, or search for the student." in page.main.text
        assert page.main.link("search for the student") == f"{HOME}report/search/"
        assert "beginning of a name" not in page.main.text

    def test_a_search_by_details_finds_only_assigned_cas(self, mine, cas, level2, caseworker):
        in_status("READY TO GO", by=level2, caseworker=caseworker)
        page = mine.send(f"{HOME}report/search/", family_name="nguyen")
        assert page.address.partition("?")[0] == address(cas)
        back = mine.read(page.link("Back"))
        assert back.h1 == "CAS search"
        assert back.by_id("id_family_name")["value"] == "nguyen", "it leads to the search"

    def test_several_cas_found_are_listed_to_select_from(self, mine, cas, level2, caseworker):
        other = in_status("USED", by=level2, caseworker=caseworker, passport_number="Another")
        page = mine.send(f"{HOME}report/search/", family_name="nguyen")
        assert page.h1 == "Select the CAS on which to report"
        links = [link["href"].partition("?")[0] for link in page.one("tbody").all("a")]
        assert links == [address(other), address(cas)]
        assert page.link("Change the search").startswith(f"{HOME}found/")
        statuses = [link.text for link in page.one("nav", of="sms-filter").all("a")]
        assert statuses == ["All 2", "ASSIGNED 1", "USED 1", "EXPIRED 0", "OBSOLETE 0", "WITHDRAWN 0", "CANCELLED 0"]

    def test_back_leads_to_the_results_from_every_page_of_the_report(self, mine, cas, level2, caseworker):
        in_status("USED", by=level2, caseworker=caseworker, passport_number="Another")
        found = mine.send(f"{HOME}report/search/", family_name="nguyen")
        result = mine.read(found.one("tbody").all("a")[1]["href"])
        history = mine.read(result.buttons("Next")[0]["href"])
        assert result.buttons("Back")[0]["href"] == history.buttons("Back")[0]["href"] == found.address
        history.address = result.buttons("Next")[0]["href"]
        form = mine.send(history.address, activity_type=a_type().pk)
        recorded = mine.send(
            form.address, happened_on=clock.today(), reason=a_reason("Excluded").pk, details="Failed twice"
        )
        again = mine.read(recorded.buttons("OK")[0]["href"])
        assert again.buttons("Back")[0]["href"] == found.address

    @pytest.mark.parametrize("name", ["", "//elsewhere.example", "a/../b", "x" * 31, "unknown"])
    def test_back_ignores_an_unknown_list(self, name, mine, cas):
        page = mine.read(f"{address(cas, 'activities')}?from={name}")
        assert page.buttons("Back")[0]["href"] == f"{HOME}report/by-number/"

    def test_a_search_that_finds_nothing_says_so_and_keeps_what_was_typed(self, mine, cas):
        page = mine.send(f"{HOME}report/search/", family_name="Unknown")
        assert page.h1 == "CAS search"
        assert "No CAS was found" in page.main.text
        assert page.typed(f"{HOME}report/search/")["family_name"] == "Unknown"


class TestTheHistory:
    def test_the_history_says_if_nothing_was_reported(self, mine, cas):
        assert "Nothing has been reported about this CAS so far." in mine.read(address(cas, "activities")).main.text

    def test_the_history_shows_each_report_newest_first(self, mine, cas, level2, level1):
        a_report(cas, by=level2, reason="Excluded", on=date(2026, 10, 1), details="Failed")
        a_report(cas, by=level1, of="Student delayed", reason="Travel delayed", on=date(2026, 12, 1))
        rows = [row.text for row in mine.read(address(cas, "activities")).one("tbody").all("tr")]
        assert "Student delayed Travel delayed 1 December 2026" in rows[0]
        assert "Level1" in rows[0]
        assert "Stop sponsoring student Excluded 1 October 2026" in rows[1]
        assert "Level2" in rows[1]

    def test_the_history_shows_withdrawals_and_links_each_to_its_report(self, mine, cas, level2, level1):
        report = a_report(cas, by=level2)
        entry = withdrawn(report, by=level1)
        page = mine.read(address(cas, "activities"))
        withdrawal, earlier = page.one("tbody").all("tr")
        assert withdrawal["id"] == f"activity-{entry.pk}"
        assert withdrawal.link(str(report)) == f"#activity-{report.pk}"
        assert "Withdrawn" in earlier.text
        assert "by Level1" in earlier.text
        assert earlier.link("see why") == f"#activity-{entry.pk}"

    def test_the_history_asks_for_the_activity_type(self, mine, cas):
        page = mine.send(address(cas, "activities"), status=422)
        assert page.error_of("activity_type") == "Select the activity type"
        page = mine.send(address(cas, "activities"), activity_type=a_type().pk)
        assert (page.h1, page.address) == ("Report student activity – date and reason", form_of(cas))

    def test_only_types_in_use_are_offered(self, mine, cas, caseworker):
        a_type("Continue sponsoring student").amend(by=caseworker, is_in_use=False)
        options = [
            option.text for option in mine.read(address(cas, "activities")).by_id("id_activity_type").all("option")
        ]
        assert options == [
            "Select an activity type",
            "Student delayed",
            "Stop sponsoring student",
            "Change in student circumstances",
            "Previous notification withdrawn",
        ]

    def test_a_new_type_is_offered_only_when_it_has_a_reason(self, mine, cas, caseworker):
        made = a_new_type(by=caseworker)
        assert made.name not in self.offered(mine, cas)
        reason = ActivityReason.objects.add(by=caseworker, type=made, name="Award confirmed")
        assert made.name in self.offered(mine, cas)
        reason.amend(by=caseworker, is_in_use=False)
        assert made.name not in self.offered(mine, cas)

    def offered(self, mine, cas):
        options = mine.read(address(cas, "activities")).by_id("id_activity_type").all("option")
        return [option.text for option in options]

    def test_the_history_says_why_nothing_can_be_reported(self, desk, level2, allocation, caseworker):
        cas = in_status("EXPIRED", by=level2, caseworker=caseworker)
        cas.licence.revoke(by=caseworker, reason="Because")
        page = desk(level2).read(address(cas, "activities"))
        assert "The licence or its route has ended" in page.main.text
        assert not page.buttons("Next")


class TestDateAndReason:
    def test_the_label_of_the_date_and_the_reasons_depend_on_the_type(self, mine, cas):
        page = mine.read(form_of(cas, "Student delayed"))
        legends = [legend.text for legend in page.all("legend")]
        assert legends == ["Expected enrolment date"]
        reasons = [option.text for option in page.by_id("id_reason").all("option")]
        assert reasons[1:] == [
            "Visa application delayed",
            "Travel delayed",
            "Enrolment deferred within the enrolment period",
            "Other",
        ]
        assert "Please give details" in [label.text for label in page.all("label")]

    def test_saving_records_the_report_and_ok_leads_back_to_the_history(self, mine, cas, level2):
        page = mine.send(
            form_of(cas),
            happened_on=clock.today(),
            reason=a_reason("Excluded").pk,
            details="Failed twice",
        )
        report = Activity.objects.get()
        assert (page.h1, page.address) == (
            "Report student activity – activity recorded",
            address(cas, "recorded", report.pk),
        )
        assert (report.by, report.reason_name, report.details) == (level2, "Excluded", "Failed twice")
        [ok] = page.buttons("OK")
        assert "Excluded" in mine.read(ok["href"]).one("tbody").text

    def test_missing_values_get_errors_beside_their_fields_and_nothing_is_lost(self, mine, cas):
        page = mine.send(form_of(cas), happened_on_day="31", happened_on_month="February", details="Left", status=422)
        assert "must include a year" in page.error_of("happened_on")
        assert page.error_of("reason") == "Select the reason"
        typed = page.typed()
        assert (typed["happened_on_day"], typed["happened_on_month"], typed["details"]) == ("31", "February", "Left")
        assert page.title.startswith("Error: ")
        assert not Activity.objects.exists()

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            (("29", "2", "2027"), "must be a real date: February 2027 has 28 days"),
            (("1", "1", "9999"), "must have a year from 1900 to 2200"),
            (("x", "1", "2026"), "must have a day from 1 to 31"),
            (("1", "1", "2199"), "must not be more than 2 years ahead"),
            (("", "", ""), "enter the date"),
        ],
    )
    def test_an_invalid_date_gets_an_error_that_says_why(self, day, sentence, mine, cas):
        parts = dict(zip(("happened_on_day", "happened_on_month", "happened_on_year"), day, strict=True))
        page = mine.send(form_of(cas), **parts, reason=a_reason("Excluded").pk, details="x", status=422)
        assert sentence in page.error_of("happened_on")

    def test_completed_early_also_asks_for_the_completion_date(self, mine, cas):
        early = {"happened_on": clock.today(), "reason": a_reason("Completed the course early").pk, "details": "Done"}
        page = mine.send(form_of(cas), reason=early["reason"], status=422)
        assert [sentence for sentence, _ in page.summary] == [
            "Date sponsorship was or is due to be withdrawn: enter the date",
            "Enter the earlier course completion date",
            "Give details",
        ]
        page = mine.send(form_of(cas), **early, status=422)
        assert page.error_of("completed_on") == "Enter the earlier course completion date"
        mine.send(form_of(cas), **early, completed_on=date(2099, 10, 3))
        assert Activity.objects.get().details == "Earlier course completion date: 3 October 2099\nDone"

    def test_a_report_that_is_sent_twice_is_made_once(self, mine, cas):
        page = mine.read(form_of(cas))
        report = {"happened_on": clock.today(), "reason": a_reason("Excluded").pk, "details": "Failed twice"}
        mine.send(form_of(cas), page=page, **report)
        page = mine.send(form_of(cas), page=page, **report, status=422)
        assert "This has already been reported" in page.summary[0][0]
        assert page.typed()["details"] == "Failed twice"
        assert Activity.objects.count() == 1

    def test_the_marks_of_a_report_are_shown_when_it_is_recorded(self, mine, cas):
        report = {"happened_on": date(2020, 2, 29), "reason": a_reason("Excluded").pk, "details": "Long ago"}
        page = mine.send(form_of(cas), **report, status=409)
        assert not Activity.objects.exists()
        marked = page.one("div", of="govuk-notification-banner")
        assert [item.one("b").text for item in marked.all("li")] == [
            "Reported late",
            "Dated before the CAS was assigned",
        ]
        assert page.typed()["details"] == "Long ago"
        page = mine.send(form_of(cas), page=page)
        assert ("Marked", "Reported late, Dated before the CAS was assigned") in page.lines()

    def test_the_form_shows_the_student_and_the_earlier_reports(self, mine, cas, level2):
        a_report(cas, by=level2, reason="Excluded")
        aside = mine.read(form_of(cas, "Student delayed")).one("aside")
        assert "Excluded" in aside.text
        assert ("Nationality", "Vietnam") in aside.lines()

    def test_a_type_that_is_no_longer_in_use_leads_back_with_a_sentence(self, mine, cas, caseworker):
        a_type().amend(by=caseworker, is_in_use=False)
        answer = mine.client.get(form_of(cas), follow=True)
        assert answer.redirect_chain[-1][0] == address(cas, "activities")
        assert "is no longer in use" in answer.content.decode()

    def test_a_type_without_a_reason_leads_back_with_a_sentence(self, mine, cas, caseworker):
        made = a_new_type(by=caseworker)
        answer = mine.client.get(address(cas, "activities", made.pk), follow=True)
        assert answer.redirect_chain[-1][0] == address(cas, "activities")
        assert "“Student graduated” has no reasons to choose from" in answer.content.decode()

    def test_what_was_typed_is_kept_if_the_report_cannot_be_saved(self, mine, cas, level1):
        page = mine.read(form_of(cas))
        cas.withdraw(by=level1, reason="Because")
        page = mine.send(
            form_of(cas), page=page, happened_on=clock.today(), reason=a_reason("Excluded").pk, details="x", status=422
        )
        assert "This CAS is WITHDRAWN" in page.summary[0][0]
        assert page.typed()["details"] == "x"


class TestWithdrawing:
    WITHDRAWAL = "Previous notification withdrawn"

    def withdraw(self, mine, cas, on, status=200, **more):
        return mine.send(form_of(cas, self.WITHDRAWAL), happened_on=on, details="A mistake", status=status, **more)

    def test_a_withdrawal_finds_the_only_report_with_that_date(self, mine, cas, level2):
        report = a_report(cas, by=level2, on=date(2026, 10, 1))
        a_report(cas, by=level2, on=date(2026, 10, 2))
        page = self.withdraw(mine, cas, date(2026, 10, 1))
        assert page.h1 == "Report student activity – activity recorded"
        assert Activity.objects.get(pk=report.pk).is_withdrawn
        assert ("Report withdrawn", "Stop sponsoring student, 1 October 2026") in page.lines()

    def test_a_withdrawal_finds_a_report_by_the_day_it_was_made(self, mine, cas, level2):
        report = a_report(cas, by=level2, on=clock.today() + days(30))
        self.withdraw(mine, cas, clock.today())
        assert Activity.objects.get(pk=report.pk).is_withdrawn

    def test_the_only_reason_for_a_withdrawal_is_already_selected(self, mine, cas, level2):
        a_report(cas, by=level2)
        page = mine.read(form_of(cas, self.WITHDRAWAL))
        assert page.typed()["reason"] == str(a_reason(self.WITHDRAWAL, self.WITHDRAWAL).pk)
        assert page.all("legend")[0].text == "Date of previous notification"

    def test_if_several_reports_have_the_date_the_user_selects_one(self, mine, cas, level2):
        first, second = (a_report(cas, by=level2, on=date(2026, 10, 1), reason=name) for name in ("Excluded", "Other"))
        page = self.withdraw(mine, cas, date(2026, 10, 1), status=422)
        assert page.error_of("which") == "Several reports have this date. Select the one to withdraw"
        assert page.typed()["details"] == "A mistake"
        labels = [label.text for label in page.all("label", of="govuk-radios__label")]
        assert [label.split(",")[0] for label in labels] == [
            "Stop sponsoring student: Excluded",
            "Stop sponsoring student: Other",
        ]
        self.withdraw(mine, cas, date(2026, 10, 1), which=second.pk)
        assert not Activity.objects.get(pk=first.pk).is_withdrawn
        assert Activity.objects.get(pk=second.pk).is_withdrawn

    def test_if_no_report_has_the_date_the_error_lists_the_dates(self, mine, cas, level2):
        a_report(cas, by=level2, on=date(2026, 10, 1))
        page = self.withdraw(mine, cas, date(2026, 9, 1), status=422)
        error = page.error_of("happened_on")
        assert error.startswith("No report has the date 1 September 2026. Enter one of these dates: 1 October 2026")

    def test_withdrawing_a_report_twice_is_refused(self, mine, cas, level2):
        withdrawn(a_report(cas, by=level2, on=date(2026, 10, 1)), by=level2)
        a_report(cas, by=level2, on=date(2026, 10, 2))
        page = self.withdraw(mine, cas, date(2026, 10, 1), status=422)
        assert page.error_of("happened_on") == "The report of 1 October 2026 has already been withdrawn"

    def test_with_nothing_to_withdraw_leads_back_with_a_sentence(self, mine, cas):
        answer = mine.client.get(form_of(cas, self.WITHDRAWAL), follow=True)
        assert "This CAS has no report to withdraw." in answer.content.decode()


class TestWithdrawThisReport:
    NAME = "Withdraw this report"

    def link(self, page, report):
        return page.main.link(f"{self.NAME}: {report}")

    def test_each_standing_report_can_be_withdrawn_from_where_it_stands(self, mine, cas, level2):
        report = a_report(cas, by=level2, on=date(2026, 10, 1))
        for where in (address(cas, "activities"), f"{HOME}manage/{cas.pk}/"):
            page = mine.read(self.link(mine.read(where), report))
            assert page.h1 == "Report student activity – withdraw this report"
        assert ("Report withdrawn", str(report)) in page.lines()
        assert not [legend for legend in page.all("legend") if "Date" in legend.text]
        done = mine.send(address(cas, "recorded", report.pk, "withdraw"), details="A mistake")
        assert ("Report withdrawn", str(report)) in done.lines()
        made = Activity.objects.latest("pk")
        assert (made.withdraws, made.happened_on, made.reason_name) == (
            report,
            date(2026, 10, 1),
            "Previous notification withdrawn",
        )
        assert self.NAME not in mine.read(address(cas, "activities")).main.text

    def test_a_report_of_the_same_date_is_left_alone(self, mine, cas, level2):
        first, second = (a_report(cas, by=level2, on=date(2026, 10, 1), reason=name) for name in ("Excluded", "Other"))
        mine.send(address(cas, "recorded", second.pk, "withdraw"), details="A mistake")
        assert [Activity.objects.get(pk=each.pk).is_withdrawn for each in (first, second)] == [False, True]

    def test_a_report_of_a_later_day_is_withdrawn_by_the_day_it_was_made(self, mine, cas, level2):
        report = a_report(cas, by=level2, on=clock.today() + days(30))
        mine.send(address(cas, "recorded", report.pk, "withdraw"), details="A mistake")
        assert Activity.objects.latest("pk").happened_on == clock.today()

    def test_a_graduate_notification_can_be_withdrawn_too(self, mine, level2, caseworker, cas):
        used = in_status("USED", by=level2, caseworker=caseworker, passport_number="Used")
        [report] = Activity.objects.notify_graduates([used.pk], by=level2)
        mine.send(address(used, "recorded", report.pk, "withdraw"), details="A mistake")
        assert Activity.objects.get(pk=report.pk).is_withdrawn

    def test_the_page_after_reporting_offers_it(self, mine, cas):
        report = {"happened_on": clock.today(), "reason": a_reason("Excluded").pk, "details": "Failed twice"}
        page = mine.send(form_of(cas), **report)
        assert page.main.link(self.NAME) == address(cas, "recorded", Activity.objects.get().pk, "withdraw")

    def test_details_are_needed(self, mine, cas, level2):
        report = a_report(cas, by=level2)
        page = mine.send(address(cas, "recorded", report.pk, "withdraw"), status=422)
        assert [sentence for sentence, _ in page.summary] == ["Give details"]

    def test_a_withdrawal_and_a_withdrawn_report_lead_back_with_a_sentence(self, mine, cas, level2):
        report = a_report(cas, by=level2)
        entry = withdrawn(report, by=level2)
        for each, sentence in ((report, "already been withdrawn"), (entry, "You cannot withdraw a withdrawal")):
            answer = mine.client.get(address(cas, "recorded", each.pk, "withdraw"), follow=True)
            assert answer.redirect_chain[-1][0] == address(cas, "activities")
            assert sentence in answer.content.decode()

    def test_a_withdrawal_by_another_user_meanwhile_is_named(self, mine, cas, level2, level1):
        report = a_report(cas, by=level2)
        page = mine.read(address(cas, "recorded", report.pk, "withdraw"))
        withdrawn(report, by=level1)
        page = mine.send(address(cas, "recorded", report.pk, "withdraw"), page=page, details="x", status=422)
        assert "This report has already been withdrawn." in page.summary[0][0]
        assert page.typed()["details"] == "x"


class TestMarks:
    def test_the_page_asks_once_in_the_words_that_caseworkers_see(self, mine, cas, level2):
        a_report(cas, by=level2, reason="Excluded")
        report = {"happened_on": clock.today(), "reason": a_reason("Failed to enrol").pk, "details": "No answer"}
        asked = mine.send(form_of(cas), **report, status=409)
        marked = asked.one("div", of="govuk-notification-banner")
        words = [item.one("b").text for item in marked.all("li")]
        assert marked["role"] == "alert"
        assert "Check this report." in marked.text
        assert Activity.objects.count() == 1
        mine.send(form_of(cas), page=asked)
        assert Activity.objects.latest("pk").marks == words

    def test_a_change_that_adds_another_mark_is_asked_about(self, mine, cas):
        report = {"happened_on": clock.today(), "reason": a_reason("Failed to enrol").pk, "details": "No answer"}
        asked = mine.send(form_of(cas), **report, status=409)
        again = mine.send(form_of(cas), page=asked, happened_on=date(2020, 1, 1), status=409)
        assert "Reported late" in again.one("div", of="govuk-notification-banner").text
        mine.send(form_of(cas), page=again, happened_on=date(2020, 1, 1))
        assert Activity.objects.count() == 1

    def test_a_change_that_takes_the_mark_away_is_saved_at_once(self, mine, cas):
        report = {"happened_on": clock.today(), "reason": a_reason("Failed to enrol").pk, "details": "No answer"}
        asked = mine.send(form_of(cas), **report, status=409)
        mine.send(form_of(cas), page=asked, reason=a_reason("Excluded").pk)
        assert Activity.objects.get().marks == []


def test_a_search_and_a_report_take_as_many_statements_with_many_reports_as_with_few(
    mine, cas, level2, django_assert_max_num_queries
):
    for _ in range(5):
        a_report(cas, by=level2)
    with django_assert_max_num_queries(12):
        mine.client.post(f"{HOME}report/by-number/", {"number": cas.number})
    for page in ("", "activities/"):
        with django_assert_max_num_queries(12):
            mine.read(address(cas) + page)
