"""*Nothing to report*: CAS that a user has taken off a list of *Students to check*, and can put back."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import JSONArray, JSONObject, Now

from cas.duties import REPORT
from cas.models import CAS
from cas.models.queryset import LABEL
from licences.models import Event, User
from licences.permissions import require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.constraints import all_or_none


class NothingToReportQuerySet(LicenceScopedQuerySet["NothingToReport"]):
    owner_path = "cas__owner"

    def standing(self) -> Self:
        """Return the records of CAS that have not been put back on the list."""
        return self.filter(undone_at=None)

    @transaction.atomic
    def say(self, cas_list: Collection[int], *, check: str, heading: str, by: User) -> list[int]:
        """Take these CAS off the list `check`, and name its `heading` in the history. Return those that were on it."""
        ids = self._locked(cas_list, by=by)
        said = set(self.standing().filter(cas__in=ids, check_name=check).values_list("cas_id", flat=True))
        new = [pk for pk in ids if pk not in said]
        self.bulk_create(
            NothingToReport(licence_id=by.sponsor.pk, cas_id=pk, check_name=check, by=by, at=clock.now()) for pk in new
        )
        self._record("nothing_to_report", new, heading, by=by)
        return new

    @transaction.atomic
    def undo(self, cas_list: Collection[int], *, check: str, heading: str, by: User) -> list[int]:
        """Put these CAS back on the list `check`. Return those that had been taken off it."""
        ids = self._locked(cas_list, by=by)
        rows = self.standing().filter(cas__in=ids, check_name=check)
        undone = sorted(rows.values_list("cas_id", flat=True))
        rows.update(undone_at=clock.now(), undone_by=by)
        self._record("undo_nothing_to_report", undone, heading, by=by)
        return undone

    def _locked(self, cas_list: Collection[int], *, by: User) -> list[int]:
        """Lock and return those of these CAS that the user may see and that were ever assigned."""
        require(by, REPORT.action)
        ids: list[int] = CAS.objects.for_user(by).filter(pk__any_of=list(cas_list), number__isnull=False).locked()
        return ids

    def _record(self, verb: str, ids: list[int], heading: str, *, by: User) -> None:
        data = JSONObject(
            check=JSONArray(Value(None, output_field=CharField()), Value(heading, output_field=CharField()))
        )
        Event.objects.record_each(verb, CAS.objects.filter(pk__any_of=ids), by=by, label=LABEL, data=data)


class NothingToReport(models.Model):
    """A CAS taken off the list `check_name`. It is no longer off the list when it is undone."""

    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="+", db_index=False)
    cas = models.ForeignKey("cas.CAS", models.PROTECT, related_name="nothing_to_report", db_index=False)
    check_name = models.CharField(max_length=20)
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_by = models.ForeignKey("licences.User", models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = NothingToReportQuerySet.as_manager()

    guards: ClassVar = (
        triggers.never_deleted("Records of nothing to report"),
        triggers.frozen(
            "what_was_said",
            ["id", "licence_id", "cas_id", "check_name", "by_id", "at", "recorded_at"],
            "Records of nothing to report are never changed",
        ),
        triggers.frozen(
            "undoing", ["undone_by_id", "undone_at"], "It is undone only once", when="OLD.undone_at IS NOT NULL"
        ),
    )

    class Meta:
        verbose_name_plural = "nothing to report"
        indexes: ClassVar = [
            models.Index(
                fields=["licence", "check_name", "-id"], condition=Q(undone_at=None), name="nothing_to_report_newest"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cas", "check_name"], condition=Q(undone_at=None), name="nothing_to_report_once_for_a_check"
            ),
            all_or_none("undone_by", "undone_at", name="nothing_to_report_undoing_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} of CAS {self.cas_id}"
