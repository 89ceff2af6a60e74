"""A batch of 1,000 is assigned as a whole or not at all, whenever the web or the worker process is killed: never a part
of it, never without its payment, and nothing that was paid for is lost, assigned twice or stuck.

Both processes die once after each statement of SQL of theirs from the payment to the confirmation, and some times at
any time. The batches are looked at as soon as the process is there again, before anything is mended, and once the jobs
have run. Whoever is paying goes on as people do, or closes the browser for good.
"""

import random

from django.db.models import Count, Exists, OuterRef, Q

from cas.lifecycle import CASStatus, OrderStatus
from cas.models import Batch, Order
from experiments import Outcome, kills
from experiments.processes import Portal
from tests.factories import a_batch, many

SIZE = 1000
BOOKS_AFTER = 10  # kills: the books take longer with each batch


def run(seed, step=1, at_any_time=10):
    """Die after each statement; with a `step`, after some of them."""
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
        return Outcome(f"{figure}, {len(self.faults)} torn, lost, doubled or stuck", self.faults)

    def measure(self):
        super().measure()
        self.settle(self.portal.arm)
        self.statements = self.portal.arm()

    def ways(self, step, at_any_time):
        """How to die, by turns, and what does it: it returns where that was, or "" if death came too late."""
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

    def settle(self, upon_pay):
        """Somebody pays for a batch. Returns whether the portal died on them."""
        again = self.at_online_payment()
        self.browser.press("OK")
        upon_pay()
        return self.goes_on("pay", again)

    def at_online_payment(self):
        """A new batch, at the page with `OK`. Returns the address from which it is assigned."""
        batch = a_batch(self.level2, name=f"Batch {Batch.objects.count()}")
        many(self.level2, SIZE, batch=batch)
        self.browser.open(f"/students/batches/{batch.pk}/online-payment/")
        return f"/students/batches/{batch.pk}/assign/"

    def wrongs(self):
        yield from torn()
        if self.killed.total() % BOOKS_AFTER == 0:
            yield from super().wrongs()


def torn():
    """What is neither all nor nothing: every batch is whole, and either ready, open and unpaid, or none of these."""
    paid = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.PAID)
    assigned = Count("cas", filter=Q(cas__status=CASStatus.ASSIGNED))
    for batch in Batch.objects.annotate(size=Count("cas"), assigned=assigned, is_paid=Exists(paid)):
        state = batch.assigned, batch.assigned_at is not None, batch.is_paid
        if batch.size != SIZE or state not in {(0, False, False), (SIZE, True, True)}:
            yield f"Torn: {batch} has {batch.size} CAS, and (assigned, closed, paid for) is {state}."
