"""The page of a single CAS, in each status."""

import pytest

from cas.lifecycle import EVER_ASSIGNED
from licences.models import User
from tests.factories import COMPLETE, a_cas, a_draft, an_allocation, an_order, assigned, in_status
from tests.pages import Page


@pytest.fixture
def shown(as_user, allocation):
    def open_page(user, cas):
        return Page(as_user(user).get(f"/students/cas/{cas.pk}/"))

    return open_page


def buttons(page):
    """Return the address of each button by its words. One that is unavailable has "unavailable" in its place."""
    found = {}
    for button in page.main.all("a", "button", of="govuk-button"):
        found[button.text] = "unavailable" if button.is_unavailable else button["href"]
    return found


def test_the_page_shows_every_filled_field_by_section(shown, level1):
    page = shown(level1, a_cas(level1))
    lines = dict(page.main.lines())
    assert lines["Family name"] == "Nguyễn"
    assert lines["Date of birth"] == "17 May 2002"
    assert lines["Nationality"] == "Vietnam"
    assert lines["Course fees for first year only (£)"] == "£21,500.00"
    assert lines["Is an ATAS certificate required?"] == "No"
    assert lines["Academic level"] == "RQF level 7"
    assert lines["Owner"] == "Level1"
    warnings, *headings = [heading.text for heading in page.main.all("h2")]
    assert warnings == "Check these details"
    assert headings[:4] == ["Category", "Student details", "Course details", "Main study address"]
    assert "Overseas institution" not in headings
    assert len(page.main.lines()) == len(COMPLETE) + 2  # with the owner and the route


def test_text_is_shown_as_typed_and_never_as_markup(shown, level1):
    cas = a_cas(level1, family_name="<b>Ng</b>", evidence_for_offer='First line\n<img src=x onerror="alert(1)">')
    page = shown(level1, cas)
    assert page.h1 == "<b>Ng</b>, Thị Minh"
    assert page.all("img") == []
    (evidence,) = [value for value in page.main.all("dd") if "First line" in value.text]
    assert evidence.raw_text == 'First line\n<img src=x onerror="alert(1)">'


def test_a_draft_can_be_amended_or_deleted_and_says_why_it_cannot_be_assigned_yet(shown, level1):
    cas = a_draft(level1)
    page = shown(level1, cas)
    assert page.h1 == "Okonkwo"
    assert page.one(of="sms-status").text == "WORK IN PROGRESS"
    assert buttons(page) == {
        "Assign": "unavailable",
        "Amend": f"/students/cas/{cas.pk}/edit/",
        "Put into a batch": f"/students/cas/{cas.pk}/put-into-batch/",
        "Delete": f"/students/cas/{cas.pk}/delete/",
        "Print": "",
    }
    (assign,) = page.buttons("Assign")
    box = page.by_id(assign["aria-describedby"])
    assert "Complete or correct these fields:" in box.text
    assert box.link("Nationality").startswith(f"/students/cas/{cas.pk}/edit/#")


def test_a_complete_cas_can_be_assigned(shown, level1):
    cas = a_cas(level1)
    page = shown(level1, cas)
    assert page.one(of="sms-status").text == "READY TO GO"
    assert buttons(page)["Assign"] == f"/students/cas/{cas.pk}/assign/"


def test_a_level_2_user_has_the_same_buttons_for_their_own_cas(shown, level1, level2):
    cas = a_cas(level2)
    assert buttons(shown(level2, cas)) == buttons(shown(level1, cas))


@pytest.mark.parametrize("status", sorted(EVER_ASSIGNED))
def test_once_assigned_a_cas_can_only_be_read_printed_and_managed(status, shown, level1, allocation, caseworker):
    cas = in_status(status, by=level1, caseworker=caseworker)
    page = shown(level1, cas)
    assert page.one(of="sms-status").text == status
    assert page.main.one("strong", of="sms-number").text == cas.number
    manage = f"/students/sponsorship-duties/manage/{cas.pk}/"
    report = f"/students/sponsorship-duties/report/{cas.pk}/activities/"
    assert buttons(page) == {"Print": "", "Report activity": report, "Manage live CAS": manage}
    assert f"This CAS is {status}, so you cannot change or delete it." in page.main.text
    lines = dict(page.main.lines())
    assert lines["Assigned by"] == "Level1"
    assert {"Date assigned", "Expiry date"} <= lines.keys()


def test_a_used_cas_says_when_and_how_it_was_decided(shown, level1, allocation, caseworker):
    page = shown(level1, in_status("USED", by=level1, caseworker=caseworker))
    lines = dict(page.main.lines())
    assert lines["Outcome"] == "Granted"
    assert {"Date of application", "Date used"} <= lines.keys()


def test_a_withdrawn_cas_says_why(shown, level1, allocation, caseworker):
    page = shown(level1, in_status("WITHDRAWN", by=level1, caseworker=caseworker))
    assert dict(page.main.lines())["Reason for withdrawing"] == "Enrolled elsewhere"


def test_the_number_can_be_copied_and_print_is_sent_by_post(shown, level1, allocation):
    cas = assigned(a_cas(level1))
    page = shown(level1, cas)
    (copy,) = [button for button in page.main.all("button") if button["data-copy"]]
    assert copy["data-copy"] == cas.number
    assert page.form(f"/students/cas/{cas.pk}/print/")["method"] == "post"


def test_a_cas_that_is_being_paid_for_can_only_be_read_and_printed(shown, level1, allocation):
    cas = a_cas(level1)
    order = an_order(cas, by=level1)
    page = shown(level1, cas)
    assert page.main.link("Continue or cancel the payment") == f"/payments/{order.reference}/"
    assert buttons(page) == {"Assign": f"/students/cas/{cas.pk}/assign/", "Print": ""}
    assert "This CAS is being paid for." in page.main.text


def test_a_cas_on_a_surrendered_route_can_be_deleted_but_not_amended(shown, level1, licence, caseworker):
    cas = a_cas(level1)
    licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    page = shown(level1, cas)
    assert buttons(page)["Delete"] == f"/students/cas/{cas.pk}/delete/"
    assert "Amend" not in buttons(page)
    assert "does not cover the Student route. You can only delete its CAS." in page.main.text


def test_the_start_of_the_course_gives_a_warning_only_until_the_cas_is_assigned(shown, level1, allocation):
    cas = a_cas(level1)  # its course starts years from now
    assert "The course starts in more than 6 months" in shown(level1, cas).main.text
    assert "The course starts in more than 6 months" not in shown(level1, assigned(cas)).main.text


def test_a_value_that_needs_a_second_look_gives_a_warning(shown, level1):
    page = shown(level1, a_cas(level1, is_remote_delivery=True, remote_delivery_percent=30))
    assert "More than 20% of remote delivery needs the Home Office's permission" in page.main.text


def test_characters_that_a_file_cannot_carry_give_a_warning(shown, level1):
    text = shown(level1, a_cas(level1)).main.text
    assert "Family name: the Home Office's files cannot carry “ễ”" in text
    assert "Given name(s): the Home Office's files cannot carry “ị”" in text


def test_the_page_shows_the_history_newest_first(shown, level1):
    cas = a_draft(level1)
    cas.amend({"given_names": "Ada"}, by=level1, version=1)
    entries = [item.text for item in shown(level1, cas).one(of="sms-timeline").all(of="sms-timeline__entry")]
    assert entries[0].startswith("Changed Level1, ")
    assert "Given name(s): Ada" in entries[0]
    assert entries[1].startswith("Created Level1, ")


def test_many_changes_in_one_event_are_folded(shown, level1):
    page = shown(level1, a_cas(level1))
    folded = page.one(of="sms-timeline").one("details")
    assert folded.one("summary").text == f"{len(folded.all('li'))} fields"


def test_a_long_history_takes_as_many_statements_as_a_short_one(
    as_user, level1, level2, licence, caseworker, django_assert_max_num_queries
):
    an_allocation(licence, 100, by=caseworker)
    cas, client = a_cas(level2), as_user(level1)
    client.get(f"/students/cas/{cas.pk}/")
    with django_assert_max_num_queries(12) as few:
        client.get(f"/students/cas/{cas.pk}/")
    for n in range(15):
        cas.amend({"course_id": str(n)}, by=(level1, level2)[n % 2], version=cas.version)
        order = an_order(cas, by=level1)
        order.decline(by=User.objects.system())
    with django_assert_max_num_queries(len(few)):
        client.get(f"/students/cas/{cas.pk}/")
