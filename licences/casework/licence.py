"""Licences: their list, and a page for each with its routes, allocations and users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib import admin
from django.db import models
from django.utils.text import capfirst

from licences.casework import detail_decisions, details, service_decisions
from licences.casework import licence_decisions as decide
from licences.casework.pages import RecordAdmin, link_to, list_of
from licences.casework.parts import Link, Status, Table, number
from licences.casework.searching import AT_MOST, of_sponsor
from licences.hooks import lists_of_licence, tables_of_licence
from licences.models import Addressee, Licence, LicenceRequest, User
from sms.core.govuk import formats
from sms.core.govuk.fields import TextField

MOST_USERS = 50


@admin.register(Licence)
class LicenceAdmin(RecordAdmin[Licence]):
    columns = ("Sponsor", "Licence number", "Status", "Routes", "Last day")
    decisions = (
        decide.AmendLicence,
        decide.AddSponsorUser,
        decide.GrantAllocation,
        decide.SetAutomaticRenewal,
        decide.Suspend,
        decide.Reinstate,
        decide.SurrenderRoute,
        decide.Surrender,
        decide.Revoke,
        *detail_decisions.DECISIONS,
        *service_decisions.DECISIONS,
    )
    added_by = decide.GrantLicence

    list_filter = ("status",)
    ordering = ("name",)
    sought = TextField(
        "Name of the sponsor, or licence number", required="Enter a name or a number", max_length=AT_MOST
    )

    def search(self, records: models.QuerySet[Licence], text: str) -> models.QuerySet[Licence]:
        return of_sponsor(records, text, "pk")

    def get_queryset(self, request: object) -> models.QuerySet[Licence]:
        return super().get_queryset(request).prefetch_related("routes")  # type: ignore[arg-type]

    def cells(self, licence: Licence) -> Sequence[object]:
        routes = ", ".join(str(route) for route in licence.routes.all() if not route.surrendered_on)
        last_day = formats.day(licence.expires_on) or "–"
        return link_to(licence, licence.name), licence.number, Status(licence.status), routes or "–", last_day

    def facts(self, licence: Licence) -> Sequence[tuple[str, object]]:
        lists = [
            (capfirst(str(model._meta.verbose_name_plural)), _list_for(licence, model))
            for part in lists_of_licence()
            for model in part
        ]
        return (
            ("Licence number", licence.number),
            ("Status", Status(licence.status)),
            ("Since", formats.day(licence.status_since)),
            ("Status of the sponsor", licence.get_sponsor_status_display()),
            ("Compliance rating", licence.get_compliance_rating_display() or "Not rated yet"),
            ("Trading address", licence.address),
            ("Telephone", licence.telephone),
            ("Website", licence.website),
            ("First day", formats.day(licence.starts_on)),
            ("Last day", formats.day(licence.expires_on) or "No last day"),
            ("Allocations renew automatically", _yes(licence.is_renewed_automatically)),
            ("Second factor for all users", _yes(licence.is_second_factor_required)),
            ("Requests", _list_for(licence, LicenceRequest)),
            ("Messages", Link("All messages to this sponsor", list_of(Addressee, licence__id__exact=licence.pk))),
            *lists,
        )

    def tables(self, licence: Licence) -> Iterable[Table]:
        routes = [(route, formats.day(route.surrendered_on) or "–") for route in licence.routes.all()]
        yield Table("Routes", ("Route", "Surrendered"), routes)
        allocations = licence.allocations.order_by("-starts_on", "route")
        rows = [
            (link_to(each), *map(number, (each.granted, each.used, each.held, each.unused))) for each in allocations
        ]
        columns = ("Allocation", "Granted", "Used", "Held", "Unused")
        yield Table("Allocations", columns, rows, empty="None, so this sponsor cannot assign CAS.")
        yield from details.tables_of(licence)
        users = licence.users.order_by("name")[:MOST_USERS]
        people = [(link_to(user), user.username, user.get_role_display(), _yes(user.is_active)) for user in users]
        everyone = _list_for(licence, User)
        yield Table("Users", ("Name", "User ID", "Kind of user", "May sign in"), people, everyone)
        for tables in tables_of_licence(licence):
            yield from tables


def _list_for(licence: Licence, model: type[models.Model]) -> Link:
    return Link(f"All {model._meta.verbose_name_plural} of this licence", list_of(model, licence__id__exact=licence.pk))


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
