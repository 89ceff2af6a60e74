"""Requests of sponsors: the work list, a page for each, and the decisions to grant or to refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from licences.casework.decisions import Decision
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Section, Status
from licences.licence_requests import verbs
from licences.licence_requests.kind import GrantForm
from licences.licence_requests.options import asked, what_would_end
from licences.licence_requests.table import KINDS, kind_of
from licences.lifecycle import RequestStatus
from licences.models import LicenceRequest, User
from sms.core.govuk import formats


class AboutRequest(Decision[LicenceRequest]):
    """A decision about a request. Its screen shows what is asked, and why."""

    def facts(self) -> Sequence[tuple[str, object]]:
        return (*asked(self.subject).facts, ("Reasons", self.subject.reasons))


class Refuse(AboutRequest):
    name, label, done = "refuse", "Refuse", "Request refused"
    form_class = GrantForm

    def is_open(self) -> bool:
        return self.subject.is_waiting

    def decide(self, *, by: User, **values: Any) -> LicenceRequest:
        verbs.refuse(self.subject, answer=values["answer"], by=by)
        return self.subject


class Grant(AboutRequest):
    name, label, done = "grant", "Grant", "Request granted and carried out"

    def __init__(self, subject: LicenceRequest | None = None) -> None:
        super().__init__(subject)
        self.is_final = kind_of(self.subject).is_final
        self.asks_again = kind_of(self.subject).asks_again

    def is_open(self) -> bool:
        """Return whether the request waits and can be granted. Otherwise the page of the request says why."""
        why_not = kind_of(self.subject).why_not_grant(self.subject.licence, self.subject.route)
        return self.subject.is_waiting and why_not is None

    def consequences(self) -> list[str]:
        return kind_of(self.subject).consequences(self.subject)

    def initial(self) -> dict[str, Any]:
        return kind_of(self.subject).proposed(self.subject)

    def form(self, data: Any = None) -> GrantForm:
        return kind_of(self.subject).grant_form_class(data, initial=self.initial(), subject=self.subject)

    def decide(self, *, by: User, **values: Any) -> LicenceRequest:
        verbs.grant(self.subject, by=by, **values)
        return self.subject


class KindFilter(admin.SimpleListFilter):
    title = "request"
    parameter_name = "request"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, kind.label) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LicenceRequest]) -> QuerySet[LicenceRequest]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status, status) for status in RequestStatus.values if status != RequestStatus.SAVED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LicenceRequest]) -> QuerySet[LicenceRequest]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(LicenceRequest)
class LicenceRequestAdmin(RecordAdmin[LicenceRequest]):
    columns = ("Request", "Sponsor", "Asked for", "If granted", "Status", "Submitted", "Waiting")
    decisions = (Grant, Refuse)
    name = "Requests"
    intro = "The requests that wait for a decision come first, and the oldest of them at the top."

    list_filter = (StatusFilter, KindFilter)
    ordering = (F("closed_at").desc(nulls_first=True), "submitted_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LicenceRequest]:
        """Return the requests that were submitted: the others are only the sponsor's."""
        return LicenceRequest.objects.sent().select_related("licence")

    def rows(self, records: Sequence[LicenceRequest]) -> list[Sequence[object]]:
        would_end = what_would_end(records)
        return [self._row(record, would_end.get(record.pk, "–")) for record in records]

    def _row(self, request: LicenceRequest, would_end: str) -> Sequence[object]:
        found = asked(request)
        return (
            link_to(request, found.title),
            request.licence.name,
            "; ".join(f"{label}: {value}" for label, value in found.facts if value) or "–",
            would_end,
            Status(request.status),
            formats.day(request.submitted_at),
            found.waiting,
        )

    def heading(self, request: LicenceRequest) -> str:
        return f"{asked(request).title}, {request.licence.name}"

    def facts(self, request: LicenceRequest) -> Sequence[tuple[str, object]]:
        found = asked(request)
        why_not = found.kind.why_not_grant(request.licence, request.route) if request.is_waiting else None
        return (
            ("Sponsor", link_to(request.licence)),
            ("Status", Status(request.status)),
            ("Cannot be granted", str(why_not or "")),
            *found.facts,
            ("Reasons", request.reasons),
            ("Submitted", formats.moment(request.submitted_at)),
            ("Submitted by", link_to(request.submitted_by) if request.submitted_by else ""),
            ("Waiting", found.waiting if request.is_waiting else ""),
            *found.kind.granted(request),
            ("Decision", request.answer),
            ("Closed", formats.moment(request.closed_at)),
            ("Closed by", link_to(request.closed_by) if request.closed_by else ""),
        )

    def sections(self, request: LicenceRequest) -> Iterable[Section]:
        if request.is_waiting and not asked(request).kind.why_not_grant(request.licence, request.route):
            effects = asked(request).consequences
            yield Section("If you grant it", [("Effect", sentence) for sentence in effects])
