from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management import BaseCommand
from django.db import close_old_connections

from sms import jobs

SECONDS_BETWEEN = 60


class Command(BaseCommand):
    help = "The background worker: run the jobs each minute until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            jobs.run_all()
            stop.wait(SECONDS_BETWEEN)
