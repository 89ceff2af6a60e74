"""Only the primitives of the lifecycles change the status of a CAS, a licence or an order.

`tests.status_watch` watches the statements of all tests, in every connection. These tests show that it looks, and that
each function that it allows is in use.
"""

import pytest
from django.db import connection

from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Order
from cas.models.assigned_together import withdraw_each
from cas.models.setting import set_field
from licences.lifecycle import LicenceStatus
from licences.models import Licence
from tests import status_watch
from tests.factories import (
    COMPLETE,
    a_batch,
    a_cas,
    a_licence,
    an_allocation,
    assigned,
    brought_to,
    in_status,
    order_in_status,
)

pytestmark = pytest.mark.django_db


def test_every_status_is_reached_by_the_primitives_and_each_of_them_is_in_use(
    level1, level2, licence, caseworker, monkeypatch
):
    an_allocation(licence, number=50, by=caseworker)
    monkeypatch.setattr(status_watch, "SEEN", set())
    for status in CASStatus:
        in_status(status, by=level2, caseworker=caseworker, passport_number=f"P{status}")
    draft = a_cas(level2, gender="")
    draft.amend({**COMPLETE, "passport_number": "X1"}, by=level2, version=draft.version)
    several = [assigned(a_cas(level2, passport_number=f"S{n}")) for n in range(2)]
    withdraw_each(CAS.objects, {cas.pk: "Enrolled elsewhere" for cas in several}, by=level1)
    set_one_field(level2)
    for number, status in enumerate(OrderStatus):
        order_in_status(status, a_cas(level2, passport_number=f"O{number}"), caseworker=caseworker)
    for number, status in enumerate(LicenceStatus):
        brought_to(status, a_licence(f"4NUV7KC0{number}", f"College {number}", by=caseworker), caseworker=caseworker)
    allowed = {(table, function) for table, functions in status_watch.WRITERS.items() for function in functions}
    assert allowed == status_watch.SEEN


@pytest.mark.parametrize(
    "code",
    [
        "CAS.objects.filter(pk=cas.pk).update(status='EXPIRED')",
        "cas.status = 'EXPIRED'; cas.save()",
        "Licence.objects.filter(pk=cas.licence_id).update(status='SUSPENDED')",
        "cas.licence.status = 'SUSPENDED'; cas.licence.save()",
        "Order.objects.update(status='LAPSED')",
        "connection.cursor().execute('UPDATE cas_cas SET version = version + 1, status = %s', ['EXPIRED'])",
    ],
)
def test_any_other_code_of_the_project_that_writes_a_status_is_named(code, level2, allocation):
    cas = assigned(a_cas(level2))
    somewhere = compile(f"def shortcut():\n    {code}", str(status_watch.ROOT / "cas/shortcut.py"), "exec")
    names = {"cas": cas, "CAS": CAS, "Licence": Licence, "Order": Order, "connection": connection}
    exec(somewhere, names)
    with pytest.raises(AssertionError, match=r"cas.shortcut.shortcut changes the status of \w+ by itself"):
        names["shortcut"]()


def test_statements_that_write_other_columns_are_not_about_a_status(level2, allocation):
    cas = assigned(a_cas(level2))
    code = "CAS.objects.filter(status='ASSIGNED').update(version=9)"
    exec(compile(code, str(status_watch.ROOT / "cas/shortcut.py"), "exec"), {"CAS": CAS})
    cas.refresh_from_db()
    assert (cas.status, cas.version) == ("ASSIGNED", 9)


def set_one_field(user):
    """Complete the CAS of a batch by setting one field of it, so that its status changes."""
    cas = a_cas(user, academic_level="", passport_number="B1")
    batch = a_batch(user, cas)
    cas.refresh_from_db()
    set_field(
        batch, "academic_level", COMPLETE["academic_level"], {cas.pk: cas.version}, by=user, seen=batch.last_event()
    )
