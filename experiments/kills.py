"""If the web or the worker process is killed during a payment, no paid CAS is lost, assigned twice or stuck.

A process is killed at any point between `OK` and the confirmation. Afterwards it is started again and the jobs run.
Three kills in five come just before or just after an SQL statement, which is drawn at random from all statements of the
journey. The others come from outside, at a random time. The processes and SIGKILL are real. After the kill the user
either selects Assign again or closes the browser and does not come back.
"""

import random
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db.models import Count, Q
from django.test import override_settings

from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Order, SandboxPayment
from cas.models.sandbox import SandboxState
from cas.reconciliation import discrepancies
from experiments import Outcome
from experiments.browser import UNREACHABLE, Browser
from experiments.processes import Portal, a_worker
from licences.models import Event
from licences.roles import Role
from sms import regular_jobs
from sms.core import clock
from tests.factories import PASSWORD, a_cas, a_licence, a_user, an_allocation

ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # as the portal does; the tests use a faster one
WAYS = (
    "web at a statement",
    "web at any time",
    "worker at a statement",
    "web at a statement",
    "worker at any time",
)
CHOICES = ("pay", "pay", "pay-silently")
ON_THE_WAY = ("Check again", "Continue the payment")
LATER = (31, 25 * 60)  # minutes: after the first, orders are silent; after the second, they have lapsed


def run(seed, kills=50):
    with Portal() as portal:
        experiment = Experiment(random.Random(seed), portal)
        experiment.measure()
        while experiment.killed.total() < kills and not experiment.faults:
            experiment.kill_one()
    return experiment.outcome()


class Experiment:
    places = 1000

    def __init__(self, rng, portal):
        self.rng, self.portal = rng, portal
        caseworker = a_user("caseworker", Role.CASEWORKER)
        licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
        an_allocation(licence, number=self.places, by=caseworker)
        with override_settings(PASSWORD_HASHERS=ARGON2):
            self.level2 = a_user("level2", Role.LEVEL_2, licence)
        self.browser = Browser(portal.origin)
        self.browser.open("/sign-in/")
        self.browser.press("Sign in", login="level2", password=PASSWORD)
        self.killed, self.faults = Counter(), []

    def outcome(self):
        kinds = ", ".join(f"{number} {way}" for way, number in self.killed.items())
        assigned = CAS.objects.filter(status=CASStatus.ASSIGNED).count()
        figure = f"{self.killed.total()} kills ({kinds}), {assigned} of {CAS.objects.count()} CAS paid for and assigned"
        return Outcome(f"{figure}, {len(self.faults)} lost, doubled or stuck", self.faults)

    def measure(self):
        """Count the statements, and measure the seconds, in which a process can be killed."""
        begun = time.perf_counter()
        self.journey(self.portal.arm)
        self.seconds = time.perf_counter() - begun
        self.statements = self.portal.arm()
        self.pay_silently()
        self.statements_of_worker, self.seconds_of_worker = self.work()
        self.judge("no process was killed")

    def kill_one(self):
        """Kill a process in the next way. If the kill came too late, the same way is tried again."""
        way = WAYS[self.killed.total() % len(WAYS)]
        where = getattr(self, way.replace(" ", "_"))()
        if where:
            self.killed[way] += 1
        self.judge(f"{way}: {where}")

    def web_at_a_statement(self):
        number, when = self.drawn(len(self.statements))
        is_dead = self.journey(lambda: self.portal.arm(number=number, when=when))
        self.portal.arm()
        return f"{when} {number}, {self.statements[number - 1]}" if is_dead else ""

    def web_at_any_time(self):
        moment, dead = self.rng.uniform(0, self.seconds), threading.Event()

        def die():
            dead.set()
            self.portal.kill()
            self.portal.start()

        timer = threading.Timer(moment, die)
        self.journey(timer.start)
        was_dead = dead.is_set()
        timer.cancel()
        timer.join()
        return f"after {moment:.3f} seconds" if was_dead else ""

    def worker_at_a_statement(self):
        return self.worker_at(*self.drawn(self.statements_of_worker))

    def worker_at(self, number, when):
        self.pay_silently()
        count, _ = self.work("--number", str(number), "--when", when)
        return "" if count else f"{when} {number}"

    def drawn(self, statements):
        return self.rng.randint(1, statements), self.rng.choice(("before", "after"))

    def worker_at_any_time(self):
        self.pay_silently()
        moment = self.rng.uniform(0, self.seconds_of_worker)
        count, _ = self.work(seconds=moment)
        return "" if count else f"after {moment:.3f} seconds"

    def work(self, *options, seconds=None):
        """Run the jobs half an hour later. Return their numbers of statements (0 if they were killed) and seconds."""
        with a_worker("--minutes", str(LATER[0]), *options) as process:
            process.stdout.readline()
            begun = time.perf_counter()
            if seconds is not None:
                time.sleep(seconds)
                process.kill()
            return int(process.stdout.readline() or 0), time.perf_counter() - begun

    def journey(self, before_ok):
        """Assign a CAS as a user does, calling `before_ok` before `OK`. Return whether the portal died meanwhile."""
        choice = self.rng.choice(CHOICES)
        again = self.at_online_payment()
        before_ok()
        return self.finish(choice, again)

    def finish(self, choice, again):
        """Go on from the current page to the end; after a death mostly from the address `again`."""
        has_died = False
        for _ in range(30):
            try:
                if not self.step(choice):
                    break
            except UNREACHABLE:
                has_died = True
                self.portal.wait()
                if self.rng.random() < 0.3:
                    break
                self.browser.open(again)
        return has_died

    def at_online_payment(self):
        """Create a CAS and open its page with `OK`. Return the address from which it is assigned."""
        cas = a_cas(self.level2, passport_number=f"P{CAS.objects.count()}")
        self.browser.open(f"/students/cas/{cas.pk}/online-payment/")
        return f"/students/cas/{cas.pk}/assign/"

    def step(self, choice):
        """Press a button or follow the link of the current page. Return whether there was one."""
        if not any(map(self.browser.press, (choice, "OK", "Assign", self.rng.choice(ON_THE_WAY)))):
            back = [link["href"] for link in self.browser.page.all("a") if link.text == "Return to the portal"]
            if not back:
                return False
            self.browser.open(back[0])
        return True

    def pay_silently(self):
        """Pay, so that neither the browser nor the payment service reports it to the portal."""
        self.at_online_payment()
        self.browser.press("OK")
        self.browser.press("pay-silently")

    def judge(self, where):
        """Run the jobs, then add a fault for everything that is still wrong."""
        for minutes in LATER:
            with clock.set_to(clock.now() + timedelta(minutes=minutes)):
                self.faults += [f"{where}: {name} failed" for name, count in self.jobs().items() if count is None]
        self.faults += [f"{where}: {sentence}" for sentence in self.wrongs()]

    def wrongs(self):
        return wrongs()

    def jobs(self):
        return regular_jobs.run_all()


def wrongs():
    """Yield what is lost, doubled or stuck. No user has changed anything else, so every paid CAS must be assigned."""
    yield from discrepancies()
    paid = SandboxPayment.objects.filter(state=SandboxState.PAID).values("reference")
    for order in Order.objects.filter(Q(reference__in=paid) & ~Q(status=OrderStatus.PAID)):
        yield f"Lost: {order} was paid and is {order.status}."
    for order in Order.objects.filter(Q(status=OrderStatus.PAID) & ~Q(reference__in=paid)):
        yield f"Given away: {order} is PAID and was not paid."
    for order in Order.objects.filter(status=OrderStatus.OPEN):
        yield f"Stuck: {order} is OPEN after 25 hours."
    is_paid = Q(order_lines__order__reference__in=paid)
    for cas in CAS.objects.annotate(paid=Count("order_lines", filter=is_paid)).filter(paid__gt=1):
        yield f"Doubled: CAS {cas.pk} was paid for {cas.paid} times."
    assigned = set(CAS.objects.filter(status=CASStatus.ASSIGNED).values_list("pk", flat=True))
    recorded = Counter(Event.objects.filter(kind="cas", verb="assign").values_list("subject_id", flat=True))
    for pk in assigned | set(recorded):
        if recorded[pk] != (pk in assigned):
            is_assigned = "is assigned" if pk in assigned else "is not assigned"
            yield f"CAS {pk} {is_assigned}, and the history says {recorded[pk]} times that it was."
