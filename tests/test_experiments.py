"""Each experiment is found by its name, says what it proves, and has its latest figures in docs/experiments.md."""

import re
import sys

import pytest
from django.conf import settings

import experiments
from experiments import Outcome, __main__

PAGE = (settings.BASE_DIR / "docs/experiments.md").read_text(encoding="utf-8")
FOUND = experiments.found()
each_experiment = pytest.mark.parametrize("name", FOUND)


def test_experiments_are_found_by_their_modules():
    assert {"any-order", "forms", "kills"} <= FOUND.keys()
    assert not {"fuzzing", "browser"} & FOUND.keys(), "a module without `run` is no experiment"


@each_experiment
def test_the_page_says_what_each_experiment_proves_and_its_latest_figure_on_each_database(name):
    (section,) = [part for part in PAGE.split("\n## ") if part.startswith(f"{name}\n")]
    assert experiments.proves(FOUND[name]) in " ".join(section.split())
    for database in __main__.DATABASES:
        row = rf"\| {database} \| (\d+ \w+ 20\d\d \| [^|]+ \| seed \d+, |– \| – \| none yet: )[^|]+ \|"
        assert re.search(row, section), database


def test_without_a_name_the_experiments_are_listed(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["script/experiment"])
    monkeypatch.setattr("sys.excepthook", sys.excepthook)  # `main` sets it: restore it after this test
    assert __main__.main() == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert all(f"{name}: {experiments.proves(module)}" in printed for name, module in FOUND.items())


def test_an_experiment_that_finds_a_fault_fails(capsys, monkeypatch):
    monkeypatch.setattr("django.test.utils.setup_test_environment", lambda: None)
    monkeypatch.setattr("django.test.utils.setup_databases", lambda **_: [])
    monkeypatch.setattr("django.test.utils.teardown_databases", lambda *_, **__: None)

    class Example:
        faults: list

        @classmethod
        def run(cls, seed):
            return Outcome("3 tried", cls.faults)

    for Example.faults, status in ([], 0), (["The second was odd."], 1):
        assert __main__.run("example", Example, 7) == status
        printed = capsys.readouterr()
        assert printed.out == "example: seed 7, 3 tried\n"
        assert printed.err == "".join(f"{fault}\n" for fault in Example.faults)
