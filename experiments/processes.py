"""The portal and its worker as separate processes, on the database of the process that starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from tempfile import TemporaryFile
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

from experiments.browser import UNREACHABLE
from tests import log_watch
from tests.factories import PERSONAL


class Portal:
    """gunicorn with one worker process, which can die. It loads the portal before it forks, so the next starts fast."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}/"
        self.log = TemporaryFile()
        self.start()
        return self

    def __exit__(self, *_):
        """Stop the portal, and check that its log holds no personal data."""
        self.kill()
        with self.log:
            self.log.seek(0)
            lines = [{"line": line} for line in self.log.read().decode(errors="replace").splitlines()]
        assert not log_watch.leaks(PERSONAL, lines) + log_watch.numbers(lines)

    def start(self):
        """Start the portal, and wait until it answers."""
        how = ["--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--preload", "experiments.killable:application"]
        self.process = started("gunicorn", *how, stdout=self.log, stderr=self.log)
        self.wait()

    def wait(self):
        for _ in range(600):
            try:
                with urlopen(f"{self.origin}health", timeout=30):
                    return
            except UNREACHABLE:
                time.sleep(0.05)
        raise RuntimeError("The portal does not start.")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def arm(self, **how):
        """Arm the worker process as `experiments.killable` describes. Return the statements since it was last armed."""
        with urlopen(f"{self.origin}killable?{urlencode(how)}", timeout=30) as answer:
            return json.load(answer)


def a_worker(*options):
    """Start a process that runs the jobs once. It prints a line when it begins, and its number of statements."""
    return started("experiments.killable", *options, stdout=subprocess.PIPE)


def started(*module, **options):
    """Start `python -m` with this module, as the leader of a process group."""
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), start_new_session=True, **options)


def environment():
    """Return the environment variables for a process on the same database as this one."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "sms.settings",
        "DATABASE_URL": _database_url(),
        "DEMO": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "WARNING",
    }


def _database_url():
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()
