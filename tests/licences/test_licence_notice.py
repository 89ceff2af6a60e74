"""A licence that is not ACTIVE says so on every page of its sponsor, and the home offers nothing that is refused."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.models import Draft, Licence
from licences.routes import Route
from sms.core import clock
from tests.factories import a_batch, a_cas, a_draft, an_order, assigned, brought_to
from tests.pages import Page

pytestmark = pytest.mark.django_db

PAGES = ["/students/", "/students/cas/", "/students/sponsorship-duties/", "/accessibility/"]


def notice(page):
    """Return the text of the notice; "" if the page has none."""
    return " ".join(each.text for each in page.all("section") if each["aria-label"] == "Your licence")


@pytest.fixture
def work(level1, level2, allocation):
    """Make what the home of a busy user shows: a draft, a batch, a CAS, a live CAS and an open payment of each."""
    for user in (level1, level2):
        a_batch(user, a_cas(user, passport_number=f"B{user.pk}"), name=f"Batch of {user}")
        assigned(a_cas(user, passport_number=f"L{user.pk}"))
        an_order(a_cas(user, passport_number=f"O{user.pk}"), by=user)
        for form, subject, key in (("create_cas", "STUDENT", "aKey"), ("edit_cas", str(a_draft(user).pk), "")):
            typed = {"family_name": ["Okonkwo"]}
            assert Draft.objects.keep(
                user_id=user.pk, form=form, subject=subject, key=key, typed=typed, drawn_at=clock.now()
            )


def test_an_active_licence_has_no_notice(as_user, level1):
    assert {notice(Page(as_user(level1).get(address))) for address in PAGES} == {""}


def test_a_suspended_licence_says_since_when_what_is_possible_and_whom_to_ask(
    as_user, level1, level2, licence, caseworker
):
    licence.suspend(by=caseworker, reason="A visit")
    Licence.objects.update(status_since=date(2026, 5, 3))
    for user, ask in (
        (level1, "If you have questions, ask the Home Office."),
        (level2, "If you have questions, ask a Level 1 user of your sponsor."),
    ):
        for address in PAGES:
            assert notice(Page(as_user(user).get(address))) == (
                "Your licence has been SUSPENDED since 3 May 2026. You cannot assign CAS until the Home Office "
                f"reinstates it. You can still create and change CAS, and report on your students. {ask}"
            )


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_an_ended_licence_says_what_is_still_possible(status, as_user, level1, licence, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    Licence.objects.update(status_since=date(2026, 5, 3))
    for address in (*PAGES, "/licence/"):
        said = notice(Page(as_user(level1).get(address)))
        assert said.startswith(f"Your licence has been {status} since 3 May 2026. You can no longer create")
        assert "You can still read, print and export them, report on USED CAS" in said


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_the_home_of_an_ended_licence_offers_no_request_for_places(status, as_user, level1, licence, work, caseworker):
    home = Page(as_user(level1).get("/students/"))
    assert "Request CoS/CAS increase" in home.text
    brought_to(status, licence, caseworker=caseworker)
    assert "Request CoS/CAS increase" not in Page(as_user(level1).get("/students/")).text


def test_also_a_page_that_refuses_has_the_notice(as_user, level2, licence, caseworker):
    licence.suspend(by=caseworker, reason="A visit")
    page = Page(as_user(level2).get("/licence/"))
    assert page.status == 403
    assert notice(page)


def test_caseworkers_and_other_sponsors_have_no_notice(as_user, licence, outsider, caseworker):
    licence.suspend(by=caseworker, reason="A visit")
    assert notice(Page(as_user(outsider).get("/students/"))) == ""
    assert notice(Page(as_user(caseworker).get("/admin/"))) == ""


def test_the_notice_takes_no_statement_more(as_user, level1, licence, allocation, caseworker):
    client = as_user(level1)

    def statements(address):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return [query["sql"] for query in captured]

    addresses = ["/accessibility/", "/students/cas/"]
    for address in addresses:
        client.get(address)
    before = {address: len(statements(address)) for address in addresses}
    licence.suspend(by=caseworker, reason="A visit")
    assert {address: len(statements(address)) for address in addresses} == before
    read = [sql for sql in statements("/students/") if 'FROM "licences_licence"' in sql]
    assert read == []  # the licence is read with the user's row


@pytest.mark.parametrize("status", ["ACTIVE", "SUSPENDED", "REVOKED"])
@pytest.mark.parametrize("who", ["level1", "level2"])
def test_no_link_of_the_home_or_of_the_navigation_is_refused(
    who, status, as_user, level1, level2, licence, work, caseworker
):
    brought_to(status, licence, caseworker=caseworker)
    client = as_user({"level1": level1, "level2": level2}[who])
    home = Page(client.get("/students/"))
    addresses = {link["href"] for link in home.all("a") if link["href"].startswith("/")}
    assert len(addresses) > 10
    assert {address for address in addresses if client.get(address, follow=True).status_code != 200} == set()


def test_the_home_offers_creating_and_assigning_only_while_they_are_possible(as_user, level1, licence, caseworker):
    def headings():
        page = Page(as_user(level1).get("/students/"))
        return {heading.text: bool(heading.all("a")) for heading in page.all("h2") if heading.text.endswith(" CAS")}

    assert headings() == {"Create CAS": True, "Assign CAS": True, "All CAS": True}
    licence.suspend(by=caseworker, reason="A visit")
    assert headings() == {"Create CAS": True, "Assign CAS": False, "All CAS": True}
    licence.reinstate(by=caseworker, reason="All is well")
    for route in Route:
        licence.surrender_route(route, by=caseworker, reason="Closed")
    assert headings() == {"All CAS": True}
    licence.revoke(by=caseworker, reason="Fraud")
    assert headings() == {"All CAS": True}
