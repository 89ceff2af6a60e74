"""The pages of the help. They read nothing from the database."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sms.help.contents import NUMBERS, listed_for, readable_by


@login_not_required
@never_cache
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """List the guides that the user can read, or without a sign-in the public guides."""
    return render(request, "help/contents.html", {"parts": listed_for(request.user), "numbers": NUMBERS})


@login_not_required
@never_cache
@require_safe
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """Show a guide. Without a sign-in, only the public guides can be read."""
    shown = readable_by(request.user).get(name)
    if shown is None and request.user.is_anonymous:
        return redirect_to_login(request.get_full_path())
    if shown is None:
        raise Http404
    return render(request, "help/guide.html", {"guide": shown, "number": NUMBERS[name]})
