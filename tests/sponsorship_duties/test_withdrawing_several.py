"""Withdrawing several CAS for one reason, by a Level 1 user (specification, section 7)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS
from sms.core import clock
from tests.factories import a_cas, a_draft, assigned
from tests.pages import Page

pytestmark = pytest.mark.django_db

SELECTED = "/students/sponsorship-duties/selected/withdraw/"


@pytest.fixture
def three(level2, level1, allocation, caseworker):
    made = [assigned(a_cas(level2, passport_number=f"P{i}", given_names=f"N{i}")) for i in range(3)]
    made[2].record_application(clock.today(), by=caseworker)
    return made


def selected(desk, user, *cas_list):
    answer = desk(user).client.post(SELECTED, {"cas": [cas.pk for cas in cas_list]}, follow=True)
    page = Page(answer)
    page.address = answer.redirect_chain[-1][0] if answer.redirect_chain else SELECTED
    return page


def statuses():
    return list(CAS.objects.order_by("pk").values_list("status", flat=True))


def test_the_page_counts_them_and_names_those_with_an_application_first(desk, level1, three):
    page = selected(desk, level1, *three)
    assert page.h1 == "Manage live CAS – withdraw 3 CAS"
    first, second = page.main.all("ul", of="sms-picked")
    assert [item.one("bdi").text for item in first.all("li")] == [three[2].student_name]
    assert [item.one("bdi").text for item in second.all("li")] == [cas.student_name for cas in three[:2]]
    assert "An application is recorded on 1 of 3 CAS" in page.main.text
    assert "You cannot undo this" in page.main.text


def test_all_are_withdrawn_for_the_one_reason(desk, level1, three):
    page = selected(desk, level1, *three[:2])
    page = desk(level1).send(page.address, page=page, reason="Course cancelled")
    assert page.banners == ["2 CAS are WITHDRAWN."]
    assert statuses() == ["WITHDRAWN", "WITHDRAWN", "ASSIGNED"]
    assert set(CAS.objects.filter(status="WITHDRAWN").values_list("withdrawal_reason", flat=True)) == {
        "Course cancelled"
    }


def test_a_reason_is_needed_and_nothing_is_lost(desk, level1, three):
    page = selected(desk, level1, *three)
    page = desk(level1).send(page.address, page=page, status=422)
    assert page.error_of("reason") == "Enter the reason for withdrawing"
    assert statuses() == ["ASSIGNED"] * 3


def test_cas_that_cannot_be_withdrawn_are_left_out_and_named(desk, level1, three):
    draft = a_draft(level1)
    three[0].withdraw(by=level1, reason="First")
    page = selected(desk, level1, draft, *three)
    assert page.h1 == "Manage live CAS – withdraw 2 CAS"
    assert "This CAS is WITHDRAWN. You can withdraw it only while it is ASSIGNED" in page.main.text
    desk(level1).send(page.address, page=page, reason="Second")
    assert CAS.objects.get(pk=three[0].pk).withdrawal_reason == "First"


def test_only_the_cas_that_were_shown_are_withdrawn(desk, level1, three):
    page = selected(desk, level1, *three)
    three[0].withdraw(by=level1, reason="First")
    page = desk(level1).send(page.address, page=page, reason="Second", status=422)
    assert "have changed since the page was shown. Nothing has been done." in page.summary[0][0]
    assert page.typed()["reason"] == "Second"
    assert statuses() == ["WITHDRAWN", "ASSIGNED", "ASSIGNED"]
    desk(level1).send(page.address, page=page)
    assert statuses() == ["WITHDRAWN"] * 3


def test_nothing_selected_says_so(desk, level1, three):
    page = Page(desk(level1).client.post(SELECTED))
    assert (page.status, page.summary) == (422, [("Select the CAS to withdraw.", "#selected")])


def test_a_level_2_user_is_neither_offered_it_nor_may_do_it(desk, level1, level2, three):
    assert desk(level1).read("/students/cas/").buttons("Withdraw")
    assert not desk(level2).read("/students/cas/").buttons("Withdraw")
    page = selected(desk, level1, *three)
    assert desk(level2).client.post(SELECTED, {"cas": [three[0].pk]}).status_code == 403
    assert desk(level2).client.get(page.address).status_code == 403


def test_cas_of_another_sponsor_are_not_part_of_it(desk, outsider, three):
    page = selected(desk, outsider, *three)
    assert "You cannot withdraw any of these CAS." in page.main.text
    assert "Nguyễn" not in page.main.text


def test_three_take_as_many_statements_as_one(desk, level1, level2, three):
    one = assigned(a_cas(level2, passport_number="Only"))
    numbers = []
    for cas_list in ([one], three):
        page = selected(desk, level1, *cas_list)
        client, typed = desk(level1).client, page.typed() | {"reason": "Course cancelled"}
        with CaptureQueriesContext(connection) as statements:
            client.post(page.address, typed)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert statuses() == ["WITHDRAWN"] * 4
