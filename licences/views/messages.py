"""`SMS message board`: the messages from the Home Office to a sponsor, for its Level 1 users (section 9)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from licences.access import requires
from licences.message_board import verbs
from licences.message_board.after_sign_in import NEXT, board
from licences.message_board.forms import EmailForm, SearchForm
from licences.models import Message, StoredSearch
from licences.models.message import MessageQuerySet
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import saved
from sms.core.govuk.pages import pagination
from sms.core.ids import ids_in

IN_FULL = 10  # unread messages on one page, which `OK` acknowledges together
A_PAGE = 25
FORM = ["GET", "HEAD", "POST"]
SCREEN = "messages"  # of the kept searches


@require_http_methods(FORM)
@requires(Action.MESSAGES_READ)
def message_board(request: SignedInRequest) -> HttpResponse:
    """Show the unread messages in full, and a list of the other active ones. `OK` acknowledges what was shown."""
    if request.method == "POST":
        return _acknowledge(request)
    unread = Message.objects.unread_by(request.user).order_by("-is_important", "-starts_on", "-pk")
    read = Message.objects.read_by(request.user)
    context = {
        "unread": unread[:IN_FULL],
        "most": IN_FULL,
        "next": _safe_next(request, request.GET.get(NEXT, "")),
        "search_form": SearchForm(),
        **_listed(request, read),
    }
    return render(request, "licences/message_board.html", context)


def _acknowledge(request: SignedInRequest) -> HttpResponse:
    """Acknowledge the messages that were shown. Show those that are still unread, or go where the user wanted to go."""
    verbs.acknowledge(ids_in(request.POST.get("messages", "").split()), by=request.user)
    to = _safe_next(request, request.POST.get(NEXT, ""))
    if Message.objects.unread_by(request.user).exists():
        return redirect(board(to))
    return HttpResponseRedirect(to or reverse("home"))


@require_safe
@requires(Action.MESSAGES_READ)
def archived_messages(request: SignedInRequest) -> HttpResponse:
    """List the messages that are past their last day, or that the Home Office ended."""
    archived = Message.objects.for_user(request.user).archived().with_acknowledged_at(request.user)
    context = {"search_form": SearchForm(), **_listed(request, archived)}
    return render(request, "licences/archived_messages.html", context)


@require_safe
@requires(Action.MESSAGES_READ)
def message_page(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = Message.objects.for_user(request.user).with_acknowledged_at(request.user)
    return render(request, "licences/message.html", {"message": get_object_or_404(mine, pk=pk)})


@require_http_methods(FORM)
@requires(Action.MESSAGES_READ)
def search_messages(request: SignedInRequest) -> HttpResponse:
    """Ask for words of a message. The address of what is found holds only a random key."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        kept = StoredSearch.objects.keep(SCREEN, {"words": [request.POST["words"]]}, by=request.user)
        return redirect("found_messages", kept.key)
    return render_form(request, "licences/search_messages.html", {"form": form})


@require_safe
@requires(Action.MESSAGES_READ)
def found_messages(request: SignedInRequest, key: str) -> HttpResponse:
    """List the active and archived messages that a search finds."""
    kept = load_search(request, key, SCREEN)
    form = SearchForm({name: texts[0] for name, texts in kept.asked.items()})
    mine = Message.objects.for_user(request.user).with_acknowledged_at(request.user)
    found = mine.naming(form.cleaned_data["words"]) if form.is_valid() else mine.none()
    return render(request, "licences/found_messages.html", {"search_form": form, **_listed(request, found)})


@require_http_methods(FORM)
@requires(Action.MESSAGES_READ)
def email_of_messages(request: SignedInRequest) -> HttpResponse:
    """Ask whether the user wants messages by email as well."""
    has_emails = request.user.has_messages_by_email
    form = EmailForm(request.POST if request.method == "POST" else None, initial={"is_wanted": has_emails})
    if form.is_valid():
        with form.refusals():
            wanted = form.cleaned_data["is_wanted"]
            verbs.choose_emails(wanted, by=request.user)
            sentence = "You will get new messages by email as well." if wanted else "You get no messages by email."
            saved(request, wanted != has_emails, sentence)
            return redirect("message_board")
    return render_form(request, "licences/message_emails.html", {"form": form})


def _listed(request: SignedInRequest, rows: MessageQuerySet) -> dict[str, Any]:
    page = Paginator(rows.order_by("-starts_on", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "pagination": pagination(page, request.GET)}


def _safe_next(request: SignedInRequest, address: str) -> str:
    """Return the address, if it is one of this portal; otherwise "", for the first page."""
    hosts = {request.get_host()}
    is_safe = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_safe and address.startswith("/") else ""
