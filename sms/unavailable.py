"""Answer 503 while the database or a disk cannot serve, with a page that needs neither.

Django calls the error views of `sms.views` for every exception, from a view or from any middleware. They first call
`answer`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from licences import drafts, time_out
from sms.core import tracebacks
from sms.core.unavailable import Why, root, why
from sms.request_log import reference

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    heading: str
    sentence: str
    retry_after: int  # seconds


WORDS = {
    Why.AWAY: Words("The portal is not available", "The database is not responding. Try again in a few minutes.", 30),
    Why.BUSY: Words("The portal is busy", "Your request took too long, so we stopped it. Try again in a minute.", 10),
    Why.FULL: Words("The portal has no space left", "The portal cannot save anything. Try again later.", 120),
}


def answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Return the 503 response for `error`, or None if it is an error of another kind."""
    reason = why(error)
    cause = root(error)
    if reason is None or cause is None:
        return None
    logger.error("The database or a disk is %s: %s", reason, tracebacks.words(cause))
    _ask_no_more(request)
    words = WORDS[reason]
    response = _json(words) if _is_from_a_script(request) else _page(request, words)
    response.headers["Retry-After"] = str(words.retry_after)
    add_never_cache_headers(response)
    return response


def _ask_no_more(request: HttpRequest) -> None:
    """Prevent middleware from asking the database for the user again, which could mean another wait."""
    if not hasattr(request, "_cached_user"):  # set by django.contrib.auth once the user is loaded
        request.user = AnonymousUser()


def _is_from_a_script(request: HttpRequest) -> bool:
    return time_out.POLLING in request.headers or drafts.is_in_background(request)


def _json(words: Words) -> HttpResponse:
    return JsonResponse({"unavailable": words.sentence}, status=503)


def _page(request: HttpRequest, words: Words) -> HttpResponse:
    """Return the page. Like the 500 page, it needs no session and no context processor."""
    context = {
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
        "reference": reference(),
        "words": words,
        "was_sent": request.method not in {"GET", "HEAD"},
    }
    return HttpResponse(render_to_string("503.html", context), status=503)
