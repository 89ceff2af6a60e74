"""Refusals: what a rule says no to, in a sentence that is fit to show to the person who asked."""

from __future__ import annotations

from django.http import Http404


class Refused(Exception):
    """A rule forbids it. `str(refused)` is the sentence to show."""


class MoveRefused(Refused):
    """The record's status does not allow this move, or somebody else made one first."""


class NotAllowed(Refused):
    """This kind of user may not do this."""


class NotThere(Http404):
    """Nothing is at this address for this user any more. `str(not_there)` says why that may be."""
