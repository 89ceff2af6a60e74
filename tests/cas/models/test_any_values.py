"""Any values of the declared fields are saved whole, or each wrong value has its error (specification, section 8)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cas.details import fields
from cas.models import CAS, Rule
from cas.models.assigning import incomplete
from licences.routes import Route
from sms.core.partial_dates import PartialDate
from sms.core.refused import InvalidValues
from tests.core.test_values import ANYTHING
from tests.factories import CHILD, COMPLETE

pytestmark = pytest.mark.django_db

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def right(field):
    """Draw values of this field that are valid by themselves."""
    text = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=min(field.size or 10, 40))
    special = {
        "ucas_id": st.just("1234567890"),
        "partner_licence_number": st.just("4nuv7kb5x"),
        "study_postcode": st.just("ls2 9jt"),
        "hours_per_week": st.decimals(0, 168, places=1),
    }
    if field.name in special:
        return special[field.name]
    return {
        "text": text.map(lambda typed: typed[: field.size]),
        "long text": st.text(st.sampled_from("é\n Ωx"), max_size=30),
        "choice": st.sampled_from(list(getattr(field, "labels", [""]))),
        "country": st.sampled_from(list(getattr(field, "codes", [""]))),
        "date": DAYS,
        "partial date": st.builds(PartialDate.of, st.integers(1930, 2020), st.integers(0, 12)),
        "money": st.decimals(0, Decimal("999999999.99"), places=2),
        "number": st.integers(getattr(field, "least", 0), getattr(field, "most", 0)),
        "yes/no": st.booleans(),
    }[field.kind]


OF_THE_FORM = [field for field in fields.FIELDS if field.name not in {"route", "family_name"}]
RIGHT = st.fixed_dictionaries(
    {"family_name": st.just("Ng")}, optional={field.name: right(field) for field in OF_THE_FORM}
)
CHANGED = st.fixed_dictionaries({}, optional={field.name: st.none() | right(field) for field in OF_THE_FORM})
WHOLE = {Route.STUDENT: COMPLETE, Route.CHILD_STUDENT: CHILD}
ANY_ROUTE = st.sampled_from(list(Route))
in_a_test = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


ACROSS = {"course_end_date", "latest_acceptance_date", "date_of_birth"}  # right alone, but not with others or today


def save_or_refuse(values, route, by):
    """Add a CAS: it is refused with each error, or stored as given, and its status says whether anything is missing.

    Return the names of the wrong fields.
    """
    kept, wrong = fields.checked({**values, "route": route})
    with transaction.atomic():
        if wrong:
            with pytest.raises(InvalidValues) as caught:
                CAS.objects.add(values, route=route, by=by)
            assert caught.value.errors == wrong
        else:
            check_saved(CAS.objects.add(values, route=route, by=by), kept)
        transaction.set_rollback(True)
    return set(wrong)


def check_saved(cas, kept):
    cas.refresh_from_db()
    assert fields.values_of(cas) == kept
    rules = Rule.objects.on()
    limits = rules.limits(cas.licence.sponsor_status)
    missing = fields.missing(cas, limits)
    assert cas.status == ("WORK IN PROGRESS" if missing else "READY TO GO")
    said = [obstacle.field for obstacle in incomplete(cas, limits)]
    assert [field for field in said if field in missing] == missing
    given = fields.with_limits(kept, limits)
    assert [field.name for field in missing if not field.asked.holds(given)] == []
    cas.warnings(rules)


@in_a_test
@given(values=RIGHT, route=ANY_ROUTE)
def test_right_values_are_saved_and_the_cas_is_complete_or_names_what_is_missing(values, route, level1):
    assert save_or_refuse(values, route, level1) <= ACROSS


@in_a_test
@given(values=CHANGED, route=ANY_ROUTE)
def test_a_complete_cas_with_any_other_right_values_is_complete_or_names_what_is_missing(values, route, level1):
    assert save_or_refuse({**WHOLE[route], **values}, route, level1) <= ACROSS


@in_a_test
@given(values=st.dictionaries(st.sampled_from([field.name for field in OF_THE_FORM]), ANYTHING), route=ANY_ROUTE)
def test_anything_at_all_is_saved_or_has_an_error_for_each_wrong_field(values, route, level1):
    assert save_or_refuse({**values, "family_name": "Ng"}, route, level1) <= set(values)
