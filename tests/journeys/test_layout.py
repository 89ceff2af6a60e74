"""No page moves while it loads, or is too wide for its window. `script/experiment layout` visits every page."""

from datetime import timedelta

import pytest

from experiments import layout
from sms.core import clock
from tests.factories import a_batch, a_cas, a_draft, assigned, order_in_status
from tests.sponsorship_duties.factories import a_report

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def records(level1, allocation, caseworker):
    """Make a CAS in each state that matters to a layout. Return them by their place in the addresses."""
    live = assigned(a_cas(level1, family_name="Wolfeschlegelsteinhausen", passport_number="P1"))
    a_report(live, by=level1)
    assigned(a_cas(level1, passport_number="P5", course_start_date=clock.today() - timedelta(days=15)))  # to check
    a_draft(level1, passport_number="P2")
    order = order_in_status("OPEN", a_cas(level1, passport_number="P3"), caseworker=caseworker)
    batch = a_batch(level1, a_cas(level1, passport_number="P4"), a_draft(level1))
    return {"live": live.pk, "draft": a_draft(level1).pk, "order": order.reference, "batch": batch.pk}


SPONSOR = [
    "/students/",
    "/students/cas/",
    "/students/cas/{live}/",
    "/students/cas/{draft}/",
    "/students/cas/{draft}/edit/",
    "/students/create-cas/CHILD_STUDENT/new/",
    "/students/cas/{draft}/assign/",
    "/students/cas/{live}/assigned/",
    "/students/batches/{batch}/",
    "/students/batches/{batch}/assign/",
    "/students/search/",
    "/students/sponsorship-duties/",
    "/students/sponsorship-duties/manage/{live}/",
    "/students/bulk-data-transfer/",
    "/payments/{order}/",
    "/licence/",
]
CASEWORKER = ["/admin/", "/admin/cas/cas/", "/admin/cas/cas/{live}/", "/admin/licences/allocation/"]


@pytest.fixture
def shown(browser, as_user, request):
    def open_page(user, **options):
        page = layout.opened(browser, as_user(user), **options)
        request.addfinalizer(page.context.close)
        return page

    return open_page


@pytest.mark.parametrize("address", SPONSOR)
def test_a_page_of_a_sponsor_never_moves_and_fits_its_window(shown, records, level1, address):
    page = shown(level1)
    assert list(layout.faults_of(page, address.format(**records))) == []


@pytest.mark.parametrize("address", CASEWORKER)
def test_a_page_of_a_caseworker_never_moves_and_fits_its_window(shown, records, caseworker, address):
    page = shown(caseworker)
    assert list(layout.faults_of(page, address.format(**records))) == []


def test_the_sign_in_page_never_moves_and_fits_its_window(browser, client, db, request):
    page = layout.opened(browser, client)
    request.addfinalizer(page.context.close)
    assert list(layout.faults_of(page, "/sign-in/")) == []


def test_without_javascript_a_page_does_not_move_either(shown, records, level1):
    page = shown(level1, java_script_enabled=False, viewport={"width": 390, "height": 900})
    for address in ("/students/", f"/students/cas/{records['draft']}/edit/"):
        page.goto(address)
        page.wait_for_timeout(layout.SETTLED)
        page.evaluate(layout.WATCH)
        page.wait_for_timeout(layout.SETTLED)
        assert page.evaluate("moved") == []


def test_a_page_that_moves_or_is_too_wide_is_found(shown, level1):
    page = shown(level1)
    late = """setTimeout(() => document.body.prepend("Late ".repeat(99) + "x".repeat(999)), 50)"""
    page.context.add_init_script(f'addEventListener("load", () => {late})')
    found = list(layout.faults_of(page, "/students/"))
    assert any("moves by" in each for each in found)
    assert any("too wide" in each for each in found)
