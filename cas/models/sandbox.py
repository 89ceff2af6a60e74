"""The payments at the sandbox. They stand for the records of an external provider (specification, section 6)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from sms.core import clock
from sms.core.constraints import known

A_MINUTE = timedelta(minutes=1)  # the longest delay of a report that a payer can choose


class SandboxState(models.TextChoices):
    PENDING = "PENDING", "Waiting for payment"
    PAID = "PAID", "Paid"
    DECLINED = "DECLINED", "Declined"
    CANCELLED = "CANCELLED", "Cancelled"


def new_key() -> str:
    """Return a new key for the address of a payment's page. It cannot be guessed."""
    return secrets.token_urlsafe(24)


class SandboxPaymentQuerySet(models.QuerySet["SandboxPayment"]):
    def to_report(self) -> Self:
        """Return the payments whose delayed report is now due."""
        now = clock.now()
        return self.filter(Q(report_at__lte=now) | Q(report_at__gt=now + A_MINUTE))


class SandboxPayment(models.Model):
    """A payment at the sandbox. It does not know the order, only the reference and the amount."""

    key = models.CharField(max_length=40, unique=True, default=new_key)
    reference = models.CharField(max_length=40, unique=True)
    description = models.CharField(max_length=100)
    amount_pence = models.PositiveIntegerField()
    return_url = models.URLField(max_length=500)
    state = models.CharField(max_length=20, choices=SandboxState.choices, default=SandboxState.PENDING)
    report_at = models.DateTimeField("when to report to the portal", null=True)

    objects = SandboxPaymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [known("state", SandboxState.values, table="sandbox_payment")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    @property
    def reported_state(self) -> str:
        """Return the state to report to the portal now: PENDING until a delayed report is due.

        A time more than a minute in the future counts as due, because a clock that ran ahead wrote it.
        """
        now = clock.now()
        is_secret = self.report_at is not None and now < self.report_at <= now + A_MINUTE
        return SandboxState.PENDING if is_secret else self.state

    def decide(self, state: str, *, report_at: datetime | None = None) -> bool:
        """Record the payer's decision, unless there is one already. Return whether it was recorded."""
        rows = SandboxPayment.objects.filter(pk=self.pk, state=SandboxState.PENDING)
        decided = rows.update(state=state, report_at=report_at) == 1
        self.refresh_from_db()
        return decided
