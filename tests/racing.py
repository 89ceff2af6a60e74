"""Doing things at the same moment, each in a thread and with a database connection of its own."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from sms.core.refused import Refused

MANY = 64
TURN = 0.01  # seconds: about what one who writes keeps all others waiting on SQLite


def at_once(*acts):
    """What each of the acts answered, or the refusal that it met. Any other error is an error of the test.

    Their connections are open before the first begins, so that all arrive within a millisecond.
    """
    barrier = threading.Barrier(len(acts), timeout=60)

    def queue(execute, sql, params, many, context):
        # On SQLite one writes and the others look again, soon every 100 ms and in step: 64 would take 64 such steps.
        if sql == "BEGIN IMMEDIATE":
            time.sleep(random.uniform(0, len(acts) * TURN))
        return execute(sql, params, many, context)

    def run(act):
        try:
            connection.ensure_connection()
            connection.close_at = None  # a request closes an old one first
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
    """The sentences of those who were refused."""
    return [str(answer) for answer in answers if isinstance(answer, Refused)]
