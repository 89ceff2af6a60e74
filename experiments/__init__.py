"""Experiments: what must hold and takes too long to try out for `script/test`, which runs a short form of each.

Each module here that has a `run` is one: its docstring says what it proves, and `run(seed)` answers with an `Outcome`.
It finds a database of its own, migrated and otherwise empty, and may leave anything there. The same seed does the same
again. `script/experiment` runs them; docs/experiments.md keeps the last figures.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple


class Outcome(NamedTuple):
    """What an experiment counted, in one line, and a sentence for each thing that did not hold."""

    figure: str
    faults: list[str]


def found():
    """The experiments by name, as modules. Django must be set up."""
    names = [each.name for each in iter_modules(__path__) if each.name != "__main__"]
    modules = {name.replace("_", "-"): import_module(f"experiments.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def proves(module):
    """What the experiment proves: the first paragraph of its docstring, in one line."""
    return " ".join(inspect.getdoc(module).split("\n\n")[0].split())
