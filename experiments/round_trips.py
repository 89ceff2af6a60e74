"""CAS with any values, exported and imported again, are the same in every field.

This is so for CSV and XLSX, with names and with codes, and for our own XML. An upload file of schema v2.1 brings back
all that it can hold, and a second upload file is the same as the first.

It runs tests/bulk_data_transfer/round_trips.py for longer, with other records for each seed.
"""

import itertools

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st

from experiments import Outcome
from licences.roles import Role
from licences.routes import Route
from tests.bulk_data_transfer import round_trips
from tests.factories import a_licence, a_user

AT_A_TIME = 25  # records of a file

TRIPS = [
    *itertools.product(Route, ["csv", "xlsx"], [False, True]),
    *itertools.product(Route, ["xml", "v2_1"], [False]),
]


def travelling(counts, route, file_format, by, *, has_codes):
    """Return the test of a format: CAS of this route travel in it, and are counted."""

    @given(st.lists(round_trips.records_of(route), min_size=1, max_size=AT_A_TIME))
    def travel(records):
        counts["records"] += len(records)
        if file_format == "v2_1":
            held, lost = round_trips.lost_by_v2_1(records, route, by)
            counts["held"] += held
        else:
            lost = round_trips.lost_by(records, route, file_format, by, has_codes=has_codes)
        assert lost == {}, lost

    return travel


def run(seed, examples=10):
    licence = a_licence("4NUV7KB58", "University of Example", by=a_user("caseworker", Role.CASEWORKER))
    level2 = a_user("level2", Role.LEVEL_2, licence)
    counts, faults = {"records": 0, "held": 0}, []
    options = {"deadline": None, "database": None, "verbosity": Verbosity.quiet, "phases": [Phase.generate]}
    options |= {"suppress_health_check": list(HealthCheck), "max_examples": examples}
    for route, file_format, has_codes in TRIPS:
        travel = travelling(counts, route, file_format, level2, has_codes=has_codes)
        try:
            with_seed(seed)(settings(**options)(travel))()
        except Exception as error:
            faults.append(f"{route}, {file_format}, codes {has_codes}: {type(error).__name__}: {error}")
    figure = (
        f"{counts['records']:,} CAS travelled, {counts['held']:,} of them in v2.1, {len(faults)} formats lost a value"
    )
    return Outcome(figure, faults)
