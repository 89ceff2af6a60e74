"""The registry of the columns of a CAS: its details, and the facts that the system records about it."""

import ast
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import F
from django.db.models.expressions import OrderBy

from cas import columns
from cas.columns import BY_NAME, FACTS
from cas.details import fields
from cas.finding import listing
from cas.models import CAS
from sms.core.govuk import formats
from sms.core.partial_dates import PartialDate
from tests.factories import a_cas, assigned
from tests.pages import Page

ROOT = Path(__file__).parents[2]
DECLARED_IN = {"cas/columns.py", "cas/details/declarations.py", "cas/details/student_and_course.py"}
# `licences` is left out. It cannot import `cas`, and its labels describe licences, users and allocations.
FOLDERS = ("sms", "cas", "sponsorship_duties", "bulk_data_transfer", "templates/jinja2")
LABELS = {column.label for column in BY_NAME.values()}

# The same words, used as the label of something else.
ELSEWHERE = {
    ("bulk_data_transfer/history.py", "Name"),  # of a file
    ("bulk_data_transfer/models/__init__.py", "Outcome"),  # a class
    ("bulk_data_transfer/xml/layout.py", "Gender"),  # an element of a bulk file
    ("bulk_data_transfer/xml/layout.py", "Nationality"),
    ("bulk_data_transfer/xml/layout.py", "Status"),
    ("cas/casework/batch.py", "Status"),  # of a batch, or of an order
    ("cas/casework/cas.py", "Status"),  # of an order
    ("cas/casework/order.py", "Sponsor"),  # who pays an order
    ("cas/casework/order.py", "Status"),
    ("cas/details/data_dictionary.py", "Name"),  # of a field
    ("cas/details/data_dictionary.py", "Route"),  # that has a field
    ("cas/history.py", "Batch"),  # a kind of record
    ("cas/history.py", "Created"),  # what happened to a record
    ("cas/lifecycle.py", "Created"),
    ("cas/history.py", "Name"),  # of a batch or a study address
    ("cas/models/__init__.py", "Batch"),  # a class
    ("cas/models/batch.py", "Batch"),
    ("sms/casework/history.py", "Sponsor"),  # of any event
    ("sms/casework/work.py", "Sponsor"),  # of orders, reports, licences and allocations
    ("sms/casework/work.py", "Status"),  # of an order
    ("sponsorship_duties/casework/activity.py", "Sponsor"),  # who reported
    ("sponsorship_duties/history.py", "Name"),  # of an activity type
    ("templates/jinja2/cas/study_addresses.html", "Name"),  # of a study address
    ("templates/jinja2/cas/course_templates.html", "Name"),  # of a course template
    ("templates/jinja2/licences/requests.html", "Status"),  # of a request
    ("templates/jinja2/account/profile.html", "Name"),  # of the user
    ("templates/jinja2/account/profile.html", "Sponsor"),
    ("templates/jinja2/licences/users.html", "Name"),  # of a user
    ("templates/jinja2/licences/summary.html", "Status"),  # of a licence
}


def strings_of(path):
    """Return the strings of a module, or the texts and quoted strings of a template, that could be labels."""
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        nodes = ast.walk(ast.parse(source))
        return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    quoted = re.findall(r'"([^"\n]*)"', source) + re.findall(r"'([^'\n]*)'", source)
    return {text.strip(" ·\n") for text in [*re.split(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", source), *quoted]}


def labels_in(folder):
    """Return each file that writes out the label of a column, with that label."""
    found = set()
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts and name not in DECLARED_IN:
            found |= {(name, label) for label in strings_of(path) & LABELS}
    return found


def test_the_label_of_a_column_is_written_only_in_the_registry():
    found = set().union(*(labels_in(ROOT / folder) for folder in FOLDERS))
    assert found == ELSEWHERE


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("page.py", 'facts = [("Expiry date", cas.expires_on)]'),
        ("page.html", '{{ facts([("Expiry date", cas.expires_on | date)]) }}'),
        ("page.html", '<th scope="col">\n  Expiry date</th>'),
        ("page.html", "<td data-label='Expiry date'>{{ cas.expires_on | date }}</td>"),
        ("page.html", "<p>{{ cas.status }} · Expiry date <b>{{ cas.expires_on | date }}</b></p>"),
    ],
)
def test_a_label_that_is_written_out_in_a_file_is_found(tmp_path, name, source):
    (tmp_path / name).write_text(source, "utf-8")
    assert labels_in(tmp_path) == {(name, "Expiry date")}


# How a column shows its values


def test_every_detail_is_a_column_with_its_own_label_and_kind():
    assert len(BY_NAME) == len(FACTS) + len(fields.FIELDS)
    for field in fields.FIELDS:
        column = BY_NAME[field.name]
        assert (column.label, column.kind) == (field.label, field.kind)


def test_every_column_reads_from_columns_that_exist_in_the_database():
    reads = {path for column in BY_NAME.values() for path in (*column.reads, *column.sorts_by)}
    assert str(CAS.objects.values_list(*reads).query)


@pytest.mark.parametrize(
    ("name", "value", "shown", "plain"),
    [
        ("assigned_on", date(2026, 11, 21), "21 November 2026", "2026-11-21"),
        (
            "created_at",
            datetime(2026, 7, 1, 9, 42, 7, 99, tzinfo=UTC),
            "1 July 2026 at 10:42am",
            "2026-07-01T10:42:07+01:00",
        ),
        ("course_fees_paid", Decimal("1234.5"), "£1,234.50", "1234.50"),
        ("course_fees_paid", Decimal(0), "£0.00", "0.00"),
        ("remote_delivery_percent", 40, "40%", "40"),
        ("hours_per_week", Decimal("17.5"), "17.5", "17.5"),
        ("hours_per_week", Decimal("0.0"), "0", "0.0"),
        ("is_accommodation_provided", False, "No", "no"),
        ("nationality", "VNM", "Vietnam", "VNM"),
        ("outcome", "GRANTED", "Granted", "GRANTED"),
        ("sponsor_note", "Two\nlines", "Two\nlines", "Two\nlines"),
        ("outcome", "", "", ""),
        ("date_of_birth", PartialDate("2007-03-27"), "27 March 2007", "2007-03-27"),
        ("date_of_birth", PartialDate("2007-03"), "March 2007", "2007-03"),
        ("date_of_birth", PartialDate("2007"), "2007", "2007"),
        ("date_of_birth", "", "", ""),
        ("assigned_on", None, "", ""),
        ("is_accommodation_provided", None, "", ""),
    ],
)
def test_a_value_has_one_form_for_people_and_one_for_files(name, value, shown, plain):
    assert BY_NAME[name].show(value) == shown
    assert BY_NAME[name].plain(value) == plain


@pytest.mark.parametrize(
    "filled",
    [
        {
            "date_of_birth": PartialDate("2007-03"),
            "course_fees_paid": Decimal("0.50"),
            "is_accommodation_provided": True,
        },
        {
            "remote_delivery_percent": 40,
            "is_accommodation_provided": False,
            "nationality": "BNO",
            "evidence_for_offer": "A\n\tB",
            "hours_per_week": Decimal("17.5"),
        },
    ],
)
def test_a_detail_written_to_a_file_is_read_back_as_the_same_value(filled):
    for name, value in filled.items():
        assert fields.BY_NAME[name].checked(BY_NAME[name].plain(value)) == value


# Lists


def test_lists_show_a_column_once_it_is_named_in_listed(as_user, level1, allocation, monkeypatch):
    cas = assigned(a_cas(level1))
    monkeypatch.setattr(columns, "LISTED", (*columns.LISTED, "agent", "nationality", "expires_on"))
    page = Page(as_user(level1).get("/students/cas/"))
    (row,) = page.one("tbody").all("tr")
    cells = {cell["data-label"]: cell.text for cell in row.all("td")[1:]}
    assert [cell.text for cell in page.one("thead").all("th")][-3:] == list(cells)[-3:]
    assert (cells["Batch"], cells["Nationality"]) == ("– Level1", BY_NAME["nationality"].show(cas.nationality))
    assert cells["Expiry date"] == formats.day(cas.expires_on)


def test_a_list_with_more_columns_takes_no_further_statement(level1, monkeypatch, django_assert_num_queries):
    a_cas(level1)
    monkeypatch.setattr(columns, "LISTED", (*columns.LISTED, *(column.name for column in FACTS)))
    with django_assert_num_queries(1):
        (row,) = CAS.objects.listed(CAS.objects.order_by("-pk")[:25])
    assert row.shown.keys() >= {column.name for column in FACTS}


def test_lists_sort_by_a_column_once_it_has_a_name_in_addresses(monkeypatch):
    assert listing.ordering("expires") == listing.NEWEST
    expires = replace(BY_NAME["expires_on"], sorts_as="expires")
    monkeypatch.setattr(columns, "BY_NAME", {**BY_NAME, "expires_on": expires})
    monkeypatch.setattr(columns, "LISTED", ("name", "expires_on"))
    by_expiry = OrderBy(F("expires_on"), descending=True, nulls_last=True)
    assert listing.ordering("-expires") == (by_expiry, *listing.NEWEST)
