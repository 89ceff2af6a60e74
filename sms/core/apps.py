from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models import Field

from sms.core import checks, lookups


class CoreConfig(AppConfig):
    name = "sms.core"
    label = "core"

    def ready(self) -> None:
        Field.register_lookup(lookups.AnyOf)
        register(checks.check_triggers, Tags.database)
