"""`script/bench` measures something, and says of it what is true. Here with few rows, so that it does not rot."""

from pathlib import Path

import pytest
from django.core import signals
from django.db import close_old_connections, connection
from django.http import HttpResponse

from benchmarks import __main__ as bench
from benchmarks import measuring, races, report, rows
from benchmarks.parts import pages, pdf
from benchmarks.races import Count, Goal, Race, Ratio, Times, run
from cas import fields
from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS
from cas.models.values import keys_of
from licences.models import User
from sms.core import triggers
from tests.pages import Page

pytestmark = pytest.mark.once


@pytest.fixture
def invented(db):
    rows.make(120, sponsors=3)


@pytest.fixture
def quick(monkeypatch):
    """Turns as short as can be, and requests that leave the test's connection open."""
    monkeypatch.setattr(races, "TURN", 0.0001)
    monkeypatch.setattr(races, "collect", lambda: None)
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


# The invented rows


def test_each_invented_cas_is_one_that_the_portal_could_have_made(invented):
    assert CAS.objects.count() == 120
    for cas in CAS.objects.select_related("owner"):
        assert cas.owner.licence_id == cas.licence_id
        assert fields.errors(cas) == {}
        assert keys_of(fields.values_of(cas)).items() <= vars(cas).items()
        assert bool(fields.missing(cas)) is (cas.status == CASStatus.WORK_IN_PROGRESS)
        assert (cas.number is None) is (cas.status in UNASSIGNED)
    assert User.objects.filter(pk__in=CAS.objects.values("created_by")).exists()


def test_the_triggers_are_back_afterwards_and_new_rows_come_after_them(invented):
    assert triggers.differences(connection) == []
    cas = CAS.objects.first()
    cas.pk, cas.number = None, "E4G00000000001"
    cas.status, cas.number = CASStatus.READY_TO_GO, None
    cas.assigned_at = cas.assigned_on = cas.assigned_by = cas.expires_on = cas.applied_on = cas.decided_on = None
    cas.outcome = cas.withdrawal_reason = ""
    cas.save()
    assert cas.pk == 121


# The parts


@pytest.mark.urls("benchmarks.urls")
def test_the_pages_are_measured(invented, quick, capsys):
    lines = measuring.measure(pages, seconds=0, rounds=1)
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")][1:] == [
        "| statements of the list",
        "| the list against a bare view",
        "| the list against a stock ModelAdmin",
    ]
    assert capsys.readouterr().out.split("\n")[:-1] == lines


@pytest.mark.urls("benchmarks.urls")
def test_the_bare_view_shows_what_the_list_shows(invented, quick):
    _, race = pages.prepare()
    shown = [Page(HttpResponse(race.contestants[name]())).main.text for name in (pages.LIST, pages.BARE)]
    start, end = shown[0].rsplit(" 1 2", 1)  # the numbers of the pages
    assert shown[1].startswith(start)
    assert end
    assert b"120 CAS" in race.contestants[pages.STOCK]()


def test_printing_is_measured(invented, quick, monkeypatch):
    monkeypatch.setattr(pdf, "MANY", 1)
    lines = measuring.measure(pdf, seconds=0, rounds=1)
    assert "| the printed CAS against a lean page | at most 1.1x |" in "\n".join(lines)
    assert "| many CAS on all cores against one after another | at least 1.6x faster |" in "\n".join(lines)


@pytest.mark.parametrize("name", bench.names())
def test_each_part_says_in_one_line_and_then_at_length_what_it_measures(name):
    first, blank, *more = bench.docstring(name).splitlines()
    assert first.endswith(".")
    assert blank == ""
    assert more


# The figures


def test_a_ratio_is_that_of_each_round_and_a_slow_round_does_not_change_it():
    assert Ratio.of([2.0, 20.0, 3.0, 2.0], [1.0, 10.0, 1.0, 1.0]) == Ratio(2.0, 2.0, 2.25)


def test_everybody_runs_equally_often_and_what_is_quick_runs_longer(monkeypatch):
    monkeypatch.setattr(races, "TURN", 0.02)
    monkeypatch.setattr(races, "collect", lambda: None)
    ran = []
    race = Race({"one": lambda: ran.append(1), "two": lambda: ran.append(2)}, [])
    times = run(race, rounds=4)
    assert {name: len(each.wall) for name, each in times.items()} == {"one": 4, "two": 4}
    assert ran.count(1) > 20


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal("slow", "quick", at_most=2.5), "| at most 2.5x | 2.00x | 2.00x and 2.00x | 2.00x | met |"),
        (Goal("slow", "quick", at_most=1.9), "| at most 1.9x | 2.00x | 2.00x and 2.00x | 2.00x | **not met** |"),
        (
            Goal("quick", "slow", faster_by=1.5),
            "| at least 1.5x faster | 2.00x faster | 2.00x and 2.00x | 2.00x | met |",
        ),
        (
            Goal("quick", "slow", faster_by=3),
            "| at least 3x faster | 2.00x faster | 2.00x and 2.00x | 2.00x | **not met** |",
        ),
        (Goal("slow", "quick"), "| slow against quick | | 2.00x | 2.00x and 2.00x | 2.00x | |"),
    ],
)
def test_a_goal_is_judged_by_what_was_found(goal, said):
    times = {"slow": Times([2.0, 4.0], [2.0, 4.0]), "quick": Times([1.0, 2.0], [1.0, 2.0])}
    [line] = report.of_race(Race({}, [goal]), times)
    assert line.endswith(said)


def test_a_count_is_judged_too():
    assert report.of_count(Count("statements", 6, at_most=6)).endswith("| met |")
    assert report.of_count(Count("statements", 7, at_most=6)).endswith("| **not met** |")


def test_a_run_is_kept_in_its_section_and_the_others_stay(tmp_path):
    page = tmp_path / "docs/benchmarks.md"
    for title, line in (("pages", "| old |"), ("pdf", "| pdf |"), ("pages", "| new |")):
        report.keep(title, f"What {title} is.", [line], "2 cores", page)
    text = page.read_text()
    assert text.startswith(report.INTRODUCTION.strip())
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## pages", "## pdf"]
    assert "| old |" not in text
    assert "What pages is." in text
    assert text.index("| new |") < text.index("| pdf |")


def test_what_is_kept_is_of_parts_that_there_are():
    kept = Path(report.PAGE).read_text(encoding="utf-8")
    titles = {line.split()[1] for line in kept.splitlines() if line.startswith("## ")}
    assert titles <= set(bench.names())
