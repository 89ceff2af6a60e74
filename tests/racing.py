"""Acts at the same moment, each in its own thread with its own database connection."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from sms.core.refused import Refused

MANY = 64
TURN = 0.01  # seconds: about how long a write keeps the others waiting on SQLite


def at_once(*acts):
    """Run the acts at once. Return the answer of each, or the `Refused` that it raised. Any other error is raised.

    All connections are opened before the first act begins, so that all acts start within a millisecond.
    """
    barrier = threading.Barrier(len(acts), timeout=60)

    def queue(execute, sql, params, many, context):
        # On SQLite one act writes while the others poll, soon every 100 ms at the same times. 64 acts would take 64
        # such steps, so each waits for a random time first.
        if sql == "BEGIN IMMEDIATE":
            time.sleep(random.uniform(0, len(acts) * TURN))
        return execute(sql, params, many, context)

    def run(act):
        try:
            connection.ensure_connection()
            connection.close_at = None  # otherwise a request closes an old connection first
            barrier.wait()
            with connection.execute_wrapper(queue):
                return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(run, act) for act in acts]
        return [each.result() for each in running]


def refusals(answers):
    """Return the sentences of the answers that are refusals."""
    return [str(answer) for answer in answers if isinstance(answer, Refused)]
