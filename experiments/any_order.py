"""Whatever happens, in whatever order, the portal does as a plain model of it foretells, and the books balance:
creating, saving, deleting, ordering, every payment event, lapsing, revoking, marking as used, and time.

The machine of tests/cas/models/test_any_order_of_things.py, longer and with other examples each time.
"""

from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import seed as with_seed
from hypothesis.stateful import run_state_machine_as_test

from experiments import Outcome
from licences.roles import Role
from sms.core import clock
from tests.cas.models.test_any_order_of_things import START, Portal
from tests.factories import a_licence, a_user, an_allocation


def run(seed, examples=500):
    caseworker = a_user("caseworker", Role.CASEWORKER)
    licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
    for username, role in {"level1": Role.LEVEL_1, "level2": Role.LEVEL_2, "colleague": Role.LEVEL_2}.items():
        a_user(username, role, licence)
    with clock.set_to(START.replace(day=1)):
        an_allocation(licence, number=4, by=caseworker)
    Counted.sequences = Counted.steps = 0
    options = {"deadline": None, "database": None, "verbosity": Verbosity.quiet}
    options |= {"suppress_health_check": list(HealthCheck), "max_examples": examples, "stateful_step_count": 50}
    faults = []
    try:
        run_state_machine_as_test(with_seed(seed)(Counted), settings=settings(**options))
    except Exception as error:
        faults = ["\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])]
    figure = f"{Counted.sequences:,} sequences of {Counted.steps:,} steps in all, {len(faults)} not as foretold"
    return Outcome(figure, faults)


class Counted(Portal):
    """The machine, counted."""

    sequences = steps = 0

    def __init__(self):
        super().__init__()
        Counted.sequences += 1

    def attempt(self, *args, **options):
        Counted.steps += 1
        return super().attempt(*args, **options)
