"""A long history has pages, for sponsors and for caseworkers, and takes as many statements as a short one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences import timeline
from licences.models import Event
from tests.factories import a_batch, a_cas, assigned
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def cas(level2, allocation):
    return assigned(a_cas(level2))


def prolong(record, number=45, kind=""):
    """Add so many lines to the history of the record."""
    for n in range(number):
        Event.objects.record("print", record, by=record.owner, data={"count": [n, n + 1]})


def titles(page):
    return [entry.one("b").text for entry in page.all("li", of="sms-timeline__entry")]


def addresses(cas, batch):
    return {
        "sponsor": f"/students/cas/{cas.pk}/",
        "manage": f"/students/sponsorship-duties/manage/{cas.pk}/",
        "batch": f"/students/batches/{batch.pk}/",
        "admin": f"/admin/cas/cas/{cas.pk}/",
        "admin history": f"/admin/cas/cas/{cas.pk}/history/",
        "admin batch": f"/admin/cas/batch/{batch.pk}/",
    }


@pytest.mark.parametrize("where", ["sponsor", "manage", "batch", "admin", "admin history", "admin batch"])
def test_it_is_read_page_by_page_and_nothing_is_left_out_or_repeated(where, cas, as_user, level1, level2, caseworker):
    batch = a_batch(level2)
    prolong(cas)
    prolong(batch)
    address = addresses(cas, batch)[where]
    client = as_user(caseworker if where.startswith("admin") else level1)
    pages = [Page(client.get(address))]
    while older := [link["href"] for link in pages[-1].all("a") if link.text == "Older entries"]:
        assert older[0].endswith("#timeline")
        pages.append(Page(client.get(address + older[0].partition("#")[0])))
        assert [link["href"] for link in pages[-1].all("a") if link.text == "Newer entries"]
    lengths = [len(titles(page)) for page in pages]
    total = Event.objects.about("cas", cas.pk).count() + 2 if "batch" not in where else 46
    assert lengths == [20, 20, total - 40]
    assert titles(pages[-1])[-1] == "Created"


@pytest.mark.parametrize("typed", ["0", "-1", "x", "99999", "1e3", "٣", "1" * 40])
def test_another_number_of_a_page_does_not_fail(typed, cas, as_user, level2):
    answer = as_user(level2).get(f"/students/cas/{cas.pk}/", {"history": typed})
    assert answer.status_code == 200
    assert bool(titles(Page(answer))) is (typed != "99999")


def test_other_parts_of_the_address_stay(cas, as_user, level2):
    prolong(cas)
    page = Page(as_user(level2).get(f"/students/cas/{cas.pk}/", {"from": "x"}))
    assert page.main.link("Older entries") == "?from=x&history=2#timeline"


@pytest.mark.parametrize("where", ["sponsor", "admin"])
def test_it_takes_as_many_statements_for_many_lines_as_for_few(where, cas, as_user, level1, level2, caseworker):
    address = addresses(cas, a_batch(level2))[where]
    client = as_user(caseworker if where == "admin" else level1)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    prolong(cas, 3 * timeline.A_PAGE)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few)
