from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class CASConfig(AppConfig):
    name = "cas"
    verbose_name = "CAS"

    def ready(self) -> None:
        from cas import receivers, reference, startup  # not earlier: they need the models

        post_migrate.connect(reference.refill, sender=self)
        register(startup.check_payment_provider)
        receivers.connect()
