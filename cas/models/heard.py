"""What a payment provider says of an order, kept beside what the portal made of it (specification, section 6)."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models, transaction
from django.db.models import Q

from cas.lifecycle import AGREEING, NOT_SETTLED, OrderStatus, PaymentState
from licences.models import Event, User
from sms.core import clock

ModelT = TypeVar("ModelT", bound=models.Model)


class HeardQuerySet(models.QuerySet[ModelT]):
    def differing(self) -> Self:
        """Those of which the provider says something else than we do."""
        differs = ~Q(other_money="")
        for status, agreeing in AGREEING.items():
            differs |= Q(status=status) & ~Q(heard__in=["", *agreeing])
        return self.filter(differs)

    def not_final(self) -> Self:
        """Those that are not open, and of which the provider may have more to say, or does not say what we do."""
        is_done = Q(is_final_word=True) & ~Q(status=OrderStatus.REFUND_DUE)
        differing = Q(pk__in=self.differing().values("pk"))
        return self.exclude(status=OrderStatus.OPEN).filter(~is_done | differing)


class Heard(models.Model):
    """The provider's last word about an order. `heard` is empty when it has said nothing yet."""

    heard = models.CharField("what the provider said last", max_length=20, blank=True, choices=PaymentState.choices)
    heard_at = models.DateTimeField(null=True, editable=False)
    is_final_word = models.BooleanField(default=False, editable=False)
    other_money = models.CharField("the amount that it named, if it is another", max_length=40, blank=True)
    asked_at = models.DateTimeField("when a job last asked about it", null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def said(self) -> str:
        """What the provider said last, in a few words; empty when it has said nothing yet."""
        said = PaymentState(self.heard).label if self.heard else ""
        return f"{said}: {self.other_money}" if self.other_money else said

    @property
    def differs(self) -> bool:
        """Whether the provider says something else than we do; `HeardQuerySet.differing` finds these."""
        agreeing = {"", *AGREEING[OrderStatus(self.status)]}  # type: ignore[attr-defined]
        return bool(self.other_money) or self.heard not in agreeing

    @property
    def is_paid_with_other_money(self) -> bool:
        """Whether the provider says that another amount was paid, and nothing was made of it yet."""
        return self.heard == PaymentState.PAID and bool(self.other_money) and self.status in NOT_SETTLED  # type: ignore[attr-defined]

    @transaction.atomic
    def hear(self, state: PaymentState, *, is_final: bool = False, other_money: str = "") -> None:
        """Keep what the provider says. The history tells of it where it is not what this order says.

        `other_money` is the amount that it named, where that is not the order's. That a payment is under way says
        nothing against what was heard before: messages overtake each other.
        """
        row = type(self)._base_manager.filter(pk=self.pk)
        if state == PaymentState.PENDING:
            row = row.filter(heard="")
        news = row.exclude(heard=state, other_money=other_money)
        is_news = news.update(heard=state, other_money=other_money, is_final_word=is_final, heard_at=clock.now())
        if is_final and not is_news:
            row.filter(heard=state, is_final_word=False).update(is_final_word=True)
        if is_news:
            self.refresh_from_db(fields=["status", "heard", "other_money", "is_final_word", "heard_at"])
            if self.differs:
                data = {"heard": [None, state.value], "other_money": [None, other_money or None]}
                Event.objects.record("hear", self, by=User.objects.system(), data=data)
