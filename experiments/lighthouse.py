"""The main pages are fast, accessible and well made by Lighthouse: performance of at least 90, the others of 100.

Each page is measured five times as on a desktop, and the median counts. The portal runs in a process of its own, as
gunicorn serves it, without a proxy.
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.test import Client

from cas.models import CAS, Batch
from experiments import Outcome, checkers
from experiments.furnishing import furnish
from experiments.processes import Portal

RUNS = 5
LEAST = {"performance": 90, "accessibility": 100, "best-practices": 100}


def run(seed, runs=RUNS):
    """Measure each page `runs` times. The seed changes nothing."""
    checkers.install()
    level1, *_ = furnish()
    client = Client()
    client.force_login(level1)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    with TemporaryDirectory() as folder, Portal() as portal:
        to = Path(folder) / "report.json"
        measured = {
            name: [checkers.lighthouse(f"{portal.origin}{address}", cookie, to) for _ in range(runs)]
            for name, address in pages(level1).items()
        }
    scores = {name: {kind: score(reports, kind) for kind in LEAST} for name, reports in measured.items()}
    for name, reports in measured.items():
        print(f"| {name} | {' | '.join(map(str, [*scores[name].values(), *figures(reports)]))} |")
    faults = [
        f"{name}: {kind} is {found[kind]}, not {least}"
        for name, found in scores.items()
        for kind, least in LEAST.items()
        if found[kind] < least
    ]
    lowest = ", ".join(f"{kind} {min(found[kind] for found in scores.values())}" for kind in LEAST)
    return Outcome(f"{len(scores)} pages, the median of {runs} runs each, the lowest: {lowest}", faults)


def pages(user):
    """Return the addresses of the main pages, by what a user calls them."""
    cas = CAS.objects.for_user(user)
    return {
        "Students": "students/",
        "All CAS": "students/cas/",
        "Form of a CAS": "students/create-cas/STUDENT/new/",
        "CAS": f"students/cas/{cas.filter(status='ASSIGNED').first().pk}/",
        "Batch details": f"students/batches/{Batch.objects.for_user(user).get(name='Full').pk}/",
    }


def score(reports, kind):
    return round(median(report["categories"][kind]["score"] for report in reports) * 100)


def figures(reports):
    """Return the medians of the bytes sent, the number of requests, the layout shift and the main thread's time."""

    def of(audit):
        return median(report["audits"][audit]["numericValue"] for report in reports)

    requests = median(len(report["audits"]["network-requests"]["details"]["items"]) for report in reports)
    bytes_sent, busy = of("total-byte-weight"), of("mainthread-work-breakdown")
    return f"{bytes_sent / 1000:.0f} kB", requests, f"{of('cumulative-layout-shift'):.3f}", f"{busy:.0f} ms"
