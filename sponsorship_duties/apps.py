from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SponsorshipDutiesConfig(AppConfig):
    name = "sponsorship_duties"
    verbose_name = "Sponsorship duties"

    def ready(self) -> None:
        from sponsorship_duties import receivers, reference  # models exist only now

        post_migrate.connect(reference.refill, sender=self)
        receivers.connect()
