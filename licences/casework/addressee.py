"""The sponsors of a message, and which of their users have acknowledged it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Exists, QuerySet
from django.http import HttpRequest

from licences.casework.pages import CappedPaginator, RecordAdmin, link_to
from licences.casework.parts import Table
from licences.casework.searching import AT_MOST, of_sponsor
from licences.message_board import reach
from licences.models import Acknowledgement, Addressee
from sms.core.govuk import formats
from sms.core.govuk.fields import TextField

MOST_USERS = 200  # of a sponsor


class AllSponsors(CappedPaginator):
    """Pages of all sponsors of one message."""

    most = 10_000


class AcknowledgedFilter(admin.SimpleListFilter):
    title = "acknowledged"
    parameter_name = "acknowledged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "By no user"), ("some", "By some of the users"), ("all", "By all users")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Addressee]) -> QuerySet[Addressee]:
        has, lacks = Exists(reach.has_acknowledged()), Exists(reach.has_not_acknowledged())
        conditions: dict[str, tuple[Any, ...]] = {"none": (~has,), "some": (has, lacks), "all": (has, ~lacks)}
        return queryset.filter(*conditions.get(self.value() or "", ()))


@admin.register(Addressee)
class AddresseeAdmin(RecordAdmin[Addressee]):
    columns = ("Sponsor", "Message", "From", "Level 1 users who acknowledged it")
    name = "Messages to sponsors"
    intro = "The sponsors to which messages were sent, and how many of their Level 1 users have acknowledged each."

    list_filter = (AcknowledgedFilter,)
    list_select_related = ("licence", "message")
    ordering = ("licence__name", "-message_id")
    paginator = AllSponsors
    sought = TextField(
        "Name of the sponsor, or licence number", required="Enter a name or a number", max_length=AT_MOST
    )

    def search(self, records: QuerySet[Addressee], text: str) -> QuerySet[Addressee]:
        return of_sponsor(records, text)

    def rows(self, addressees: Sequence[Addressee]) -> list[Sequence[object]]:
        counts = reach.counts_of(addressees)
        return [
            (
                link_to(each, each.licence.name),
                link_to(each.message),
                formats.day(each.message.starts_on),
                "{} of {}".format(*map(formats.number, counts[each.pk])),
            )
            for each in addressees
        ]

    def heading(self, addressee: Addressee) -> str:
        return f"{addressee.licence.name}: {addressee.message}"

    def facts(self, addressee: Addressee) -> Sequence[tuple[str, object]]:
        message = addressee.message
        return (
            ("Sponsor", link_to(addressee.licence)),
            ("Message", link_to(message)),
            ("From", formats.day(message.starts_on)),
            ("Until", formats.day(message.last_on)),
        )

    def tables(self, addressee: Addressee) -> Iterable[Table]:
        users = reach.readers().filter(licence=addressee.licence).order_by("name", "pk")[:MOST_USERS]
        made = Acknowledgement.objects.filter(message=addressee.message, by__licence=addressee.licence)
        when = dict(made.values_list("by", "at"))
        rows = [(link_to(user), user.username, formats.moment(when.get(user.pk)) or "Not yet") for user in users]
        empty = "This sponsor has no Level 1 user who may sign in."
        yield Table("Level 1 users", ("Name", "User ID", "Acknowledged"), rows, empty=empty)
