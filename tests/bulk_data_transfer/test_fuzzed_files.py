"""Strange files cause no program error and are never imported in part (specification, section 11).

This is the short form of the experiment `files`.
"""

import re

import pytest

from bulk_data_transfer import checking
from bulk_data_transfer.operations import create_cas
from experiments import files, mutations
from licences.routes import Route

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_no_strange_file_fails_or_is_imported_in_part():
    outcome = files.run(seed=1, files=4)
    assert outcome.faults == []
    sent, refused, imported = map(int, re.findall(r"(\d+) (?:files|refused|imported)", outcome.figure)[:3])
    assert (sent, refused > 1, imported > 4) == (24, True, True), "both must happen, or the test proves nothing"


@pytest.fixture
def first_fault(monkeypatch):
    monkeypatch.setattr(files, "MOST_FAULTS", 1)
    return lambda: files.run(seed=1, files=4).faults[0]


def test_the_experiment_finds_an_import_in_part(first_fault, monkeypatch):
    def leave_out_the_first(upload, batch, many, *, by):
        create(upload, batch, dict([*many.items()][1:]), by=by)

    create = create_cas._create
    monkeypatch.setattr(create_cas, "_create", leave_out_the_first)
    assert " CAS, " in first_fault()


def test_the_experiment_finds_a_job_that_fails(first_fault, monkeypatch):
    monkeypatch.setattr(checking.Found, "summary", lambda found: 1 // (found.totals["REJECTED"] == 0) and {})
    assert "the job is " in first_fault() or "logged: " in first_fault()


def test_the_experiment_finds_a_sentence_that_is_not_ours(first_fault, monkeypatch):
    monkeypatch.setattr(files, "SENTENCES", {code: re.compile("(?!)") for code in files.SENTENCES})
    assert "no sentence of ours: " in first_fault()


def test_the_experiment_finds_a_word_that_is_no_route_and_ends_the_check(first_fault, monkeypatch):
    def of_another_route(check, record):
        Route(record.given.get("route", check.route))
        return []

    monkeypatch.setattr(create_cas.Check, "_of_another_route", of_another_route)
    monkeypatch.setattr(mutations, "FORMATS", {"words.csv": mutations.wrong_words})
    assert "the job is " in first_fault() or "logged: " in first_fault()
