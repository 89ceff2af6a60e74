"""What a payment provider says of an order, kept beside what the portal made of it (specification, section 6)."""

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
        """Those of which the provider says something else than we do."""
        differs = ~Q(other_amount="")
        for status, agreeing in AGREEING.items():
            differs |= Q(status=status) & ~Q(provider_state__in=["", *agreeing])
        return self.filter(differs)

    def not_final(self) -> Self:
        """Those that are not open, and of which the provider may have more to say, or does not say what we do."""
        is_done = Q(is_provider_state_final=True) & ~Q(status=OrderStatus.REFUND_DUE)
        differing = Q(pk__in=self.differing_from_provider().values("pk"))
        return self.exclude(status=OrderStatus.OPEN).filter(~is_done | differing)

    def with_last_asked(self, now: datetime) -> Self:
        """Add `last_asked`, when a job last asked: None if none has, or if a clock that ran ahead wrote it down."""
        return self.alias(last_asked=Case(When(asked_at__lte=now, then="asked_at")))


class ProviderState(models.Model):
    """The provider's last word about an order. `heard` is empty when it has said nothing yet."""

    provider_state = models.CharField(
        "what the provider said last", max_length=20, blank=True, choices=PaymentState.choices
    )
    provider_state_at = models.DateTimeField(null=True, editable=False)
    is_provider_state_final = models.BooleanField(default=False, editable=False)
    other_amount = models.CharField("the amount that it named, if it is another", max_length=40, blank=True)
    asked_at = models.DateTimeField("when a job last asked about it", null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def provider_state_text(self) -> str:
        """What the provider said last, in a few words; empty when it has said nothing yet."""
        said = PaymentState(self.provider_state).label if self.provider_state else ""
        return f"{said}: {self.other_amount}" if self.other_amount else said

    @property
    def differs_from_provider(self) -> bool:
        """Whether the provider says something else than we do; `ProviderStateQuerySet.differing` finds these."""
        agreeing = {"", *AGREEING[OrderStatus(self.status)]}  # type: ignore[attr-defined]
        return bool(self.other_amount) or self.provider_state not in agreeing

    @property
    def is_paid_with_other_amount(self) -> bool:
        """Whether the provider says that another amount was paid, and nothing was made of it yet."""
        return self.provider_state == PaymentState.PAID and bool(self.other_amount) and self.status in NOT_SETTLED  # type: ignore[attr-defined]

    @transaction.atomic
    def record_provider_report(self, state: PaymentState, *, is_final: bool = False, other_amount: str = "") -> None:
        """Keep what the provider says. The history tells of it where it is not what this order says.

        `other_amount` is the amount that it named, where that is not the order's. That a payment is under way says
        nothing against what was heard before: messages overtake each other.
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
                data = {"heard": [None, state.value], "other_money": [None, other_amount or None]}
                Event.objects.record("hear", self, by=User.objects.system(), data=data)
