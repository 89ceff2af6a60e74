"""A plain model predicts the result of every sequence of up to four payment events, and of some sequences of eight.

The result is the state of the order, its CAS, its place and its history. The books also balance after eight events. The
events are those of tests/payment_sequences.py: messages of the provider and of forgers, the payment page, the browser,
users, jobs, time and the Home Office.
"""

from experiments import Outcome
from tests.payment_sequences import ALL, EVENTS, Comparison


def run(seed, all_of=4, some=(ALL, 3, 2, 2, 2, 2, 2, 2)):
    comparison = Comparison(seed)
    comparison.walk(*[ALL] * all_of)
    comparison.walk(*some, with_books=True)
    figure = f"{comparison.tried:,} sequences of {len(EVENTS)} events, {len(comparison.faults)} not as predicted"
    return Outcome(figure, comparison.faults)
