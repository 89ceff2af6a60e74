"""Run or list the experiments. A run prints its faults, then one line with the seed and the figure."""

import argparse
import os
import random
import sys
import textwrap

DATABASES = ("sqlite", "postgresql")


def main():
    asked = arguments()
    if asked.database == "sqlite":
        os.environ.pop("TEST_DATABASE_URL", None)
    elif "TEST_DATABASE_URL" not in os.environ and asked.name:
        again = [sys.executable, "-m", "experiments", asked.name, "--database", asked.database, "--seed", asked.seed]
        os.execv(sys.executable, [sys.executable, "tests/with_postgres.py", *map(str, again)])
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    try:
        django.setup()
    finally:
        sys.excepthook = sys.__excepthook__  # show errors in the terminal, not in the log
    import experiments

    modules = experiments.found()
    if asked.name in modules:
        return run(asked.name, modules[asked.name], asked.seed)
    if asked.name:
        print(f"There is no experiment {asked.name!r}. The experiments are:", file=sys.stderr)
    for name, module in modules.items():
        print(textwrap.fill(f"{name}: {experiments.proves(module)}", 120, subsequent_indent="    "))
    return 2 if asked.name else 0


def arguments():
    parser = argparse.ArgumentParser(prog="script/experiment", description="Without a name, list the experiments.")
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="to repeat a run")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    return parser.parse_args()


def run(name, module, seed):
    """Run the experiment on a new database, and return the exit status."""
    from django.test import utils

    utils.setup_test_environment()
    databases = utils.setup_databases(verbosity=0, interactive=False)
    try:
        outcome = module.run(seed)
    finally:
        utils.teardown_databases(databases, verbosity=0)
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    print(f"{name}: seed {seed}, {outcome.figure}")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
