"""The type of the requests that our views take."""

from __future__ import annotations

from django.http import HttpRequest

from licences.models import User


class SignedInRequest(HttpRequest):
    """A request by a signed-in user. Every view takes one, unless the view is open to visitors."""

    user: User
