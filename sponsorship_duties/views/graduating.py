"""`Graduate notification`: choose or paste many CAS, check them, and report them all (specification, section 8)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cas.finding.marking import marked_ids, marking
from cas.finding.selection import LISTS, CASList
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core.counting import tallies
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected, refused_to
from sms.core.govuk.pages import page_size, page_sizes, pagination
from sms.core.limits import IN_REACH
from sms.core.refused import Refused
from sponsorship_duties import refusals
from sponsorship_duties.chosen import Chosen
from sponsorship_duties.forms import GraduatesForm, PasteGraduatesForm
from sponsorship_duties.graduates import sorted_out, to_notify
from sponsorship_duties.models import Activity
from sponsorship_duties.views.several import (
    GRADUATES,
    NAMED,
    NAMED_LEFT,
    keep_graduates,
    keep_reported,
)

FORM = ["GET", "HEAD", "POST"]
A_PAGE = 100


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def graduates(request: SignedInRequest) -> HttpResponse:
    """List the CAS about which a graduate notification can be made, or keep which of them were selected."""
    form = GraduatesForm(request.GET)
    rows = to_notify(request.user, **(form.cleaned_data if form.is_valid() else {}))
    if request.method == "POST":
        return _keep_selected(request, rows)
    tally = tallies({"": (rows, IN_REACH)})[""]
    pages = Paginator(rows.select_related("owner"), page_size(request, A_PAGE))
    pages.count = tally.number
    page = pages.get_page(request.GET.get("page"))
    context = {"form": form, "rows": page.object_list, "tally": tally, "pagination": pagination(page, request.GET)}
    context |= {"page_sizes": page_sizes(page, request.GET), **marking(request, f"graduates:{_query(request)}")}
    return render_form(request, "duties/graduates.html", context)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
@keeps_drafts(PasteGraduatesForm.parameters)
def paste_graduates(request: SignedInRequest, draft: FormDraft, key: str = "") -> HttpResponse:
    """Ask for a list of CAS numbers or Applicant IDs. With `key`, begin with a list that was given before."""
    initial = {"graduates": load_given(request, key).asked.get("typed", [""])[0]} if key else {}
    form = draft.shown(PasteGraduatesForm(draft.typed, initial=initial))
    if form.is_valid():
        draft.finish()
        return keep_graduates(request, typed=[form.cleaned_data["graduates"]])
    context = {"form": form, "draft": draft, "key": key}
    return render_form(request, "duties/graduates_paste.html", context)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def check_graduates(request: SignedInRequest, key: str) -> HttpResponse:
    """Show which CAS will be reported, and which entries are left out and why. A POST reports all that were shown."""
    kept = load_given(request, key)
    found = sorted_out(kept.asked, request.user)
    if request.method == "POST":
        try:
            return _report(request, found)
        except Refused as refused:
            return refused_to(request, refused, "check_graduates", key)
    context = {"key": key, "found": found, "is_pasted": "typed" in kept.asked, "named": NAMED, "named_left": NAMED_LEFT}
    return render(request, "duties/graduates_check.html", context)


def graduates_list(request: SignedInRequest, rest: str) -> CASList:
    """Return the graduates of the list that is limited so, for the actions on every list of CAS."""
    form = GraduatesForm(QueryDict(rest))
    rows = to_notify(request.user, **(form.cleaned_data if form.is_valid() else {}))
    address = reverse("graduates")
    return CASList(rows, f"{address}?{rest}" if rest else address, "Graduates to report")


LISTS["graduates"] = graduates_list


def load_given(request: SignedInRequest, key: str) -> StoredSearch:
    return load_search(request, key, GRADUATES, what="Lists of graduates")


def _query(request: SignedInRequest) -> str:
    """Return the part of the address that limits the list."""
    asked = request.GET.copy()
    for name in [name for name in asked if name not in GraduatesForm.parameters()]:
        del asked[name]
    return asked.urlencode()


def _keep_selected(request: SignedInRequest, rows: Any) -> HttpResponse:
    if ids := marked_ids(request, rows):
        return keep_graduates(request, cas=[str(pk) for pk in ids])
    return nothing_selected(request, f"{request.path}?{_query(request)}", "report", what="graduates")


def _report(request: SignedInRequest, found: Chosen) -> HttpResponse:
    """Report exactly the CAS that the page showed, and redirect. Raises `Refused` if they have changed since."""
    if not found.going or request.POST.get("shown") != found.seal:
        raise refusals.GRADUATES_CHANGED()
    made = Activity.objects.notify_graduates([cas.pk for cas in found.going], by=request.user)
    return keep_reported(request, made, reverse("graduates"))
