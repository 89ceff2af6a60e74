"""Experiments: rules that take too long to test fully in `script/test`, which runs a short form of each.

Each module here that has a `run` is an experiment. Its docstring says what it proves, and `run(seed)` returns an
`Outcome`. It has its own database, migrated and otherwise empty, and need not clean it up. The same seed repeats the
same run. `script/experiment` runs the experiments; docs/experiments.md keeps their latest figures.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple


class Outcome(NamedTuple):
    """The result of an experiment: what it counted, in one line, and a sentence for each fault that it found."""

    figure: str
    faults: list[str]


def found():
    """Return the experiments by name, as modules. Django must be set up."""
    names = [each.name for each in iter_modules(__path__) if each.name != "__main__"]
    modules = {name.replace("_", "-"): import_module(f"experiments.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def proves(module):
    """Return what the experiment proves: the first paragraph of its docstring, in one line."""
    return " ".join(inspect.getdoc(module).split("\n\n")[0].split())
