"""No request to any page causes a program error, or changes more than the form's own fields and what its page writes.

A program error is an answer of 500 or an exception in the log. A change is a column of a row of the database.

The seed makes a `random.Random` of the standard library, not a Hypothesis run. Hypothesis would shrink a failure by
running it some hundred times. Here each request depends on earlier ones, which have changed the portal, and most values
come from lists of known strange values. To look at a fault, run the same seed again.
"""

import random
from collections import Counter, defaultdict
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import DateField, ForeignKey, IntegerField
from django.test import Client

from cas.reconciliation import discrepancies
from experiments import Outcome, fuzzing, visits
from experiments.changes import MARKS, Judge, Watch, changes, everything
from experiments.furnishing import furnish
from licences.roles import Role
from tests import log_watch

MOST_FAULTS = 20  # then the experiment stops


def run(seed, requests=10_000, within=""):
    """Send `requests` strange requests, to all addresses or only to those that contain `within`."""
    rng, visitors = random.Random(seed), furnish()  # outside a transaction, because its jobs close the connection
    with undone():
        experiment = Experiment(rng, within, *visitors)
        experiment.learn()
        while experiment.sent < requests and len(experiment.faults) < MOST_FAULTS:
            with undone():
                experiment.visit(rng.randrange(1, 40))
    sent, errors, columns = experiment.sent, experiment.errors, experiment.columns
    figure = f"{sent:,} requests, {errors} answered 500 or logged, {columns} columns changed beyond the form's own"
    return Outcome(f"{figure} ({experiment.changed:,} requests changed something)", experiment.faults)


@contextmanager
def undone():
    """Roll everything back that happens within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Experiment:
    def __init__(self, rng, within, level1, level2, outsider, caseworker):
        self.rng, self.level1, self.caseworker = rng, level1, caseworker
        self.visitors = [level1, level1, level2, level2, level2, outsider, caseworker, caseworker, caseworker, None]
        self.judge = Judge()
        self.addresses = [each for each in visits.addresses() if within in each]
        self.forms, self.names, self.printing = [], defaultdict(set), set()
        self.extras = list(extras())
        self.sent = self.errors = self.columns = self.changed = 0
        self.faults = []

    def learn(self):
        """Read every page and send every form properly: signed out, as a Level 1 user, and as a caseworker."""
        for user in (None, self.level1, self.caseworker):
            self.learn_as(user, [each for each in self.addresses if is_for(user, each) and (user or "sign-in" in each)])
        self.judge.settle()
        log_watch.LINES.clear()

    def learn_as(self, user, addresses):
        client, before = signed_in(user), everything()
        cookies = client.cookies.output(header="", sep=";")
        read, fruitful = Counter(), set()
        for address in addresses:
            page = visits.page_at(address)
            if read[page] == (14 if page in fruitful else 3):  # the page's other records add nothing new
                continue
            with undone(), watching(before) as watch:
                found = list(visits.forms(client, address))
                self.judge.learn(address, before, watch.look())
            read[page] += 1
            fruitful |= {page} if found or self.judge.seen[page] else set()
            for form in found:
                page = visits.page_at(form.address)
                if form in self.forms or page in self.printing:  # the form that signs out is on every page
                    continue
                self.forms.append(form)
                self.names[page] |= {name.decode() for name, _ in form.held}
                with undone(), watching(before) as watch:
                    answer = client.post(form.address, fuzzing.urlencoded(form.held), fuzzing.URLENCODED)
                    self.judge.learn(form.address, before, watch.look())
                if answer["Content-Type"] == "application/pdf":  # printing is slow, so it is done once
                    self.printing.add(page)
                client.cookies.load(cookies)  # the form may have signed the user out

    def visit(self, number):
        """Send `number` strange requests as one visitor, one after another, then check the books."""
        user = self.rng.choice(self.visitors)
        client = signed_in(user, enforce_csrf_checks=self.rng.random() < 0.1)
        with watching(everything()) as watch:
            for _ in range(number):
                request = self.request(user)
                self.sent += 1
                before = watch.last
                try:
                    answer = send(client, request)
                    after = watch.look()
                except DatabaseError as error:  # the database refuses all statements until the rollback
                    self.report("errors", request, user, f"an error was swallowed: {error}")
                    return
                self.check(request, answer, before, after)
        for sentence in discrepancies():
            self.report("columns", request, user, f"the books, somewhere in this visit: {sentence}")
        connection.check_constraints()

    def request(self, user):
        """Return a request: mostly a form of a page for this user, otherwise an address with some method."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.75:
            theirs = [each for each in self.forms if is_for(user, each.address)]
            form = rng.choice(self.forms if kind < 0.1 or not theirs else theirs)
            address, method, held = form.address, "POST", form.held
        else:
            address, method, held = rng.choice(self.addresses), rng.choice(("GET", "GET", "POST", *fuzzing.METHODS)), []
        own = visits.own_fields(address) | self.names[visits.page_at(address)]
        added = [(name, value) for name, value in self.extras if name.decode() not in own]
        body, kind = fuzzing.body(rng, fuzzing.parameters(rng, held, added)) if method != "GET" else (b"", "")
        return fuzzing.Request(method, fuzzing.address(rng, address), body, kind, fuzzing.headers(rng))

    def check(self, request, answer, before, after):
        """Report an error answer, logged errors and forbidden changes."""
        user = getattr(answer.wsgi_request, "user", None)  # not the visitor: some requests sign in
        user = user if user and user.is_authenticated else None
        lines, log_watch.LINES[:] = list(log_watch.LINES), []
        if answer.status_code >= 500:
            self.report("errors", request, user, f"answered {answer.status_code}")
        for line in lines:
            refused = line["logger"].startswith("django.security")  # Django answers 400 and logs an error
            if not refused and ("exception" in line or line["level"] in {"error", "critical"}):
                self.report("errors", request, user, f"logged: {line['event']} {line.get('exception', '')}")
        self.changed += any(changes(before, after))
        for sentence in self.judge.faults(answer.wsgi_request.path_info, user, before, after):
            self.report("columns", request, user, sentence)

    def report(self, count, request, user, sentence):
        setattr(self, count, getattr(self, count) + 1)
        who = user.username if user else "signed out"
        place = f"{request.method} {request.address[:200]} {request.content_type[:60]} {request.headers}"
        self.faults.append(f"{self.sent:,}, {who}: {place} {request.body[:300]!r}\n    {sentence}")


@contextmanager
def watching(before):
    watch = Watch(before)
    with connection.execute_wrapper(watch):
        yield watch


def is_for(user, address):
    return address.startswith("/admin/") is bool(user and user.role == Role.CASEWORKER)


def signed_in(user, **options):
    client = Client(raise_request_exception=False, **options)
    if user:
        client.force_login(user)
    return client


def send(client, request):
    return client.generic(request.method, request.address, request.body, request.content_type, headers=request.headers)


def extras():
    """Yield a name and a value for each column of each table, which a form must not write by mistake."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            for value in values(field):
                yield from ((name.encode(), str(value).encode()) for name in sorted({field.name, field.attname}))


def values(field):
    if isinstance(field, ForeignKey):
        return field.related_model._base_manager.order_by("pk").values_list("pk", flat=True)[:10]
    if field.choices:
        return [value for value, _ in field.choices][:10]
    return [MARKS["day" if isinstance(field, DateField) else "number" if isinstance(field, IntegerField) else "text"]]
