"""Each part of `script/bench` runs and reports correct figures. Few rows are enough to keep it working."""

import re
import time
from datetime import date, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

import openpyxl
import pytest
from django.db import connection, connections
from django.http import HttpResponse
from lxml import etree

from benchmarks import __main__ as bench
from benchmarks import databases, files, measuring, orders, races, report, rows, sites, uploads
from benchmarks.parts import assign, compliance, export, growth, pages, pdf, queue, revoke, search
from benchmarks.races import Count, Goal, Race, Ratio, Times, run
from bulk_data_transfer.models import Upload
from cas.details import fields
from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS, Batch, Order
from cas.models.values import keys_of
from licences.models import AllocationEntry, Event, User
from sms.core import clock, triggers
from sponsorship_duties.compliance.assessment import assess, count_of
from sponsorship_duties.compliance.rates import Count as Tallied
from sponsorship_duties.compliance.rates import total
from sponsorship_duties.models import Activity
from tests.factories import a_cas
from tests.pages import Page

imports = import_module("benchmarks.parts.import")  # a word of Python's

pytestmark = pytest.mark.once


def is_postgresql():
    return connection.vendor == "postgresql"


@pytest.fixture
def invented(db):
    rows.make(120, sponsors=3)
    rows.maintain()


@pytest.fixture
def quick(monkeypatch):
    """Make turns as short as possible, and let requests leave the test's connection open."""
    monkeypatch.setattr(races, "TURN", 0.0001)
    monkeypatch.setattr(races, "collect", lambda: None)
    with sites.connection_kept():
        yield


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


def test_afterwards_the_triggers_are_back_and_a_new_row_gets_the_next_id(invented):
    assert triggers.differences(connection) == []
    cas, last = CAS.objects.first(), CAS.objects.latest("pk").pk
    cas.pk, cas.number = None, "E4G00000000001"
    cas.status, cas.number = CASStatus.READY_TO_GO, None
    cas.assigned_at = cas.assigned_on = cas.assigned_by = cas.expires_on = cas.applied_on = cas.decided_on = None
    cas.outcome = cas.withdrawal_reason = ""
    cas.save()
    assert last == 120
    assert cas.pk > last  # on SQLite, an earlier test of this process may have used higher ids


# The parts


MAIN_PAGES = [
    "the form of a new CAS",
    "the form, filled",
    "home",
    "sponsorship duties",
    "the search",
    "a search's list",
    "an assigned CAS",
    "an unassigned CAS",
    "a CAS, saved",
    "assign",
    "a batch of 100",
    "assigning the batch",
]


@pytest.mark.urls("benchmarks.urls")
def test_the_pages_are_measured(invented, quick, capsys):
    a_cas(sites.people()[0])  # the few invented CAS of this sponsor may all be assigned
    lines = measuring.measure(pages, seconds=0, rounds=1)
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")][1:] == [
        "| statements of the list",
        "| the list against a bare view",
        *(f"| statements of {name}" for name in MAIN_PAGES),
        *(f"| {name} against the list" for name in MAIN_PAGES),
    ]
    assert not Batch.objects.exists()
    assert capsys.readouterr().out.split("\n")[:-1] == lines


@pytest.mark.urls("benchmarks.urls")
def test_the_bare_view_shows_what_the_list_shows(invented, quick):
    _, race, *_ = islice(pages.prepare(), 2)
    shown = [Page(HttpResponse(race.contestants[name]())).main.text for name in (pages.LIST, pages.BARE)]
    start, end = shown[0].rsplit(" 1 2", 1)  # the numbers of the pages
    assert shown[1].startswith(start)
    assert end


def test_printing_is_measured(invented, quick, monkeypatch):
    monkeypatch.setattr(pdf, "MANY", 1)
    lines = measuring.measure(pdf, seconds=0, rounds=1)
    assert "| the printed CAS against a lean page | at most 1.1x |" in "\n".join(lines)
    assert "| many CAS on all cores against one after another | at least 1.9x faster |" in "\n".join(lines)


@pytest.fixture
def called(monkeypatch):
    """Make the benchmark search for a name that some invented students have."""
    monkeypatch.setattr(search, "PREFIX", "Kum")


def test_searching_is_measured(invented, quick, called):
    found = "\n".join(measuring.measure(search, seconds=0, rounds=1))
    assert "| an exact number, by the portal against an exact number, by hand | at most 0.7 ms more |" in found
    assert "| the last page against page 1 | at most 2x |" in found
    assert "| page 1 with its counts against page 1 with exact counts | at least 10x faster |" in found


def test_the_sql_by_hand_finds_the_same_rows_as_the_portal(invented, called):
    level1, _ = sites.people()
    for name, sought in search.searches(level1).items():
        portal, hand = search.by_the_portal(level1, sought)(), search.by_hand(level1, sought)()
        assert portal or "two statuses" in name, "few CAS are unfinished, perhaps none of this sponsor"
        assert [(cas.pk, cas.shown["number"], cas.status, cas.shown["owner"]) for cas in portal] == [
            (row[0], row[4] or "", row[3], row[9]) for row in hand
        ]


def test_counts_of_few_cas_are_exact(invented):
    mine = CAS.objects.for_user(sites.people()[0])
    exactly = search.counted_exactly(mine)
    assert {name: tally for name, tally in search.counted_in_reach(mine).items() if tally.number} == exactly


@pytest.fixture
def small_files(monkeypatch):
    for name, number in (("RACED", 3), ("FORMS", 2), ("MANY", 4), ("MOST_MEMORY", 1000)):
        monkeypatch.setattr(imports, name, number)


def test_importing_is_measured(invented, quick, small_files, monkeypatch):
    monkeypatch.setattr(imports, "pages", lambda user: ())  # another process would not see the rows of this test
    found = "\n".join(measuring.measure(imports, seconds=0, rounds=1))
    assert "| statements for each 1,000 of 3 records |" in found
    assert f"| the portal, 3 against the rows alone, 3 | at most {3 if is_postgresql() else 4}x |" in found
    assert "| the portal, 2 against a form for each record, 2 | at least 20x faster |" in found
    assert "| MiB of memory for 4 records of CSV | at most " in found
    assert not Upload.objects.exists()


def test_the_floor_and_the_forms_make_what_the_import_makes(invented):
    level1, _ = sites.people()
    upload = uploads.sent(level1, 3)
    rows = imports.written(upload, Batch.objects.add("Floor", route=files.ROUTE, by=level1))
    acts = (lambda: imports.write(rows), lambda: imports.save_forms(upload), lambda: uploads.check_and_load(upload))
    found = []
    for act in acts:
        before = CAS.objects.latest("pk").pk
        act()
        made = CAS.objects.filter(pk__gt=before).order_by("pk")
        found.append([(fields.values_of(cas), cas.family_key, cas.status, cas.owner) for cas in made])
        assert Event.objects.filter(kind="cas", verb="create", subject_id__in=[cas.pk for cas in made]).count() == 3
        CAS.objects.filter(pk__gt=before).delete()
    assert len(found[0]) == 3
    assert found[0] == found[1] == found[2]


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(assign, "COUNTED", (1, 3))
    monkeypatch.setattr(assign, "RACED", (2, 3))


def test_assigning_is_measured_and_leaves_no_change(invented, quick, few):
    found = "\n".join(measuring.measure(assign, seconds=0, rounds=1))
    singly, batches = (
        re.findall(rf"statements of the portal for {what} \| at most {most} \| (\d+)", found)
        for what, most in ((r"\d CAS", 12), (r"a batch of \d CAS", 16))
    )
    assert (len(set(singly)), len(set(batches))) == (1, 1)
    assert "| the portal, 3 against one raw UPDATE, 3 | at most 1.5x |" in found
    assert CAS.objects.count() == 120
    assert not Order.objects.exists()


@pytest.mark.parametrize("act", [assign.settle, assign.update])
def test_each_contestant_assigns_every_cas(act, invented):
    level1, caseworker = sites.people()
    allocation = orders.allocation(level1.sponsor, by=caseworker)
    order = orders.batch_order(level1, 3)
    act(order)
    assigned = CAS.objects.filter(batch=order.batch, status="ASSIGNED", assigned_by=level1)
    assert len(set(assigned.values_list("number", "assigned_on", "expires_on"))) == 3
    if act is assign.update:
        return  # the floor writes nothing else
    order.refresh_from_db()
    allocation.refresh_from_db()
    assert (order.status, order.lines.filter(is_open=True).count()) == ("PAID", 0)
    assert order.batch.assigned_at
    assert (allocation.used, allocation.held) == (3, 0)
    assert AllocationEntry.objects.filter(kind="use").count() == 1
    assert Event.objects.filter(verb="assign", kind="cas").count() == 3


@pytest.fixture
def few_live(monkeypatch):
    for name, number in (("REVOKED", (2, 4)), ("EXPIRED", (2, 3)), ("ORDERS", 2)):
        monkeypatch.setattr(revoke, name, number)


def test_revoking_is_measured_and_leaves_no_change(invented, quick, few_live):
    before = list(CAS.objects.order_by("pk").values_list("pk", "status"))
    found = "\n".join(measuring.measure(revoke, seconds=0, rounds=1))
    for what, most in (("revoke a licence with \\d live CAS", 16), ("expire \\d CAS", 5)):
        counts = re.findall(rf"statements of the portal to {what} \| at most {most} \| (\d+)", found)
        assert len(counts) == 2
        assert len(set(counts)) == 1, "as many for more CAS"
    for what in ("revoking 4", "expiring 3"):
        assert f"| the portal, {what} against one raw UPDATE, {what} | at most 2.5x |" in found
    assert list(CAS.objects.order_by("pk").values_list("pk", "status")) == before
    assert not Order.objects.exists()
    assert triggers.differences(connection) == []


@pytest.mark.parametrize("act", ["portal", "raw"])
def test_each_contestant_ends_the_same_cas(act, invented):
    level1, caseworker = sites.people()
    licence = level1.sponsor
    revoke.end_all_live()
    orders.allocation(licence, by=caseworker)
    order = orders.order_of(level1, orders.ready(level1, 1))
    old = orders.live(level1, 2, clock.today() - timedelta(days=200))
    with_application, without = orders.live(level1, 2, clock.today() - timedelta(days=100))
    CAS.objects.filter(pk=with_application).update(applied_on=clock.today())
    new = orders.live(level1, 2, clock.today())
    {"portal": revoke.expire, "raw": revoke.expire_raw}[act]()
    assert set(CAS.objects.filter(status="EXPIRED", pk__in=[*old, *new]).values_list("pk", flat=True)) == set(old)
    CAS.objects.filter(pk__in=[with_application, without]).move("expire", by=User.objects.system())
    before = Event.objects.filter(verb="cancel", kind="cas").count()
    {"portal": lambda: revoke.revoke(licence, by=caseworker), "raw": lambda: revoke.cancel_raw(licence)}[act]()
    made = CAS.objects.filter(pk__in=[*old, with_application, without, *new])
    assert set(made.filter(status="CANCELLED").values_list("pk", flat=True)) == {with_application, *new}
    if act == "raw":
        return  # the floor writes nothing else
    order.refresh_from_db()
    assert order.status == "CANCELLED"
    assert Event.objects.filter(verb="cancel", kind="cas").count() == before + 3


def test_assigning_at_once_is_measured_on_postgresql_only(invented):
    assert list(queue.prepare()) == []


@pytest.mark.parametrize(("is_counted", "used"), [(True, 2), (False, 0)])
def test_without_the_counter_everything_else_is_still_written(is_counted, used, invented):
    level1, caseworker = sites.people()
    allocation = orders.allocation(level1.sponsor, by=caseworker)
    opened = [orders.order_of(level1, [pk]).pk for pk in orders.ready(level1, 2)]
    queue.settle(opened, User.objects.system(), is_counted=is_counted)
    allocation.refresh_from_db()
    assert allocation.used == used
    assert Order.objects.filter(status="PAID").count() == AllocationEntry.objects.filter(kind="use").count() == 2


@pytest.mark.urls("benchmarks.urls")
def test_growth_is_measured(invented, quick, called, monkeypatch):
    monkeypatch.setattr(growth, "IN_REACH", 50)
    monkeypatch.setattr(connections[databases.DEFAULT_DB_ALIAS], "alias", "default")
    monkeypatch.setitem(connections.settings, databases.SMALLER, connections.settings["default"])
    connections[databases.SMALLER] = connection_of_the_test = connections["default"]
    lines = measuring.measure(growth, seconds=0, rounds=1)
    del connections[databases.SMALLER]
    assert connections["default"] is connection_of_the_test
    assert any(line.startswith("| the list, of all against the list, of 100,000 | at most 1.3x |") for line in lines)


def test_exporting_is_measured(invented, quick):
    found = "\n".join(measuring.measure(export, seconds=0, rounds=1))
    for name in ("CSV", "XLSX", "XML"):
        assert f"| MiB that 100,000 CAS as {name} need in addition to 10,000 | at most 4 |" in found
        assert f"| {name} by the portal against {name} by the writer and the bare query | at most 1.3x |" in found


@pytest.mark.parametrize("name", export.FLOORS)
def test_the_floor_of_an_export_writes_the_same_values(name, invented):
    level1, _ = sites.people()
    ids = list(CAS.objects.for_user(level1).values_list("pk", flat=True)[: export.ALIKE])
    with TemporaryFile() as ours, TemporaryFile() as floor:
        export.export(level1, ids, name, ours)
        export.FLOORS[name](level1, ids, floor)
        assert len(values_in(ours, name)) > len(ids) > 1
        assert values_in(ours, name) == values_in(floor, name)


def values_in(file, name):
    file.seek(0)
    if name == "csv":
        return file.read().split(b"\r\n")
    if name == "xml":
        return ["", *(etree.tostring(each, method="c14n", exclusive=True) for each in etree.parse(file).getroot())]
    return list(openpyxl.load_workbook(file).active.values)


@pytest.mark.urls("benchmarks.urls")
def test_compliance_is_measured_and_leaves_no_report(invented, quick):
    found = "\n".join(measuring.measure(compliance, seconds=0, rounds=1))
    assert "| statements of the page | at most 20 |" in found
    assert "| the page against the figures by hand | at most 3x |" in found
    assert not Activity.objects.exists()


def test_the_sql_by_hand_counts_the_same_cas_as_the_portal(invented):
    level1, _ = sites.people()
    compliance.report(level1)
    found = assess(CAS.objects.for_user(level1)).months
    by_hand = {name: dict.fromkeys(found[name], Tallied()) for name in found}
    for name, month, part, number in compliance.by_hand(level1)():
        first = date.fromisoformat(f"{month}-01")
        by_hand[name][first] = by_hand[name][first].plus(count_of(part, number))
    assert by_hand == found
    assert all(total(months.values()).counted for months in found.values())
    groups = [row.count for rows in compliance.groups(level1)() for row in rows]
    parts = compliance.groups_by_hand(level1)()
    assert total(groups) == total(count_of(part, number) for *_, part, number, _ in parts)
    assert len(groups) == len({row[:3] for row in parts})


def test_the_growth_of_memory_has_what_an_act_returns_before_it_ends():
    assert 45 < export.growth(lambda: bytearray(b"x" * 50_000_000).clear()) < 110
    assert export.growth(lambda: None) <= 1


@pytest.mark.parametrize("name", bench.names())
def test_each_part_describes_in_one_line_and_then_in_detail_what_it_measures(name):
    first, blank, *more = bench.docstring(name).splitlines()
    assert first.endswith(".")
    assert blank == ""
    assert more


# The figures


def test_a_ratio_is_the_median_of_the_rounds_and_a_slow_round_does_not_change_it():
    assert Ratio.of([2.0, 20.0, 3.0, 2.0], [1.0, 10.0, 1.0, 1.0]) == Ratio(2.0, 2.0, 2.25)


def test_all_contestants_have_as_many_turns_and_a_quick_one_runs_often_within_a_turn(monkeypatch):
    monkeypatch.setattr(races, "TURN", 0.02)
    monkeypatch.setattr(races, "collect", lambda: None)
    ran = []
    race = Race({"one": lambda: ran.append(1), "two": lambda: ran.append(2)}, [])
    times = run(race, rounds=4)
    assert {name: len(each.wall) for name, each in times.items()} == {"one": 4, "two": 4}
    assert ran.count(1) > 20


@pytest.mark.parametrize(
    ("goal", "ending"),
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
def test_a_goal_is_judged_by_the_result(goal, ending):
    times = {"slow": Times([2.0, 4.0], [2.0, 4.0]), "quick": Times([1.0, 2.0], [1.0, 2.0])}
    [line] = report.of_race(Race({}, [goal]), times)
    assert line.endswith(ending)


def test_a_goal_can_be_so_many_milliseconds_more():
    times = {"slow": Times([0.0024, 0.0026], [1, 1]), "quick": Times([0.0021, 0.0021], [1, 1])}
    for more, verdict in ((0.5, "met"), (0.3, "**not met**")):
        [line] = report.of_race(Race({}, [Goal("slow", "quick", at_most_more=more)]), times)
        assert f"| at most {more} ms more | 1.19x, 0.40 ms more |" in line
        assert line.endswith(f"| {verdict} |")


def test_a_goal_of_processor_time_is_judged_by_it():
    times = {"slow": Times([2.0], [1.2]), "quick": Times([1.0], [1.0])}
    [line] = report.of_race(Race({}, [Goal("slow", "quick", at_most=1.3, of_processor=True)]), times)
    assert line == ("| slow against quick | at most 1.3x of processor time | 2.00x | 2.00x and 2.00x | 1.20x | met |")


def test_the_preparation_of_a_turn_is_not_timed(monkeypatch):
    monkeypatch.setattr(races, "collect", lambda: None)
    ran = []
    race = Race({"one": lambda: ran.append("one")}, [], before=lambda: (time.sleep(0.02), ran.append("before")))
    times = run(race, rounds=2)
    assert ran == ["before", "one"] * 4, "two of them to warm up"
    assert max(times["one"].wall) < 0.02


def test_a_count_is_judged_too():
    assert report.of_count(Count("statements", 6, at_most=6)).endswith("| met |")
    assert report.of_count(Count("statements", 7, at_most=6)).endswith("| **not met** |")
    assert report.of_count(Count("statements", 7)) == "| statements | | 7 | | | |"


def test_a_run_is_kept_in_its_section_and_the_other_sections_stay(tmp_path):
    page = tmp_path / "docs/benchmarks.md"
    for title, line in (("pages", "| old |"), ("pdf", "| pdf |"), ("pages", "| new |")):
        report.keep(title, f"About {title}.", [line], "2 cores", page)
    text = page.read_text()
    assert text.startswith(report.INTRODUCTION.strip())
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## pages", "## pdf"]
    assert "| old |" not in text
    assert "About pages." in text
    assert text.index("| new |") < text.index("| pdf |")


def test_every_section_that_is_kept_belongs_to_a_part():
    kept = Path(report.PAGE).read_text(encoding="utf-8")
    titles = {line.split()[1] for line in kept.splitlines() if line.startswith("## ")}
    assert titles <= set(bench.names())
