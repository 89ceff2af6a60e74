"""The title of each page says which page it is, and never names a student (issue 19)."""

import re
from collections import defaultdict

import pytest

from tests.admin.conftest import records as admin_records
from tests.factories import a_batch, a_cas, assigned, many
from tests.pages import Page
from tests.test_every_route import CLOSED, ask, records

pytestmark = pytest.mark.django_db

__all__ = ["admin_records", "records"]  # fixtures

NAMES = re.compile("nguyễn|thị minh", re.IGNORECASE)
SAME = {"students/find/"}  # the search box shows the page of the search


def titles(clients, records):
    """Return the title of each page that answers, by its address."""
    found = {}
    for pattern, route in CLOSED.items():
        if "GET" not in route.methods or pattern in SAME:
            continue
        for client in clients:
            answer = ask(client, route, "GET", records)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                found[pattern] = Page(answer).title
                break
    return found


def test_no_two_pages_have_the_same_title_and_none_names_a_student(records, as_user, level1, level2):
    found = titles([as_user(level2), as_user(level1)], records)
    shared = defaultdict(list)
    for pattern, title in found.items():
        assert not NAMES.search(title), (pattern, title)
        shared[title].append(pattern)
    twice = [f"{title}: {pattern}" for title, patterns in shared.items() if len(patterns) > 1 for pattern in patterns]
    assert not twice, "\n".join(twice)


def test_a_filter_and_a_page_of_a_list_are_in_the_title(as_user, level1):
    many(level1, 26)
    client = as_user(level1)
    assert Page(client.get("/students/cas/?status=READY+TO+GO&page=2")).title == (
        "All CAS, READY TO GO, page 2 of 2 – Sponsorship Management System"
    )
    assert Page(client.get("/students/cas/")).title == "All CAS, page 1 of 2 – Sponsorship Management System"


def test_the_title_of_a_cas_has_its_number_or_its_applicant_id(as_user, level1, allocation):
    live, draft = assigned(a_cas(level1)), a_cas(level1, passport_number="Other", applicant_id="S-0042")
    client = as_user(level1)
    for cas, text in ((live, live.number), (draft, "S-0042")):
        assert Page(client.get(f"/students/cas/{cas.pk}/")).title == f"CAS, {text} – Sponsorship Management System"


def test_the_title_of_a_batch_has_its_name(as_user, level1):
    page = Page(as_user(level1).get(f"/students/batches/{a_batch(level1).pk}/"))
    assert page.title == "Batch details, September intake – Sponsorship Management System"


def test_no_title_of_the_admin_names_a_student_and_each_says_which_record(admin_records, as_user, caseworker):
    client = as_user(caseworker)
    titles_of = {}
    for kind, pk in admin_records.items():
        for path in ("", "history/"):
            answer = client.get(f"/admin/{kind}/{pk}/{path}")
            assert answer.status_code == 200, (kind, path)
            titles_of[kind, path] = Page(answer).title
    assert not [title for title in titles_of.values() if NAMES.search(title) or "," not in title]
    assert len(set(titles_of.values())) == len(titles_of)
