"""Requests as our views know them."""

from __future__ import annotations

from django.http import HttpRequest

from licences.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in: every view's, unless it says that nobody needs to."""

    user: User
