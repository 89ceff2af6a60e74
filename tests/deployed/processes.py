"""Processes of a deployment. Each writes into its own file, and is stopped as a service manager stops it."""

import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress

from django.conf import settings

PATIENCE = 60  # seconds to start, or to stop
WITH_US = ["setpriv", "--pdeathsig", "TERM"]  # the command is stopped if the process of the tests is killed


def free_ports(number):
    """Return ports on which nothing listens, each of them once."""
    with ExitStack() as stack:
        found = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in found]


@contextmanager
def running(command, log, *, port=0, env=None):
    """Run the command, and wait until it listens on the port. It must end by itself when it is asked to stop."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*WITH_US, *command], cwd=settings.BASE_DIR, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        until = time.monotonic() + PATIENCE
        while port and not _listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        assert process.poll() is None, log.read_text()  # otherwise another program listens on the port
        yield process
        assert process.poll() is None, log.read_text()
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # also those that outlive the first process of the group
        process.wait()


def _listens(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
