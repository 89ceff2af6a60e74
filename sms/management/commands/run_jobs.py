from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from licences.clock_guard import clock_problem
from sms import ready, regular_jobs


class Command(BaseCommand):
    help = "Do once what the system does by itself: expire licences and CAS, settle silent orders."

    def handle(self, *args: Any, **options: Any) -> None:
        ready.require()
        done = regular_jobs.run_all()
        while regular_jobs.work():
            pass
        for name, count in done.items():
            self.stdout.write(f"{name}: {'failed' if count is None else count}")
        if None in done.values():
            raise CommandError("A job failed: the log says why.")
        if problem := clock_problem():
            raise CommandError(problem)
