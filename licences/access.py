"""Open a page only to users who may do what the page is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.http.response import HttpResponseBase

from licences.permissions import Action, action_named, require
from licences.requests import SignedInRequest

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def requires(action: Action) -> Callable[[ViewT], ViewT]:
    """Answer 403, with a sentence, to users who may not take this action. Raises `ValueError` for an unknown one."""
    action = action_named(action)  # fails where the view is declared: mypy does not check every caller

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            require(request.user, action)
            return view(request, *args, **kwargs)

        return cast(ViewT, guarded)

    return decorate
