"""Keep what users type into a form, in the background and across a time-out (specification, section 8).

A view needs one line, and takes the draft of its form after the request:

    @keeps_drafts(NoteForm.parameters)
    def note(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
        form = draft.shown(NoteForm(draft.typed))
        if form.is_valid():
            ...
            draft.finish()
            return redirect(...)
        return render(request, "note.html", {"form": form, "draft": draft})

Its template, unless it extends `govuk/form_page.html`, writes `{{ draft }}` into the form, and `kept_line()` of
drafts.html beside its buttons. Each page contains a signed token, which says whose form it is.

What is sent with a token is kept for the user of the token only. It is kept before the session and the CSRF token are
checked: a private copy does no harm, and saving the form still needs both.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import TypeVar, cast

from django.core import signing
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from markupsafe import Markup

from licences.models import Draft, User
from licences.models.draft import DraftQuerySet, address_of
from licences.requests import SignedInRequest
from sms.core import clock
from sms.core.govuk.formats import time_of_day
from sms.core.govuk.forms import GovukForm

TOKEN, DISCARD = "draft", "discard-draft"  # names of parameters
IN_BACKGROUND = "X-Keep-Draft"  # the header by which static/drafts.js asks only to keep a draft
LASTS = timedelta(days=7)

FormT = TypeVar("FormT", bound=GovukForm)
ModelT = TypeVar("ModelT", bound=models.Model)
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])

_signer = signing.Signer(salt="licences.drafts")


@dataclass(frozen=True)
class Token:
    """Say whose form a page holds, which form it is, and when the page was drawn."""

    user_id: int
    form: str
    subject: str
    key: str
    drawn_at: datetime

    @classmethod
    def sent_with(cls, request: HttpRequest) -> Token | None:
        """Return the token of the page that sent `request`; None if it is forged, too old or another form's."""
        try:
            user_id, form, subject, key, drawn_at = _signer.unsign_object(request.POST.get(TOKEN, ""))
        except signing.BadSignature:
            return None
        token = cls(user_id, form, subject, key, datetime.fromisoformat(drawn_at))
        is_fresh = clock.now() - token.drawn_at < LASTS
        return token if is_fresh and (token.form, token.subject) == _form_of(request) else None

    def signed(self) -> str:
        return _signer.sign_object([self.user_id, self.form, self.subject, self.key, self.drawn_at.isoformat()])


class FormDraft:
    """The draft of the form that a page holds, for its view and its template."""

    def __init__(self, token: Token, sent: MultiValueDict[str, str] | None = None) -> None:
        self.token = token
        self._sent = sent

    @cached_property
    def _kept(self) -> Draft | None:
        return self._rows.open().first() if self._sent is None else None

    @property
    def _rows(self) -> DraftQuerySet:
        token = self.token
        return Draft.objects.filter(user=token.user_id, form=token.form, subject=token.subject, key=token.key)

    @property
    def typed(self) -> MultiValueDict[str, str] | None:
        """Return the texts that the form shows: those just sent, or those kept earlier. None if there are none."""
        return self._kept.typed if self._kept else self._sent

    @property
    def kept_at(self) -> datetime | None:
        """Return when `typed` was kept; None if it does not come from a draft."""
        return self._kept.kept_at if self._kept else None

    @property
    def address(self) -> str:
        """Return the address at which the user can continue with this draft."""
        return address_of(self.token.form, self.token.subject, self.token.key)

    def shown(self, form: FormT) -> FormT:
        """Return `form`. If it is filled from a draft, it is not valid and shows no errors until it is sent."""
        return form.as_draft() if self.kept_at else form

    def finish(self) -> None:
        """Mark the draft as saved, and forget its texts."""
        self._rows.finish()

    @transaction.atomic
    def save_once(self, rows: models.QuerySet[ModelT], add: Callable[[], ModelT]) -> ModelT:
        """Call `add`, finish the draft and return the new record.

        If the same page was sent before with the same texts, return the record that was made then, if it is still in
        `rows`. If two requests arrive at once, one waits.
        """
        if earlier := rows.filter(pk=self._saved_as() or None).first():
            return earlier
        made = add()
        self._rows.finish(saved={"sent": self._digest(), "as": str(made.pk)})
        return made

    def _saved_as(self) -> str:
        """Return the id of the record made earlier from the same texts; else "". Lock the draft."""
        row = self._rows.select_for_update().first()
        is_this = row is not None and row.kept_at is None and row.data.get("sent") == self._digest()
        return str(row.data["as"]) if row and is_this else ""

    def _digest(self) -> str:
        """Return a digest that identifies the texts that were sent without revealing them."""
        sent = sorted((name, texts) for name, texts in self._sent.lists()) if self._sent else []
        return salted_hmac("licences.drafts.sent", json.dumps(sent), algorithm="sha256").hexdigest()

    def __html__(self) -> str:
        html = '<input type="hidden" name="{}" value="{}" data-draft="{}">'
        return Markup(html).format(TOKEN, self.token.signed(), self.address)


def keeps_drafts(
    names: Callable[[], Collection[str]], *, is_new: bool = False, discarded: Callable[..., str] | None = None
) -> Callable[[ViewT], ViewT]:
    """Decorate a view so that texts sent to its form are kept. `names` returns the parameters of its fields.

    A form that creates something (`is_new`) has a draft for each time that it is opened. Any other form has one draft
    for its address, and shows it. A user who discards the draft is sent to the address that `discarded` returns, or
    back to the form.
    """

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def keeping(request: SignedInRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method != "POST":
                return view(request, _opened(request, is_new), *args, **kwargs)
            kept = keep_sent(request)
            if is_in_background(request):
                return answer(request, kept)
            draft = _sent(request, is_new)
            if DISCARD in request.POST:
                draft.finish()
                return redirect(discarded(request, *args, **kwargs) if discarded else request.path)
            return view(request, draft, *args, **kwargs)

        keeping.draft_parameters = names  # type: ignore[attr-defined]
        return cast(ViewT, keeping)

    return decorate


def keep_sent(request: HttpRequest) -> Draft | None:
    """Keep what `request` sends to a form, for the user of its token, even if that user is no longer signed in."""
    names = getattr(request.resolver_match and request.resolver_match.func, "draft_parameters", None)
    if names is None or request.method != "POST" or DISCARD in request.POST:
        return None
    token = Token.sent_with(request)
    if token is None or not User.objects.filter(pk=token.user_id, is_active=True).exists():
        return None
    typed = {name: request.POST.getlist(name) for name in names() if name in request.POST}
    return Draft.objects.keep(typed=typed, **vars(token))


def is_in_background(request: HttpRequest) -> bool:
    return IN_BACKGROUND in request.headers


def answer(request: HttpRequest, draft: Draft | None) -> JsonResponse:
    """Answer static/drafts.js: when the draft was kept, and whether this user could now save the form.

    The status is 401 if the user is no longer signed in, and 410 if the page is out of date.
    """
    is_theirs = request.user.pk == draft.user_id if draft else request.user.is_authenticated
    status = (200 if draft else 410) if is_theirs else 401
    return JsonResponse({"kept": time_of_day(draft.kept_at) if draft else None}, status=status)


def _form_of(request: HttpRequest) -> tuple[str, str]:
    """Return the name of the form at the address of `request`, and what the form is about."""
    match = request.resolver_match
    assert match is not None  # in a view
    return str(match.url_name), "/".join(str(value) for value in match.kwargs.values())


def _opened(request: SignedInRequest, is_new: bool) -> FormDraft:
    form, subject = _form_of(request)
    key = request.GET.get(TOKEN, "")
    if not is_new:
        key = ""
    elif not re.fullmatch(r"[\w-]{1,30}", key, re.ASCII):
        key = secrets.token_urlsafe(9)
    return FormDraft(Token(request.user.pk, form, subject, key, clock.now()))


def _sent(request: SignedInRequest, is_new: bool) -> FormDraft:
    """Return the draft of a form that was sent. If its page is shown again, it counts as drawn now."""
    token = Token.sent_with(request)
    if token is None or token.user_id != request.user.pk:
        token = _opened(request, is_new).token
    return FormDraft(replace(token, drawn_at=clock.now()), request.POST)
