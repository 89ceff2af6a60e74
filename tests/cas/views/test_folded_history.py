"""Many like lines of the history of a batch fold into one (specification, section 12)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS
from sms.core import clock
from tests.factories import COMPLETE, a_batch, a_batch_order, a_cas
from tests.pages import Page


def add(batch, number, by):
    for each in range(number):
        values = {**COMPLETE, "family_name": f"Student {each:03}"}
        CAS.objects.add(values, route="STUDENT", by=by, batch=batch)


def lines(page):
    return [
        " ".join(line.text.split()) for line in page.main.one(of="sms-timeline").all("li", of="sms-timeline__entry")
    ]


@pytest.fixture
def show(as_user):
    return lambda user, batch, **query: Page(as_user(user).get(f"/students/batches/{batch.pk}/", query))


def test_a_hundred_cas_added_one_after_the_other_are_one_line(show, level1):
    batch = a_batch(level1)
    began = clock.now()
    add(batch, 99, level1)
    with clock.set_to(began + timedelta(days=1)):
        add(batch, 1, level1)
    added, created = lines(show(level1, batch))
    assert created.startswith("Created")
    assert added.startswith("CAS added, 100 times Level1, ")
    assert " to " in added
    assert "Student 000, Thị Minh; Student 001, Thị Minh" in added
    assert added.endswith("and 95 more")


def test_lines_of_another_user_or_another_kind_do_not_fold(show, level1, level2):
    batch = a_batch(level2)
    add(batch, 2, level2)
    add(batch, 1, level1)
    batch.rename("October", by=level1)
    add(batch, 2, level1)
    for cas in batch.cas.order_by("-pk")[:2]:
        batch.take_out([cas.pk], by=level1)
    found = lines(show(level1, batch))
    assert [line.partition(" Level")[0] for line in found] == [
        "CAS taken out, 2 times",
        "CAS added, 2 times",
        "Renamed",
        "CAS added",
        "CAS added, 2 times",
        "Created",
    ]


def test_folded_lines_have_pages_that_leave_out_none(show, level1, level2):
    batch = a_batch(level1)
    for each in range(21):
        add(batch, 2, level1)
        batch.rename(f"Name {each}", by=level1)
    first = show(level1, batch)
    second = show(level1, batch, history=2)
    third = show(level1, batch, history=3)
    assert [len(lines(page)) for page in (first, second, third)] == [20, 20, 3]
    everything = lines(first) + lines(second) + lines(third)
    assert sum(line.startswith("CAS added, 2 times") for line in everything) == 21
    assert third.main.link("Newer entries").startswith("?history=2")


def test_it_takes_as_many_statements_for_a_hundred_lines_as_for_one(show, level1):
    small, large = a_batch(level1, a_cas(level1)), a_batch(level1, name="Large")
    add(large, 100, level1)
    show(level1, small)
    taken = []
    for batch in (small, large):
        with CaptureQueriesContext(connection) as queries:
            show(level1, batch)
        taken.append([query["sql"][:60] for query in queries])
    assert len(taken[0]) == len(taken[1]), taken


def test_a_level_2_user_who_sees_only_some_of_the_cas_sees_no_names_in_a_folded_line(
    show, level1, level2, colleague, allocation, system
):
    batch = a_batch(level2)
    add(batch, 3, level2)
    a_batch_order(batch).settle(by=system)
    CAS.objects.filter(pk=batch.cas.first().pk).change_owner(colleague, by=level1)
    found = [line for line in lines(show(level2, batch)) if "CAS added" in line]
    assert found[0].startswith("CAS added, 3 times")
    assert "Student" not in found[0]


def test_a_caseworker_sees_the_same_line(as_user, caseworker, level1):
    batch = a_batch(level1)
    add(batch, 3, level1)
    for where in ("", "history/"):
        page = Page(as_user(caseworker).get(f"/admin/cas/batch/{batch.pk}/{where}"))
        assert lines(page)[0].startswith("CAS added, 3 times Level1, ")
