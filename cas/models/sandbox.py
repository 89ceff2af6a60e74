"""The payment sandbox's own books: they stand for those of a provider outside (specification, section 6)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from sms.core import clock
from sms.core.constraints import known

A_MINUTE = timedelta(minutes=1)  # the longest that a payer can keep the portal waiting


class SandboxState(models.TextChoices):
    PENDING = "PENDING", "Waiting for payment"
    PAID = "PAID", "Paid"
    DECLINED = "DECLINED", "Declined"
    CANCELLED = "CANCELLED", "Cancelled"


def new_key() -> str:
    """What stands in the address of a payment's page: it cannot be guessed."""
    return secrets.token_urlsafe(24)


class SandboxPaymentQuerySet(models.QuerySet["SandboxPayment"]):
    def to_tell(self) -> Self:
        """Return those of which the portal was to hear later, and may hear now."""
        now = clock.now()
        return self.filter(Q(tell_at__lte=now) | Q(tell_at__gt=now + A_MINUTE))


class SandboxPayment(models.Model):
    """One payment at the sandbox. It knows no order: only the reference and the amount that it was given."""

    key = models.CharField(max_length=40, unique=True, default=new_key)
    reference = models.CharField(max_length=40, unique=True)
    description = models.CharField(max_length=100)
    amount_pence = models.PositiveIntegerField()
    return_url = models.URLField(max_length=500)
    state = models.CharField(max_length=20, choices=SandboxState.choices, default=SandboxState.PENDING)
    tell_at = models.DateTimeField("until when the portal is not told", null=True)

    objects = SandboxPaymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [known("state", SandboxState.values, table="sandbox_payment")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    @property
    def reported_state(self) -> str:
        """Return the state that the portal may hear now: of a decision that it is to hear of later, nothing.

        A moment more than a minute away was written by a clock that ran ahead.
        """
        now = clock.now()
        is_secret = self.tell_at is not None and now < self.tell_at <= now + A_MINUTE
        return SandboxState.PENDING if is_secret else self.state

    def decide(self, state: str, *, tell_at: datetime | None = None) -> bool:
        """The payer decides, once: returns whether this was the decision."""
        rows = SandboxPayment.objects.filter(pk=self.pk, state=SandboxState.PENDING)
        decided = rows.update(state=state, tell_at=tell_at) == 1
        self.refresh_from_db()
        return decided
