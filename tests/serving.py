"""The portal as gunicorn serves it, including `sms.wsgi`, on the database of the test."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from tempfile import TemporaryFile
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings

from experiments.processes import environment

PATIENCE = 30  # seconds until it answers


class Served:
    def __init__(self, port, log):
        self.port, self.log = port, log

    def ask(self, address, **headers):
        """Return the status, the headers, the body and the seconds of an answer."""
        began = time.monotonic()
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}{address}", headers=headers), timeout=60) as answer:
                found = answer.status, answer.headers, answer.read().decode()
        except HTTPError as error:
            with error:
                found = error.code, error.headers, error.read().decode()
        return *found, time.monotonic() - began

    def lines(self):
        """Return the log lines so far, each as a dictionary."""
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().decode().splitlines() if line.startswith("{")]


@contextmanager
def served(**changed):
    """Serve the portal with these environment variables. If it refuses to start, `Served.lines` has the reason."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment() | changed,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        portal = Served(port, log)
        try:
            until = time.monotonic() + PATIENCE
            while process.poll() is None and not _answers(portal):
                assert time.monotonic() < until, portal.lines()
                time.sleep(0.1)
            yield portal
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(portal):
    try:
        portal.ask("/health")
    except OSError:
        return False
    return True


def manage(*arguments, **changed):
    """Run `manage.py` with these arguments and environment variables, and return the finished process."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment() | changed, capture_output=True, text=True, timeout=120
    )
