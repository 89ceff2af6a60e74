"""Create CAS: one of a form, or many of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from cas import refusals
from cas.models import assigned_together
from cas.models.agent import Agent
from cas.models.queryset import CASQuerySet, record_in_batch_history
from cas.models.rule import Rule
from cas.models.values import filled, keys_of, status_of, valid
from licences.models import Event, User
from licences.models.event import Changes, Subject, as_new
from licences.permissions import Action
from sms.core import clock
from sms.core.inserting import insert

if TYPE_CHECKING:
    from cas.models.batch import Batch
    from cas.models.cas import CAS

Details = Mapping[str, Any]


class CASManager(models.Manager.from_queryset(CASQuerySet)):  # type: ignore[misc]
    def add(self, values: Details, *, route: str, by: User, batch: Batch | None = None) -> CAS:
        """Create a CAS. Its owner is `by`, or the owner of `batch` if it goes into a batch.

        `values` are details by field name, and perhaps the id of the `agent` that was chosen from the register. The
        family name is required. Raises `InvalidValues`; and `Refused` if the licence does not cover the route, or if
        the batch no longer takes CAS.
        """
        details = valid({**values, "route": route})
        [pk] = self.add_many([details], route=route, by=by, batch=batch, agent=values.get("agent"))
        cas: CAS = self.select_related("licence", "owner", "batch", "agent").get(pk=pk)
        return cas

    @transaction.atomic
    def add_many(
        self, many: Sequence[Details], *, route: str, by: User, batch: Batch | None = None, agent: int | None = None
    ) -> list[int]:
        """Create several CAS as `add` does, or none of them, and return their ids.

        Their details are as `checked` has just returned them, without an error. A few hundred CAS take as many
        statements as one.
        """
        self.movable("create", by=by)
        if batch:
            batch.lock_to_change(Action.CAS_EDIT, by=by)
            if batch.route != route:
                raise refusals.BATCH_OF_ANOTHER_ROUTE(route=batch.get_route_display())
        licence = by.sponsor
        if refused := licence.why_not_save(route):
            raise refused
        chosen = Agent.objects.filter(licence=licence, pk=agent).first() if agent else None
        alike, limits = _alike(by, batch), Rule.objects.limits_for(licence)
        rows: list[dict[str, Any]] = []
        lines: list[Changes] = []
        for details in many:
            copied = chosen if chosen and chosen.is_copied_into(details) else None
            status, given = status_of(details, limits), filled(details)
            rows.append({**given, **keys_of(details), **alike, "agent_id": copied and copied.pk, "status": status})
            facts = {"status": status, "version": 1, "batch": batch and batch.name, "agent": copied and str(copied)}
            lines.append(as_new({**facts, **given}))
        made = insert(self.model, rows)
        subjects = (Subject(pk, self.model.event_kind, label_of(pk), licence.pk) for pk in made)
        Event.objects.record_all("create", dict(zip(subjects, lines, strict=True)), by=by)
        if batch:
            record_in_batch_history(batch, "put_in", made, by=by)
        return made

    withdraw = assigned_together.withdraw_each
    update_fees = assigned_together.update_fees_each


def _alike(by: User, batch: Batch | None) -> dict[str, Any]:
    """Return the facts that all new CAS of `by` have in common."""
    now = clock.now()
    owner = batch.owner_id if batch else by.pk
    return {
        "licence_id": by.sponsor.pk,
        "owner_id": owner,
        "batch_id": batch and batch.pk,
        "created_by_id": by.pk,
        "created_at": now,
        "changed_at": now,
    }


def label_of(pk: int) -> str:
    """Return the name of a CAS in the history. Like `LABEL`, it does not name the student."""
    return f"CAS {pk}"
