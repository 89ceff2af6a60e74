"""Paying for a CAS assigns it (specification, sections 3 to 6)."""

import pytest

from cas.books import discrepancies
from cas.models import Order
from sms.core.refused import Refused
from tests.making import a_cas, a_draft, an_allocation, an_order

pytestmark = pytest.mark.django_db


def test_opening_an_order_holds_a_place_and_paying_uses_it(level2, allocation, system):
    cas = a_cas(level2)
    order = an_order(cas, by=level2)
    allocation.refresh_from_db()
    assert (allocation.used, allocation.held, allocation.unused) == (0, 1, 9)

    order.settle(by=system)
    allocation.refresh_from_db()
    cas.refresh_from_db()
    assert (allocation.used, allocation.held, allocation.unused) == (1, 0, 9)
    assert (cas.status, order.status, len(cas.number)) == ("ASSIGNED", "PAID", 14)
    assert list(discrepancies()) == []
