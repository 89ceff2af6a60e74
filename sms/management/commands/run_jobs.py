from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from licences.clock_guard import clock_problem
from licences.jobs import engine
from sms import ready, regular_jobs


class Command(BaseCommand):
    help = "Run once what the worker runs: the regular jobs, and then every job in the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        ready.require()
        done = regular_jobs.run_all()
        engine.run_waiting()
        for name, count in done.items():
            self.stdout.write(f"{name}: {'failed' if count is None else count}")
        if None in done.values():
            raise CommandError("A job failed. The log says why.")
        if problem := clock_problem():
            raise CommandError(problem)
