"""Rows of a licence that follow each other: each is in force from its first day until the next of its kind begins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import OuterRef, Subquery

from licences import refusals
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.govuk import formats

if TYPE_CHECKING:
    from licences.models.licence import Licence

RowT = TypeVar("RowT", bound="Succession")


class SuccessionQuerySet(LicenceScopedQuerySet[RowT]):
    owner_path = ""  # Level 2 users see nothing of the licence

    def with_next(self) -> Self:
        """Add to each row the day from which the next of the same kind replaces it, as `next_on`."""
        later = self.model._base_manager.filter(
            licence=OuterRef("licence"), kind=OuterRef("kind"), from_on__gt=OuterRef("from_on")
        )
        return self.annotate(next_on=Subquery(later.order_by("from_on").values("from_on")[:1]))

    def latest_of(self, licence: Licence, kind: str) -> RowT | None:
        return self.filter(licence=licence, kind=kind).order_by("-from_on").first()

    def begin(self, licence: Licence, kind: str, from_on: date | None, **values: Any) -> RowT:
        """Let a row with these values replace the latest of its kind from a day, or today. It begins now at the latest.

        A row that begins on the same day as the latest corrects it. The caller holds the lock of the licence. Raises
        `Refused` for a day before the latest, or in the future.
        """
        latest = self.latest_of(licence, kind)
        earliest = latest.from_on if latest else licence.starts_on
        most = max(clock.today(), earliest)
        from_on = from_on or most
        if from_on > most:
            raise refusals.FIRST_DAY_IN_THE_FUTURE.about("from_on")
        if latest and from_on < earliest:
            raise refusals.FIRST_DAY_BEFORE_THE_LAST_ONE.about("from_on", day=formats.day(earliest))
        row, _ = self.update_or_create(licence=licence, kind=kind, from_on=from_on, defaults=values)
        return row


class Succession(models.Model):
    """The common part of such rows. They have a `licence`, and a `kind`."""

    from_on = models.DateField("from")

    next_on: date | None  # of rows that were read `with_next`

    class Meta:
        abstract = True

    @property
    def last_on(self) -> date | None:
        """Return the last day of this row, if another follows; only of rows that were read `with_next`."""
        return self.next_on and self.next_on - timedelta(days=1)


def guards(what: str) -> tuple[triggers.Guard, ...]:
    return (
        triggers.frozen("origin", ["id", "licence_id", "kind", "from_on"], f"The origin of {what} never changes"),
        triggers.never_deleted(what.capitalize()),
    )
