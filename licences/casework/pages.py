"""Admin pages: a list of records, and for each record a page that shows all of it and links to its decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from licences.casework.decisions import Decision
from licences.casework.parts import Link, Section, Table
from licences.casework.searching import Searchable
from licences.confirming import require_recent
from licences.models import Event
from licences.requests import SignedInRequest
from licences.timeline import Folded
from licences.timeline import page_of as page_of_history
from sms.core.counting import Tally
from sms.core.govuk.answers import status_of
from sms.core.govuk.banners import saved
from sms.core.govuk.pages import pagination

ModelT = TypeVar("ModelT", bound=models.Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    AnyPaginator = Paginator[Any]
else:  # neither class is generic at run time
    AnyPaginator = Paginator

    class ModelAdmin(admin.ModelAdmin, Generic[ModelT]):
        pass


MOST_ROWS = 1000  # shown in a list; its filters find the other records

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def page_of(record: models.Model) -> str:
    """Return the address of the record's page."""
    return _address(record._meta, "change", record.pk)


def link_to(record: models.Model, text: object = "") -> Link:
    return Link(text or record, page_of(record))


def list_of(model: type[models.Model], **lookups: object) -> str:
    """Return the address of a list, filtered by `lookups`."""
    query = "&".join(f"{name}={value}" for name, value in lookups.items())
    return _address(model._meta, "changelist") + (f"?{query}" if query else "")


def _address(meta: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def _grouped(buttons: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the label and the address of each button, by the title of the table below which it stands."""
    grouped: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for about, label, href in buttons:
        grouped[about].append((label, href))
    return grouped


def _without(query: QueryDict, *names: str) -> QueryDict:
    """Return the parameters of an address without these."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _holds_nul(request: HttpRequest) -> bool:
    return "%00" in request.GET.urlencode()


class CappedPaginator(AnyPaginator):
    """Pages of at most `MOST_ROWS` rows, or of `most`: counting a million rows takes longer than showing 50."""

    most: ClassVar[int] = 0

    @property
    def limit(self) -> int:
        return self.most or MOST_ROWS

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: self.limit].count()


class RecordAdmin(Searchable, ModelAdmin[ModelT]):
    """A list of records, and a page for each. Records change only by a `Decision`.

    `columns` are the headings of the list, and `cells` its rows. The first cell links to the record.
    """

    columns: ClassVar[Sequence[str]] = ()
    decisions: ClassVar[Sequence[type[Decision[Any]]]] = ()
    added_by: ClassVar[type[Decision[Any]] | None] = None
    name: ClassVar[str] = ""  # of the list, if it is not the plural name of the model
    folded: ClassVar[Collection[Folded]] = ()  # events of its history that fold into one line
    intro: ClassVar[str] = ""  # a sentence about the list, if its name does not say enough

    actions = None
    change_list_template = "admin/list.html"
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    sortable_by = ()

    def list_name(self) -> str:
        return self.name or capfirst(str(self.opts.verbose_name_plural))

    def rows(self, records: Sequence[ModelT]) -> list[Sequence[object]]:
        """Return the cells of each record of one page of the list."""
        return [self.cells(record) for record in records]

    def cells(self, record: ModelT) -> Sequence[object]:
        raise NotImplementedError

    def heading(self, record: ModelT) -> str:
        """Return the heading of the record's page."""
        return str(record)

    def facts(self, record: ModelT) -> Sequence[tuple[str, object]]:
        """Return the labels and values at the top of the record's page."""
        raise NotImplementedError

    def sections(self, record: ModelT) -> Iterable[Section]:
        return ()

    def tables(self, record: ModelT) -> Iterable[Table]:
        return ()

    def events(self, record: ModelT) -> models.QuerySet[Event]:
        """Return the events of the record's history."""
        kind = getattr(record, "event_kind", "")
        return Event.objects.about(kind, record.pk) if kind else Event.objects.none()

    def total(self, records: models.QuerySet[ModelT]) -> str:
        """Return a sentence with the total of the records of the list; "" if there is nothing to add up."""
        return ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the lookups of our links and filters. Others, such as `in`, pass on too large numbers."""
        how = lookup.rpartition("__")[2]
        return how in {lookup, "exact", "gte", "lt"} and super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        """Return our own pages only. Django's would write the fields of a record, or delete it."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"

        def page(route: str, view: Callable[..., HttpResponse], suffix: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"{name}_{suffix}")

        return [
            page("", require_safe(self.changelist_view), "changelist"),
            *([page("find/", read_or_send(self.find_view), "find")] if self.sought else []),
            *([page("add/", read_or_send(self.add_view), "add")] if self.added_by else []),
            page("<int:pk>/", require_safe(self.record_view), "change"),
            page("<int:pk>/history/", require_safe(self.timeline_view), "history"),
            page("<int:pk>/<slug:name>/", read_or_send(self.decision_view), "decision"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if _holds_nul(request):
            raise BadRequest("A filter contains NUL, which PostgreSQL does not accept.")
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            cl = response.context_data["cl"]
            page = cl.paginator.get_page(cl.page_num)
            most, count = cl.paginator.limit, page.paginator.count
            response.context_data |= {
                "rows": self.rows(list(cl.result_list)),
                "columns": self.columns,
                "filters": [(capfirst(str(spec.title)), list(spec.choices(cl))) for spec in cl.filter_specs],
                "pagination": pagination(page, request.GET, parameter=PAGE_VAR),
                "is_cut": count == most,
                "most_rows": most,
                "name": self.list_name(),
                "intro": self.intro,
                "added_by": self.added_by,
                "search": self.searched(request),
                "kept": _without(request.GET, "q", PAGE_VAR),
                "found": Tally(count, is_more=count == most),
                "total": "" if count == most else self.total(cl.queryset.order_by()[:most]),
            }
        return response

    def find_view(self, request: SignedInRequest) -> HttpResponse:
        """Keep the search that was sent, and redirect to what it finds."""
        form = self.search_form(request.POST if request.method == "POST" else None)
        if form and form.is_valid():
            query = _without(request.GET, "q", PAGE_VAR)
            query["q"] = self.keep_search(request).key
            return redirect(f"{list_of(self.model)}?{query.urlencode()}")
        return self._page(request, "admin/search.html", None, {"form": form})

    def record_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._load(request, pk)
        open_decisions = [decision for decision in self.decisions if decision(record).is_open()]
        context = {
            "facts": self.facts(record),
            "sections": self.sections(record),
            "tables": self.tables(record),
            "timeline": page_of_history(self.events(record), request.GET, folded=self.folded),
            "decisions": _grouped(
                (decision.about, decision.label, _address(self.opts, "decision", pk, decision.name))
                for decision in open_decisions
            ),
        }
        return self._page(request, "admin/record.html", record, context)

    def timeline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._load(request, pk)
        history = page_of_history(self.events(record), request.GET, folded=self.folded)
        return self._page(request, "admin/history.html", record, {"timeline": history})

    def add_view(self, request: Any, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        if self.added_by is None:
            raise Http404
        return self._decide(request, self.added_by(), None)

    def decision_view(self, request: SignedInRequest, pk: int, name: str) -> HttpResponse:
        record = self._load(request, pk)
        decision = next((each(record) for each in self.decisions if each.name == name), None)
        if decision is None:
            raise Http404
        if request.method != "POST" and not decision.is_open():
            messages.error(request, decision.no_longer_possible())
            return redirect(page_of(record))
        return self._decide(request, decision, record)

    def _decide(self, request: SignedInRequest, decision: Decision[Any], record: ModelT | None) -> HttpResponse:
        form = decision.form(request.POST if request.method == "POST" else None)
        if form.is_valid():
            if decision.must_confirm(form):
                require_recent(request)
            seen = request.POST.get("seen", "")
            if changed := decision.attempt(form, seen=seen, by=request.user):
                saved(request, not decision.is_amendment or decision.seen() != seen, decision.done)
                return redirect(page_of(changed))
        return self._page(request, "admin/decision.html", record, {"form": form, "decision": decision})

    def _load(self, request: HttpRequest, pk: int) -> ModelT:
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        return record

    def _page(
        self, request: HttpRequest, template: str, record: ModelT | None, context: dict[str, Any]
    ) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "name": self.list_name(),
            "list_url": list_of(self.model),
            "record": record,
            "record_heading": self.heading(record) if record else "",
            "record_url": page_of(record) if record else "",
        }
        return TemplateResponse(request, template, {**shared, **context}, status=status_of(context.get("form")))
