"""Whatever happens to a payment, a plain model foretells what comes of it (specification, section 6).

`script/experiment payment-sequences` tries every one of up to four events, and longer ones.
"""

import pytest

from cas.models import CAS, Order
from cas.payments import checkout
from tests.payment_sequences import ALL, Comparison

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_every_sequence_of_up_to_two_events_ends_as_foretold():
    comparison = Comparison()
    comparison.walk(ALL, ALL)
    assert comparison.faults == []


def test_some_sequences_of_four_events_end_as_foretold_and_the_books_balance():
    comparison = Comparison()
    comparison.walk(ALL, 2, 2, 2)
    comparison.walk(ALL, 1, 1, 1, with_books=True)
    assert comparison.faults == []


# Twins: without a guard, some sequence ends in another way


def faults(*events, length):
    comparison = Comparison(events=events)
    comparison.walk(*[ALL] * length)
    return sorted(comparison.faults)


def test_without_the_question_whether_it_is_settled_a_second_word_fails(monkeypatch):
    monkeypatch.setattr(Order, "is_settled", False)
    (fault,) = faults("provider reports paid", length=2)
    assert fault.startswith("provider reports paid, provider reports paid: Refused")


def test_without_comparing_versions_another_cas_is_assigned_than_was_paid_for(monkeypatch):
    def assign_what_is_there_now(self, *, by):
        CAS.objects.filter(order_lines__order=self).assign(by=by, assigned_by=self.opened_by)

    monkeypatch.setattr(Order, "_assign", assign_what_is_there_now)
    found = faults("provider reports declined", "user edits the CAS", "provider reports paid", length=3)
    sequence = "provider reports declined, user edits the CAS, provider reports paid"
    assert found[0].startswith(f"{sequence}: AssertionError ('PAID', 'ASSIGNED', ")


def test_without_comparing_amounts_too_little_is_enough(monkeypatch):
    monkeypatch.setattr(checkout, "_other_amount", lambda word, order: "")
    (fault,) = faults("provider reports another amount", length=1)
    assert fault == "provider reports another amount: AssertionError a callback was believed"


def test_without_comparing_signatures_anybody_can_tell(monkeypatch):
    monkeypatch.setattr("cas.payments.providers.sandbox.constant_time_compare", lambda sent, right: True)
    (fault,) = faults("forger reports paid", length=1)
    assert fault == "forger reports paid: AssertionError a callback was believed"
