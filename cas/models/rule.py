"""The values of the rules that change by date, and from which day (specification, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import OuterRef, Subquery

from cas import refusals
from cas.declared_rules import BY_NAME, DeclaredRule, rules_of
from cas.rules import Limits, Rules
from licences.models import Event
from licences.permissions import Action, require
from sms.core import clock, triggers
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.prepared import reading
from sms.core.refused import InvalidValues
from sms.core.values import Invalid

if TYPE_CHECKING:
    from licences.models import Licence, User


class RuleQuerySet(models.QuerySet["Rule"]):
    def on(self, day: date | None = None) -> Rules:
        """Return the rules of `day`, or of today, in one statement. Raises `Rule.DoesNotExist` before the first."""
        day = day or clock.today()
        try:
            return rules_of(day, dict(_reading(day)()))
        except KeyError as missing:
            raise Rule.DoesNotExist(f"The rule {missing} has no value on {day}.") from None

    def now_and_next(self, names: Collection[str]) -> tuple[Rules, Rules | None]:
        """Return the rules of today, and of the next day on which one of `names` gets a new value, in one statement.

        The latter is None if no such value is set.
        """
        today = clock.today()
        stored = list(self.order_by("from_on").values_list("name", "from_on", "value"))
        coming = (from_on for name, from_on, _ in stored if from_on > today and name in names)

        def on(day: date) -> Rules:
            return rules_of(day, {name: value for name, from_on, value in stored if from_on <= day})

        next_day = next(coming, None)
        return on(today), on(next_day) if next_day else None

    def limits_for(self, licence: Licence) -> Limits:
        """Return today's limits for the CAS of this licence, in one statement."""
        return self.on().limits(licence.sponsor_status)

    def in_force(self, name: str) -> Rule:
        """Return the value that this rule has today."""
        return self.filter(name=name, from_on__lte=clock.today()).latest("from_on")

    def with_next(self) -> Self:
        """Add to each value the day from which the next value of the same rule replaces it, as `next_on`."""
        later = Rule.objects.filter(name=OuterRef("name"), from_on__gt=OuterRef("from_on")).order_by("from_on")
        return self.annotate(next_on=Subquery(later.values("from_on")[:1]))

    @transaction.atomic
    def add(self, name: str, *, from_on: date, value: object, by: User) -> Rule:
        """Give a rule a new value from `from_on`, which is today or later. `value` is as typed or as stored.

        Raises `InvalidValues` for a wrong value, and `Refused` for a day that has passed or that has a value already.
        """
        require(by, Action.RULES_SET)
        try:
            stored = BY_NAME[name].checked(value)
        except Invalid as invalid:
            raise InvalidValues({"value": str(invalid)}) from None
        if from_on < clock.today():
            raise refusals.RULE_IN_THE_PAST.about("from_on")
        rule, is_new = self.get_or_create(name=name, from_on=from_on, defaults={"value": stored})
        if not is_new:
            raise refusals.RULE_THERE_ALREADY.about("from_on", day=formats.day(from_on), value=rule.shown)
        rule._record("add", by=by)
        return rule


class Rule(models.Model):
    """A value of a rule, from a day until the next value of that rule starts."""

    name = models.CharField(max_length=40)
    from_on = models.DateField("from")
    value = models.JSONField()

    objects = RuleQuerySet.as_manager()

    next_on: date | None  # of the values that were read `with_next`

    event_kind = "rule"
    event_licence_id = None
    guards: ClassVar = (
        triggers.Guard("value_update", "UPDATE", "1 = 1", "Values of rules are never changed"),
        # The database's day is that of UTC, which summer time leaves an hour behind London's.
        triggers.Guard(
            "value_delete",
            "DELETE",
            "OLD.from_on <= CURRENT_DATE",
            "Values of rules that have started are never deleted",
        ),
    )

    class Meta:
        ordering: ClassVar = ["name", "-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "from_on"], name="rule_once_a_day"),
            known("name", BY_NAME, table="rule"),
        ]

    def __str__(self) -> str:
        return self.declared.label

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def declared(self) -> DeclaredRule:
        return BY_NAME[self.name]

    @property
    def shown(self) -> str:
        """Return the value in words."""
        return self.declared.show(self.value)

    @property
    def has_started(self) -> bool:
        return self.from_on <= clock.today()

    @property
    def last_on(self) -> date | None:
        """Return the last day of this value, if a later one follows; only of values that were read `with_next`."""
        return self.next_on and self.next_on - timedelta(days=1)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Delete a value that has not started. Raises `Refused` for one that has."""
        require(by, Action.RULES_SET)
        if self.has_started:
            raise refusals.RULE_HAS_STARTED()
        self._record("remove", by=by)
        deleted, _ = Rule.objects.filter(pk=self.pk).delete()
        if not deleted:
            raise refusals.RULE_REMOVED()

    def _record(self, verb: str, *, by: User) -> None:
        after: dict[str, Any] = {self.name: self.value, "from_on": str(self.from_on)}
        data = {name: [None, value] if verb == "add" else [value, None] for name, value in after.items()}
        Event.objects.record(verb, self, by=by, data=data)


@lru_cache(maxsize=50)
def _reading(day: date) -> Callable[[], list[tuple[Any, ...]]]:
    """Return a function that reads the rules until a day, newest last. Kept, because most pages ask for today's."""
    return reading(Rule.objects.filter(from_on__lte=day).order_by("from_on").values_list("name", "value"))
