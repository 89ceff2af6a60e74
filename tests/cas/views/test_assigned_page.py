"""The page `Confirmation of assigned CAS` (manual 4, guide 1, step 8)."""

import pytest
from dateutil.relativedelta import relativedelta

from sms.core import clock
from sms.core.govuk import formats
from tests.factories import a_cas, a_draft, an_order, assigned, in_status
from tests.pages import Page


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_the_page_shows_the_number_in_a_panel_and_the_details_of_the_cas(user, as_user, level2, allocation, request):
    cas = assigned(a_cas(level2))
    page = Page(as_user(request.getfixturevalue(user)).get(f"/students/cas/{cas.pk}/assigned/"))
    assert page.h1 == "Confirmation of assigned CAS"
    assert page.one(of="govuk-panel").text.endswith(f"CAS number of Nguyễn, Thị Minh {cas.number}")
    assert page.one(of="sms-status").text == "ASSIGNED"
    lines = dict(page.main.lines())
    today = clock.today()
    assert lines["Date assigned"] == formats.day(today)
    assert lines["Expiry date"] == formats.day(today + relativedelta(months=6))
    assert lines["Assigned by"] == "Level2"
    assert lines["Passport or travel document number"] == "B1234567"


def test_the_page_offers_to_copy_to_print_and_to_go_on_with_another_cas(as_user, level1, allocation):
    cas = assigned(a_cas(level1))
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/assigned/"))
    (copy,) = [button for button in page.main.all("button") if button["data-copy"]]
    assert copy["data-copy"] == cas.number
    assert page.form(f"/students/cas/{cas.pk}/print/")["method"] == "post"
    assert page.main.link("Create another CAS") == "/students/create-cas/STUDENT/new/"
    assert page.main.link("Assign another READY TO GO CAS") == "/students/cas/?status=READY+TO+GO"


@pytest.mark.parametrize("status", ["USED", "EXPIRED", "WITHDRAWN"])
def test_the_page_shows_the_current_status_when_it_is_opened_later(as_user, level1, allocation, caseworker, status):
    cas = in_status(status, by=level1, caseworker=caseworker)
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/assigned/"))
    assert page.one(of="sms-status").text == status


def test_a_cas_that_is_not_assigned_leads_to_its_own_page(as_user, level1, allocation):
    paying = a_cas(level1)
    an_order(paying, by=level1)
    for cas in (a_draft(level1), a_cas(level1), paying):
        answer = as_user(level1).get(f"/students/cas/{cas.pk}/assigned/")
        assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/")
