"""`Manage Level 1 and 2 users` (specification, sections 7 and 9; manual 1). For Level 1 users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from licences import confirming
from licences.access import requires
from licences.accounts import emails, second_factor, verbs
from licences.casework.sign_in import sign_ins_for_sponsor
from licences.hooks import numbers_owned, what_is_owned
from licences.models import User
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.roles import Role
from licences.timeline import timeline
from licences.user_forms import DeactivateForm, UserForm
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import refused_to, saved
from sms.core.govuk.pages import pagination
from sms.core.ids import id_in
from sms.core.refused import Refused

A_PAGE = 25
FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Action.USERS_MANAGE)
def users(request: SignedInRequest) -> HttpResponse:
    """List the users of the sponsor, users who may sign in first."""
    everyone = User.objects.for_user(request.user)  # type: ignore[attr-defined]
    page = Paginator(everyone.with_lock().active_first(), A_PAGE).get_page(request.GET.get("page"))
    owned: dict[int, Any] = {}
    for numbers in numbers_owned(list(page)):
        owned |= numbers
    context = {"page": page, "owned": owned, "pagination": pagination(page, request.GET)}
    return render(request, "licences/users.html", context)


@require_http_methods(FORM)
@requires(Action.USERS_MANAGE)
def add_user(request: SignedInRequest) -> HttpResponse:
    """Add a Level 2 user, who gets a User ID at once and a link by email."""
    form = UserForm(_typed(request))
    if form.is_valid():
        confirming.require_recent(request)
        with form.refusals():
            user = verbs.add(**form.cleaned_data, role=Role.LEVEL_2, licence=request.user.sponsor, by=request.user)
            messages.success(request, f"{user.name} is added with the User ID {user.username}. {_sent(user)}")
            return redirect("user", user.pk)
    return render_form(request, "licences/user_add.html", {"form": form})


@require_safe
@requires(Action.USERS_MANAGE)
def user_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a user: what can be done with them, their sign-ins and their history."""
    person = _load(request, pk)
    context = {
        "person": person,
        "why_not_change": person.why_not("change, unlock or reactivate", by=request.user),
        "why_not_deactivate": person.why_not_deactivate(by=request.user),
        "has_second_factor": second_factor.is_on(person),
        "link_state": emails.state_of_latest(person),
        "owns": _owned(person),
        "sign_ins": sign_ins_for_sponsor(person),
        "timeline": timeline(person, request.GET),
    }
    return render(request, "licences/user.html", context)


@require_http_methods(FORM)
@requires(Action.USERS_MANAGE)
def edit_user(request: SignedInRequest, pk: int) -> HttpResponse:
    """`Edit user profile`: the name and the email address of a Level 2 user."""
    person = _load(request, pk)
    if refused := person.why_not("change the details of", by=request.user):
        return refused_to(request, refused, "user", pk)
    initial = {"name": person.name, "email": person.email}
    form = UserForm(_typed(request), initial=initial)
    if form.is_valid():
        _confirm_new_address(request, form, person)
        with form.refusals():
            person.amend(**form.cleaned_data, seen=id_in(request.POST.get("seen", "")), by=request.user)
            saved(request, form.cleaned_data != initial, "The user profile is saved.")
            return redirect("user", pk)
    return render_form(request, "licences/user_edit.html", {"form": form, "person": person})


@require_http_methods(FORM)
@requires(Action.USERS_MANAGE)
def deactivate_user(request: SignedInRequest, pk: int) -> HttpResponse:
    """Deactivate a user, and transfer their CAS and batches to another user in the same step."""
    person = _load(request, pk)
    if request.method != "POST" and (refused := person.why_not_deactivate(by=request.user)):
        return refused_to(request, refused, "user", pk)
    others, owns = _others(request, person), _owned(person)
    form = DeactivateForm(_typed(request), user=person, owns=owns, others=others)
    if form.is_valid():
        with form.refusals():
            to = _confirmed(request, form.new_owner(others))
            person.deactivate(by=request.user, to=to)
            messages.success(request, _left(person, owns, to))
            return redirect("user", pk)
    return render_form(request, "licences/user_deactivate.html", {"form": form, "person": person, "owns": owns})


@require_POST
@requires(Action.USERS_MANAGE)
def reactivate_user(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _load(request, pk)
    confirming.require_recent(request, back=reverse("user", args=[pk]))
    done = f"{person.name} can sign in again."
    return _acted(request, person, lambda: person.reactivate(by=request.user), done)


@require_POST
@requires(Action.USERS_MANAGE)
def unlock_user(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _load(request, pk)
    done = f"{person.name} is unlocked, and can try to sign in again at once."
    return _acted(request, person, lambda: person.unlock(by=request.user), done)


@require_POST
@requires(Action.USERS_MANAGE)
def send_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Email a link to the user, by which they choose a new password."""
    person = _load(request, pk)
    confirming.require_recent(request, back=reverse("user", args=[pk]))
    return _acted(request, person, lambda: verbs.send_link(person, by=request.user), _sent(person))


def _acted(request: SignedInRequest, person: User, act: Callable[[], object], done: str) -> HttpResponse:
    """Act on this user, and lead back to their page, which says what is `done` or why it was refused."""
    try:
        act()
    except Refused as refused:
        return refused_to(request, refused, "user", person.pk)
    messages.success(request, done)
    return redirect("user", person.pk)


def _load(request: SignedInRequest, pk: int) -> User:
    rows = second_factor.with_state(User.objects.for_user(request.user).with_lock())  # type: ignore[attr-defined]
    found: User = get_object_or_404(rows, pk=pk)
    return found


def _others(request: SignedInRequest, person: User) -> list[User]:
    rows = User.objects.for_user(request.user).filter(is_active=True)  # type: ignore[attr-defined]
    return list(rows.exclude(pk=person.pk).active_first())


def _typed(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _confirm_new_address(request: SignedInRequest, form: UserForm, person: User) -> None:
    """Ask the user to confirm that it is them, if links to choose a password will go to another address."""
    if form.cleaned_data["email"] != person.email:
        confirming.require_recent(request)


def _confirmed(request: SignedInRequest, to: User | None) -> User | None:
    """Return the new owner. Ask the user to confirm that it is them, if everything is transferred."""
    if to:
        confirming.require_recent(request)
    return to


def _owned(person: User) -> str:
    return " and ".join(filter(None, what_is_owned(person)))


def _sent(person: User) -> str:
    return f"A link to choose a password is on its way to {person.email}."


def _left(person: User, owns: str, to: User | None) -> str:
    transferred = f" Transferred to {to.name}: {owns}." if to else ""
    return f"{person.name} is deactivated, and signed out everywhere.{transferred}"
