"""`Your profile`: the own details, email address, second factor and sessions (specification, sections 7 and 9)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from licences import confirming, sign_in, visitor
from licences.access import requires
from licences.accounts import own_email, second_factor
from licences.models import Session, User
from licences.permissions import Action
from licences.profile_forms import OwnEmailForm, PolicyForm
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import saved
from sms.core.refused import Refused

FORM = ["GET", "HEAD", "POST"]


@require_safe
def profile(request: SignedInRequest) -> HttpResponse:
    """Show what the user can change about themself, and where they are signed in."""
    user = request.user
    context = {
        "app": second_factor.app_of(user),
        "codes_left": second_factor.recovery_codes_left(user),
        "uses": Session.uses(user, here=request.session.session_key),
        "may_set_policy": user.may(Action.USERS_MANAGE),
    }
    return render(request, "account/profile.html", context)


@require_POST
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    """End all other sessions of the user, and all links that were emailed to them."""
    sign_in.end_other_sessions(request)
    messages.success(request, "You are signed out in all other browsers.")
    return redirect("profile")


@require_http_methods(FORM)
def change_email(request: SignedInRequest) -> HttpResponse:
    """Email a link to a new address, or to the present one if it is not confirmed yet."""
    confirming.require_recent(request, back=reverse("profile"))
    user = request.user
    initial = {"email": user.new_email or user.email}
    form = OwnEmailForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with form.refusals("email"):
            own_email.ask(user, form.cleaned_data["email"])
            messages.success(request, f"A link is on its way to {form.cleaned_data['email']}.")
            return redirect("profile")
    return render_form(request, "account/change_email.html", {"form": form})


@require_POST
def keep_email(request: SignedInRequest) -> HttpResponse:
    own_email.cancel(request.user)
    messages.success(request, "Your email address stays the same. The link no longer works.")
    return redirect("profile")


@never_cache
@require_http_methods(FORM)
def confirm_email(request: SignedInRequest, key: str) -> HttpResponse:
    """Let the new address take effect. Opening the link is not enough: scanners of mail open links, too."""
    if not own_email.works(request.user, key):
        return render(request, "account/no_email_link.html")
    if request.method == "POST":
        try:
            own_email.confirm(request.user, key, browser=visitor.browser(request))
        except Refused:  # the same form was sent twice at once
            return render(request, "account/no_email_link.html")
        messages.success(request, "Your email address is confirmed.")
        return redirect("profile")
    return render(request, "account/confirm_email.html")


@require_http_methods(FORM)
@requires(Action.USERS_MANAGE)
def policy(request: SignedInRequest) -> HttpResponse:
    """Set whether all users of the sponsor need a second factor."""
    licence = request.user.sponsor
    people = User.objects.filter(licence=licence, is_active=True)
    initial = {"required": "all" if licence.is_second_factor_required else "none"}
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        confirming.require_recent(request)
        licence.require_second_factor(form.cleaned_data["required"] == "all", by=request.user)
        saved(request, form.cleaned_data != initial, "Your organisation’s rule about second factors is saved.")
        return redirect("profile")
    without = second_factor.without(people).count()
    context = {"form": form, "all": people.count(), "without": without}
    return render_form(request, "account/second_factor_policy.html", context)
