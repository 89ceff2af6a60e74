"""Where one goes on from the form of a CAS when it, or its batch, is not there any more or no longer one's own."""

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
    """Whether this was sent from a page that was drawn for this user: they may save what they typed elsewhere."""
    token = Token.sent_with(request)
    return token is not None and token.user_id == request.user.pk


def typed_anew(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    """What was typed into the form of the CAS `pk`, as the draft of a new one; 404 where nothing was."""
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
    """The form of this CAS again, or `Students` with the reason."""
    if CAS.objects.for_user(request.user).filter(pk=pk).exists():
        return request.path
    messages.error(request, CAS_DELETED)
    return reverse("students")


def form_in_batch(request: SignedInRequest, route: str, pk: int) -> str:
    """The form of a CAS of this batch again, or the ways to create one, with the reason."""
    if Batch.objects.for_user(request.user).filter(pk=pk, route=route).exists():
        return request.path
    messages.error(request, str(refusals.BATCH_DELETED()))
    return reverse("create_kind", args=[route])


def _route_of(request: SignedInRequest, pk: int) -> str:
    """The route of a CAS of this sponsor, which may be deleted: then its history tells."""
    licence = request.user.licence_id
    there = CAS.objects.filter(pk=pk, licence=licence).values_list("route", flat=True).first()
    line = Event.objects.about("cas", pk).filter(licence=licence, verb="create").first()
    return there or (line.data.get("route", ["", ""])[1] if line else "")
