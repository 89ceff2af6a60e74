"""The screens from which CAS are found, and the way from each to what it found (specification, section 8).

A search travels by POST. One result leads to the next screen at once. Otherwise the search is stored, and the address
of its results holds only a random key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cas import numbers
from cas.finding.box import FOUND_BY, MOST_BATCHES, batches_named, ways_found
from cas.finding.elsewhere import MOST_ELSEWHERE, elsewhere
from cas.finding.form import SearchForm, restored
from cas.finding.listing import Heading, counted, listing, wanted_status
from cas.finding.way_back import SEARCH, along
from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS, Batch
from cas.models.listed import ListedCAS
from cas.models.queryset import CASQuerySet
from cas.models.search_box import is_a_number
from cas.models.search_fields import is_in_order
from licences.models import StoredSearch, User
from licences.requests import SignedInRequest
from licences.routes import Route
from licences.stored_searches import load_search
from sms.core.govuk.answers import render_form

NEVER_BEFORE_ASSIGNED = ("number", "assigned_from", "assigned_to", "expires_from", "expires_to")
"""The search fields that no unassigned CAS has a value for."""

BEFORE_ASSIGNED = tuple(status for status in CASStatus.values if status in UNASSIGNED)


@dataclass(frozen=True)
class Screen:
    """A place from which CAS are found.

    `base` returns the CAS that can be found there, and `leads_to` the address of the screen that comes next for a CAS.
    `address` is the screen's own, and `back` the screen before it. `settled` names what was decided before.
    `way_back` is the parameter that names the search to the next screen if it found only one CAS; "" for none.
    If nothing is found, the screen says where the CAS of `elsewhere` are that match: the user cannot do `what` there.
    `has_batches` says that the text of the search box also finds batches.
    """

    name: str
    heading: str
    base: Callable[[User], CASQuerySet]
    leads_to: Callable[[CAS | ListedCAS], str]
    address: str
    back: str
    choose: str  # the heading of the results
    found: str = "found_cas"
    change: str = "change_search"
    settled: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # of the fields that are asked; empty for all
    without: tuple[str, ...] = ()  # names of fields that are not asked
    may_be_empty: bool = True  # an empty search lists all that can be found there
    way_back: str = ""
    elsewhere: Callable[[User], CASQuerySet] | None = None
    what: str = ""
    has_batches: bool = False
    template: str = "cas"
    title: str = ""  # of its page, if another page has its heading
    around: Callable[[HttpRequest], dict[str, Any]] = lambda request: {}  # what else its pages show

    def form(self, user: User, data: Any = None, **settled: str) -> SearchForm:
        return SearchForm(
            data,
            user=user,
            settled=settled,
            statuses=self.statuses,
            names=self.names,
            without=self.without,
            may_be_empty=self.may_be_empty and not self.names,
        )

    def again(self, kept: StoredSearch) -> SearchForm:
        """Return the form, filled with what was asked."""
        data = restored(kept.asked)
        return self.form(kept.user, data, **{name: str(data[name]) for name in self.settled})

    def rows(self, form: SearchForm, user: User) -> CASQuerySet:
        return self.base(user).search(form.asked())

    def batches(self, form: SearchForm, user: User) -> list[Batch]:
        """Return the batches that the text of the box finds, if nothing else was asked."""
        asked = form.asked()
        return batches_named(asked["anything"], user) if self.has_batches and asked.keys() == {"anything"} else []


SCREENS = {
    screen.name: screen
    for screen in (
        Screen(
            "edit",
            "Create a CAS",
            lambda user: CAS.objects.for_user(user).free(),
            lambda cas: reverse("edit_cas", args=[cas.pk]),
            address="find_cas",
            back="create_kind",
            choose="Select the CAS to edit or delete",
            settled=("route",),
            statuses=BEFORE_ASSIGNED,
            without=NEVER_BEFORE_ASSIGNED,
            way_back=SEARCH,
            elsewhere=lambda user: CAS.objects.for_user(user),
            what="edit or delete",
            title="Create a CAS: search",
        ),
        Screen(
            "assign",
            "Search for a single CAS to assign",
            lambda user: CAS.objects.for_user(user).to_assign_singly(),
            lambda cas: reverse("assign_cas", args=[cas.pk]),
            address="find_cas_to_assign",
            back="assign_kind",
            choose="Select the CAS to assign",
            statuses=BEFORE_ASSIGNED,
            without=(*NEVER_BEFORE_ASSIGNED, "batch"),
            way_back=SEARCH,
            elsewhere=lambda user: CAS.objects.for_user(user),
            what="assign",
        ),
        Screen(
            "any",
            "Search for CAS",
            lambda user: CAS.objects.for_user(user),
            lambda cas: reverse("cas", args=[cas.pk]),
            address="search_cas",
            back="students",
            choose="CAS found",
            has_batches=True,
        ),
    )
}


SELECTABLE: dict[str, Screen] = dict(SCREENS)
"""The screens in whose lists users can select CAS. Apps above add theirs."""


def ask(request: SignedInRequest, screen: Screen, **settled: str) -> HttpResponse:
    """Answer with the screen, or lead from it to what was found."""
    form = screen.form(request.user, request.POST if request.method == "POST" else None, **settled)
    if not form.is_valid():
        return _form_page(request, screen, form)
    rows = screen.rows(form, request.user).order_by()
    hits = list(rows.values_list("pk", flat=True)[:2])  # the ids alone, which stand in the indexes
    batches = screen.batches(form, request.user)
    if len(batches) == 1 and not hits:
        return redirect("batch", batches[0].pk)
    only = CAS.objects.filter(pk=hits[0]).only("status").first() if len(hits) == 1 and not batches else None
    if only and not screen.way_back:
        return redirect(screen.leads_to(only))
    kept = StoredSearch.objects.keep(screen.name, form.typed(), by=request.user)
    if only:
        return redirect(along(screen.leads_to(only), screen.way_back, kept.key))
    return redirect(screen.found, kept.key)


def show(request: SignedInRequest, key: str, screens: dict[str, Screen]) -> HttpResponse:
    """Answer with what a kept search finds now; with the screen again, if that is nothing."""
    screen, form = _kept(request, key, screens)
    if not form.is_valid():  # a user or a status that was asked for no longer exists
        return _form_page(request, screen, form)
    rows = screen.rows(form, request.user)
    counts = counted(rows, wanted_status(request))
    batches = screen.batches(form, request.user)
    if not (batches or (counts[""] and counts[""].number)):
        others = elsewhere(screen.elsewhere(request.user).search(form.asked())) if screen.elsewhere else []
        return _form_page(request, screen, form, is_nothing_found=True, elsewhere=others)
    asked = form.asked()
    is_search = request.user.licence_id is None or not is_in_order(asked)
    found = listing(request, rows, counts, is_search=is_search, named=key)
    if "anything" in asked:
        found |= _saying_how(found, asked["anything"])
    context = {**screen.around(request), "screen": screen, "key": key, "terms": form.in_words(), **found}
    context |= {"batches": batches, "most_batches": MOST_BATCHES}
    return render(request, f"{screen.template}/found.html", context)


def _saying_how(found: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the headings and rows of the list, with a column that says what the box found each CAS by."""
    name, *others = found["headings"]
    ways = ways_found(found["rows"], text)
    rows = [cas._replace(shown={**cas.shown, "found_by": ways.get(cas.pk, "")}) for cas in found["rows"]]
    return {"headings": [name, [Heading("found_by", FOUND_BY, "text")], *others], "rows": rows}


def found_rows(request: SignedInRequest, key: str) -> CASQuerySet:
    """Return what a kept search finds now."""
    screen, form = _kept(request, key, SELECTABLE)
    return screen.rows(form, request.user) if form.is_valid() else CAS.objects.none()


def page_of_search(key: str) -> str:
    """Return the address of the list of what a kept search finds."""
    screen = StoredSearch.objects.filter(key=key).values_list("screen", flat=True).first()
    return reverse(SELECTABLE[screen].found if screen in SELECTABLE else "found_cas", args=[key])


def change(request: SignedInRequest, key: str, screens: dict[str, Screen]) -> HttpResponse:
    """Answer with the screen and everything that was typed."""
    screen, form = _kept(request, key, screens)
    return _form_page(request, screen, form)


def _kept(request: SignedInRequest, key: str, screens: dict[str, Screen]) -> tuple[Screen, SearchForm]:
    """Return a search that this user made at one of these screens. Raises `Http404` otherwise."""
    kept = load_search(request, key, *screens)
    return screens[kept.screen], screens[kept.screen].again(kept)


def _form_page(request: SignedInRequest, screen: Screen, form: SearchForm, **options: Any) -> HttpResponse:
    settled = [form.settled[name] for name in screen.settled]
    context = {
        **screen.around(request),
        "screen": screen,
        "form": form,
        "action": reverse(screen.address, args=settled),
        "back": reverse(screen.back, args=settled),
        "route": Route(form.settled["route"]) if "route" in form.settled else None,
        "is_nothing_found": options.get("is_nothing_found", False),
        "elsewhere": options.get("elsewhere", []),
        "most_elsewhere": MOST_ELSEWHERE,
        "looks_mistyped": options.get("is_nothing_found", False) and _looks_mistyped(form),
    }
    return render_form(request, f"{screen.template}/find.html", context)


def _looks_mistyped(form: SearchForm) -> bool:
    """Return whether the search was for a CAS number that fails its check."""
    sought = {str(value) for name, value in form.asked().items() if name in {"number", "anything"}}
    return any(is_a_number(text) and not numbers.is_checked(text) for text in sought)
