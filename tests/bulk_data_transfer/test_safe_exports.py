"""An exported file can do no harm, and only users who may see it can download it (specification, section 11)."""

import csv
import io
import re

import openpyxl
import pytest

from bulk_data_transfer import exporting
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export
from bulk_data_transfer.sheets import formula_guard
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.writing.csv_files import TEXT_KINDS
from cas.details import fields
from cas.details.types import CASLongText, CASText
from cas.models.values import checked
from licences.models import User
from licences.roles import Role
from licences.routes import Route
from tests.bulk_data_transfer.factories import content_of, exported
from tests.factories import COMPLETE, a_batch, a_cas, an_order, assigned
from tests.jobs import work_all
from tests.sponsorship_duties.factories import a_report

pytestmark = pytest.mark.django_db

EXPORTS = "/students/exports/"
WITH_COLUMNS = sorted(name for name, dataset in DATASETS.items() if dataset.columns)
EVIL = "=HYPERLINK(A1)"
FORMULA = re.compile(r"[=+\-@\t\r]")
FROM_LISTS = {"choice", "country", "status", "date", "moment", "money", "number", "yes/no", "partial date"}


def evil_cas(by):
    """Make a CAS of which every text is a formula, as far as its field accepts it."""
    texts = {field.name: EVIL for field in fields.FIELDS if isinstance(field, CASText | CASLongText)}
    _, errors = checked({**COMPLETE, **texts, "route": Route.STUDENT})
    evil = {name: text for name, text in texts.items() if name not in errors}
    cas = a_cas(by, **evil)
    assert sum(getattr(cas, name) == EVIL for name in evil) > 5
    return cas


@pytest.fixture
def everything(level2, allocation):
    """Return records of each dataset whose free texts are formulas, also the names of the user and of the batch."""
    level2.name = EVIL
    level2.save()
    cas = evil_cas(level2)
    a_batch(level2, cas, name=EVIL)
    other = assigned(a_cas(level2, course_title=EVIL))
    report = a_report(other, by=level2, details=EVIL)
    order = an_order(a_cas(level2), by=level2)
    found = {"cas": [cas, other], "reports": [report], "orders": [order]}
    return found | {name: [other] for name in DATASETS if name.startswith("check-")}


def cells(everything, level2, name, file_format):
    export = exported(
        everything[name],
        level2,
        dataset=name,
        file_format=file_format,
        columns=[column.name for column in DATASETS[name].columns],
    )
    data = content_of(export)
    if file_format == "csv":
        return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    return [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]


@pytest.mark.parametrize("name", WITH_COLUMNS)
def test_no_cell_of_a_csv_file_is_a_formula_in_any_column(name, everything, level2):
    found = cells(everything, level2, name, "csv")
    assert f"'{EVIL}" in found or name.startswith("check-")
    assert [cell for cell in found if FORMULA.match(cell)] == []


@pytest.mark.parametrize("name", WITH_COLUMNS)
def test_no_cell_of_a_workbook_is_a_formula_in_any_column(name, everything, level2):
    found = cells(everything, level2, name, "xlsx")
    assert [cell.coordinate for cell in found if cell.data_type == "f"] == []
    evil = [cell for cell in found if cell.value == EVIL]
    assert evil or name.startswith("check-")
    assert all(cell.quotePrefix for cell in evil)


def test_without_the_guard_a_cell_would_be_a_formula(everything, level2, monkeypatch):
    monkeypatch.setattr(formula_guard, "_BEGINS_A_FORMULA", re.compile("(?!)"))
    assert EVIL in cells(everything, level2, "cas", "csv")


def test_every_column_is_guarded_or_has_values_from_a_list():
    kinds = {column.kind for dataset in DATASETS.values() for column in dataset.columns}
    assert kinds <= FROM_LISTS | set(TEXT_KINDS)
    headings = [heading_of(column) for dataset in DATASETS.values() for column in dataset.columns]
    assert [heading for heading in headings if FORMULA.match(heading)] == []


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_a_file_is_downloaded_and_never_shown(file_format, as_user, level2):
    export = exported([a_cas(level2)], level2, file_format=file_format)
    answer = as_user(level2).get(f"{EXPORTS}{export.key}/file/")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert not answer["Content-Type"].startswith("text/html")
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


@pytest.mark.parametrize("page", ["", "state/", "file/"])
def test_the_key_of_another_users_export_is_of_no_use(page, as_user, level2, colleague, outsider, caseworker):
    export = exported([a_cas(level2)], level2)
    for user in (colleague, outsider):
        assert as_user(user).get(f"{EXPORTS}{export.key}/{page}").status_code == 404
    assert as_user(caseworker).get(f"{EXPORTS}{export.key}/{page}").status_code == 403


def test_without_the_owner_check_the_key_would_be_enough(as_user, level2, outsider, monkeypatch):
    export = exported([a_cas(level2)], level2)
    monkeypatch.setattr(type(Export.objects.all()), "for_user", lambda self, user: self)
    assert as_user(outsider).get(f"{EXPORTS}{export.key}/file/").status_code == 200


def test_a_user_who_became_level_2_exports_no_cas_of_others(level1, level2, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    export = exported([a_cas(level2), a_cas(level1, applicant_id="S2")], level1)
    User.objects.filter(pk=level1.pk).update(role=Role.LEVEL_2)
    work_all()
    export.refresh_from_db()
    assert (export.written, export.count) == (1, 2)
