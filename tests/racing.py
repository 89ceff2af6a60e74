"""Doing things at the same moment, each in a thread and with a database connection of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from sms.core.refused import Refused


def at_once(*acts):
    """What each of the acts answered, or the refusal that it met. Any other error is an error of the test."""
    barrier = threading.Barrier(len(acts), timeout=60)

    def run(act):
        try:
            connection.ensure_connection()  # so that all arrive within a millisecond, and do not connect first
            barrier.wait()
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
