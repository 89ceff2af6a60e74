"""Let only those users open a page whose level may do what the page is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from licences.permissions import ACTIONS
from licences.requests import SignedInRequest

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def requires(action: str) -> Callable[[ViewT], ViewT]:
    """Answer 403, with a sentence, to users whose level lacks the action of `licences.permissions`."""

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.may(action):
                raise PermissionDenied(ACTIONS[action].refusal)
            return view(request, *args, **kwargs)

        return cast(ViewT, guarded)

    return decorate
