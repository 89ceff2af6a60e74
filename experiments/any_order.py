"""After events in any order, the portal agrees with a plain model of it, and the books balance.

The events are creating, saving, deleting and ordering the CAS of two sponsors with the same students, every payment
event, lapsing, suspending or ending a licence or its route, marking a CAS as used, requests for places and surrenders
and their decisions, and the passing of time.

It runs the state machine of tests/cas/models/test_any_order_with_requests.py for longer, with other examples for each
seed.
"""

import traceback

from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import seed as with_seed
from hypothesis.stateful import run_state_machine_as_test

from experiments import Outcome
from licences.roles import Role
from tests.cas.models.test_any_order_of_things import grant_places
from tests.cas.models.test_any_order_with_requests import PortalWithRequests
from tests.factories import a_licence, a_user


def run(seed, examples=500):
    caseworker = a_user("caseworker", Role.CASEWORKER)
    licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
    for username, role in {"level1": Role.LEVEL_1, "level2": Role.LEVEL_2, "colleague": Role.LEVEL_2}.items():
        a_user(username, role, licence)
    a_user("outsider", Role.LEVEL_1, a_licence("7XKQ2MD93", "Elsewhere College", by=caseworker))
    grant_places(caseworker)
    Counted.sequences = Counted.steps = 0
    options = {"deadline": None, "database": None, "verbosity": Verbosity.normal}
    options |= {"suppress_health_check": list(HealthCheck), "max_examples": examples, "stateful_step_count": 50}
    faults = []
    try:
        run_state_machine_as_test(with_seed(seed)(Counted), settings=settings(**options))
    except Exception:
        faults = [traceback.format_exc()]
    figure = f"{Counted.sequences:,} sequences of {Counted.steps:,} steps in all, {len(faults)} not as predicted"
    return Outcome(figure, faults)


class Counted(PortalWithRequests):
    """The state machine, which also counts its sequences and steps."""

    sequences = steps = 0

    def __init__(self):
        super().__init__()
        Counted.sequences += 1

    def attempt(self, *args, **options):
        Counted.steps += 1
        return super().attempt(*args, **options)
