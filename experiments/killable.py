"""Run the portal in processes that can be killed at a chosen SQL statement, for the experiment `kills`.

gunicorn serves `experiments.killable:application`. That is the portal with one more address, /killable, which arms the
process and answers with the statements since it was last armed. `python -m experiments.killable` runs all jobs once, as
`manage.py run_jobs` does. A process kills itself with SIGKILL, which it cannot catch: no clean-up, no rollback and no
message.
"""

import argparse
import json
import os
import signal
import threading
from datetime import timedelta
from urllib.parse import parse_qsl

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

portal = get_wsgi_application()

BEFORE, AFTER = "before", "after"


class Doom:
    """A counter of the statements of all connections, which kills the process before or after one of them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.arm()

    def arm(self, number=0, when=AFTER, careless=""):
        self.statements, self.number, self.when, self.careless = [], int(number), when, bool(careless)

    def __call__(self, execute, sql, params, many, context):
        with self.lock:
            self.statements.append(sql[:100])
            is_it = len(self.statements) == self.number
        if is_it and self.when == BEFORE:
            die()
        answer = (
            nothing_together(execute, sql, params, many, context)
            if self.careless
            else execute(sql, params, many, context)
        )
        if is_it:
            die()
        return answer


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def nothing_together(execute, sql, params, many, context):
    """Run a statement and commit it at once, as if there were no transactions. An experiment must notice that."""
    if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
        return None
    answer = execute(sql, params, many, context)
    context["connection"].connection.commit()
    return answer


doom = Doom()


def watch(connection, **_):
    if doom not in connection.execute_wrappers:
        connection.execute_wrappers.append(doom)


connection_created.connect(watch)


def application(environ, start_response):
    if environ["PATH_INFO"] != "/killable":
        return portal(environ, start_response)
    said = json.dumps(doom.statements).encode()
    doom.arm(**dict(parse_qsl(environ["QUERY_STRING"])))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
    return [said]


def run_jobs():
    """Run the jobs at a later time. Print a line when they begin, and the number of statements when they end."""
    from django.core.management import call_command

    from sms.core import clock

    parser = argparse.ArgumentParser(prog="python -m experiments.killable")
    parser.add_argument("--minutes", type=int, default=0, help="how much later the clock is")
    parser.add_argument("--number", type=int, default=0, help="the statement at which to die")
    parser.add_argument("--when", choices=(BEFORE, AFTER), default=AFTER)
    asked = parser.parse_args()
    doom.arm(asked.number, asked.when)
    print("begin", flush=True)
    with clock.set_to(clock.now() + timedelta(minutes=asked.minutes)), open(os.devnull, "w") as nowhere:
        call_command("run_jobs", stdout=nowhere)
    print(len(doom.statements), flush=True)


if __name__ == "__main__":
    run_jobs()
