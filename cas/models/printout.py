"""Printouts: many CAS printed in the background by a job, in pieces (specification, section 10)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models, transaction

from cas import refusals
from licences.jobs import verbs
from licences.models import Job, User
from licences.permissions import Action, require
from sms.core import clock, moments
from sms.core.refused import Refused

MOST = 10_000  # CAS of one printout
IN_ONE_PIECE = 100  # CAS of one PDF
MOST_OF_SHORT = 10  # CAS of a short printout, which may overtake longer printouts in the queue
KEPT_FOR = timedelta(days=7)
JOB_KIND = "print"


def too_many() -> Refused:
    """Return the refusal to print more than `MOST` CAS at once."""
    return refusals.TOO_MANY_TO_PRINT(most=f"{MOST:,}")


def new_key() -> str:
    """Return a new key for the address of a printout. It cannot be guessed and says nothing."""
    return secrets.token_urlsafe(12)


class PrintoutQuerySet(models.QuerySet["Printout"]):
    def for_user(self, user: User) -> Self:
        """Return the printouts that the user asked for. Users of every level see only their own."""
        return self.filter(asked_by=user)

    def asked_since(self, moment: datetime) -> Self:
        """Return the printouts requested after `moment`, newest first, without reading their ids of CAS."""
        return self.filter(asked_at__gt=moment).select_related("job").order_by("-pk").defer("cas_ids")

    @transaction.atomic
    def ask(self, cas_ids: Sequence[int], *, name: str, by: User) -> Printout:
        """Start a job that prints these CAS, in this order.

        Raises `Refused` if there are no CAS, if there are more than 10,000, or if the user has too many open printouts.
        """
        require(by, Action.CAS_PRINT)
        if not cas_ids:
            raise refusals.NOTHING_TO_PRINT()
        if len(cas_ids) > MOST:
            raise too_many()
        printout = self.model(name=name, cas_ids=list(cas_ids), asked_by=by, asked_at=clock.now())
        is_short = printout.count <= MOST_OF_SHORT
        arguments = {"printout": printout.key}
        printout.job = verbs.ask(JOB_KIND, arguments, total=printout.piece_count, is_short=is_short, by=by)
        printout.save(force_insert=True)
        return printout

    @transaction.atomic
    def purge(self) -> int:
        """Delete the printouts requested more than 7 days ago, with their pieces and jobs. Return how many."""
        moments.bring_back(self, "asked_at")
        old = self.filter(asked_at__lt=clock.now() - KEPT_FOR)
        jobs = list(old.values_list("job_id", flat=True))
        of_old = {"job__in": jobs}
        PrintoutPiece.objects.filter(printout__in=self.filter(**of_old).values("pk")).delete()
        count = self.filter(**of_old).delete()[1].get("cas.Printout", 0)
        Job.objects.filter(pk__in=jobs).delete()
        return count


class Printout(models.Model):
    """A request to print CAS. `cas_ids` are in the order in which they are printed."""

    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=200)
    cas_ids = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    job = models.OneToOneField(Job, models.PROTECT, related_name="printout")

    objects = PrintoutQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """Return how many CAS were requested."""
        return len(self.cas_ids)

    @property
    def piece_count(self) -> int:
        return -(-self.count // IN_ONE_PIECE)

    @property
    def printed_count(self) -> int:
        """Return how many CAS have been printed so far."""
        printed: int = self.pieces.aggregate(models.Sum("count"))["count__sum"] or 0
        return printed

    def ids_of(self, piece: int) -> list[int]:
        ids: list[int] = self.cas_ids[piece * IN_ONE_PIECE : (piece + 1) * IN_ONE_PIECE]
        return ids


class PrintoutPiece(models.Model):
    """A PDF of a printout, with `count` CAS. CAS that were deleted or that the user may no longer see are left out."""

    printout = models.ForeignKey(Printout, models.PROTECT, related_name="pieces")
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    pdf = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["printout", "number"], name="printout_has_a_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.printout} {self.number + 1}"
