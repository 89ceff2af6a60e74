"""`Manage live CAS` (manual 5, sponsor notes and fee updates)."""

from decimal import Decimal

import pytest

from cas.lifecycle import CASStatus
from cas.models import CAS
from licences.models import Event
from tests.factories import CHILD, a_cas, an_allocation, assigned, brought_to, in_status
from tests.sponsorship_duties.factories import a_report, a_type

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"


def address(cas, *rest):
    return "/".join([f"{HOME}manage/{cas.pk}", *map(str, rest), ""])


@pytest.fixture
def mine(desk, level2):
    return desk(level2)


def available(page):
    """Return each button's label with "" if it is enabled, or with the sentence that says why it is disabled."""
    found = {}
    for label in ("Report activity", "Sponsor note", "Update fees", "Withdraw CAS"):
        [button] = page.buttons(label)
        found[label] = "" if not button.is_unavailable else page.by_id(button["aria-describedby"]).one("dd").text
    return found


class TestManageLiveCAS:
    def test_a_cas_is_found_by_number_and_by_search(self, mine, cas):
        page = mine.send(f"{HOME}manage/by-number/", number=cas.number)
        assert (page.h1, page.address.partition("?")[0]) == ("Manage live CAS", address(cas))
        page = mine.send(f"{HOME}manage/search/", family_name="nguyen")
        assert page.address.partition("?")[0] == address(cas)

    def test_every_page_of_the_duties_leads_back_to_the_search(self, mine, cas, level2):
        assigned(a_cas(level2, given_names="Another", passport_number="Another"))
        page = mine.send(f"{HOME}manage/search/", family_name="nguyen")
        found, link = page.address, page.link(cas.student_name)
        page = mine.read(link)
        assert page.link("Back to the list") == found
        assert mine.read(page.link("Report activity")).link("Back") == found
        for duty in ("Sponsor note", "Update fees"):
            assert mine.read(page.link(duty)).link("Back") == link
        saved = mine.send(page.link("Sponsor note"), sponsor_note="Deferred.", version=cas.version)
        assert saved.link("OK") == link

    def test_the_page_shows_details_status_reports_and_history(self, mine, cas, level2):
        a_report(cas, by=level2, reason="Excluded")
        page = mine.read(address(cas))
        assert "ASSIGNED" in page.main.text
        assert ("Nationality", "Vietnam") in page.lines()
        assert "Excluded" in page.one("tbody").text
        titles = [entry.one("b").text for entry in page.all("li", of="sms-timeline__entry")]
        assert titles == ["Activity reported", "Payment received", "Assigned", "Payment started", "Created"]

    def test_a_level_1_user_can_do_everything_while_the_cas_is_assigned(self, desk, level1, cas):
        assert available(desk(level1).read(address(cas))) == {
            "Report activity": "",
            "Sponsor note": "",
            "Update fees": "",
            "Withdraw CAS": "",
        }

    def test_a_level_2_user_sees_why_they_cannot_withdraw_a_cas(self, mine, cas):
        assert available(mine.read(address(cas)))["Withdraw CAS"] == "Only a Level 1 user can withdraw an assigned CAS."

    @pytest.mark.parametrize("status", ["USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
    def test_a_button_that_the_status_does_not_allow_is_disabled_with_the_reason(
        self, status, desk, level1, allocation, caseworker
    ):
        cas = in_status(status, by=level1, caseworker=caseworker)
        why = f"This CAS is {status}. You can "
        only = {"USED": {"Report activity"}, "EXPIRED": {"Report activity", "Sponsor note"}}.get(status, set())
        shown = available(desk(level1).read(address(cas)))
        assert {label for label, reason in shown.items() if not reason} == only
        assert all(reason.startswith(why) for reason in shown.values() if reason)

    def test_a_cas_that_is_not_assigned_is_not_found(self, mine, level2, caseworker, cas):
        ready = in_status("READY TO GO", by=level2, caseworker=caseworker)
        mine.read(address(ready), status=404)


class TestSponsorNote:
    def test_the_form_opens_with_the_current_note_and_saving_replaces_it(self, mine, cas, level2):
        cas.write_note("Arrives late", by=level2, version=cas.version)
        page = mine.read(address(cas, "note"))
        assert page.h1 == "Manage live CAS – edit sponsor note"
        assert page.typed()["sponsor_note"] == "Arrives late"
        page = mine.send(address(cas, "note"), sponsor_note="Arrives on 5 October")
        assert (page.h1, page.address) == ("Manage live CAS – sponsor note saved", address(cas, "saved", "note"))
        assert "Arrives on 5 October" in page.main.text
        assert [button["href"] for button in page.buttons("OK")] == [address(cas)]
        assert "Arrives late" in mine.read(address(cas)).one("section", of="sms-aside").text

    @pytest.mark.parametrize("typed", ["", "  \n "])
    def test_an_empty_first_note_is_an_error(self, typed, mine, cas):
        page = mine.send(address(cas, "note"), sponsor_note=typed, status=422)
        assert page.error_of("sponsor_note") == "Enter the sponsor note"
        assert not Event.objects.about("cas", cas.pk).filter(verb="note").exists()

    def test_a_note_can_be_emptied(self, mine, cas, level2):
        cas.write_note("Arrives late", by=level2, version=cas.version)
        page = mine.send(address(cas, "note"), sponsor_note="")
        assert "There is no sponsor note now." in page.main.text

    def test_a_note_that_is_too_long_is_kept_with_an_error(self, mine, cas):
        page = mine.send(address(cas, "note"), sponsor_note="x" * 5001, status=422)
        assert "must be 5,000 characters or fewer" in page.error_of("sponsor_note")
        assert page.typed()["sponsor_note"] == "x" * 5001

    def test_when_two_users_save_a_note_the_second_sees_both_and_chooses(self, mine, cas, level1):
        page = mine.read(address(cas, "note"))
        cas.write_note("Theirs", by=level1, version=cas.version)
        page = mine.send(address(cas, "note"), page=page, sponsor_note="Mine", status=409)
        assert "Another user saved the sponsor note while you were making changes" in page.main.text
        assert "Level1" in page.main.text
        assert "Theirs" in page.main.text
        assert page.typed()["sponsor_note"] == "Mine"
        assert CAS.objects.get(pk=cas.pk).sponsor_note == "Theirs"
        mine.send(address(cas, "note"), page=page)
        assert CAS.objects.get(pk=cas.pk).sponsor_note == "Mine"

    def test_a_note_that_the_status_does_not_allow_leads_back_with_the_reason(self, mine, level2, caseworker, cas):
        used = in_status("USED", by=level2, caseworker=caseworker, passport_number="Another")
        answer = mine.client.get(address(used, "note"), follow=True)
        assert answer.redirect_chain[-1][0] == address(used)
        assert "edit its sponsor note only while it is ASSIGNED or EXPIRED" in answer.content.decode()

    def test_what_was_typed_is_not_lost_if_the_cas_was_withdrawn_since(self, mine, cas, level1):
        page = mine.read(address(cas, "note"))
        cas.withdraw(by=level1, reason="Because")
        page = mine.send(address(cas, "note"), page=page, sponsor_note="Mine", status=422)
        assert "This CAS is WITHDRAWN" in page.summary[0][0]
        assert page.typed()["sponsor_note"] == "Mine"

    def test_what_is_typed_is_kept_as_a_draft(self, mine, cas):
        typed = mine.read(address(cas, "note")).typed() | {"sponsor_note": "Half a sent"}
        answer = mine.client.post(address(cas, "note"), typed, headers={"X-Keep-Draft": "yes"})
        assert answer.status_code == 200
        assert mine.read(address(cas, "note")).typed()["sponsor_note"] == "Half a sent"
        assert CAS.objects.get(pk=cas.pk).sponsor_note == ""


class TestUpdateFees:
    def test_the_form_opens_with_the_amounts_and_saves_new_ones(self, mine, cas):
        page = mine.read(address(cas, "fees"))
        assert page.h1 == "Manage live CAS – update fees"
        assert page.typed()["course_fees_paid"] == "5000.50"
        assert ("Course fees for first year only (£)", "£21,500.00") in page.lines()
        assert ("Course fees paid to date (£)", "£5,000.50") in page.lines()
        page = mine.send(address(cas, "fees"), course_fees_paid="6000", accommodation_fees_paid="250.50")
        assert page.address == address(cas, "saved", "fees")
        assert ("Course fees paid to date (£)", "£6,000.00") in page.lines()
        assert [button["href"] for button in page.buttons("OK")] == [address(cas)]
        cas.refresh_from_db()
        assert (cas.course_fees_paid, cas.accommodation_fees_paid) == (Decimal(6000), Decimal("250.50"))

    @pytest.mark.parametrize("typed", ["6,00", "$6000", "6000.999", "six", "-1"])
    def test_an_amount_in_another_format_is_kept_with_an_error(self, typed, mine, cas):
        page = mine.send(address(cas, "fees"), course_fees_paid=typed, status=422)
        assert page.error_of("course_fees_paid")
        assert page.typed()["course_fees_paid"] == typed
        assert CAS.objects.get(pk=cas.pk).course_fees_paid == Decimal("5000.50")

    @pytest.mark.parametrize("typed", ["6,000", "£6000", "£6,000.00"])
    def test_an_amount_can_have_a_pound_sign_and_commas(self, typed, mine, cas):
        mine.send(address(cas, "fees"), course_fees_paid=typed)
        assert CAS.objects.get(pk=cas.pk).course_fees_paid == 6000

    def test_empty_course_fees_are_refused(self, mine, cas):
        page = mine.send(address(cas, "fees"), course_fees_first_year="", status=422)
        assert page.error_of("course_fees_first_year") == "Enter the course fees for first year only"

    def test_the_course_fees_paid_can_be_emptied(self, mine, cas):
        mine.send(address(cas, "fees"), course_fees_paid="")
        assert CAS.objects.get(pk=cas.pk).course_fees_paid is None

    def test_the_form_of_a_student_has_all_5_amounts(self, mine, cas):
        fees = {"course_fees_first_year", "boarding_fees"}
        paid = {"course_fees_paid", "accommodation_fees_paid", "boarding_fees_paid"}
        assert fees | paid <= mine.read(address(cas, "fees")).typed().keys()

    def test_a_child_student_has_boarding_fees_only_as_a_boarder(self, mine, level2, caseworker, licence):
        an_allocation(licence, route="CHILD_STUDENT", by=caseworker)
        day_pupil = assigned(CAS.objects.add(CHILD, route="CHILD_STUDENT", by=level2))
        assert not {"boarding_fees", "boarding_fees_paid"} & mine.read(address(day_pupil, "fees")).typed().keys()
        values = {
            **CHILD,
            "passport_number": "C1",
            "living_arrangements": "BOARDING",
            "boarding_fees": "9000",
            "boarding_fees_paid": "100",
        }
        boarder = assigned(CAS.objects.add(values, route="CHILD_STUDENT", by=level2))
        mine.send(address(boarder, "fees"), boarding_fees_paid="4500")
        assert CAS.objects.get(pk=boarder.pk).boarding_fees_paid == 4500

    def test_when_two_users_save_fees_the_second_sees_both(self, mine, cas, level1):
        page = mine.read(address(cas, "fees"))
        cas.update_fees({"course_fees_paid": "7000"}, by=level1, version=cas.version)
        page = mine.send(address(cas, "fees"), page=page, course_fees_paid="8000", status=409)
        assert "£7,000.00" in page.main.text
        assert page.typed()["course_fees_paid"] == "8000"


class TestWithdrawing:
    def test_withdrawing_needs_a_reason_and_warns_that_it_cannot_be_undone(self, desk, level1, cas):
        their_desk = desk(level1)
        page = their_desk.send(address(cas, "withdraw"), status=422)
        assert page.error_of("reason") == "Enter the reason for withdrawing"
        assert "You cannot undo this" in page.main.text
        page = their_desk.send(address(cas, "withdraw"), reason="Enrolled elsewhere")
        assert page.banners == [f"The CAS of {cas.student_name} is WITHDRAWN."]
        assert ("Reason for withdrawing", "Enrolled elsewhere") in page.lines()

    def test_withdrawing_a_cas_twice_is_refused(self, desk, level1, cas):
        their_desk = desk(level1)
        page = their_desk.read(address(cas, "withdraw"))
        cas.withdraw(by=level1, reason="First")
        page = their_desk.send(address(cas, "withdraw"), page=page, reason="Second", status=422)
        assert "This CAS is WITHDRAWN" in page.summary[0][0]
        assert CAS.objects.get(pk=cas.pk).withdrawal_reason == "First"


# The statuses in which each duty is possible: a copy of the table in manual 5 and the specification.
POSSIBLE = {
    "report": {"ASSIGNED", "USED", "EXPIRED"},
    "note": {"ASSIGNED", "EXPIRED"},
    "fees": {"ASSIGNED"},
    "withdraw": {"ASSIGNED"},
}
WHO = ("level1", "owner", "colleague", "outsider", "caseworker")
# The answer to each user at the address of a duty: if the duty is possible, and if the status does not allow it.
ANSWERS = {
    "level1": (200, 302),
    "owner": (200, 302),
    "colleague": (404, 404),
    "outsider": (404, 404),
    "caseworker": (403, 403),
}


@pytest.mark.parametrize("status", CASStatus.values)
def test_each_page_opens_only_in_its_statuses_and_for_its_users(
    status, desk, case, level1, level2, colleague, outsider, allocation, caseworker
):
    cas = in_status(status, by=level2, caseworker=caseworker)
    report_type = a_type("Student delayed").pk
    addresses = {
        "report": f"{HOME}report/{cas.pk}/activities/{report_type}/",
        **{duty: address(cas, duty) for duty in ("note", "fees", "withdraw")},
    }
    people = {"level1": level1, "owner": level2, "colleague": colleague, "outsider": outsider, "caseworker": caseworker}
    for who in WHO:
        client = desk(people[who]).client
        for duty, where in addresses.items():
            with case(who=who, duty=duty):
                wanted = ANSWERS[who][status not in POSSIBLE[duty]]
                if status in {"WORK IN PROGRESS", "READY TO GO"}:
                    wanted = {"caseworker": 403}.get(who, 404)
                if duty == "withdraw" and who in {"owner", "colleague"}:
                    wanted = 403
                assert client.get(where).status_code == wanted


@pytest.mark.parametrize("end", ["REVOKED", "SURRENDERED", "EXPIRED"])
def test_once_the_licence_has_ended_only_used_cas_can_be_reported_on(
    end, desk, level1, licence, allocation, caseworker
):
    used = in_status("USED", by=level1, caseworker=caseworker)
    expired = in_status("EXPIRED", by=level1, caseworker=caseworker, passport_number="Another")
    brought_to(end, licence, caseworker=caseworker)
    assert available(desk(level1).read(address(used)))["Report activity"] == ""
    assert all(available(desk(level1).read(address(expired))).values())
