"""Database triggers that protect a CAS (specification, section 3). They are made from the tables in Python."""

from __future__ import annotations

from cas.details import fields
from cas.duties import NOTE
from cas.lifecycle import CAS_LIFECYCLE, EVER_ASSIGNED
from sms.core import triggers

# The columns by which a CAS is found and compared. They are made from the details.
KEYS = ("passport_key", "family_key", "given_key", "applicant_key", "course_key")

CAS_GUARDS = (
    *triggers.follows(CAS_LIFECYCLE),
    triggers.frozen(
        "origin",
        ["id", "licence_id", "route", "created_by_id", "created_at", "recorded_at"],
        "The origin of a CAS never changes",
    ),
    triggers.frozen(
        "details",
        [*fields.FROZEN, "agent_id"],
        "The details of an assigned CAS never change",
        when=f"NEW.status IN ({triggers.quoted(EVER_ASSIGNED)})",
    ),
    triggers.frozen(
        "fees",
        fields.UPDATABLE_FEES,
        "Fees are updated on an ASSIGNED CAS only",
        when=f"NEW.status IN ({triggers.quoted(EVER_ASSIGNED)}) AND "
        "NOT (OLD.status = 'ASSIGNED' AND NEW.status = 'ASSIGNED')",
    ),
    triggers.frozen(
        "sponsor_note",
        ["sponsor_note"],
        "The sponsor note of a CAS is written while it is ASSIGNED or EXPIRED",
        when=f"NOT (OLD.status = NEW.status AND NEW.status IN ({triggers.quoted(NOTE.statuses)}))",
    ),
    triggers.frozen(
        "assignment",
        ["number", "assigned_at", "assigned_on", "assigned_by_id", "expires_on", "batch_id", *KEYS],
        "The number, dates and batch of an assigned CAS never change",
        when=f"OLD.status IN ({triggers.quoted(EVER_ASSIGNED)})",
    ),
    triggers.frozen(
        "ending",
        ["applied_on", "application_closed_as", "application_closed_on", "withdrawal_reason"],
        "How a CAS ended never changes",
        when=f"OLD.status IN ({triggers.quoted(CAS_LIFECYCLE.final)})",
    ),
    triggers.frozen(
        "decision",
        ["decided_on", "outcome"],
        "A decision changes only after a successful administrative review",
        when=f"OLD.status IN ({triggers.quoted(CAS_LIFECYCLE.final)}) AND "
        "NOT (OLD.reviewed_on IS NOT NULL AND NEW.reviewed_on IS NULL)",
    ),
    triggers.frozen(
        "review",
        ["reviewed_on"],
        "An administrative review is recorded on a USED CAS whose application was refused",
        when="NOT (OLD.status = 'USED' AND OLD.outcome = 'REFUSED')",
    ),
)
