"""The records of an upload, as a check found them, and what an import did with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from bulk_data_transfer.models.stored_file import StoredFile
from bulk_data_transfer.models.upload import Upload
from licences.models import Job, User
from licences.models.job import OPEN
from sms.core import clock, moments
from sms.core.constraints import known
from sms.core.each_row import update_each

KEPT_FOR = timedelta(days=30)


class Outcome(models.TextChoices):
    """The outcome of a check, for a record."""

    GOOD = "GOOD", "Good"
    INCOMPLETE = "INCOMPLETE", "Incomplete"
    REJECTED = "REJECTED", "Rejected"


class Result(models.TextChoices):
    """The result of an import, for a record."""

    DONE = "DONE", "Imported"
    DUPLICATE = "DUPLICATE", "Skipped: exists already"
    LEFT_OUT = "LEFT_OUT", "Left out"
    NO_LONGER = "NO_LONGER", "No longer possible"


class UploadRowQuerySet(models.QuerySet["UploadRow"]):
    def for_user(self, user: User) -> Self:
        """Return the records of the uploads that a user may see."""
        return self.filter(upload__in=Upload.objects.for_user(user))

    def to_import(self, upload: Upload, outcomes: Iterable[str]) -> Self:
        """Return the records of these outcomes, without duplicates that are to be skipped, in the order of the file."""
        rows = self.filter(upload=upload, outcome__in=list(outcomes))
        others = Q(number__any_of=upload.exceptions)
        wanted = Q(is_duplicate=False) | (~others if upload.has_duplicates else others)
        return rows.filter(wanted).order_by("number")


class UploadRow(models.Model):
    """A record of an upload. `number` counts from 1, and `place` says where it stands in the file.

    `details` are the checked values that are filled, by name. `faults` and `warnings` are remarks, as dictionaries.
    `duplicate_of` is the id of a CAS that exists already, `twin_of` the number of an earlier record that is the same.
    `cas_pk` is the CAS that was created or changed. They are ids without a foreign key: a CAS can be deleted.
    """

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=40)
    applicant_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    details = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    is_duplicate = models.BooleanField(default=False)
    duplicate_of = models.BigIntegerField(null=True)
    twin_of = models.PositiveIntegerField(null=True)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    cas_pk = models.BigIntegerField(null=True)

    objects = UploadRowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="upload_has_a_row_once"),
            known("outcome", Outcome.values, table="upload_row"),
        ]
        indexes: ClassVar = [models.Index(fields=["upload", "outcome", "number"], name="upload_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.upload}, record {self.number}"

    @property
    def exists_already(self) -> bool:
        return self.duplicate_of is not None

    @property
    def is_twice(self) -> bool:
        """Return whether the record is only in the file again, and no CAS is the same."""
        return self.is_duplicate and not self.exists_already


def mark_done(upload: Upload, done: Mapping[int, int]) -> None:
    """Record that an import has done these records: the id of the CAS of each, by number. This is one statement."""
    each = {number: {"cas_pk": pk} for number, pk in done.items()}
    update_each(UploadRow, each, key="number", where={"upload": upload.pk}, same={"result": Result.DONE})


@transaction.atomic
def purge_uploads() -> int:
    """Delete the files that were sent more than 30 days ago, and the values of their records. Return how many.

    The rest stays for ever: who sent what, and what became of each record.
    """
    moments.bring_back(Upload.objects.all(), "sent_at")
    kept = Upload.objects.filter(stored__isnull=False, sent_at__lt=clock.now() - KEPT_FOR).exclude(job__state__in=OPEN)
    old = list(kept.select_for_update(of=("self",)).values_list("pk", "stored", "job"))  # a click waits, and is refused
    uploads = [pk for pk, _, _ in old]
    Upload.objects.filter(pk__in=uploads).update(stored=None, job=None, answers={})
    values = {"applicant_id": "", "name": "", "details": {}, "faults": [], "warnings": []}
    UploadRow.objects.filter(upload__in=uploads).update(**values)
    StoredFile.objects.filter(pk__in=[file for _, file, _ in old]).remove()
    Job.objects.filter(pk__in=[job for _, _, job in old if job]).delete()
    return len(old)
