from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from sms.demo import load, people


class Command(BaseCommand):
    help = "Make the demo data: sponsors, users and about 50 CAS, in every status. For demo mode only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--if-empty", action="store_true", help="do nothing if the database already has a licence")
        how.add_argument("--fresh", action="store_true", help="delete ALL data first")
        how.add_argument("--sign-ins", action="store_true", help="print the users who can sign in, and their password")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is for demo mode only. Set DEMO=true.")
        if options["sign_ins"]:
            self.stdout.write(people.sign_ins())
            return
        if options["fresh"]:
            load.clear()
        elif not load.is_empty():
            if options["if_empty"]:
                return
            raise CommandError("The database already has data. Use --if-empty to keep it, or --fresh to delete it.")
        load.make()
        self.stdout.write("The demo data is ready.")
