"""A wrong cell rejects its record only: in any column, of any operation, in every kind of sheet (section 11)."""

from datetime import date

import pytest

from bulk_data_transfer.columns import BY_NAME, WHICH
from bulk_data_transfer.operation import OPERATIONS
from bulk_data_transfer.sending import use_for
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.sheets.sheet import letters
from bulk_data_transfer.xml.names import ROOTS, Kind, local
from cas.details import fields
from licences.routes import Route
from tests.bulk_data_transfer.factories import a_record, rows_in, sheet
from tests.bulk_data_transfer.operations.changing import checked, sent
from tests.bulk_data_transfer.sheets.making import xlsx_of
from tests.factories import in_status

pytestmark = pytest.mark.django_db

WRONG = ("Tourist", "31/02/2026", "1e400", "'", "=1+1", "-")
WRONG_IN_A_WORKBOOK = (True, 7, 1e300, date(2026, 2, 1))
LISTS = [each.name for each in fields.FIELDS if each.kind in {"choice", "yes/no", "date", "money", "number"}]
CHANGES = [each for each in OPERATIONS.values() if not each.makes_cas]


@pytest.fixture
def live(level1, caseworker, allocation):
    return [in_status("ASSIGNED", by=level1, caseworker=caseworker, passport_number=f"W{n}") for n in range(2)]


def new(number, name, value):
    """Return a record with this value of one field."""
    return {**a_record(f"S-{number}"), name: value}


def is_checked(upload):
    return upload.stage == "CHECKED" and upload.job.state == "DONE"


def test_a_value_that_is_no_route_rejects_its_record_with_its_cell(level2):
    file = sheet(*(new(n, "route", "Tourist" if n == 2 else "Student") for n in range(5)))
    upload = checked(sent(file, by=level2))
    assert is_checked(upload)
    assert upload.summary["totals"] == {"good": 4, "incomplete": 0, "rejected": 1, "duplicate": 0, "twice": 0}
    (fault,) = rows_in(upload)[2].faults
    column = list(new(0, "route", "")).index("route")
    assert (fault["code"], fault["field"], fault["value"]) == ("cas.field_invalid", "route", "Tourist")
    assert fault["place"] == f"{letters(column)}4"
    assert fault["sentence"] == "Route: “Tourist” is not in the list. Choose from the list"


def test_a_sheet_with_nothing_but_a_wrong_route_and_a_name_is_checked(level2):
    upload = sent("Route,Family name\r\nTourist,Smith\r\n,Jones\r\n", by=level2)
    upload.set_route(Route.STUDENT, by=level2)
    upload = checked(upload)
    assert is_checked(upload)
    assert [row.outcome for row in rows_in(upload)] == ["REJECTED", "INCOMPLETE"]


def test_the_cell_of_another_route_is_named(level2):
    upload = sent("Family name,Route\r\nSmith,Student\r\nJones,Child Student\r\n", by=level2)
    (fault,) = rows_in(checked(upload))[1].faults
    assert (fault["code"], fault["place"], fault["value"]) == ("files.another_route", "B3", "CHILD_STUDENT")


@pytest.mark.parametrize("word", WRONG)
def test_a_wrong_word_in_each_column_of_a_new_cas_rejects_no_other_record(word, level2):
    records = [new(number, name, word) for number, name in enumerate(fields.BY_NAME)]
    upload = checked(sent(sheet({**a_record("S"), "route": "Student"}, *records), by=level2))
    assert is_checked(upload)
    outcomes = [row.outcome for row in rows_in(upload)]
    assert len(outcomes) == len(fields.BY_NAME) + 1
    assert outcomes[0] == "GOOD"


def test_a_word_that_is_in_no_list_rejects_its_record_in_each_column_with_a_list(level2):
    records = [new(number, name, "Tourist") for number, name in enumerate(LISTS)]
    upload = sent(sheet(*records), by=level2)
    upload.set_route(Route.STUDENT, by=level2)
    checked(upload)
    cleared = {each.name for each in fields.CLEARED}
    left_out = {each.name for each in fields.FIELDS if each.applies == Route.CHILD_STUDENT}
    wrong = {name: row for name, row in zip(LISTS, rows_in(upload), strict=True) if name not in cleared | left_out}
    assert {name: row.faults[0]["field"] for name, row in wrong.items() if row.faults} == {name: name for name in wrong}


def test_a_cell_of_a_workbook_with_another_type_in_each_column_rejects_no_other_record(level2):
    names = list(fields.BY_NAME)
    rows = []
    for value in WRONG_IN_A_WORKBOOK:
        for name in names:
            cell = (value, "dd/mm/yyyy") if isinstance(value, date) else value
            record = new(len(rows), name, cell)
            rows.append([record.get(each, "") for each in names])
    good = {**a_record("S"), "route": "Student"}
    upload = checked(sent(xlsx_of(names, [good.get(each, "") for each in names], *rows), by=level2))
    assert is_checked(upload)
    assert [upload.summary["records"], rows_in(upload)[0].outcome] == [len(rows) + 1, "GOOD"]


@pytest.mark.parametrize("word", [*WRONG, *WRONG_IN_A_WORKBOOK], ids=str)
@pytest.mark.parametrize("operation", CHANGES, ids=lambda each: each.name)
def test_a_wrong_cell_in_each_column_of_a_change_ends_no_check(operation, word, live, level1, caseworker):
    names = [name for name in operation.columns if name not in WHICH]
    rows = [[live[0].number, *([""] * len(names))]]
    for name in (*WHICH, *names):
        which = (word,) if name in WHICH else (live[1].number,)
        rows.append([*which, *(word if each == name else "" for each in names)])
    headings = [heading_of(BY_NAME[each]) for each in ("number", *names)]
    by = caseworker if operation.name == "decide" else level1
    upload = sent(xlsx_of(headings, *rows), by=by)
    if upload.operation != operation.name:
        use_for(upload, operation, by=by)
    upload = checked(upload)
    assert is_checked(upload)
    assert upload.summary["records"] == len(rows)


@pytest.mark.parametrize("word", [*WRONG, "9" * 5_000, "0." + "9" * 5_000], ids=lambda word: word[:10])
@pytest.mark.parametrize("root", [each for each in ROOTS.values() if each.kind is Kind.OUR_CHANGES], ids=str)
def test_a_wrong_value_in_each_element_of_a_change_ends_no_check(root, word, live, level1):
    first, *others = root.elements
    about = f"<{first}>{live[1].number}</{first}>"
    records = [f"<{first}>{word}</{first}>", *(f"{about}<{each}>{word}</{each}>" for each in others)]
    record = local(root.record)
    content = "".join(f"<{record}>{each}</{record}>" for each in records)
    namespace = root.tag.removesuffix(local(root.tag)).strip("{}")
    upload = sent(f'<{local(root.tag)} xmlns="{namespace}">{content}</{local(root.tag)}>', by=level1)
    assert is_checked(checked(upload))
    assert upload.summary["records"] == len(records)
