"""Export, then import: the same record, every field (specification, section 11). An experiment does it for longer."""

import io

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bulk_data_transfer.sending import send
from cas.details import fields
from licences.routes import Route
from tests.bulk_data_transfer import round_trips
from tests.bulk_data_transfer.factories import content_of, exported
from tests.factories import COMPLETE, a_cas

pytestmark = pytest.mark.django_db

in_a_test = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],  # each example is a whole import, so a search for the smallest one would take minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("has_codes", [False, True])
@pytest.mark.parametrize("file_format", round_trips.FORMATS)
@pytest.mark.parametrize("route", Route)
@in_a_test
@given(data=st.data())
def test_every_field_comes_back(level2, route, file_format, has_codes, data):
    records = data.draw(st.lists(round_trips.records_of(route), min_size=1, max_size=4))
    assert round_trips.lost_by(records, route, file_format, level2, has_codes=has_codes) == {}


@pytest.mark.parametrize("route", Route)
@in_a_test
@given(data=st.data())
def test_what_v2_1_can_hold_comes_back(level2, route, data):
    records = data.draw(st.lists(round_trips.records_of(route), min_size=1, max_size=4))
    whole = round_trips.WHOLE[route] | {"applicant_id": "S1", "family_name": "Silva"}
    assert round_trips.lost_by_v2_1([whole, *records], route, level2)[1] == {}


def test_a_value_that_is_lost_on_the_way_would_be_seen(level2):
    first, second = ({**COMPLETE, "course_title": title} for title in ("MA Law", "MA History"))
    assert round_trips.lost_by([first], Route.STUDENT, "csv", level2) == {}
    old, new = (round_trips.CAS.objects.add(values, route=Route.STUDENT, by=level2) for values in (first, second))
    assert round_trips.changed_by([old], [new]) == {"course_title": ("MA Law", "MA History")}


def test_the_records_of_the_trips_can_have_every_field():
    assert {field.name for field in fields.FIELDS} - {"route"} == round_trips.ANY.keys()


def test_our_own_format_says_its_route_by_its_first_record(level2):
    upload = send(io.BytesIO(content_of(exported([a_cas(level2)], level2, file_format="xml"))), name="a.xml", by=level2)
    assert upload.route == Route.STUDENT
