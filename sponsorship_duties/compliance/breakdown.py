"""The CAS of a rate by course, nationality and agent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db.models import Case, CharField, F, Min, Q, Value, When
from django.db.models import Count as CountOf
from django.db.models.expressions import Combinable

from cas.columns import label_of, office
from cas.details.countries import NATIONALITIES
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from sponsorship_duties.compliance.assessment import count_of
from sponsorship_duties.compliance.metrics import Metric
from sponsorship_duties.compliance.rates import Count, Period, total

MOST = 50  # groups of a table. The others are added up


@dataclass(frozen=True)
class Dimension:
    """A way to group CAS. `groups` has the expressions that all CAS of a group have in common.

    `show` names the group of a CAS, from the values of its columns in `reads`.
    """

    name: str
    label: str
    plural: str
    groups: Mapping[str, Combinable]
    reads: tuple[str, ...]
    show: Callable[..., str]

    def like(self, rows: CASQuerySet, example: CAS) -> CASQuerySet:
        """Return the rows of the same group as `example`."""
        aliases = self._aliases()
        own = CAS.objects.annotate(**aliases).values(*aliases).get(pk=example.pk)
        return rows.annotate(**aliases).filter(**own)

    def names(self, examples: list[int]) -> dict[int, str]:
        """Return the names of the groups of these CAS, by the id of the CAS."""
        found = CAS.objects.filter(pk__in=examples).values_list("pk", *self.reads)
        return {pk: self.show(*values) for pk, *values in found}

    def counted(self, rows: CASQuerySet) -> dict[int, Count]:
        """Return the counts of each group of the rows of a metric, by the id of one of its CAS."""
        aliases = self._aliases()
        grouped = rows.order_by().annotate(**aliases).values_list(*aliases, "part")
        examples: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        counts: dict[tuple[Any, ...], list[Count]] = defaultdict(list)
        for *group, part, number, example in grouped.annotate(number=CountOf("*"), example=Min("pk")):
            examples[tuple(group)].append(example)
            counts[tuple(group)].append(count_of(part, number))
        return {min(examples[group]): total(each) for group, each in counts.items()}

    def _aliases(self) -> dict[str, Combinable]:
        return {f"group_{name}": expression for name, expression in self.groups.items()}


def _unless(filled: Q, column: str) -> Case:
    """Return a text, or "" for the rows that are `filled` in another way."""
    return Case(When(filled, then=Value("")), default=F(column), output_field=CharField())


def _course(title: str, course_id: str) -> str:
    return f"{title} ({course_id})" if course_id else title


def _agent(registered: str | None, city: str | None, typed: str, typed_city: str) -> str:
    return office(registered or typed, (city if registered else typed_city) or "") or "No agent"


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        dimension.name: dimension
        for dimension in (
            Dimension(
                "course",
                "Course",
                "courses",
                {"key": F("course_key"), "title": _unless(~Q(course_key=""), "course_title")},
                ("course_title", "course_id"),
                _course,
            ),
            Dimension(
                "nationality",
                label_of("nationality"),
                "nationalities",
                {"code": F("nationality")},
                ("nationality",),
                lambda code: NATIONALITIES.get(code, code),
            ),
            Dimension(
                "agent",
                "Agent",
                "agents",
                {"id": F("agent_id"), "name": _unless(Q(agent__isnull=False), "agent_name")},
                ("agent__agent_name", "agent__agent_city", "agent_name", "agent_city"),
                _agent,
            ),
        )
    }
)


@dataclass(frozen=True)
class Row:
    """A group with its counts. `example` is one of its CAS; None for the groups that are added up in one row."""

    name: str
    count: Count
    example: int | None = None


def breakdown(dimension: Dimension, metric: Metric, mine: CASQuerySet, period: Period, day: date) -> list[Row]:
    """Return the groups with the most failures first, and the others added up. They add up to the metric's count."""
    found = dimension.counted(metric.of(mine, period, day))
    order = sorted(found, key=lambda example: (-found[example].failed, -found[example].counted, example))
    names = dimension.names(order[:MOST])
    rows = [Row(names[example], found[example], example) for example in order[:MOST]]
    if rest := order[MOST:]:
        rows.append(Row(f"{len(rest):,} more {dimension.plural}", total(found[example] for example in rest)))
    return rows
