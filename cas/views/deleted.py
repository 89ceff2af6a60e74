"""Where the form of a CAS leads when the CAS or its batch no longer exists, or no longer belongs to the user."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cas import refusals
from cas.forms.cas import parameters
from cas.models import CAS, Batch
from licences.drafts import FormDraft, Token
from licences.models import Draft, Event
from licences.requests import SignedInRequest
from sms.core import clock

CAS_DELETED = "This CAS has been deleted, or is no longer yours."


def had_this_page(request: SignedInRequest) -> bool:
    """Return whether the form was sent from a page made for this user. Then they may save what they typed elsewhere."""
    token = Token.sent_with(request)
    return token is not None and token.user_id == request.user.pk


def keep_as_new(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """Keep what was typed into the form of the CAS `pk` as a draft of a new CAS, and redirect to it.

    Raises `Http404` if nothing was typed.
    """
    typed = draft.typed
    if typed is None or not (draft.kept_at or had_this_page(request)):
        raise Http404
    route = _route_of(request, pk)
    if route not in request.user.sponsor.open_routes():
        messages.error(
            request, f"{CAS_DELETED} You cannot save what you typed, because your licence does not cover its route."
        )
        return redirect("students")
    kept = Draft.objects.keep(
        user_id=request.user.pk,
        form="create_cas",
        subject=route,
        key=secrets.token_urlsafe(9),
        typed={name: typed.getlist(name) for name in parameters() if name in typed and name != "version"},
        drawn_at=clock.now(),
    )
    draft.finish()
    messages.error(request, f"{CAS_DELETED} We kept what you typed. You can save it as a new CAS.")
    return redirect(kept.address if kept else reverse("create_cas", args=[route]))


def form_of_cas(request: SignedInRequest, pk: int) -> str:
    """Return the address of the form of this CAS, or of `Students` with a message if the CAS no longer exists."""
    if CAS.objects.for_user(request.user).filter(pk=pk).exists():
        return request.path
    messages.error(request, CAS_DELETED)
    return reverse("students")


def form_in_batch(request: SignedInRequest, route: str, pk: int) -> str:
    """Return the address of the form of a CAS in this batch; if the batch no longer exists, of `Create a CAS`."""
    if Batch.objects.for_user(request.user).filter(pk=pk, route=route).exists():
        return request.path
    messages.error(request, str(refusals.BATCH_DELETED()))
    return reverse("create_kind", args=[route])


def _route_of(request: SignedInRequest, pk: int) -> str:
    """Return the route of a CAS of this sponsor, from its history if it was deleted; "" if it never existed."""
    licence = request.user.licence_id
    there = CAS.objects.filter(pk=pk, licence=licence).values_list("route", flat=True).first()
    line = Event.objects.about("cas", pk).filter(licence=licence, verb="create").first()
    return there or (line.data.get("route", ["", ""])[1] if line else "")
