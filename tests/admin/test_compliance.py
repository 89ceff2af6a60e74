"""Caseworkers see the compliance figures of a sponsor on the page of its licence (specification, section 9)."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sms.core import clock
from tests.sponsorship_duties.compliance_cases import Case, Report, make

pytestmark = pytest.mark.django_db

LAST = date(2026, 11, 28)


@pytest.fixture(autouse=True)
def _in_november_2026():
    with clock.set_to(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        yield


def tables(page):
    return {
        each.one("caption").text: [[cell.text for cell in row.all("th", "td")] for row in each.one("tbody").all("tr")]
        for each in page.all("table")
    }


def test_the_page_of_a_licence_has_the_same_figures_as_the_sponsor_sees(desk, level1, outsider):
    make([Case(decided_on=LAST)] * 97 + [Case("REFUSED", decided_on=LAST)] * 3, level1)
    make([Case(starts_on=LAST, reports=(Report("NOT_ENROLLED"),))], outsider)
    found = tables(desk.read(f"/admin/licences/licence/{level1.licence_id}/"))
    guide = ", a guide only because 0 CAS are fewer than 50"
    assert found[f"Compliance today: Green{guide}"] == [
        ["Refusal rate", "3%", "3 of 100", "0", "Green", "2 more", "3 more"],
        ["Enrolment rate", "–", "0 of 0", "0", "–", "–", "–"],
        ["Completion rate", "–", "0 of 0", "0", "–", "–", "–"],
    ]
    assert f"Compliance under the bands from 1 June 2027: Green{guide}" in found
    months = {row[0]: row[1:] for row in found["Compliance by month"]}
    assert (months["Nov 2026"], months["Oct 2026"]) == (["3 of 100", "0 of 0", "0 of 0"], ["0 of 0"] * 3)


def test_two_rates_missed_at_once_are_said(desk, level1):
    make([Case("REFUSED", decided_on=LAST), Case(starts_on=LAST, reports=(Report("NOT_ENROLLED"),))], level1)
    titles = list(tables(desk.read(f"/admin/licences/licence/{level1.licence_id}/")))
    assert any(title.startswith("Compliance today: Red; 2 rates missed at once") for title in titles)


def test_the_number_of_statements_does_not_depend_on_the_cas(desk, level1):
    address = f"/admin/licences/licence/{level1.licence_id}/"
    taken = []
    for _ in range(2):
        desk.read(address)
        with CaptureQueriesContext(connection) as captured:
            desk.read(address)
        taken.append(len(captured))
        make([Case(decided_on=LAST, ends_on=LAST, reports=(Report("NOT_COMPLETED"),))] * 10, level1)
    assert taken[0] == taken[1]
