"""The Confirmation of Acceptance for Studies, and the verbs that change one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from cas import columns, keys, refusals
from cas.details import fields
from cas.details.declarations import CASDetails
from cas.keys import KeyField
from cas.lifecycle import CAS_LIFECYCLE, EVER_ASSIGNED, UNASSIGNED, CASStatus, Outcome
from cas.models import assigned
from cas.models.guards import CAS_GUARDS
from cas.models.queryset import CASQuerySet, record_in_batch_history
from cas.models.search_fields import INDEXES
from cas.models.values import filled, keys_of, status_of, valid
from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import Action
from licences.roles import OWNER
from sms.core import clock
from sms.core.constraints import all_or_none, known
from sms.core.refused import Refused, Stale

if TYPE_CHECKING:
    from cas.models.batch import Batch


class CASManager(models.Manager.from_queryset(CASQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, route: str, by: User, batch: Batch | None = None) -> CAS:
        """A new CAS of `by`, who becomes its owner; or in `batch`, whose owner it takes.

        `values` are details by field name; the family name is the least. Raises `InvalidValues`, and `Refused` when
        the sponsor has no licence for the route, or the batch takes no CAS any more.
        """
        self.movable("create", by=by)
        licence = by.sponsor
        if batch:
            batch.lock_to_change(Action.CAS_EDIT, by=by)
            if batch.route != route:
                raise refusals.BATCH_OF_ANOTHER_ROUTE(route=batch.get_route_display())
        if refused := licence.why_not_save(route):
            raise refused
        details = valid({**values, "route": route})
        cas: CAS = self.create(
            **details,
            licence=licence,
            owner=batch.owner if batch else by,
            batch=batch,
            created_by=by,
            status=status_of(details),
            **keys_of(details),
            created_at=clock.now(),
            changed_at=clock.now(),
        )
        made = {"status": cas.status, "version": cas.version, "batch": batch and batch.name}
        data = changes({}, {**made, **filled(details)})
        Event.objects.record("create", cas, by=by, data=data)
        if batch:
            record_in_batch_history(batch, "put_in", [cas.pk], by=by)
        return cas


class CAS(CASDetails):
    """Its details are in `CASDetails`; here is what the system knows of it."""

    # An index of its own would be one more for each assignment to write: those in Meta begin with the licence. Nothing
    # is looked for by who assigned or created it.
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="cas", db_index=False)
    owner = models.ForeignKey("licences.User", models.PROTECT, related_name="owned_cas")
    status = models.CharField(max_length=20, choices=CASStatus.choices, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    number = models.CharField(columns.label_of("number"), max_length=14, null=True, editable=False)  # noqa: DJ001 unique
    assigned_at = models.DateTimeField(null=True, editable=False)
    assigned_on = models.DateField("date assigned", null=True, editable=False)
    assigned_by = models.ForeignKey(
        "licences.User", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    expires_on = models.DateField("expiry date", null=True, editable=False)
    applied_on = models.DateField("date of application", null=True, editable=False)
    decided_on = models.DateField("date used", null=True, editable=False)
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)
    sponsor_note = models.TextField(blank=True, default="", db_default="", editable=False)
    batch = models.ForeignKey("cas.Batch", models.PROTECT, null=True, editable=False, related_name="cas")
    passport_key = KeyField(max_length=keys.PASSPORT_SIZE, blank=True, editable=False)
    family_key = KeyField(max_length=keys.SIZE, blank=True, editable=False)
    given_key = KeyField(max_length=keys.SIZE, blank=True, editable=False)
    applicant_key = KeyField(max_length=keys.PASSPORT_SIZE, blank=True, editable=False)
    course_key = KeyField(max_length=keys.SIZE, blank=True, editable=False)
    created_by = models.ForeignKey("licences.User", models.PROTECT, editable=False, related_name="+", db_index=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CASManager()

    event_kind = "cas"
    guards: ClassVar = CAS_GUARDS

    class Meta:
        verbose_name = verbose_name_plural = "CAS"
        indexes: ClassVar = [
            models.Index(fields=["passport_key", "nationality", "date_of_birth"], name="cas_individual"),
            # The lists, newest first: the sponsor's, those of one status, and a Level 2 user's own.
            models.Index(fields=["licence", "-id"], name="cas_newest"),
            models.Index(fields=["licence", "status", "-id"], name="cas_of_status"),
            models.Index(fields=["licence", "owner", "status", "-id"], name="cas_of_owner"),
            *INDEXES,
            # Students to check: whether they came, and whether they stayed to the end.
            models.Index(
                fields=["licence", "course_start_date"],
                condition=Q(status=CASStatus.ASSIGNED),
                name="cas_to_start",
            ),
            models.Index(
                fields=["licence", "course_end_date"],
                condition=Q(number__isnull=False),
                name="cas_to_end",
            ),
            # What expires, each night for all sponsors at once.
            models.Index(
                fields=["expires_on", "licence"],
                condition=Q(status=CASStatus.ASSIGNED),
                name="cas_to_expire",
            ),
        ]
        constraints: ClassVar = [
            known("status", CASStatus.values, table="cas"),
            models.UniqueConstraint(fields=["number"], name="cas_number_once_for_ever"),
            models.CheckConstraint(condition=~Q(family_name=""), name="cas_has_a_family_name"),
            all_or_none(
                "number",
                "assigned_at",
                "assigned_on",
                "assigned_by",
                "expires_on",
                name="cas_assignment_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=EVER_ASSIGNED, number__isnull=False)
                | Q(status__in=UNASSIGNED, number__isnull=True),
                name="cas_has_a_number_once_assigned",
            ),
            models.CheckConstraint(
                condition=Q(status=CASStatus.USED, decided_on__isnull=False, applied_on__isnull=False)
                & Q(outcome__in=Outcome.values)
                | ~Q(status=CASStatus.USED) & Q(decided_on__isnull=True, outcome=""),
                name="cas_used_has_its_decision",
            ),
            models.CheckConstraint(
                condition=Q(status=CASStatus.WITHDRAWN) & ~Q(withdrawal_reason="")
                | ~Q(status=CASStatus.WITHDRAWN) & Q(withdrawal_reason=""),
                name="cas_withdrawn_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(applied_on__isnull=True)
                | Q(applied_on__gte=F("assigned_on"), applied_on__lte=F("expires_on")),
                name="cas_application_within_its_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_name} {self.number or self.status}"

    @property
    def student_name(self) -> str:
        return columns.full_name(self.family_name, self.given_names)

    @property
    def event_label(self) -> str:
        """How the history calls this CAS: as `LABEL` does, without a name."""
        return f"CAS {self.pk}"

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    def may(self, name: str, user: User) -> bool:
        """Whether the table lets `user` make the move `name` on this CAS as it stands."""
        if user.licence_id not in {None, self.licence_id}:
            return False
        kinds = user.kinds() | ({OWNER} if self.owner_id == user.pk else set())
        return CAS_LIFECYCLE[name] in CAS_LIFECYCLE.open_to(self.status, kinds)

    def why_not(self, name: str, *, is_being_paid_for: bool | None = None) -> Refused | None:
        """Return why this CAS cannot be saved or deleted now, by any user; None when it can.

        Whether it `is_being_paid_for` is looked up here, unless it was for many CAS at once.
        """
        if self.status not in CAS_LIFECYCLE[name].sources:
            return refusals.CANNOT_CHANGE(status=self.status)
        if is_being_paid_for is None:
            is_being_paid_for = self.order_lines.filter(is_open=True).exists()
        if is_being_paid_for:
            return refusals.BEING_PAID_FOR()
        return self.licence.why_not_save(self.route) if name == "save" else None

    def missing(self) -> list[Any]:
        """The needed fields that are empty, in the order of the form."""
        return fields.missing(self)

    def saves_since(self, version: int, verb: str = "save") -> list[Event]:
        """The lines of history of what was changed after `version` by this verb, oldest first."""
        lines = Event.objects.about("cas", self.pk).filter(verb=verb).select_related("by")
        return [line for line in lines if line.data.get("version", [0, 0])[1] > version]

    @transaction.atomic
    def amend(self, values: Mapping[str, Any], *, by: User, version: int) -> None:
        """Save the details that `by` changed, starting from `version` of this CAS (manual 4, guide 3, step 5).

        Raises `InvalidValues`; `Refused` once it is assigned, or while its order is open; `Stale` when
        somebody else saved since.
        """
        now = self._locked("save", by=by)
        if now.version != version:
            raise Stale(refusals.SAVED_MEANWHILE, now.saves_since(version))
        before = fields.values_of(now)
        details = valid({**before, **values, "route": now.route})
        changed = changes({**before, "status": now.status}, {**details, "status": status_of(details)})
        if not changed:
            return
        written = {name: details[name] for name in changed if name != "status"}
        saved = CAS.objects.filter(pk=self.pk, status=now.status, version=version).update(
            **written,
            status=status_of(details),
            **keys_of(details),
            version=version + 1,
            changed_at=clock.now(),
        )
        self.refresh_from_db()
        if saved != 1:
            raise Stale(refusals.SAVED_MEANWHILE, self.saves_since(version))
        Event.objects.record("save", self, by=by, data={**changed, "version": [version, version + 1]})

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete this CAS (manual 4, guide 1, step 5, note 2). Its history stays.

        Raises `Refused` once it is assigned, or while its order is open.
        """
        self._locked("delete", by=by)
        CAS.objects.filter(pk=self.pk).remove(by=by)

    withdraw = assigned.withdraw
    write_note = assigned.write_note
    update_fees = assigned.update_fees
    record_application = assigned.record_application
    use = assigned.use

    def _locked(self, name: str, *, by: User) -> CAS:
        """This CAS as it is now, locked, if the move `name` is possible. Raises `Refused`."""
        now = CAS.objects.movable(name, by=by).select_for_update(of=("self",)).filter(pk=self.pk).first()
        if now is None:
            raise refusals.NOT_FOUND()
        if refused := now.why_not(name):
            raise refused
        return now
