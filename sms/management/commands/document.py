from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from sms import documents


class Command(BaseCommand):
    help = "Write the pages of docs that come from the code. With --check, only say which are out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            documents.write()
        elif names := documents.outdated():
            raise CommandError(f"Out of date: {', '.join(names)}. Run manage.py document.")
