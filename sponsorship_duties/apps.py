from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SponsorshipDutiesConfig(AppConfig):
    name = "sponsorship_duties"
    verbose_name = "Sponsorship duties"

    def ready(self) -> None:
        from cas import timeline as cas_timeline  # models are there only now
        from sponsorship_duties import reference, timeline

        post_migrate.connect(reference.refill, sender=self)
        cas_timeline.TITLES.update(timeline.TITLES)
        cas_timeline.LABELS.update(timeline.LABELS)
