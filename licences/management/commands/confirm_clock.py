from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from licences.clock_guard import confirm_clock
from sms.core import clock
from sms.core.govuk.formats import moment


class Command(BaseCommand):
    help = "Confirm that the portal's clock is right, when /health doubts it. Compare it with another clock first."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The portal's clock says {moment(clock.real_now())}.")
        until = confirm_clock()
        self.stdout.write(f"Confirmed until {moment(until)}. The jobs continue with their next run, within a minute.")
