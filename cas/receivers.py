"""The functions that this app connects to the hooks of `licences` and of the pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet
from django.urls import reverse

from cas import columns, history
from cas.finding.standing import STANDING, counts
from cas.hooks import Line, needs_attention
from cas.lifecycle import OrderStatus
from cas.models import CAS, Batch, Order, batch
from cas.payments import endings
from cas.printing import printouts
from licences import hooks
from licences.lifecycle import ENDED
from licences.models import ActionPlan, Licence, User
from licences.permissions import Action
from licences.scoping import Reach
from sms.core.counting import Tally, tallies
from sms.core.govuk.environment import page_globals
from sms.core.limits import ROUGHLY
from sms.core.prepared import reading


def connect() -> None:
    """Connect the functions to their hooks. Called once, when the app starts."""
    page_globals.connect(columns.for_pages)
    page_globals.connect(endings.for_pages)
    hooks.licence_ends.connect(cancel_live_cas)
    hooks.what_would_end.connect(what_would_be_cancelled)
    hooks.what_would_end.connect(which_payments_would_be_cancelled)
    hooks.history_words.connect(history.words)
    hooks.lists_of_licence.connect(lists_of_licence)
    hooks.job_kinds.connect(printouts.job_kind)
    hooks.numbers_owned.connect(numbers_of_cas)
    hooks.what_is_owned.connect(cas_and_batches)
    hooks.owner_leaves.connect(transfer_everything)
    needs_attention.connect(standing_lists)
    needs_attention.connect(action_plan_to_answer)


def cancel_live_cas(licence: Licence, routes: Iterable[str]) -> None:
    """Cancel the live CAS of these routes of a licence, which have ended, and the open orders (specification, 3)."""
    system, routes = User.objects.system(), list(routes)
    CAS.objects.filter(licence=licence, route__in=routes).cancel(by=system)
    Order.objects.filter(licence=licence, route__in=routes).cancel(by=system)


Endings = Sequence[tuple[Licence, Collection[str]]]
"""Pairs of a licence and the routes of it that may end."""


def what_would_be_cancelled(endings: Endings) -> list[str]:
    """Return a sentence for each ending that says how many CAS `cancel_live_cas` would cancel now."""
    return [
        f"{count:,} CAS will be CANCELLED." if count else "No CAS will be CANCELLED, because no CAS is live."
        for count in _counted(CAS.objects.cancellable(), endings)
    ]


def which_payments_would_be_cancelled(endings: Endings) -> list[str]:
    """Return a sentence for each ending that says how many open orders would be cancelled now; "" if there are none."""
    counts = _counted(Order.objects.filter(status=OrderStatus.OPEN), endings)
    return [_payments_cancelled(count) if count else "" for count in counts]


def _payments_cancelled(count: int) -> str:
    payments = "1 open payment" if count == 1 else f"{count:,} open payments"
    return f"{payments} will be CANCELLED. If the money arrives later, a refund is due."


def _counted(rows: QuerySet[Any], endings: Endings) -> list[int]:
    """Return the number of `rows` that belong to each ending. This takes one statement."""
    licences = {licence.pk for licence, _ in endings}
    groups = rows.filter(licence__in=licences).order_by().values_list("licence", "route").annotate(Count("pk"))
    counts = {(licence, route): count for licence, route, count in groups}
    return [sum(counts.get((licence.pk, route), 0) for route in routes) for licence, routes in endings]


def standing_lists(user: User) -> Iterable[Line]:
    """Yield a line for `Students` with the number of CAS on each standing list that this user has."""
    for name, tally in counts(user).items():
        if tally.number:
            yield Line(f"{tally} {STANDING[name].short}", STANDING[name].address, tally)


def action_plan_to_answer(user: User) -> Iterable[Line]:
    """Yield a line for `Students` with the action plan that waits for the answer of the sponsor."""
    if user.may(Action.ACTION_PLANS_ANSWER) and user.sponsor.status not in ENDED:
        for (pk,) in _reading_plans(Reach.of(user))():
            yield Line("An action plan waits for your answer", reverse("action_plan", args=[pk]))


@lru_cache(maxsize=500)
def _reading_plans(reach: Reach) -> Callable[..., list[tuple[Any, ...]]]:
    return reading(ActionPlan.objects.for_user(reach).filter(answer="").values_list("pk"))


def numbers_of_cas(users: Collection[User]) -> Mapping[int, Tally]:
    """Return how many CAS each of these users owns, counted in one statement."""
    rows = {str(user.pk): CAS.objects.filter(licence=user.licence_id, owner=user) for user in users}
    return {int(pk): tally for pk, tally in tallies({pk: (owned, ROUGHLY) for pk, owned in rows.items()}).items()}


def cas_and_batches(user: User) -> str:
    """Return how many CAS and batches the user owns, in words; "" if none."""
    cas = CAS.objects.filter(licence=user.licence_id, owner=user).count()
    batches = Batch.objects.filter(licence=user.licence_id, owner=user).count()
    words = [f"{cas:,} CAS"] if cas else []
    return " and ".join(words + ([f"{batches:,} {'batch' if batches == 1 else 'batches'}"] if batches else []))


def transfer_everything(user: User, to: User, by: User) -> None:
    """Transfer all CAS and batches of a user who is being deactivated."""
    batch.transfer_everything(user, to, by=by)


def lists_of_licence() -> Sequence[type[models.Model]]:
    return CAS, Batch, Order
