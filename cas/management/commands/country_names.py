"""`manage.py country_names` writes the other names of countries, by code, for static/combobox.js."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from cas.details.country_names import other_keys


class Command(BaseCommand):
    help = "Write the keys of the other names of countries and nationalities, by code, as JSON."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        keys = {code: " ".join(keys) for code, keys in other_keys().items()}
        self.stdout.write(json.dumps(keys, ensure_ascii=False, separators=(",", ":")))
