"""The pages that do not belong to one app: the start page, accessibility and errors."""

from __future__ import annotations

import sys

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from licences import drafts, sign_in_notice, time_out
from licences.sign_in_notice import Notice
from sms import shortcut, unavailable
from sms.core.refused import NotThere
from sms.request_log import reference


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the first page after sign-in: the admin for caseworkers, Students for all other users."""
    return redirect("admin:index" if request.user.is_staff else "students")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Answer static/time-out.js: how many seconds are left of the session. A POST keeps the user signed in.

    The answer says so when the user cannot stay signed in for longer.
    """
    final = {"final": True} if time_out.is_final(request) else {}
    return JsonResponse({"seconds": time_out.seconds_left(request), **final})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility page, and switch the portal's only shortcut on or off (WCAG 2.2, 2.1.4)."""
    if request.method != "POST":
        return render(request, "accessibility.html")
    on = request.POST.get("shortcut") != shortcut.OFF
    if request.user.is_authenticated:
        messages.success(request, shortcut.SWITCHED[on])
    answer = redirect("accessibility")
    shortcut.switch(answer, on=on, securely=request.is_secure())
    return answer


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403, with the sentence of the `PermissionDenied` if it has one."""
    return render(request, "403.html", {"sentence": str(exception), "reference": reference()}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, in the same words for a record that does not exist and for one that the user may not see."""
    sentence = str(exception) if isinstance(exception, NotThere) else ""
    return render(request, "404.html", {"sentence": sentence, "reference": reference()}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400. Django's own view reads the form that was sent, which fails again if the form cannot be read.

    Answer 503 if the database was unavailable: Django also answers 400 for any session that could not be saved.
    """
    return unavailable.answer(request, exception) or HttpResponse(_without_the_request("400.html", request), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 while the database or a disk cannot serve."""
    return unavailable.answer(request, sys.exc_info()[1]) or HttpResponse(
        _without_the_request("500.html", request), status=500
    )


def _without_the_request(template: str, request: HttpRequest) -> str:
    """Return the page. It needs no context processor, session or database."""
    return render_to_string(template, {"csp_nonce": str(getattr(request, "csp_nonce", "")), "reference": reference()})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid CSRF token: 403, or the form again. Django logs the `reason`.

    This happens to users who signed in again after they had opened the form. What they typed is kept, and they see it
    again on a page with a valid token.
    """
    draft = drafts.keep_sent(request)
    if drafts.is_in_background(request):
        return drafts.answer(request, draft)
    if draft and request.user.pk == draft.user_id:
        messages.error(request, "Nothing is saved yet, because you signed in again after you opened this form.")
        return redirect(draft.address)
    if draft and request.user.is_anonymous:
        if not sign_in_notice.left(request):
            sign_in_notice.leave(request, Notice.NOT_SAVED)
        return redirect(draft.address)
    return render(request, "csrf.html", {"reference": reference()}, status=403)
