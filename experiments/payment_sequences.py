"""Whatever happens to a payment, a plain model foretells what comes of the order, its CAS, its place and its history:
in every sequence of up to four events, and in some of eight, after which the books balance.

The events are those of tests/payment_sequences.py: what the provider says or forgers do, its page, the browser, users,
jobs, time and the Home Office.
"""

from experiments import Outcome
from tests.payment_sequences import ALL, EVENTS, Comparison


def run(seed, all_of=4, some=(ALL, 3, 2, 2, 2, 2, 2, 2)):
    comparison = Comparison(seed)
    comparison.walk(*[ALL] * all_of)
    comparison.walk(*some, with_books=True)
    figure = f"{comparison.tried:,} sequences of {len(EVENTS)} events, {len(comparison.faults)} not as foretold"
    return Outcome(figure, comparison.faults)
