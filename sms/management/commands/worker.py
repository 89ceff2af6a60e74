from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.db import close_old_connections, connections

from licences.jobs import engine
from licences.jobs.runs import WorkerStops
from sms import ready, regular_jobs
from sms.core.unavailable import why

SECONDS_BETWEEN = 60  # between two runs of the regular jobs
SECONDS_TO_REST = 2  # before a process that ended is started again
SECONDS_FOR_PIECE = 20  # to finish a piece when the worker has to stop; after that, the piece is put back
SECONDS_TO_STOP = 30

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the regular jobs each minute, and jobs from the queue, until a signal stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes", type=int, default=1, help="processes that run jobs from the queue (default: 1)"
        )

    def handle(self, *args: Any, processes: int, **options: Any) -> None:
        ready.require()
        connections.close_all()  # so that no process inherits a connection
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        loops: list[Loop] = [_ask_providers, _run_regular_jobs]
        if engine.is_database():
            loops += [_run_queue] * processes
        running = [_start(loop) for loop in loops]
        while not stop.wait(SECONDS_TO_REST):
            for place, process in enumerate(running):
                if not process.is_alive():
                    logger.error("A process of the worker ended with code %s. It is started again", process.exitcode)
                    running[place] = _start(loops[place])
        _stop(running)


Loop = Callable[[threading.Event], None]


def _run_regular_jobs(stop: threading.Event) -> None:
    _each_minute(regular_jobs.run_others, stop)


def _ask_providers(stop: threading.Event) -> None:
    """Call the payment providers, in a separate process, so that a slow provider delays nothing else."""
    _each_minute(regular_jobs.run_calls, stop)


def _each_minute(run: Callable[[], object], stop: threading.Event) -> None:
    next_at = time.monotonic()
    while not stop.wait(max(0, next_at - time.monotonic())):
        close_old_connections()
        run()
        next_at = max(next_at + SECONDS_BETWEEN, time.monotonic())


def _run_queue(stop: threading.Event) -> None:
    worker = engine.worker()

    def stop_soon(*_: object) -> None:
        worker.running = False  # its own handlers could stop it between taking a task and running it
        signal.alarm(SECONDS_FOR_PIECE)

    signal.signal(signal.SIGALRM, _put_back)
    signal.signal(signal.SIGTERM, stop_soon)
    while worker.running and not stop.is_set():
        try:
            worker.run()
        except Exception as error:
            reason = why(error)
            if reason is None:
                raise
            logger.warning("The queue waits: the database or a disk is %s", reason)
            connections.close_all()
            time.sleep(SECONDS_TO_REST)


def _put_back(*_: object) -> None:
    raise WorkerStops


def _start(loop: Loop) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=_run, args=(loop, os.getpid()))
    process.start()
    return process


def _run(loop: Loop, parent: int) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent as well, which stops this process
    threading.Thread(target=_stop_without, args=(parent,), daemon=True).start()
    try:
        loop(stop)
    except Exception:
        logger.exception("A process of the worker failed")
        sys.exit(1)


def _stop_without(parent: int) -> None:
    """Stop this process if its parent has been killed, because a killed parent cannot stop it."""
    while os.getppid() == parent:
        time.sleep(SECONDS_TO_REST)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        process.join(max(0, until - time.monotonic()))
        process.kill()
        process.join()
