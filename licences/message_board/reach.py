"""The sponsors and users that a message reaches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from django.db import connections
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from licences.audiences import NOT_RATED, Audience
from licences.models import Acknowledgement, Addressee, Licence, Message, User
from licences.models.licence import LicensedRoute
from licences.roles import Role
from sms.core.govuk import formats


class Reach(NamedTuple):
    """The number of sponsors that a message reaches, and of their Level 1 users who may sign in."""

    sponsors: int
    users: int

    def __str__(self) -> str:
        return f"{_counted(self.sponsors, 'sponsor')} with {_counted(self.users, 'Level 1 user')}"

    @property
    def as_users(self) -> str:
        """Return the same, with the users first."""
        return f"{_counted(self.users, 'Level 1 user')} of {_counted(self.sponsors, 'sponsor')}"


def _counted(number: int, what: str) -> str:
    return f"{formats.number(number)} {what}{'' if number == 1 else 's'}"


def licences_of(message: Message) -> QuerySet[Licence]:
    """Return the licences that fit the audience of the message now."""
    if message.audience == Audience.ONE:
        return Licence.objects.filter(pk=message.licence_id or 0)
    rows = Licence.objects.all()
    for name, chosen in message.conditions.items():
        if chosen:
            rows = rows.filter(_FITS[name](chosen))
    return rows


def reach_of(message: Message) -> Reach:
    """Return whom the message reaches: its addressees once it is sent, or those that fit its audience now."""
    sent_to = Addressee.objects.filter(message=message)
    licences = licences_of(message) if message.sent_at is None else Licence.objects.filter(addressees__in=sent_to)
    return Reach(licences.count(), readers().filter(licence__in=licences.order_by().values("pk")).count())


def readers() -> QuerySet[User]:
    """Return the users who see messages: the Level 1 users who may sign in."""
    return User.objects.filter(role=Role.LEVEL_1, is_active=True)


def acknowledged(message: Message) -> Reach:
    """Return how many users have acknowledged the message, and of how many sponsors, among those it reaches now."""
    made = Acknowledgement.objects.filter(message=message, by__in=readers().values("pk"))
    return Reach(**made.aggregate(sponsors=Count("by__licence", distinct=True), users=Count("pk")))


def has_acknowledged() -> QuerySet[User]:
    """Return the users of an addressee's sponsor who have acknowledged its message, for a subquery."""
    made = Acknowledgement.objects.filter(message=OuterRef(OuterRef("message")), by=OuterRef("pk"))
    return readers().filter(Exists(made), licence=OuterRef("licence"))


def has_not_acknowledged() -> QuerySet[User]:
    """Return the users of an addressee's sponsor who have not acknowledged its message, for a subquery."""
    made = Acknowledgement.objects.filter(message=OuterRef(OuterRef("message")), by=OuterRef("pk"))
    return readers().filter(~Exists(made), licence=OuterRef("licence"))


def counts_of(addressees: Collection[Addressee]) -> dict[int, tuple[int, int]]:
    """Return how many users have acknowledged, and of how many, by the id of the addressee. It takes two statements."""
    licences, messages = ({getattr(each, name) for each in addressees} for name in ("licence_id", "message_id"))
    users = readers().filter(licence__in=licences)
    found = dict(users.order_by().values("licence").annotate(number=Count("pk")).values_list("licence", "number"))
    made = Acknowledgement.objects.filter(message__in=messages, by__in=users.values("pk")).order_by()
    pairs = made.values("message", "by__licence").annotate(number=Count("pk"))
    read = {
        (message, licence): count for message, licence, count in pairs.values_list("message", "by__licence", "number")
    }
    return {
        each.pk: (read.get((each.message_id, each.licence_id), 0), found.get(each.licence_id, 0)) for each in addressees
    }


def address(message: Message) -> int:
    """Make the sponsors that fit the audience now the addressees of the message, in one statement. Return how many."""
    Addressee.objects.filter(message=message).delete()
    rows = licences_of(message).order_by("pk").values_list(Value(message.pk), F("pk"))
    select, params = rows.query.get_compiler(rows.db).as_sql()
    table = Addressee._meta.db_table
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" (message_id, licence_id) {select}', params)
        return cursor.rowcount


def _on_routes(chosen: Collection[str]) -> Q:
    open_routes = LicensedRoute.objects.filter(route__in=chosen, surrendered_on=None)
    return Q(pk__in=open_routes.values("licence"))


def _rated(chosen: Collection[str]) -> Q:
    return Q(compliance_rating__in=["" if rating == NOT_RATED else rating for rating in chosen])


_FITS: dict[str, Callable[[Collection[str]], Q]] = {
    "routes": _on_routes,
    "sponsor_statuses": lambda chosen: Q(sponsor_status__in=chosen),
    "ratings": _rated,
    "statuses": lambda chosen: Q(status__in=chosen),
}
"""The condition that a licence fits one of the values that were chosen, by the name in `audiences.CONDITIONS`."""
