"""Exports: records chosen by a user, and the file with them (specification, section 11)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q

from bulk_data_transfer import refusals
from bulk_data_transfer.models.stored_file import StoredFile
from licences.models import Event, Job, User
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, moments, triggers

MOST = 250_000  # records of one export
KEPT_FOR = timedelta(days=30)
NOT_ASKED_KEPT_FOR = timedelta(days=1)
# A change may be committed a little after the time that it was given. So an export of changes begins this long before
# the records of the last one were chosen: a record that comes twice does no harm, and none is left out.
OVERLAP = timedelta(minutes=10)
NAME_SIZE = 200


def new_key() -> str:
    """Return a new key for the address of an export. It cannot be guessed and says nothing."""
    return secrets.token_urlsafe(12)


class ExportQuerySet(LicenceScopedQuerySet["Export"]):
    owner_path = "by"

    def asked(self) -> Self:
        """Return the exports whose format and columns were chosen, newest first, without reading their ids."""
        rows = self.filter(asked_at__isnull=False).order_by("-pk").defer("ids")
        return rows.select_related("job", "file", "by")

    def prepare(
        self, dataset: str, ids: Sequence[int], *, name: str, by: User, changed_until: datetime | None = None
    ) -> Export:
        """Keep which records a user wants to export, in this order, until they choose the format.

        `changed_until` is given for an export of changes: the time up to which it has them. Raises `Refused` if there
        are no records, or more than 250,000.
        """
        require(by, Action.CAS_EXPORT)
        if not ids:
            raise refusals.NOTHING_TO_EXPORT()
        if len(ids) > MOST:
            raise refusals.TOO_MANY_TO_EXPORT(most=f"{MOST:,}")
        return self.create(
            dataset=dataset,
            name=name[:NAME_SIZE],
            ids=list(ids),
            count=len(ids),
            licence=by.sponsor,
            by=by,
            made_at=clock.now(),
            changed_until=changed_until,
        )

    def last_of_changes(self, user: User) -> Export | None:
        """Return the user's last finished export of changes; None if there is none."""
        mine = self.filter(by=user, changed_until__isnull=False, finished_at__isnull=False)
        return mine.order_by("-changed_until").defer("ids").first()

    @transaction.atomic
    def purge(self) -> int:
        """Delete what was requested more than 30 days ago: the files, ids and jobs. Return the number of exports.

        The rows stay, so that a sponsor can see for ever who exported what. Choices of records that became no export
        are deleted after a day.
        """
        moments.bring_back(self, "made_at", "asked_at")
        now = clock.now()
        kept = self.filter(Q(file__isnull=False) | Q(job__isnull=False), asked_at__lt=now - KEPT_FOR)
        old = list(kept.values_list("pk", "file", "job"))
        self.filter(pk__in=[pk for pk, _, _ in old]).update(file=None, job=None, ids=[], left_out=[])
        StoredFile.objects.filter(pk__in=[file for _, file, _ in old if file]).remove()
        Job.objects.filter(pk__in=[job for _, _, job in old if job]).delete()
        return len(old) + self.filter(asked_at=None, made_at__lt=now - NOT_ASKED_KEPT_FOR).delete()[0]


class Export(models.Model):
    """A choice of records and, once the user has chosen columns and a format, the file with them.

    `dataset` and `format` are names of `bulk_data_transfer.datasets` and `writing.formats`. `count` is how many records
    were chosen, and `written` how many are in the file: the others were deleted, or are no longer the user's.
    `left_out` has what an upload file cannot hold or spells in another way, as `writing.xml_files` returns it.
    """

    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="exports")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=40)
    name = models.CharField(max_length=NAME_SIZE)
    ids = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    changed_until = models.DateTimeField(null=True)

    format = models.CharField(max_length=20, blank=True)
    columns = models.JSONField(default=list)
    has_codes = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="export")

    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="export")
    written = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    event_kind = "export"
    guards: ClassVar = (
        triggers.Guard(
            "kept", "DELETE", "OLD.asked_at IS NOT NULL", "Exports are never deleted once they were requested"
        ),
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["licence", "-id"], name="export_of_licence")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, format="") | (Q(asked_at__isnull=False) & ~Q(format="")),
                name="export_asked_in_a_format",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=True) | Q(finished_at__isnull=False), name="export_finished_if_it_has_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def event_label(self) -> str:
        return f"Export {self.pk}"

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def upload_file_id(self) -> str:
        """Return the file ID of an upload file."""
        return f"EXPORT-{self.made_at:%Y%m%d}-{self.pk}"

    def narrow(self, ids: Sequence[int]) -> None:
        """Keep only these records, before the format is chosen."""
        Export.objects.filter(pk=self.pk, asked_at=None).update(ids=list(ids), count=len(ids))
        self.ids, self.count = list(ids), len(ids)

    def choose(self, *, file_format: str, columns: Sequence[str], has_codes: bool, by: User) -> None:
        """Set the format and the columns. Raises `Refused` if another click has set them already."""
        require(by, Action.CAS_EXPORT)
        chosen: dict[str, Any] = {
            "format": file_format,
            "columns": list(columns),
            "has_codes": has_codes,
            "asked_at": clock.now(),
        }
        if not Export.objects.filter(pk=self.pk, asked_at=None, by=by).update(**chosen):
            raise refusals.EXPORTED_ALREADY()
        for name, value in chosen.items():
            setattr(self, name, value)

    @transaction.atomic
    def finish(self, file: IO[bytes], *, name: str, is_packed: bool, written: int, left_out: list[Any]) -> None:
        """Keep the file, and record in the history who exported what. Do nothing if it is finished already."""
        finished = Export.objects.filter(pk=self.pk, finished_at=None)
        if not finished.update(finished_at=clock.now(), written=written, left_out=left_out):
            return
        kept = StoredFile.objects.keep(file, name=name, is_packed=is_packed)
        Export.objects.filter(pk=self.pk).update(file=kept)
        self.refresh_from_db()
        what = {"exported": self.name, "written": written, "format": self.format, "columns": self.columns}
        Event.objects.record("export", self, by=self.by, data={key: [None, value] for key, value in what.items()})
