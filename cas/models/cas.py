"""The Confirmation of Acceptance for Studies (CAS), and the verbs that change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from cas import columns, keys, refusals
from cas.details import fields, text_warnings
from cas.details.declarations import CASDetails
from cas.details.text_warnings import FieldWarning
from cas.keys import KeyField
from cas.lifecycle import CAS_LIFECYCLE, EVER_ASSIGNED, UNASSIGNED, CASStatus, Closing, Outcome
from cas.models import assigned, casework
from cas.models.adding import CASManager, label_of
from cas.models.agent import Agent
from cas.models.guards import CAS_GUARDS
from cas.models.rule import Rule
from cas.models.search_fields import INDEXES
from cas.models.values import keys_of, status_of, valid
from cas.rules import Rules
from licences.models import Event, User
from licences.models.event import changes
from licences.roles import OWNER
from sms.core import clock
from sms.core.constraints import all_or_none, known, partial_date
from sms.core.refused import Refused, Stale


class CAS(CASDetails):
    """A CAS. `CASDetails` declares the details, and this class the facts that the system keeps."""

    # No index of its own, because an assignment would have to write it: the indexes in Meta begin with the licence.
    # No query filters by the user who assigned or created a CAS.
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
    application_closed_as = models.CharField(
        max_length=10, blank=True, default="", db_default="", choices=Closing.choices, editable=False
    )
    application_closed_on = models.DateField(null=True, editable=False)
    # The day of a successful administrative review, until the application is decided again.
    reviewed_on = models.DateField(null=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)
    sponsor_note = models.TextField(blank=True, default="", db_default="", editable=False)
    batch = models.ForeignKey("cas.Batch", models.PROTECT, null=True, editable=False, related_name="cas")
    agent = models.ForeignKey(
        "cas.Agent", models.PROTECT, null=True, editable=False, related_name="cas", db_index=False
    )
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
            # Lists, newest first: all CAS of the sponsor, the CAS of one status, and the CAS of a Level 2 user.
            models.Index(fields=["licence", "-id"], name="cas_newest"),
            models.Index(fields=["licence", "status", "-id"], name="cas_of_status"),
            models.Index(fields=["licence", "owner", "status", "-id"], name="cas_of_owner"),
            *INDEXES,
            # Students to check: at the start and at the end of the course.
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
            # The refusal rate, which needs no other column. Assigning does not write it.
            models.Index(
                fields=["licence", "decided_on", "outcome", "reviewed_on"],
                condition=Q(decided_on__isnull=False),
                name="cas_decided",
            ),
            # The CAS of an agent, counted by status, for all users and for the user who owns them.
            models.Index(fields=["agent", "status", "owner"], condition=Q(agent__isnull=False), name="cas_of_agent"),
            # The live CAS of some nationalities: those that the visa brake affects.
            models.Index(
                fields=["licence", "nationality"],
                condition=Q(status=CASStatus.ASSIGNED),
                name="cas_live_of_nationality",
            ),
            # The nightly job that expires the CAS of all sponsors.
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
            partial_date("date_of_birth", table="cas"),
            models.CheckConstraint(
                condition=Q(agent__isnull=True) | Q(is_agent_used=True), name="cas_agent_only_if_one_was_used"
            ),
            all_or_none(
                "number",
                "assigned_at",
                "assigned_on",
                "assigned_by",
                "expires_on",
                name="cas_assignment_whole",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(EVER_ASSIGNED), number__isnull=False)
                | Q(status__in=sorted(UNASSIGNED), number__isnull=True),
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
                | Q(applied_on__gte=F("assigned_on"), applied_on__lte=F("expires_on"), assigned_on__isnull=False),
                name="cas_application_within_its_validity",
            ),
            models.CheckConstraint(
                condition=Q(application_closed_as="", application_closed_on__isnull=True)
                | Q(
                    application_closed_as__in=Closing.values,
                    application_closed_on__isnull=False,
                    applied_on__isnull=False,
                    application_closed_on__gte=F("applied_on"),
                )
                & ~Q(status=CASStatus.USED),
                name="cas_application_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True) | Q(outcome=Outcome.REFUSED, reviewed_on__gte=F("decided_on")),
                name="cas_reviewed_only_if_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_name} {self.number or self.status}"

    @property
    def student_name(self) -> str:
        return columns.full_name(self.family_name, self.given_names)

    @property
    def event_label(self) -> str:
        return label_of(self.pk)

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def has_open_application(self) -> bool:
        """Return whether an application was recorded and not closed."""
        return self.applied_on is not None and not self.application_closed_as

    def may(self, name: str, user: User) -> bool:
        """Return whether the lifecycle lets `user` make the move `name` on this CAS in its current status."""
        if user.licence_id not in {None, self.licence_id}:
            return False
        kinds = user.kinds() | ({OWNER} if self.owner_id == user.pk else set())
        return CAS_LIFECYCLE[name] in CAS_LIFECYCLE.open_to(self.status, kinds)

    def why_not(self, name: str, *, is_being_paid_for: bool | None = None) -> Refused | None:
        """Return why no user can make the move `name` ("save" or "delete") on this CAS now; None if it is possible.

        Pass `is_being_paid_for` if it was already looked up for many CAS at once. Otherwise this method looks it up.
        """
        if self.status not in CAS_LIFECYCLE[name].sources:
            return refusals.CANNOT_CHANGE(status=self.status)
        if is_being_paid_for is None:
            is_being_paid_for = self.order_lines.filter(is_open=True).exists()
        if is_being_paid_for:
            return refusals.BEING_PAID_FOR()
        return self.licence.why_not_save(self.route) if name == "save" else None

    def warnings(self, rules: Rules) -> list[FieldWarning]:
        """Return the warnings about values that may be a mistake, by the rules of a day, before it is assigned."""
        return fields.warnings(self, rules, sponsor_status=self.licence.sponsor_status)

    def offered_spelling(self, name: str) -> str:
        """Return the spelling that the warning about a text offers; "" if there is none, or no text of this name."""
        field = fields.BY_NAME.get(name)
        found = text_warnings.warning(field, getattr(self, name)) if field and field.characters else None
        return found.spelling if found else ""

    def saves_since(self, version: int, verb: str = "save") -> list[Event]:
        """Return the lines of history in which `verb` changed this CAS after `version`, oldest first."""
        lines = Event.objects.about("cas", self.pk).filter(verb=verb).select_related("by")
        return [line for line in lines if line.data.get("version", [0, 0])[1] > version]

    @transaction.atomic
    def amend(self, values: Mapping[str, Any], *, by: User, version: int) -> bool:
        """Save the details that `by` changed, based on `version` of this CAS (manual 4, guide 3, step 5).

        `values` are as those of a new CAS. Without an `agent`, this CAS keeps its own while the copy is unchanged.
        Return whether a detail changed. Raises `InvalidValues`; `Refused` if the CAS is assigned or its order is open;
        `Stale` if another user has saved it since `version`.
        """
        now = self._locked("save", by=by)
        if now.version != version:
            raise Stale(refusals.SAVED_MEANWHILE, now.saves_since(version))
        before = {**fields.values_of(now), "agent": now.agent_id}
        given = {**before, **values, "route": now.route}
        details = valid(given)
        agent = Agent.objects.filter(licence=now.licence_id).copied_into(details, given["agent"], saved=before)
        status = status_of(details, Rule.objects.limits_for(now.licence))
        changed = changes(
            {**before, "status": now.status, "agent": now.agent and str(now.agent)},
            {**details, "status": status, "agent": agent and str(agent)},
        )
        if not changed:
            return False
        written = {name: details[name] for name in changed.keys() & details.keys()}
        saved = CAS.objects.filter(pk=self.pk, status=now.status, version=version).update(
            **written,
            agent=agent,
            status=status,
            **keys_of(details),
            version=version + 1,
            changed_at=clock.now(),
        )
        self.refresh_from_db()
        if saved != 1:
            raise Stale(refusals.SAVED_MEANWHILE, self.saves_since(version))
        Event.objects.record("save", self, by=by, data={**changed, "version": [version, version + 1]})
        return True

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete this CAS, but keep its history (manual 4, guide 1, step 5, note 2).

        Raises `Refused` if it is assigned or its order is open.
        """
        self._locked("delete", by=by)
        CAS.objects.filter(pk=self.pk).remove(by=by)

    withdraw = assigned.withdraw
    write_note = assigned.write_note
    update_fees = assigned.update_fees
    record_application = casework.record_application
    close_application = casework.close_application
    use = casework.use
    record_review = casework.record_review
    decide_again = casework.decide_again

    def _locked(self, name: str, *, by: User) -> CAS:
        """Lock this CAS and return it with its current values. Raises `Refused` if the move `name` is not possible."""
        now = CAS.objects.movable(name, by=by).select_for_update(of=("self",)).filter(pk=self.pk).first()
        if now is None:
            raise refusals.NOT_FOUND()
        if refused := now.why_not(name):
            raise refused
        return now
