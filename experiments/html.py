"""Every page in every state is valid HTML by two checkers, the Nu HTML Checker (vnu) and html-validate.

Every kind of visitor reads every address, and sends every form on it: as it is filled in by its types, and empty. Each
change is rolled back, so that all see the same portal. Pages that differ only in tokens are checked once.
"""

import re
from collections import Counter
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import Client

from experiments import Outcome, checkers, fuzzing, visits
from experiments.forms import undone
from experiments.furnishing import furnish
from tests.journeys.inspector import html_problems

OF_A_KIND = 2  # pages of one kind, status and visitor that are read; the other records add nothing new
TOKENS = re.compile(r'nonce="[^"]*"|value="[\w:=-]{30,}"|data-left="\d+"|Kept [\d:]+')


def run(seed, most=0):
    """Check all pages, or those of the first `most` addresses. The seed changes nothing."""
    checkers.install()
    visitors = [*furnish(), None]  # outside a transaction, because its jobs close the connection
    with TemporaryDirectory() as folder, undone():
        collected = Collected(Path(folder))
        for user in visitors:
            collected.by(user, most)
        faults = [f"vnu: {collected.pages[name]}: {text}" for name, text in checkers.vnu(folder)]
        by_vnu = len(faults)
        faults += [f"html-validate: {named(line, collected.pages)}" for line in html_problems(folder)]
    figure = f"{len(collected.pages):,} pages of {collected.kinds:,} kinds"
    return Outcome(f"{figure}, {by_vnu} errors by vnu, {len(faults) - by_vnu} by html-validate", faults)


class Collected:
    """The different pages, each in a file of a folder. `pages` says by the file's name where each is from."""

    def __init__(self, folder):
        self.folder, self.pages, self.seen, self.sent, self.read = folder, {}, set(), set(), Counter()

    @property
    def kinds(self):
        return len(self.read)

    def by(self, user, most):
        """Read the pages of a visitor, and send their forms."""
        client = Client()
        if user:
            client.force_login(user)
        for address in list(visits.addresses())[: most or None]:
            kind = visits.page_at(address), user and user.role
            if self.read[kind] < OF_A_KIND:
                self.read[kind] += 1
                self.visit(client, address, f"{user or 'a stranger'} at {address}")

    def visit(self, client, address, who):
        cookies = deepcopy(client.cookies)
        with undone():
            self.keep(client.get(address), who)
            forms = [form for form in visits.forms(client, address) if (client, form.address) not in self.sent]
        for form in forms:
            self.sent.add((client, form.address))
            for what, held in (("filled in", form.held), ("empty", [])):
                with undone():
                    answer = client.post(form.address, fuzzing.urlencoded(held), fuzzing.URLENCODED)
                    self.keep(answer, f"{who}, {what}, sent to {form.address}")
                client.cookies = deepcopy(cookies)  # the form may have signed the user out

    def keep(self, answer, where):
        if not (answer.headers.get("Content-Type", "").startswith("text/html") and answer.content):
            return
        html = answer.content.decode()
        key = TOKENS.sub("", html)
        if key not in self.seen:
            self.seen.add(key)
            name = f"{len(self.seen)}.html"
            self.pages[name] = f"{answer.status_code}, {where}"
            (self.folder / name).write_text(html)


def named(line, pages):
    """Return a line of html-validate with the page's address instead of the file's name."""
    return re.sub(r"\S*/(\d+\.html)", lambda found: pages[found[1]], line)
