"""Choosing a password by a link, asking for a link, and `Change Password` (specification, section 9; manual 1)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from licences import refusals, sign_in, sign_in_notice, visitor
from licences.accounts import emails, links
from licences.models import SignIn
from licences.requests import SignedInRequest
from licences.sign_in_notice import Notice
from licences.user_forms import ChangePasswordForm, ChoosePasswordForm, ForgottenPasswordForm
from sms.core.govuk.answers import render_form

FORM = ["GET", "HEAD", "POST"]
KEY = "password_link"  # in the session: the key of the link that the visitor opened


@login_not_required
@never_cache
@require_http_methods(FORM)
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for the User ID or the email address, and email a link. Nothing shows whether there is such a user."""
    form = ForgottenPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.refusals():
            network = visitor.network(request)
            if SignIn.objects.is_network_limited(network):
                raise refusals.NETWORK_LIMITED()
            emails.ask_for_link(form.cleaned_data["who"], browser=visitor.browser(request), network=network)
            return redirect("password_link_sent")
    return render_form(request, "account/forgotten.html", {"form": form})


@login_not_required
@never_cache
@require_safe
def password_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/link_sent.html")


@login_not_required
@never_cache
@require_safe
def password_link(request: HttpRequest) -> HttpResponse:
    """Keep the key of a link in the session, and redirect to an address without it, which no Referer can reveal."""
    key = request.GET.get("key", "")
    if links.user_of(key):
        request.session.cycle_key()  # a session that another person planted must not get the key
        request.session[KEY] = key
    else:
        request.session.pop(KEY, None)
    return redirect("choose_password")


@login_not_required
@never_cache
@require_http_methods(FORM)
def choose_password(request: HttpRequest) -> HttpResponse:
    """Let the user of the link choose a password. Then any user is signed out, and the new password signs in."""
    key = request.session.get(KEY, "")
    user = links.user_of(key)
    if user is None:
        return render(request, "account/no_link.html")
    form = ChoosePasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        with form.refusals():
            links.choose_password(key, form.cleaned_data["new_password"], browser=visitor.browser(request))
            request.session.flush()
            sign_in_notice.leave(request, Notice.PASSWORD_CHOSEN)
            return redirect("account_login")
    return render_form(request, "account/choose_password.html", {"form": form, "person": user})


@require_http_methods(FORM)
def change_password(request: SignedInRequest) -> HttpResponse:
    """Change the own password. The user stays signed in here, and is signed out everywhere else."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        with form.refusals("old_password"):
            sign_in.check_own_password(request, form.cleaned_data["old_password"])
            password, browser = form.cleaned_data["new_password"], visitor.browser(request)
            request.user.write_password(password, "change_password", browser=browser)
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed. You are signed out in all other browsers.")
            return redirect("home")
    return render_form(request, "account/change_password.html", {"form": form})
