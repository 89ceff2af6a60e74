"""Forms whose typing is kept while it goes on, and across a time-out (specification, section 8).

A view joins with one line, and takes the draft of its form after the request:

    @keeps_drafts(NoteForm.parameters)
    def note(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
        form = draft.shown(NoteForm(draft.typed))
        if form.is_valid():
            ...
            draft.finish()
            return redirect(...)
        return render(request, "note.html", {"form": form, "draft": draft})

and its template, if it is not a `govuk/form_page.html`, writes `{{ draft }}` into the form, and `kept_line()` of
drafts.html beside its buttons. Each page carries a signed token, which says whose form it is.
Whatever is sent with it is kept for that user, and for nobody else, before anything is asked about the session or
about cross-site requests: keeping a private copy harms nobody, and saving still asks both.
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
IN_BACKGROUND = "X-Keep-Draft"  # the header with which static/drafts.js asks to keep, and to do nothing else
LASTS = timedelta(days=7)

FormT = TypeVar("FormT", bound=GovukForm)
ModelT = TypeVar("ModelT", bound=models.Model)
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])

_signer = signing.Signer(salt="licences.drafts")


@dataclass(frozen=True)
class Token:
    """Whose form a page holds, and when it was drawn."""

    user_id: int
    form: str
    subject: str
    key: str
    drawn_at: datetime

    @classmethod
    def sent_with(cls, request: HttpRequest) -> Token | None:
        """The token of the page that sent `request`; None if it is forged, too old or another form's."""
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
        """What the form is to show: what was just sent, or what was kept earlier; None where nothing was."""
        return self._kept.typed if self._kept else self._sent

    @property
    def kept_at(self) -> datetime | None:
        """When `typed` was kept; None where it is not from a draft."""
        return self._kept.kept_at if self._kept else None

    @property
    def address(self) -> str:
        """Where this draft is gone on with."""
        return address_of(self.token.form, self.token.subject, self.token.key)

    def shown(self, form: FormT) -> FormT:
        """`form`, filled with `typed`: not valid, but without its errors, until it is sent."""
        return form.as_draft() if self.kept_at else form

    def finish(self) -> None:
        """What was typed is saved."""
        self._rows.finish()

    @transaction.atomic
    def save_once(self, rows: models.QuerySet[ModelT], add: Callable[[], ModelT]) -> ModelT:
        """What `add` makes of the form, whose draft is finished; or, if the same page with the same texts was sent
        before, what was made of it then and is among `rows` still. Of two who send it at once, one waits.
        """
        if earlier := rows.filter(pk=self._saved_as() or None).first():
            return earlier
        made = add()
        self._rows.finish(saved={"sent": self._digest(), "as": str(made.pk)})
        return made

    def _saved_as(self) -> str:
        """The id of what was made of just this; else empty. The draft is held until the transaction ends."""
        row = self._rows.select_for_update().first()
        is_this = row is not None and row.kept_at is None and row.data.get("sent") == self._digest()
        return str(row.data["as"]) if row and is_this else ""

    def _digest(self) -> str:
        """Tells what was sent from anything else, and nobody what it was."""
        sent = sorted((name, texts) for name, texts in self._sent.lists()) if self._sent else []
        return salted_hmac("licences.drafts.sent", json.dumps(sent), algorithm="sha256").hexdigest()

    def __html__(self) -> str:
        html = '<input type="hidden" name="{}" value="{}" data-draft="{}">'
        return Markup(html).format(TOKEN, self.token.signed(), self.address)


def keeps_drafts(
    names: Callable[[], Collection[str]], *, is_new: bool = False, discarded: Callable[..., str] | None = None
) -> Callable[[ViewT], ViewT]:
    """Keep what is sent to the view's form under `names`, the parameters of its fields.

    The form of something new (`is_new`) has a draft for each time that it is opened; any other has one for its
    address, and shows it. Who discards the draft goes on to the address that `discarded` answers, or else to the form.
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
    """Keep what `request` sends to a form, for the user of its token, whoever is signed in, or nobody."""
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
    """For static/drafts.js: when it was kept, and whether this user could go on to save it.

    401 says that they are not signed in any more, 410 that this page is out of date.
    """
    is_theirs = request.user.pk == draft.user_id if draft else request.user.is_authenticated
    status = (200 if draft else 410) if is_theirs else 401
    return JsonResponse({"kept": time_of_day(draft.kept_at) if draft else None}, status=status)


def _form_of(request: HttpRequest) -> tuple[str, str]:
    """The form at the address of `request`, and what it is about."""
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
    """The draft of a form that was sent. Its page, if it is shown again, is drawn now."""
    token = Token.sent_with(request)
    if token is None or token.user_id != request.user.pk:
        token = _opened(request, is_new).token
    return FormDraft(replace(token, drawn_at=clock.now()), request.POST)
