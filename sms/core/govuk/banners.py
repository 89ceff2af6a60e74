"""Show Django's messages as GOV.UK notification banners at the top of the next page."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from sms.core.govuk.answers import page_again, unselected
from sms.core.refused import Refused


def link(text: str, href: str) -> str:
    """Return the `extra_tags` of a message that ends in a link, such as a link to undo it or to continue.

    `messages.success(request, "CAS saved", extra_tags=link("Assign it", url))`. `href` must be an address of this
    portal, from `reverse()`. Raises `ValueError` for any other address.
    """
    if not href.startswith("/") or href.startswith(("//", "/\\")):
        raise ValueError(f"A banner can link only within the portal, not to {href!r}")
    return json.dumps([text, href])


def refused_to(request: HttpRequest, refused: Refused, to: Any, *args: Any) -> HttpResponse:
    """Return the answer to a refused action. `to` and `args` name the next page, as in `redirect(to, *args)`.

    If the input is wrong, this is that page with the refusal in its summary. If the state of a record does not allow
    the action, this is a redirect, and the next page shows a banner.
    """
    address = resolve_url(to, *args)
    if request.method == "POST" and refused.status == 422 and (page := page_again(request, refused, address)):
        return page
    messages.error(request, str(refused))
    return redirect(address)


def nothing_selected(request: HttpRequest, to: str, verb: str, what: str = "CAS") -> HttpResponse:
    """Return the list at the address `to`, with a summary that asks the user to select something and links to it."""
    return refused_to(request, unselected(verb, what), to)


UNCHANGED = "You made no changes, so nothing was saved."


def saved(request: HttpRequest, is_changed: bool, sentence: str, **options: Any) -> None:
    """Say on the next page that a form was saved, or that it changed nothing."""
    if is_changed:
        messages.success(request, sentence, **options)
    else:
        messages.info(request, UNCHANGED)


def banner(message: Message) -> dict[str, Any]:
    """Return what the template needs of a message: `kind`, `title`, `text`, and `link` as (text, href) or None."""
    kind, title = {
        constants.SUCCESS: ("success", "Success"),
        constants.ERROR: ("error", "There is a problem"),
    }.get(message.level, ("information", "Important"))
    return {
        "kind": kind,
        "title": title,
        "text": message.message,
        "link": tuple(json.loads(message.extra_tags)) if message.extra_tags else None,
    }
