"""Pages of the second factor: the code at sign-in, setting it up, turning it off, recovery codes and resetting it."""

from __future__ import annotations

import base64

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from licences import confirming, refusals, sign_in, sign_in_notice, visitor
from licences.access import requires
from licences.accounts import second_factor
from licences.models import User
from licences.models.sign_in import Outcome
from licences.permissions import Action
from licences.profile_forms import AppCodeForm, CodeForm, ConfirmForm
from licences.requests import SignedInRequest
from licences.second_factor_first import opens_without_second_factor
from licences.sign_in import CodeStage
from licences.sign_in_notice import Notice
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import refused_to
from sms.core.refused import Refused

FORM = ["GET", "HEAD", "POST"]
SECRET = "second_factor_secret"  # in the session, encrypted: the secret of an app that is being set up


@login_not_required
@never_cache
@require_http_methods(FORM)
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code after the right password, and sign the user in."""
    stage = _stage(request)
    if stage is None:
        return redirect("account_login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.refusals("code"):
            sign_in.check_code(request, stage.login.user, form.cleaned_data["code"])
            sign_in.record(request, stage.login.user, Outcome.RIGHT)
            answer: HttpResponse = stage.exit()
            return answer
    return render_form(request, "account/enter_code.html", {"form": form})


def _stage(request: HttpRequest) -> CodeStage | None:
    """Return the sign-in that waits for a code; None, with a notice, if it has ended."""
    was_waiting = LOGIN_SESSION_KEY in request.session
    stage: CodeStage | None = LoginStageController.enter(request, CodeStage.key)
    if stage and stage.is_valid() and not request.user.is_authenticated:
        return stage
    if was_waiting:
        clear_login(request)
        sign_in_notice.leave(request, Notice.CODE_TOO_LATE)
    return None


@opens_without_second_factor
@never_cache
@require_http_methods(FORM)
def set_up(request: SignedInRequest) -> HttpResponse:
    """Show the secret of a new app, and turn the second factor on with a code of it. Then show recovery codes once."""
    confirming.require_recent(request, back=reverse("profile"))
    secret, form = _new_secret(request), AppCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.refusals("code"):
            code, browser = form.cleaned_data["code"], visitor.browser(request)
            codes = second_factor.turn_on(request.user, secret, code, browser=browser)
            del request.session[SECRET]
            sign_in.end_other_sessions(request)
            return _show_codes(request, codes)
    return _set_up_page(request, form, secret)


def _set_up_page(request: SignedInRequest, form: AppCodeForm, secret: str) -> HttpResponse:
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": base64.b64encode(picture.encode()).decode(),
        "is_on": second_factor.is_on(request.user),
        "must": request.user.must_have_second_factor,
    }
    return render_form(request, "account/set_up_second_factor.html", context)


def _new_secret(request: SignedInRequest) -> str:
    """Return the secret that this session shows until it is used. Several tabs show the same."""
    adapter = get_adapter()
    try:
        return str(adapter.decrypt(request.session[SECRET]))
    except (KeyError, InvalidToken):  # none yet, or the key was replaced meanwhile
        secret = generate_totp_secret()
        request.session[SECRET] = adapter.encrypt(secret)
        return secret


@require_http_methods(FORM)
def turn_off(request: SignedInRequest) -> HttpResponse:
    try:
        if request.method == "POST":
            confirming.require_recent(request)
            second_factor.turn_off(request.user, browser=visitor.browser(request))
            messages.success(request, "Your second factor is turned off.")
            return redirect("profile")
        second_factor.require_can_turn_off(request.user)
    except Refused as refused:
        return refused_to(request, refused, "profile")
    return render(request, "account/turn_off_second_factor.html")


@never_cache
@require_http_methods(FORM)
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Replace the recovery codes, and show the new ones once."""
    if not second_factor.is_on(request.user):
        return redirect("profile")
    if request.method == "POST":
        confirming.require_recent(request)
        try:
            codes = second_factor.make_recovery_codes(request.user, browser=visitor.browser(request))
            return _show_codes(request, codes)
        except Refused as refused:  # it was turned off meanwhile
            return refused_to(request, refused, "profile")
    left = second_factor.recovery_codes_left(request.user)
    return render(request, "account/new_recovery_codes.html", {"left": left})


def _show_codes(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    """Show recovery codes, in the answer to the form that made them: no address shows them again."""
    back = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    context = {"codes": codes, "back": back if is_ours else reverse("profile")}
    return render(request, "account/recovery_codes.html", context)


@require_POST
@requires(Action.USERS_MANAGE)
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove the second factor that a Level 2 user has lost."""
    person = get_object_or_404(User.objects.for_user(request.user), pk=pk)  # type: ignore[attr-defined]
    confirming.require_recent(request, back=reverse("user", args=[pk]))
    try:
        second_factor.reset(person, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "user", pk)
    messages.success(request, f"The second factor of {person.name} is reset. They can sign in with their password.")
    return redirect("user", pk)


@opens_without_second_factor
@never_cache
@require_http_methods(FORM)
def confirm(request: SignedInRequest, key: str) -> HttpResponseBase:
    """`Confirm that it is you`: ask for the password or a code, and answer the request that waits."""
    waiting = confirming.waiting(request, key)
    if waiting is None:
        messages.error(request, "There is nothing to confirm any longer.")
        return redirect("home")
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid() and _is_right(request, form) and (answer := confirming.confirm(request, key)):
        return answer
    return render_form(request, "account/confirm.html", {"form": form, "back": waiting["back"]})


def _is_right(request: SignedInRequest, form: ConfirmForm) -> bool:
    """Return whether the password or the code is right. Add the refusal to the form if it is not."""
    [(name, typed)] = form.cleaned_data.items()
    with form.refusals(name):
        if name == "code":
            sign_in.check_code(request, request.user, typed)
        else:
            sign_in.check_own_password(request, typed, refusals.CONFIRMED_WRONGLY)
    return not form.errors
