"""The way of a Level 1 user after sign-in: first `SMS message board`, then the page that they asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from licences.models import Draft, Message, User
from licences.roles import Role

NEXT = "next"  # the parameter with the address that follows


def messages_first(user: User, response: HttpResponse) -> HttpResponse:
    """Return the response to a sign-in, which leads to `response`: by way of the message board for a Level 1 user.

    A user who returns to a form that a time-out interrupted sees the board only if a message is unread.
    """
    if user.role != Role.LEVEL_1:
        return response
    to = response.headers.get("Location", "")
    if not Message.objects.unread_by(user).exists() and _has_draft_at(user, to):
        return response
    return redirect(board(to))


def board(to: str = "") -> str:
    """Return the address of the message board, from which `OK` leads to the address `to`."""
    is_plain = to in {"", reverse("home")}
    return reverse("message_board") + ("" if is_plain else f"?{urlencode({NEXT: to})}")


def _has_draft_at(user: User, address: str) -> bool:
    path = urlsplit(address).path
    return any(urlsplit(draft.address).path == path for draft in Draft.objects.for_user(user).kept_lately())
