"""The main pages are light: bytes sent, requests, layout shift and the time of the main thread have limits.

The static files are sent here without compression, so these bytes are more than those of a real visit.
"""

import pytest

from tests.factories import a_batch, a_cas, assigned, many

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOST_BYTES, MOST_REQUESTS, MOST_SHIFT, MOST_SECONDS = 240_000, 8, 0.0, 1.5

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifts += value))).observe({
  type: "layout-shift",
  buffered: true,
});
"""


class Meter:
    """The cost of a visit of a page, as the browser's own tools count it."""

    def __init__(self, page):
        self.page, self.bytes, self.requests = page, 0, 0
        page.add_init_script(SHIFTS)
        self.tools = page.context.new_cdp_session(page)
        for domain in ("Network", "Performance"):
            self.tools.send(f"{domain}.enable")
        self.tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.tools.on("Network.loadingFinished", self._count)

    def _count(self, event):
        self.bytes += event["encodedDataLength"]
        self.requests += 1

    def seconds(self):
        """Return how long the main thread has been busy since the page was opened."""
        metrics = self.tools.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def visits(self, address):
        """Return the bytes, the requests, the layout shift and the seconds of the main thread of a visit."""
        self.bytes = self.requests = 0
        self.page.goto(address, wait_until="networkidle")
        return self.bytes, self.requests, self.page.evaluate("window.shifts"), self.seconds()


@pytest.fixture
def addresses(level1, allocation):
    many(level1, 60)
    live, batch = assigned(a_cas(level1)), a_batch(level1, *(a_cas(level1, passport_number=f"B{i}") for i in range(20)))
    return {
        "Students": "/students/",
        "All CAS": "/students/cas/",
        "Search for CAS": "/students/search/",
        "Form of a CAS": "/students/create-cas/STUDENT/new/",
        "CAS": f"/students/cas/{live.pk}/",
        "Assign CAS": f"/students/cas/{a_cas(level1, passport_number='A').pk}/assign/",
        "Batch details": f"/students/batches/{batch.pk}/",
        "Sponsorship duties": "/students/sponsorship-duties/",
        "Licence summary": "/licence/",
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_the_main_pages_are_light_still_and_quick(width, visit, level1, addresses):
    visitor = visit(level1, width=width)
    meter = Meter(visitor.page)
    meter.visits("/students/")  # the first page also starts the server's templates
    heavy = {}
    for name, address in addresses.items():
        found = meter.visits(address)
        print(f"{name}, {width}: {found[0]:,} bytes, {found[1]} requests, shift {found[2]:.3f}, {found[3]:.2f} s")
        limits = (MOST_BYTES, MOST_REQUESTS, MOST_SHIFT, MOST_SECONDS)
        if any(cost > limit for cost, limit in zip(found, limits, strict=True)):
            heavy[name] = found
    assert heavy == {}
