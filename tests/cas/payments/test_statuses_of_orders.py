"""Every status of an order, every move, every kind of user (specification, section 6).

The tables come from the specification. They are written out here, and not read from `cas.lifecycle`.
"""

import pytest

from cas.lifecycle import ORDER_LIFECYCLE, OrderStatus
from cas.models import CAS, Order, OrderLine
from licences.models import Allocation, AllocationEntry, Event
from sms.core.refused import NotAllowed
from tests.factories import a_cas, an_order, order_in_status, sent_back
from tests.refusals import outcome_of, refusal_of

pytestmark = pytest.mark.django_db

STATUSES = ["OPEN", "PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"]

# The status after each verb, by the status before it, of an order for a CAS of level2. A provider may report twice,
# late or in any order, so a verb that is not in the table changes nothing. `refund` is from a person, and is refused.
BECOMES = {
    "settle": {
        "OPEN": "PAID",
        "DECLINED": "PAID",
        "CANCELLED": "PAID",
        "LAPSED": "PAID",
    },
    "decline": {"OPEN": "DECLINED"},
    "cancel": {"OPEN": "CANCELLED"},
    "lapse": {"OPEN": "LAPSED"},
    "refund": {"REFUND DUE": "REFUNDED"},
}
BY = {
    "settle": {"system"},
    "decline": {"system"},
    "cancel": {"system", "level1", "level2"},
    "lapse": {"system"},
    "refund": {"caseworker"},
}


@pytest.fixture
def all_users(level1, level2, colleague, outsider, caseworker, system):
    users = [level1, level2, colleague, outsider, caseworker, system]
    return {user.username: user for user in users}


@pytest.mark.parametrize("status", STATUSES)
def test_each_user_makes_only_the_moves_that_their_role_and_the_status_allow(
    status, level2, allocation, all_users, caseworker, subtests
):
    order = order_in_status(status, a_cas(level2), caseworker=caseworker)

    def look():
        return [list(model.objects.values()) for model in (Order, OrderLine, CAS, Allocation, AllocationEntry, Event)]

    before = look()
    for verb, becomes in BECOMES.items():
        for name, user in all_users.items():
            with subtests.test(verb=verb, user=name):
                order.refresh_from_db()
                given = sent_back() if verb == "refund" else {}
                refused, after = outcome_of(getattr(order, verb), look=look, by=user, **given)
                if name not in BY[verb]:
                    assert refused
                    assert after == before
                elif status not in becomes:
                    assert bool(refused) is (verb == "refund")
                    assert after == before
                else:
                    assert not refused
                    assert after[0][0]["status"] == becomes[status]
                    (line,) = [line for line in after[-1] if line["kind"] == "order" and line not in before[-1]]
                    assert line["by_id"] == user.pk
                    assert line["data"]["status"] == [status, becomes[status]]


@pytest.mark.parametrize(
    ("name", "may"), [("level1", True), ("level2", True), ("colleague", False), ("outsider", False)]
)
def test_only_the_owner_and_level_1_users_of_the_sponsor_open_an_order(name, may, level2, allocation, all_users):
    cas = a_cas(level2)
    refused = refusal_of(an_order, cas, by=all_users[name])
    assert refused == ("" if may else "A CAS was not found. It has been deleted, or is no longer yours.")
    assert Order.objects.exists() is may


@pytest.mark.parametrize("name", ["caseworker", "system"])
def test_a_caseworker_and_the_system_cannot_open_an_order(name, level2, allocation, all_users):
    cas = a_cas(level2)
    with pytest.raises(NotAllowed):
        an_order(cas, by=all_users[name])


def test_the_lifecycle_has_the_statuses_and_moves_of_the_specification():
    assert [str(status) for status in OrderStatus] == STATUSES
    assert {move.name for move in ORDER_LIFECYCLE.moves} == {
        "open",
        "pay",
        "owe",
        "decline",
        "cancel",
        "lapse",
        "refund",
    }


def test_an_order_is_seen_by_the_owner_of_its_cas_level_1_users_and_caseworkers(
    level2, colleague, level1, outsider, caseworker, allocation
):
    order = an_order(a_cas(level2), by=level1)
    for user, sees in [(level1, True), (level2, True), (colleague, False), (outsider, False), (caseworker, True)]:
        assert Order.objects.for_user(user).filter(pk=order.pk).exists() is sees
