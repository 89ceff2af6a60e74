"""Caseworkers read lists, records and the history (specification, sections 1 and 12)."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.details import fields
from cas.models import Order
from licences.casework import pages
from licences.models import Event
from tests.factories import COMPLETE, a_cas, a_licence, assigned

pytestmark = pytest.mark.django_db


# Its page has a table, and decisions, for each kind of service, and the compliance figures.
MORE = {"licences/licence": 27}


def test_every_list_and_record_takes_few_statements(desk, records, django_assert_max_num_queries):
    for model, pk in records.items():
        for address in (f"/admin/{model}/", f"/admin/{model}/{pk}/", f"/admin/{model}/{pk}/history/"):
            with django_assert_max_num_queries(MORE.get(model, 14)):
                desk.read(address)


@pytest.mark.parametrize("model", ["cas/cas", "cas/order", "licences/event", "licences/licence"])
def test_a_list_takes_as_many_statements_for_many_rows_as_for_few(
    model, desk, level2, allocation, django_assert_max_num_queries
):
    assigned(a_cas(level2, passport_number="X0"))
    desk.read("/admin/")  # the first request takes more statements
    with CaptureQueriesContext(connection) as few:
        desk.read(f"/admin/{model}/")
    for number in range(1, 6):
        assigned(a_cas(level2, passport_number=f"X{number}"))
        a_licence(f"4NUV7KB0{number}", f"College {number}", by=desk.caseworker())
    with django_assert_max_num_queries(len(few)):
        desk.read(f"/admin/{model}/")


def test_a_long_list_says_that_there_may_be_more(desk, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 3)
    for number in range(4):
        a_licence(f"4NUV7KB0{number}", f"College {number}", by=desk.caseworker())
    assert "These are the first 3. There may be more" in desk.read("/admin/licences/licence/").main.text


def test_the_record_of_a_cas_shows_every_filled_field_by_section_and_its_history(desk, level2, allocation):
    cas = assigned(a_cas(level2))
    shown = desk.read(f"/admin/cas/cas/{cas.pk}/")
    lines = shown.lines()
    for section, filled in fields.displayed(cas):
        assert section.name in [heading.text for heading in shown.all("h2")]
        assert set(filled) <= set(lines)
    assert ("CAS number", cas.number) in lines
    assert [entry.one("b").text for entry in shown.all("li", of="sms-timeline__entry")] == [
        "Payment received",
        "Assigned",
        "Payment started",
        "Created",
    ]


def test_an_order_shows_its_lines_and_an_allocation_its_ledger(desk, records):
    order = desk.read(f"/admin/cas/order/{records['cas/order']}/")
    assert "Nguyễn, Thị Minh" in order.main.text
    ledger = desk.read(f"/admin/licences/allocation/{records['licences/allocation']}/")
    assert [row.text for row in ledger.all("td") if row["data-label"] == "Entry"] == [
        "Released",
        "Held for a payment",
        "Used",
        "Held for a payment",
        "Granted",
    ]
    every = desk.read(ledger.link("All entries"))
    assert len(every.one("tbody").all("tr")) == 5


def test_the_history_page_shows_our_history_and_not_djangos(desk, licence, caseworker):
    licence.suspend(by=caseworker, reason="A visit")
    shown = desk.read(f"/admin/licences/licence/{licence.pk}/history/")
    assert shown.h1 == f"History of {licence}"
    assert "Suspended" in shown.main.text
    assert "A visit" in shown.main.text
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("address", "there", "gone"),
    [
        ("/admin/licences/event/?kind=licence", "Licence granted", "Assigned"),
        ("/admin/licences/event/?kind=cas&verb=assign", "Assigned", "Created"),
        ("/admin/cas/order/?status__exact=REFUND+DUE", "REFUND DUE", "PAID"),
        ("/admin/cas/cas/?status__exact=ASSIGNED", "E4G", "READY TO GO"),
        ("/admin/licences/user/?role=CASEWORKER", "Caseworker", "Level2"),
        ("/admin/licences/allocation/?year=this", "Student route", "nothing"),
    ],
)
def test_a_list_is_filtered(address, there, gone, desk, records):
    cells = [cell.text for cell in desk.read(address).one("tbody").all("td", "th")]
    assert any(there in cell for cell in cells)
    assert gone not in cells


@pytest.mark.parametrize(
    "query", ["p=99", "p=x", "nothing=1", "licence__id__exact=x", "o=1", "q=Nguyen", "all=", "e=1"]
)
def test_an_address_with_unknown_parameters_does_not_fail(query, desk, records):
    for model in records:
        answer = desk.client.get(f"/admin/{model}/?{query}", follow=True)
        assert answer.status_code in {200, 400, 404}, (model, query)


def test_no_address_of_the_admin_contains_a_search(desk, records):
    for model_admin in admin.site._registry.values():
        assert model_admin.search_fields == ()
        assert model_admin.date_hierarchy is None


def test_the_first_page_lists_what_needs_a_decision(desk, records, licence, allocation, caseworker):
    other = a_licence("4NUV7KB01", "College of Doubt", by=caseworker)
    other.suspend(by=caseworker, reason="A visit")
    allocation.change_granted(1, by=caseworker, reason="Because")
    shown = desk.read("/admin/")
    assert [caption.text for caption in shown.all("caption")] == [
        "Refunds due: 1",
        "Reports to read: 1",
        "Suspended licences: 1",
        "Allocations nearly used up: 1",
    ]
    assert "College of Doubt" in shown.main.text


def test_the_pages_of_an_empty_portal_say_that_there_is_nothing(desk):
    assert "No refunds are due." in desk.read("/admin/").main.text
    for model in ("licences/licence", "cas/cas", "cas/order", "licences/allocation"):
        assert "None yet." in desk.read(f"/admin/{model}/").main.text


def test_markup_in_a_name_is_shown_as_text(desk, level2):
    cas = a_cas(level2, family_name="<script>alert(1)</script>")
    for address in ("/admin/cas/cas/", f"/admin/cas/cas/{cas.pk}/", "/admin/licences/event/"):
        assert "<script>alert" not in desk.read(address).html


FILTERS = ("status", "status__exact", "number", "kind", "verb", "route", "q", "p", "\0")


def test_a_filter_that_contains_nul_is_a_bad_request(desk, records):
    for model in records:
        for name in FILTERS:
            assert desk.client.get(f"/admin/{model}/", {name: "a\0b"}).status_code == 400


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes NUL")
def test_its_twin_without_the_check_fails_on_postgresql(desk, monkeypatch):
    monkeypatch.setattr(pages, "_holds_nul", lambda request: False)
    desk.client.raise_request_exception = False
    assert desk.client.get("/admin/cas/cas/", {"status": "a\0b"}).status_code == 500


def test_every_event_is_described_in_words(desk, records):
    for event in Event.objects.all():
        shown = desk.read(f"/admin/licences/event/{event.pk}/")
        assert event.verb not in dict(shown.lines())["What happened"].split("_")


def test_the_heading_of_an_event_names_the_record_and_says_what_happened(desk, records):
    order = Order.objects.get(pk=records["cas/order"])
    opened = Event.objects.about("order", order.pk).get(verb="open")
    shown = desk.read(f"/admin/licences/event/{opened.pk}/")
    assert shown.h1 == f"{order.reference} for 1 CAS: Payment started"


def test_the_record_of_a_cas_shows_labels_instead_of_codes(desk, level2):
    cas = a_cas(level2)
    assert ("Nationality", "Vietnam") in desk.read(f"/admin/cas/cas/{cas.pk}/").lines()
    assert COMPLETE["nationality"] == "VNM"
