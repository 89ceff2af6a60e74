"""Sequences of events of one payment: a simple model predicts the result (specification, section 6).

`script/experiment payment-sequences` tries every sequence of up to four events, and some longer ones.
"""

import pytest

from cas.models import CAS, Order
from cas.payments import checkout
from tests.payment_sequences import ALL, Comparison

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_every_sequence_of_up_to_two_events_ends_as_the_model_predicts():
    comparison = Comparison()
    comparison.walk(ALL, ALL)
    assert comparison.faults == []


def test_some_sequences_of_four_events_end_as_predicted_and_the_books_balance():
    comparison = Comparison()
    comparison.walk(ALL, 2, 2, 2)
    comparison.walk(ALL, 1, 1, 1, with_books=True)
    assert comparison.faults == []


# Twins: without a guard, a sequence ends in another way


def faults(*events, length):
    comparison = Comparison(events=events)
    comparison.walk(*[ALL] * length)
    return sorted(comparison.faults)


def test_without_the_check_for_a_settled_order_a_second_report_fails(monkeypatch):
    monkeypatch.setattr(Order, "is_settled", False)
    (fault,) = faults("reported paid", length=2)
    assert fault.startswith("reported paid, reported paid: Refused")


def test_without_comparing_versions_a_cas_that_was_changed_is_assigned(monkeypatch):
    def assign_any_version(self, *, by):
        CAS.objects.filter(order_lines__order=self).assign(by=by, assigned_by=self.opened_by)

    monkeypatch.setattr(Order, "_assign", assign_any_version)
    found = faults("reported declined", "the CAS is edited", "reported paid", length=3)
    assert found[0].startswith(
        "reported declined, the CAS is edited, reported paid: AssertionError ('PAID', 'ASSIGNED', "
    )


def test_without_comparing_amounts_a_smaller_payment_is_accepted(monkeypatch):
    monkeypatch.setattr(checkout, "_other_amount", lambda report, order: "")
    (fault,) = faults("reported another amount", length=1)
    assert fault == "reported another amount: AssertionError a callback was believed"


def test_without_comparing_signatures_a_forged_callback_is_accepted(monkeypatch):
    monkeypatch.setattr("cas.payments.providers.sandbox.constant_time_compare", lambda sent, right: True)
    (fault,) = faults("reported by a forger", length=1)
    assert fault == "reported by a forger: AssertionError a callback was believed"
