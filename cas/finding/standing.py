"""Lists of CAS that users do not search for: the portal knows what is on them (specification, section 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from cas.details.countries import NATIONALITIES
from cas.lifecycle import CASStatus
from cas.models import CAS, Rule
from cas.models.queryset import CASQuerySet
from cas.rules import Rules
from licences.models import User
from licences.permissions import Action
from licences.routes import Route
from licences.scoping import Person, Reach
from sms.core.counting import Tally, prepared
from sms.core.limits import ROUGHLY


@dataclass(frozen=True)
class StandingList:
    """A list. `rows` selects the CAS on it by the rules of the day. Only users with the `action` have it.

    `short` follows the number of CAS on `Students`, and `detail` says what the rules of the day are.
    """

    name: str
    heading: str
    why: str
    short: str
    action: Action
    rows: Callable[[CASQuerySet, Rules], CASQuerySet]
    detail: Callable[[Rules], str]

    @property
    def address(self) -> str:
        return reverse("standing_list", args=[self.name])

    def of(self, user: Person) -> CASQuerySet:
        """Return the CAS on this user's list today. This reads the rules."""
        return self.on(Rule.objects.on(), user)

    def on(self, rules: Rules, user: Person) -> CASQuerySet:
        """Return the CAS on this user's list by these rules."""
        return self.rows(CAS.objects.for_user(user), rules)


def affected_by_visa_brake(rows: CASQuerySet, rules: Rules) -> CASQuerySet:
    """Return the live CAS whose students are at present refused entry clearance from abroad."""
    return rows.filter(status=CASStatus.ASSIGNED, route=Route.STUDENT, nationality__in=sorted(rules.visa_brake))


def nationalities_braked(rules: Rules) -> str:
    """Return a sentence that names the nationalities."""
    names = sorted(NATIONALITIES.get(code, code) for code in rules.visa_brake)
    return f"Nationalities: {', '.join(names) or 'none at present'}."


VISA_BRAKE = StandingList(
    "visa-brake",
    "Live CAS affected",
    "ASSIGNED CAS of the Student route, for students of a nationality to which the visa brake applies at present. The "
    "Home Office refuses them entry clearance from abroad, whenever the CAS was assigned. It does not refuse "
    "applications made in the UK. The fee and the place do not come back.",
    "live CAS affected by the visa brake",
    Action.CAS_AFFECTED,
    affected_by_visa_brake,
    nationalities_braked,
)

STANDING = {each.name: each for each in (VISA_BRAKE,)}


def counts(user: User) -> dict[str, Tally]:
    """Return the number of CAS on each standing list that this user has, in two statements."""
    names = tuple(each.name for each in STANDING.values() if user.may(each.action))
    return _counting(names, Reach.of(user), Rule.objects.on())() if names else {}


@lru_cache(maxsize=500)
def _counting(names: tuple[str, ...], reach: Reach, rules: Rules) -> Callable[[], dict[str, Tally]]:
    """Return a function that counts the CAS on each list. Kept, because home counts them each time that it is shown."""
    return prepared({name: (STANDING[name].on(rules, reach), ROUGHLY) for name in names}, has_first=True)
