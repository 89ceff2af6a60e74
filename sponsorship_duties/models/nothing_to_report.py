"""*Nothing to report*: CAS that a user has taken off a list of *Students to check*."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.db import models, transaction
from django.db.models import CharField, Value
from django.db.models.functions import JSONArray, JSONObject, Now

from cas.duties import REPORT
from cas.models import CAS
from cas.models.queryset import LABEL
from licences.models import Event, User
from licences.permissions import require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet


class NothingToReportQuerySet(AppendOnlyQuerySet["NothingToReport"], LicenceScopedQuerySet["NothingToReport"]):  # type: ignore[override]
    owner_path = "cas__owner"

    @transaction.atomic
    def say(self, cas_list: Collection[int], *, check: str, heading: str, by: User) -> int:
        """Take these CAS off the list `check`, and name its `heading` in the history. Return how many were on it."""
        require(by, REPORT.action)
        rows = CAS.objects.for_user(by).filter(pk__any_of=list(cas_list), number__isnull=False)
        ids = rows.locked()
        said = set(self.filter(cas__in=ids, check_name=check).values_list("cas_id", flat=True))
        new = [pk for pk in ids if pk not in said]
        self.bulk_create(
            NothingToReport(licence_id=by.sponsor.pk, cas_id=pk, check_name=check, by=by, at=clock.now()) for pk in new
        )
        data = JSONObject(
            check=JSONArray(Value(None, output_field=CharField()), Value(heading, output_field=CharField()))
        )
        lines = CAS.objects.filter(pk__any_of=new)
        Event.objects.record_each("nothing_to_report", lines, by=by, label=LABEL, data=data)
        return len(new)


class NothingToReport(AppendOnlyModel):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="+", db_index=False)
    cas = models.ForeignKey("cas.CAS", models.PROTECT, related_name="nothing_to_report", db_index=False)
    check_name = models.CharField(max_length=20)
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = NothingToReportQuerySet.as_manager()

    guards: ClassVar = triggers.append_only("Records of nothing to report")

    class Meta:
        verbose_name_plural = "nothing to report"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cas", "check_name"], name="nothing_to_report_once_for_a_check"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} of CAS {self.cas_id}"
