from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from cas.reconciliation import discrepancies


class Command(BaseCommand):
    help = "Check that the allocations' counters, the ledger, the orders, the CAS and the history agree."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(discrepancies())
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"Discrepancies found: {len(found)}.")
        self.stdout.write("The books balance.")
