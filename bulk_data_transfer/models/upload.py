"""Uploads: files that users send, to be checked and then imported (specification, section 11)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import IO, Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from bulk_data_transfer import refusals
from bulk_data_transfer.models.stored_file import NAME_SIZE, StoredFile, shortened
from bulk_data_transfer.operation import OPERATIONS, Operation
from cas.models import Batch
from licences.jobs import verbs
from licences.models import Event, Job, Licence, User
from licences.models.event import Changes
from licences.permissions import Action, Reach, require
from licences.roles import Role
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet, Person
from sms.core import clock, triggers
from sms.core.constraints import known

FILE_ID_SIZE = 50
OF_CASEWORKERS = [each.name for each in OPERATIONS.values() if each.action.level_1 is Reach.NONE]
CHECK_KIND, IMPORT_KIND = "check-file", "import-file"


class Stage(models.TextChoices):
    """How far an upload has come. A job that is open takes it to the next stage."""

    SENT = "SENT", "Sent"
    CHECKED = "CHECKED", "Checked"
    IMPORTED = "IMPORTED", "Imported"
    REFUSED = "REFUSED", "Refused"


class Which(models.TextChoices):
    """The records of a checked file that a user imports."""

    GOOD = "GOOD", "The good records"
    ALL_OR_NONE = "ALL_OR_NONE", "Nothing, unless all records are good"
    INCOMPLETE_TOO = "INCOMPLETE_TOO", "The good records and the incomplete records"


def new_key() -> str:
    """Return a new key for the address of an upload. It cannot be guessed and says nothing."""
    return secrets.token_urlsafe(12)


class UploadQuerySet(LicenceScopedQuerySet["Upload"]):
    owner_path = "by"

    def for_user(self, user: Person) -> Self:
        """Return the files that `user` may see. Caseworkers see those of all caseworkers, and none of a sponsor."""
        rows = super().for_user(user)
        return rows.filter(licence=None) if user.role == Role.CASEWORKER else rows

    @transaction.atomic
    def send(self, file: IO[bytes], *, name: str, by: User, taken_for: Mapping[str, Any]) -> Upload:
        """Keep a file. `taken_for` has what its beginning says: `format`, `operation`, and perhaps the rest.

        Raises `Refused` if an import has used the file ID already.
        """
        require(by, Action.FILES_SEND)
        upload = self.model(licence=by.licence, by=by, name=shortened(name), sent_at=clock.now(), **taken_for)
        upload.refuse_spent_file_id()
        upload.stored = StoredFile.objects.keep(file, name=upload.name)
        upload.sha256 = upload.stored.sha256
        upload.save(force_insert=True)
        if not upload.file_id:
            upload.file_id = f"SHEET-{upload.sent_at:%Y%m%d}-{upload.pk}"
            upload.save(update_fields=["file_id"])
        upload.record("send", {"name": [None, upload.name], "file_id": [None, upload.file_id]}, by=by)
        return upload

    def same_bytes(self, upload: Upload) -> Self:
        """Return the imported files of the same sponsor that have the same bytes as `upload`, newest first."""
        same = self.filter(licence=upload.licence_id, sha256=upload.sha256, stage=Stage.IMPORTED)
        return same.exclude(pk=upload.pk).order_by("-pk")


class Upload(models.Model):
    """A file, what it was taken for, and what came of it. A file of a caseworker has no licence.

    `format` and `operation` are names of `bulk_data_transfer.reading` and `bulk_data_transfer.operation`. `route` is
    that of all CAS that it creates, "" if the file does not say. `answers` are for what the format cannot say.
    `summary` has what the check found, and `results` what the import did.
    """

    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    licence = models.ForeignKey("licences.Licence", models.PROTECT, null=True, related_name="uploads")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME_SIZE)
    stored = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="upload")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    operation = models.CharField(max_length=20)
    route = models.CharField(max_length=20, choices=Route.choices, blank=True)
    file_id = models.CharField(max_length=FILE_ID_SIZE, blank=True)
    columns = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    sent_at = models.DateTimeField()

    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.SENT, editable=False)
    refusal = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="upload")
    summary = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)

    which = models.CharField(max_length=20, choices=Which.choices, blank=True)
    has_duplicates = models.BooleanField(default=False)
    exceptions = models.JSONField(default=list)
    batch_name = models.CharField(max_length=100, blank=True)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    incomplete_batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    results = models.JSONField(default=dict)
    imported_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    event_kind = "upload"
    guards: ClassVar = (
        triggers.never_deleted("Uploads"),
        triggers.frozen(
            "origin",
            ["id", "licence_id", "by_id", "name", "sha256", "format", "sent_at"],
            "The origin of an upload never changes",
        ),
        triggers.frozen(
            "imported",
            ["operation", "file_id", "route", "stage", "summary", "results", "which", "imported_at", "imported_by_id"],
            "What a file did never changes",
            when="OLD.imported_at IS NOT NULL",
        ),
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["licence", "-id"], name="upload_of_licence")]
        constraints: ClassVar = [
            known("stage", Stage.values, table="upload"),
            models.CheckConstraint(
                condition=Q(licence__isnull=True, operation__in=OF_CASEWORKERS)
                | Q(licence__isnull=False) & ~Q(operation__in=OF_CASEWORKERS),
                name="upload_of_a_caseworker_has_no_licence",
            ),
            models.UniqueConstraint(
                fields=["licence", "file_id"], condition=Q(imported_at__isnull=False), name="upload_file_id_is_spent"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.IMPORTED, imported_at__isnull=False, imported_by__isnull=False)
                | (~Q(stage=Stage.IMPORTED) & Q(imported_at__isnull=True, imported_by__isnull=True)),
                name="upload_imported_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def event_label(self) -> str:
        return f"File {self.pk}"

    @property
    def event_licence_id(self) -> int | None:
        return self.licence_id

    @property
    def does(self) -> Operation:
        """Return the operation of which this is a file."""
        return OPERATIONS[self.operation]

    @property
    def sponsor(self) -> Licence:
        """Return the licence of the sponsor that sent it. A caseworker's file has none, and creates no CAS."""
        assert self.licence, "only files of sponsors create CAS"
        return self.licence

    @property
    def is_working(self) -> bool:
        """Return whether a job is checking or importing it."""
        return self.job is not None and self.job.is_open

    def record(self, verb: str, data: Changes, *, by: User) -> None:
        """Add a line to the history of this upload."""
        Event.objects.record(verb, self, by=by, data=data)

    def refuse_spent_file_id(self) -> None:
        """Raise `Refused` if an import of this sponsor has used the file ID already."""
        spent = Upload.objects.filter(licence=self.licence_id, file_id=self.file_id, imported_at__isnull=False)
        if self.file_id and spent.exclude(pk=self.pk).exists():
            raise refusals.FILE_ID_SPENT(file_id=self.file_id)

    @transaction.atomic
    def set_route(self, route: Route, *, by: User) -> None:
        """Set the route of all CAS of a file that does not say it. Raises `Refused` if it is set already."""
        self._lock(by)
        if self.route:
            raise refusals.ROUTE_SET_ALREADY()
        if refused := self.sponsor.why_not_save(route):
            raise refused
        self.route = route
        self.save(update_fields=["route"])

    @transaction.atomic
    def change_operation(self, operation: Operation, columns: list[str], warnings: list[Any], *, by: User) -> None:
        """Use the file for another operation: with these columns of it, and warnings about others. Raises `Refused`."""
        require(by, operation.action)
        self._lock(by)
        self.operation, self.columns, self.warnings = operation.name, columns, warnings
        self.stage, self.summary, self.answers, self.route, self.refusal = Stage.SENT, {}, {}, "", ""
        self.save(update_fields=["operation", "columns", "warnings", "stage", "summary", "answers", "route", "refusal"])

    @transaction.atomic
    def ask_for_check(self, *, answers: Mapping[str, Any], by: User) -> None:
        """Start a job that checks the records with these answers. Raises `Refused`."""
        self._lock(by)
        require(by, self.does.action)
        if self.does.makes_cas and not self.route:
            raise refusals.NO_ROUTE()
        self.answers, self.stage = dict(answers), Stage.SENT
        self._start(CHECK_KIND, by=by)
        self.save(update_fields=["answers", "stage", "job"])

    @transaction.atomic
    def ask_for_import(self, *, which: str, has_duplicates: bool, batch_name: str, by: User) -> None:
        """Start a job that imports the checked records. Raises `Refused`."""
        self._lock(by)
        require(by, self.does.action)
        if self.stage != Stage.CHECKED:
            raise refusals.NOT_CHECKED()
        self.refuse_spent_file_id()
        totals = self.summary["totals"]
        if which == Which.ALL_OR_NONE and (number := totals["incomplete"] + totals["rejected"]):
            raise refusals.NOT_ALL_GOOD(number=number)
        self.which, self.has_duplicates, self.batch_name, self.refusal = which, has_duplicates, batch_name, ""
        self._start(IMPORT_KIND, by=by)
        self.save(update_fields=["which", "has_duplicates", "batch_name", "refusal", "job"])

    def except_for(self, numbers: Iterable[int], *, by: User) -> None:
        """Do with these duplicates the opposite of what is done with the others. Raises `Refused`."""
        with transaction.atomic():
            self._lock(by)
            self.exceptions = sorted(set(numbers))
            self.save(update_fields=["exceptions"])

    def _start(self, kind: str, *, by: User) -> None:
        old = self.job
        total = self.summary.get("records") or 1
        self.job = verbs.ask(kind, {"upload": self.pk}, total=total, by=by)
        if old:
            Upload.objects.filter(pk=self.pk).update(job=self.job)
            old.delete()

    def _lock(self, by: User) -> None:
        """Lock this upload, and read it again. Raises `Refused` if it is not `by`'s, or if it cannot be changed now."""
        require(by, Action.FILES_SEND)
        rows = Upload.objects.for_user(by).select_for_update(of=("self",))
        try:
            self.refresh_from_db(from_queryset=rows)
        except Upload.DoesNotExist:
            raise refusals.UPLOAD_NOT_FOUND() from None
        if self.imported_at:
            raise refusals.IMPORTED_ALREADY()
        if self.stored is None:
            raise refusals.FILE_NO_LONGER_KEPT()
        if self.is_working:
            raise refusals.WORKED_ON_NOW()

    def finish_check(self, summary: Mapping[str, Any]) -> None:
        """Keep what a check found, within the transaction of its last piece."""
        self.summary, self.stage, self.checked_at, self.refusal = dict(summary), Stage.CHECKED, clock.now(), ""
        self.save(update_fields=["summary", "stage", "checked_at", "refusal"])
        again = self.summary.get("again", {})
        totals = self.summary["totals"].items()
        self.record("check", {name: [None, number - again.get(name, 0)] for name, number in totals}, by=self.by)

    def refuse(self, sentence: str) -> None:
        """Refuse the file, within the transaction of the last piece of a check, because of a fault of the file."""
        self.stage, self.refusal = Stage.REFUSED, sentence
        self.save(update_fields=["stage", "refusal"])
        self.record("refuse", {"refusal": [None, sentence]}, by=self.by)

    def finish_import(self, results: Mapping[str, Any], *, by: User) -> None:
        """Keep what an import did, and spend the file ID. Raises `Refused` if another import has spent it first."""
        self.results, self.stage = dict(results), Stage.IMPORTED
        self.imported_at, self.imported_by = clock.now(), by
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            raise refusals.FILE_ID_SPENT(file_id=self.file_id) from None
        self.record("import", {name: [None, number] for name, number in self.results.items()}, by=by)
