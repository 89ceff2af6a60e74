"""If a process is killed during the payment for a batch of 1,000, the batch is assigned as a whole or not at all.

It is never assigned in part or without its payment, and no paid CAS is lost, assigned twice or stuck. Each process is
killed once after each of its SQL statements from the payment to the confirmation, and a few times at a random time. The
batches are checked as soon as the process has restarted, before the jobs can correct anything, and again after the jobs
have run. After the kill the user either goes on or closes the browser and does not come back.
"""

import random

from django.db.models import Count, Exists, OuterRef, Q

from cas.lifecycle import CASStatus, OrderStatus
from cas.models import Batch, Order
from experiments import Outcome, kills
from experiments.processes import Portal
from tests.factories import a_batch, many

SIZE = 1000
BOOKS_AFTER = 10  # kills between checks of the books, which take longer with each batch


def run(seed, step=1, at_any_time=10):
    """Kill the processes after every `step`th statement, and `at_any_time` times at a random time."""
    with Portal() as portal:
        experiment = OfBatches(random.Random(seed), portal)
        experiment.measure()
        for way, act in experiment.ways(step, at_any_time):
            experiment.kill(way, act)
            if experiment.faults:
                break
        experiment.faults += [f"at the end: {sentence}" for sentence in kills.wrongs()]
    return experiment.outcome()


class OfBatches(kills.Experiment):
    places = 1_000_000

    def outcome(self):
        kinds = ", ".join(f"{number} {way}" for way, number in self.killed.items())
        batches, assigned = Batch.objects.count(), Batch.objects.filter(assigned_at__isnull=False).count()
        figure = f"{self.killed.total()} kills ({kinds}), {assigned} of {batches} batches of {SIZE:,} assigned"
        return Outcome(f"{figure}, {len(self.faults)} assigned in part, lost, doubled or stuck", self.faults)

    def measure(self):
        super().measure()
        self.settle(self.portal.arm)
        self.statements = self.portal.arm()

    def ways(self, step, at_any_time):
        """Yield each way to kill, with a function that does so.

        The function returns where the process died, or "" if the kill came too late.
        """
        for number in range(1, len(self.statements) + 1, step):
            yield "web after a statement", lambda number=number: self.web_after(number)
        for number in range(1, self.statements_of_worker + 1, step):
            yield "worker after a statement", lambda number=number: self.worker_at(number, "after")
        for _ in range(at_any_time):
            yield "web at any time", self.web_at_any_time
            yield "worker at any time", self.worker_at_any_time

    def kill(self, way, act):
        if where := act():
            self.killed[way] += 1
        self.faults += [f"{way}, {where}: {sentence}" for sentence in torn()]
        self.judge(f"{way}, {where}")

    def web_after(self, number):
        is_dead = self.settle(lambda: self.portal.arm(number=number, when="after"))
        self.portal.arm()
        return f"{number}, {self.statements[number - 1]}" if is_dead else ""

    def settle(self, before_payment):
        """Pay for a batch, calling `before_payment` first. Return whether the portal died meanwhile."""
        again = self.at_online_payment()
        self.browser.press("OK")
        before_payment()
        return self.finish("pay", again)

    def at_online_payment(self):
        """Create a batch and open its page with `OK`. Return the address from which it is assigned."""
        batch = a_batch(self.level2, name=f"Batch {Batch.objects.count()}")
        many(self.level2, SIZE, batch=batch)
        self.browser.open(f"/students/batches/{batch.pk}/online-payment/")
        return f"/students/batches/{batch.pk}/assign/"

    def wrongs(self):
        yield from torn()
        if self.killed.total() % BOOKS_AFTER == 0:
            yield from super().wrongs()


def torn():
    """Yield each torn batch. A whole batch is either unassigned, open and unpaid, or assigned, closed and paid."""
    paid = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.PAID)
    assigned = Count("cas", filter=Q(cas__status=CASStatus.ASSIGNED))
    for batch in Batch.objects.annotate(size=Count("cas"), assigned=assigned, is_paid=Exists(paid)):
        state = batch.assigned, batch.assigned_at is not None, batch.is_paid
        if batch.size != SIZE or state not in {(0, False, False), (SIZE, True, True)}:
            yield f"Torn: {batch} has {batch.size} CAS, and (assigned, closed, paid for) is {state}."
