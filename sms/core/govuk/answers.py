"""Answer a form that was sent: with its page again and its errors, or with the page from which it was sent.

Input that is refused is answered 422. The page has a summary of the errors, which links to each, and a title that
begins with "Error: ". `base.html` writes both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils.html import escape

from sms.core.refused import NOTHING_SELECTED, Refused

RequestT = TypeVar("RequestT", bound=HttpRequest)

SELECTED = "selected"
"""The id of the form in which users select records of a list. An error that is about its name links to it."""

_REFUSED = "sms.refused"  # in request.META: the lines of the summary about a refusal


def status_of(form: Any, stale: object = None) -> int:
    """Return the status of a page with this form: 409 after another user's save, 422 with errors, or else 200."""
    return 409 if stale else 422 if form is not None and form.errors else 200


def render_form(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, stale: object = None
) -> HttpResponse:
    """Return the page of the form of this context. `stale` says that another user has saved the record since."""
    status = 422 if _REFUSED in request.META else status_of(context.get("form"), stale)
    return render(request, template, dict(context), status=status)


def unselected(verb: str, what: str = "CAS") -> Refused:
    """Return the refusal of an action on the selected records of a list, of which none is selected."""
    return NOTHING_SELECTED.about(SELECTED, what=what, verb=verb)


def refuse(request: HttpRequest, refused: Refused, beside: str = "") -> None:
    """Show the refusal in the summary of the page that answers this request, with a link if `beside` is `SELECTED`."""
    sentences = refused.errors or {beside: str(refused)}
    request.META[_REFUSED] = [
        {"text": text, "href": f"#{SELECTED}" if name == SELECTED else ""} for name, text in sentences.items()
    ]


def errors_of(request: HttpRequest) -> list[dict[str, str]]:
    """Return the lines of the summary about the refusal that the page shows, if any."""
    lines: list[dict[str, str]] = request.META.get(_REFUSED, [])
    return lines


def refuses_wrong_input(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of a library that answers 200 with the errors of its form, so that it answers 422."""

    @wraps(view)
    def refusing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, TemplateResponse) and answer.status_code == 200:
            answer.status_code = status_of((answer.context_data or {}).get("form"))
        return answer

    return refusing


def page_again(request: HttpRequest, refused: Refused, address: str) -> HttpResponse | None:
    """Return the page at this address of the portal with the refusal, or None if that page leads to another."""
    path, query = urlsplit(address)[2:4]
    match = resolve(path)
    read = _copied(request)
    read.method, read.path, read.path_info = "GET", path, path
    read.GET, read.POST = QueryDict(query), QueryDict()
    read.resolver_match = match
    refuse(request, refused)
    page = match.func(read, *match.args, **match.kwargs)
    if page.status_code not in {200, 422}:
        del request.META[_REFUSED]
        return None
    if isinstance(page, TemplateResponse):
        page.render()
    page.status_code = 422
    return of_address(page, path)


def of_address(page: HttpResponse, path: str) -> HttpResponse:
    """Make links such as “?page=2” lead to this address, and not to that to which the form was sent."""
    page.content = page.content.replace(b'href="?', f'href="{escape(path)}?'.encode())
    return page


def _copied(request: RequestT) -> RequestT:
    """Return a copy of the request. `copy.copy` would also remove the body from the original."""
    copied = type(request).__new__(type(request))
    copied.__dict__.update(request.__dict__)
    return copied
