"""The payment provider's last report about an order, kept beside the order's own status (specification, section 6)."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db import models, transaction
from django.db.models import Case, Q, When

from cas.lifecycle import AGREEING, NOT_SETTLED, OrderStatus, PaymentState
from licences.models import Event, User
from sms.core import clock

ModelT = TypeVar("ModelT", bound=models.Model)


class ProviderStateQuerySet(models.QuerySet[ModelT]):
    def differing_from_provider(self) -> Self:
        """Return the orders for which the provider's last report differs from the portal."""
        differs = ~Q(other_amount="")
        for status, agreeing in AGREEING.items():
            differs |= Q(status=status) & ~Q(provider_state__in=["", *agreeing])
        return self.filter(differs)

    def not_final(self) -> Self:
        """Return the closed orders about which the provider may still report something else, or differs now."""
        is_done = Q(is_provider_state_final=True) & ~Q(status=OrderStatus.REFUND_DUE)
        differing = Q(pk__in=self.differing_from_provider().values("pk"))
        return self.exclude(status=OrderStatus.OPEN).filter(~is_done | differing)

    def with_last_asked(self, now: datetime) -> Self:
        """Add `last_asked`, when a job last asked the provider: None if no job has, or if that time is in the future.

        A clock that ran ahead may have written a time in the future.
        """
        return self.alias(last_asked=Case(When(asked_at__lte=now, then="asked_at")))


class ProviderState(models.Model):
    """The provider's last report about an order. `provider_state` is empty until the first report."""

    provider_state = models.CharField(
        "state at the payment provider", max_length=20, blank=True, choices=PaymentState.choices
    )
    provider_state_at = models.DateTimeField(null=True, editable=False)
    is_provider_state_final = models.BooleanField(default=False, editable=False)
    other_amount = models.CharField("amount reported, if it differs", max_length=40, blank=True)
    asked_at = models.DateTimeField("last checked automatically", null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def provider_state_text(self) -> str:
        """Return the provider's last report in words; "" if there is none yet."""
        state = PaymentState(self.provider_state).label if self.provider_state else ""
        return f"{state}: {self.other_amount}" if self.other_amount else state

    @property
    def differs_from_provider(self) -> bool:
        """Return whether the provider's last report differs from the portal, as `differing_from_provider` does."""
        agreeing = {"", *AGREEING[OrderStatus(self.status)]}  # type: ignore[attr-defined]
        return bool(self.other_amount) or self.provider_state not in agreeing

    @property
    def is_paid_with_other_amount(self) -> bool:
        """Return whether the provider reported a payment of a different amount, and no caseworker has decided yet."""
        return self.provider_state == PaymentState.PAID and bool(self.other_amount) and self.status in NOT_SETTLED  # type: ignore[attr-defined]

    @transaction.atomic
    def record_provider_report(self, state: PaymentState, *, is_final: bool = False, other_amount: str = "") -> None:
        """Keep the provider's report. Add a line to the history if it differs from this order.

        `other_amount` is the amount reported, if it differs from the order's. A report of PENDING never replaces an
        earlier report, because messages can arrive in the wrong order.
        """
        row = type(self)._base_manager.filter(pk=self.pk)
        if state == PaymentState.PENDING:
            row = row.filter(provider_state="")
        news = row.exclude(provider_state=state, other_amount=other_amount)
        is_news = news.update(
            provider_state=state,
            other_amount=other_amount,
            is_provider_state_final=is_final,
            provider_state_at=clock.now(),
        )
        if is_final and not is_news:
            row.filter(provider_state=state, is_provider_state_final=False).update(is_provider_state_final=True)
        if is_news:
            self.refresh_from_db(
                fields=["status", "provider_state", "other_amount", "is_provider_state_final", "provider_state_at"]
            )
            if self.differs_from_provider:
                data = {"provider_state": [None, state.value], "other_amount": [None, other_amount or None]}
                Event.objects.record("differ", self, by=User.objects.system(), data=data)
