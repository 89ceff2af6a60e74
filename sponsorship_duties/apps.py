from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.urls import reverse

if TYPE_CHECKING:
    from cas.students_page import Line
    from licences.models import User


class SponsorshipDutiesConfig(AppConfig):
    name = "sponsorship_duties"
    verbose_name = "Sponsorship duties"

    def ready(self) -> None:
        from cas import students_page  # models are there only now
        from cas import timeline as cas_timeline
        from licences import timeline as licences_timeline
        from sponsorship_duties import reference, timeline

        post_migrate.connect(reference.refill, sender=self)
        cas_timeline.TITLES.update(timeline.TITLES)
        cas_timeline.LABELS.update(timeline.LABELS)
        licences_timeline.TITLES.update(timeline.OTHER_TITLES)
        licences_timeline.LABELS.update(timeline.OTHER_LABELS)
        students_page.NEEDS_ATTENTION.append(students_to_check)


def students_to_check(user: User) -> list[Line]:
    """How many students there are to check, for `Students`."""
    from cas.students_page import Line  # models are there only when it is called
    from sponsorship_duties.students_to_check import CHECKS, counts

    return [
        Line(f"{tally} {CHECKS[name].short}", reverse("students_to_check", args=[name]))
        for name, tally in counts(user).items()
        if tally.number
    ]
