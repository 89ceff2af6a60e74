"""Graduate notification: from a pasted list to the report, its withdrawal, and the report again (section 8)."""

import pytest

from sms.core import clock
from sponsorship_duties.models import Activity
from tests.journeys.steps import EVERY_WAY
from tests.journeys.test_manual_5 import dates, details, selects_option
from tests.sponsorship_duties.test_graduate_pages import allocation, ended
from tests.sponsorship_duties.test_graduates import GRADUATION

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["allocation"]  # a fixture

HISTORY = "Report student activity – activity history"


@EVERY_WAY
def test_graduates_are_pasted_checked_reported_withdrawn_and_reported_again(
    who, with_javascript, width, visit, level1, level2, allocation, caseworker, inspector
):
    user = {"level1": level1, "level2": level2}[who]
    ada = ended(level2, caseworker, 1, family_name="Lovelace", given_names="Ada")
    alan = ended(level2, caseworker, 2, family_name="Turing", given_names="Alan", applicant_id="S-0042")
    refused = ended(level2, caseworker, 3, family_name="Unlucky", given_names="Una", outcome="REFUSED")
    visitor = visit(user, with_javascript=with_javascript, width=width)

    visitor.goes_to("/students/sponsorship-duties/")
    visitor.selects(GRADUATION)
    visitor.sees_screen(f"{GRADUATION} 2")
    inspector.looks_at(visitor, "the list")
    visitor.selects("paste a list")
    visitor.sees_screen("Graduate notification – paste a list")
    visitor.selects("Continue")
    visitor.sees_errors("Enter the CAS numbers or Applicant IDs")
    inspector.looks_at(visitor, "an empty list")
    visitor.page.get_by_label("CAS numbers or Applicant IDs", exact=True).fill(
        f"{ada.number.lower()}\ns-0042, {refused.number}\nE4G0AA0A00A0A0"
    )
    visitor.selects("Continue")
    visitor.sees_screen("Graduate notification – check the list")
    visitor.sees("You are making a graduate notification about 2 CAS.")
    for text in ("Lovelace, Ada", "Turing, Alan", "No CAS was found.", "E4G0AA0A00A0A0", "Unlucky, Una"):
        visitor.sees(text)
    inspector.looks_at(visitor, "the check")
    visitor.selects("Report 2 CAS")
    visitor.sees_screen("Graduate notification – reported")
    inspector.looks_at(visitor, "the result")
    assert {made.cas for made in Activity.objects.standing()} == {ada, alan}

    visitor.selects("Lovelace, Ada")
    visitor.sees_screen(HISTORY)
    inspector.looks_at(visitor, "the history")
    selects_option(visitor, "Activity type", "Previous notification withdrawn")
    visitor.selects("Next")
    dates(visitor, "Date of previous notification", clock.today())
    details(visitor, "The board of examiners meets next week.")
    visitor.selects("Save")
    visitor.selects("OK")
    selects_option(visitor, "Activity type", GRADUATION)
    visitor.selects("Next")
    visitor.sees_screen("Report student activity – graduate notification")
    inspector.looks_at(visitor, "the form")
    visitor.selects("Save")
    visitor.sees_screen("Report student activity – activity recorded")
    inspector.looks_at(visitor, "recorded")
    assert Activity.objects.filter(cas=ada).count() == 3
    assert Activity.objects.filter(is_standing_graduation=True).count() == 2


def test_graduates_are_selected_from_the_list(visit, level2, allocation, caseworker, inspector):
    for number, name in enumerate(("Lovelace", "Turing", "Hopper")):
        ended(level2, caseworker, number, family_name=name, given_names="G")
    visitor = visit(level2)
    visitor.goes_to("/students/sponsorship-duties/graduates/")
    visitor.selects("Continue")
    visitor.sees("Select the graduates to report.")
    inspector.looks_at(visitor, "nothing selected")
    visitor.page.get_by_label("Select Lovelace, G").check()
    visitor.page.get_by_label("Select Hopper, G").check()
    visitor.selects("Continue")
    visitor.selects("Report 2 CAS")
    visitor.selects("Report more graduates")
    visitor.sees_screen(f"{GRADUATION} 1")
    visitor.sees("Turing, G")
