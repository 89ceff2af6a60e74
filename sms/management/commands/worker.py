from __future__ import annotations

import signal
import threading
import time
from typing import Any

from django.core.management import BaseCommand
from django.db import close_old_connections

from sms import ready, regular_jobs

SECONDS_BETWEEN = 60
SECONDS_TO_REST = 2  # when nobody waits for anything


class Command(BaseCommand):
    help = "The background worker: run the jobs each minute, and print what people wait for, until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        ready.require()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        next_at = time.monotonic()
        while not stop.is_set():
            close_old_connections()
            if time.monotonic() >= next_at:
                regular_jobs.run_all()
                next_at = time.monotonic() + SECONDS_BETWEEN
            if not regular_jobs.work():
                stop.wait(SECONDS_TO_REST)
