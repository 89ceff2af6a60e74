"""Creating a CAS, and changing or deleting one that is not assigned (manual 4, guides 1 to 3)."""

from __future__ import annotations

from functools import cache, partial

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas import refusals
from cas.details import fields
from cas.finding.duplicates import duplicates
from cas.forms.batches import BatchNameForm
from cas.forms.cas import CASForm, KindForm, RouteForm, parameters
from cas.forms.pickers import last_agent
from cas.forms.starting import AFTER, Start, start_of
from cas.models import CAS, Batch, Rule
from cas.views import deleted
from cas.views.cas_forms import cas_form_of, compare_saves, form_page
from cas.views.loading import load_cas, load_route, standing_of
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import UNCHANGED, link, refused_to, saved
from sms.core.ids import id_in
from sms.core.refused import Refused, Stale

STAY = "stay"  # the name of the button that saves and stays on the form
NEXT = "add-next"  # the name of the button `Save and add the next`
PAGES_OF_WARNINGS = {"saved_cas", "assign_cas", "cas"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_CREATE)
def create_route(request: SignedInRequest) -> HttpResponse:
    """Ask for the route, unless the licence has only one (guide 1, step 2)."""
    routes = request.user.sponsor.routes_to_save_on()
    if len(routes) == 1:
        return redirect("create_kind", routes[0])
    form = RouteForm(_sent(request), routes=routes)
    if form.is_valid():
        return redirect("create_kind", form.cleaned_data["route"])
    return render_form(request, "cas/create_route.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_CREATE)
def create_kind(request: SignedInRequest, route: str) -> HttpResponse:
    """Ask whether to create a CAS or a batch, or to find a CAS (guide 1, step 3)."""
    chosen = load_route(route, request.user.sponsor.routes_to_save_on())
    form = KindForm(_sent(request))
    if form.is_valid():
        if form.cleaned_data["kind"] == KindForm.FIND:
            return redirect("find_cas", chosen)
        is_batch = form.cleaned_data["kind"] == KindForm.BATCH
        return redirect("create_batch" if is_batch else "create_cas", chosen)
    return render_form(request, "cas/create_kind.html", {"form": form, "route": chosen})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_CREATE)
@keeps_drafts(parameters, is_new=True)
def create_cas(request: SignedInRequest, draft: FormDraft, route: str) -> HttpResponse:
    """Show and save the form of a new CAS (guide 1, step 4)."""
    chosen = load_route(route, request.user.sponsor.routes_to_save_on())
    start, rules = _start(request, chosen), Rule.objects.on()
    last = cache(partial(last_agent, request.user, chosen))
    form = cas_form_of(request, draft, chosen, rules, start=start, last=last)
    if form.is_valid():
        with form.refusals():
            cas = draft.save_once(
                CAS.objects.for_user(request.user),
                lambda: CAS.objects.add(form.values(), route=chosen, by=request.user),
            )
            return _after_adding(request, cas)
    context = {"route": chosen, "cas": None, "draft": draft, "start": start, "last_agent": last()}
    return form_page(request, form, context, rules)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_CREATE)
@keeps_drafts(BatchNameForm.parameters, is_new=True)
def create_batch(request: SignedInRequest, draft: FormDraft, route: str) -> HttpResponse:
    """Ask for the name of a new batch, and create it (guide 2, step 4)."""
    chosen = load_route(route, request.user.sponsor.routes_to_save_on())
    form = draft.shown(BatchNameForm(draft.typed))
    if form.is_valid():
        with form.refusals("name"):
            name, mine = form.cleaned_data["name"], Batch.objects.for_user(request.user)
            batch = draft.save_once(mine, lambda: Batch.objects.add(name, route=chosen, by=request.user))
            return redirect("batch", batch.pk)
    context = {"form": form, "route": chosen, "draft": draft}
    return render_form(request, "cas/create_batch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_CREATE)
@keeps_drafts(parameters, is_new=True, discarded=deleted.form_in_batch)
def add_cas(request: SignedInRequest, draft: FormDraft, route: str, pk: int) -> HttpResponse:
    """Show and save the form of a new CAS in a batch (guide 2, step 6)."""
    chosen = load_route(route, request.user.sponsor.routes_to_save_on())
    batch = Batch.objects.for_user(request.user).filter(pk=pk, route=chosen).first()
    if batch is None and not (draft.kept_at or deleted.had_this_page(request)):
        raise Http404
    if request.method != "POST" and batch and (refused := batch.why_not()):
        return refused_to(request, refused, "batch", pk)
    start, rules = _start(request, chosen), Rule.objects.on()
    last = cache(partial(last_agent, request.user, chosen, batch))
    form = cas_form_of(request, draft, chosen, rules, start=start, last=last)
    if form.is_valid():
        with form.refusals():
            cas = draft.save_once(CAS.objects.for_user(request.user), lambda: _add(request, form, chosen, batch))
            return _after_adding(request, cas)
    context = {"route": chosen, "cas": None, "draft": draft, "batch": batch, "start": start, "last_agent": last()}
    return form_page(request, form, {**context, "is_closed": _is_closed(request, batch)}, rules)


@require_safe
@requires(Action.CAS_SEE)
def saved_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Confirmation of saved CAS` (guide 1, step 5)."""
    cas = load_cas(request, pk, "batch")
    if cas.number:
        return redirect("cas", pk)
    context = {
        "cas": cas,
        **standing_of(request, cas),
        "duplicates": duplicates(cas, request.user),
        "sections": fields.displayed(cas),
    }
    return render(request, "cas/saved.html", context)


@require_POST
@requires(Action.CAS_EDIT)
def take_spelling(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the spelling that a warning offers for one field, and show the page of the warning again."""
    cas = load_cas(request, pk)
    page, name = request.POST.get("page", ""), request.POST.get("field", "")
    page = page if page in PAGES_OF_WARNINGS else "cas"
    if spelling := cas.offered_spelling(name):
        try:
            cas.amend({name: spelling}, by=request.user, version=id_in(request.POST.get("version", "")))
        except Refused as refused:
            return refused_to(request, refused, page, pk)
        messages.success(request, f"{fields.BY_NAME[name].subject} is now “{spelling}”.")
    return redirect(page, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
@keeps_drafts(parameters, discarded=deleted.form_of_cas)
def edit_cas(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Show and save `Edit an existing CAS`, which `Amend` also leads to (guide 3, step 5)."""
    mine, rules = CAS.objects.for_user(request.user).select_related("licence", "owner", "batch"), Rule.objects.on()
    if (cas := mine.filter(pk=pk).first()) is None:
        return deleted.keep_as_new(request, draft, pk)
    if request.method != "POST" and (refused := cas.why_not("save")):
        return refused_to(request, refused, "cas", pk)
    form = cas_form_of(request, draft, cas.route, rules, cas=cas)
    if form.is_valid():
        try:
            with form.refusals():  # if saving is refused, the screen keeps what was typed
                changed = cas.amend(form.values(), by=request.user, version=form.based_on())
                draft.finish()
                return _after_saving(request, cas, changed)
        except Stale as stale:
            return compare_saves(request, draft, cas, form, rules, stale)
    return form_page(request, form, {"route": Route(cas.route), "cas": cas, "draft": draft}, rules)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_DELETE)
def delete_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then delete the CAS (guide 1, step 5, note 2; guide 3, step 5)."""
    cas = load_cas(request, pk)
    if request.method == "POST":
        try:
            cas.remove(by=request.user)
        except Refused as refused:
            return refused_to(request, refused, "cas", pk)
        messages.success(request, format_html("The CAS of {} was deleted.", cas.student_name))
        return redirect("batch", cas.batch.pk) if cas.batch else redirect("students")
    return render(request, "cas/delete.html", {"cas": cas, "why_not": cas.why_not("delete")})


def _is_closed(request: SignedInRequest, batch: Batch | None) -> bool:
    """Return whether a form that was sent cannot be saved in its batch. Other pages of a closed batch have no form."""
    return batch is None or (request.method == "POST" and bool(batch.why_not()))


def _add(request: SignedInRequest, form: CASForm, route: Route, batch: Batch | None) -> CAS:
    """Save the new CAS in `batch`, or without a batch if the user chose that because the batch no longer takes CAS.

    Raises `Refused`, `InvalidValues`.
    """
    is_outside = "outside" in request.POST
    if batch is None and not is_outside:
        raise refusals.BATCH_DELETED()
    into = None if is_outside else batch
    cas: CAS = CAS.objects.add(form.values(), route=route, by=request.user, batch=into)
    return cas


def _after_adding(request: SignedInRequest, cas: CAS) -> HttpResponse:
    """After `Save and add the next`, redirect to the form of a new CAS of the same course, in the same batch if any."""
    if NEXT not in request.POST:
        return _after_saving(request, cas)
    form = (
        reverse("add_cas", args=[cas.route, cas.batch_id]) if cas.batch_id else reverse("create_cas", args=[cas.route])
    )
    return redirect(f"{form}?{AFTER}={cas.pk}")


def _after_saving(request: SignedInRequest, cas: CAS, changed: bool = True) -> HttpResponse:
    """Redirect to the confirmation, or for a CAS in a batch, to `Batch details` with a message.

    The first button of the form, which the Enter key in a field presses, leads back to the form.
    """
    said = format_html("The CAS of {} is saved: {}.", cas.student_name, cas.status)
    if STAY in request.POST:
        saved(request, changed, said)
        return redirect(f"{reverse('edit_cas', args=[cas.pk])}#main-content")
    if not cas.batch:
        if not changed:
            messages.info(request, UNCHANGED)
        return redirect("saved_cas", cas.pk)
    see = link("See the CAS", reverse("saved_cas", args=[cas.pk]))
    saved(request, changed, said, extra_tags=see)
    return redirect("batch", cas.batch_id)


def _start(request: SignedInRequest, route: Route) -> Start | None:
    """Return what the form of a new CAS starts with, if the address names a CAS that the user may see."""
    return start_of(request.GET, CAS.objects.for_user(request.user).filter(route=route))


def _sent(request: SignedInRequest) -> QueryDict | None:
    """Return the data of the form that was sent; None if no form was sent."""
    return request.POST if request.method == "POST" else None
