"""Hooks for other apps. `licences/hooks.py` says how to connect to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cas.models import CAS
from licences.casework.parts import Table
from licences.models import User
from sms.core.counting import Tally
from sms.core.hooks import Hook


class Line(NamedTuple):
    """A line under *Needs attention* on `Students`, and the address of its link.

    `cas` is the tally of the CAS that the line is about, if it is about CAS. The page names the first.
    """

    text: str
    href: str
    cas: Tally | None = None


# Called with the user. Return the lines for *Needs attention*.
needs_attention: Hook[[User], Iterable[Line]] = Hook()

# Called with a CAS. Return a table for its page in the admin.
tables_of_cas: Hook[[CAS], Table] = Hook()
