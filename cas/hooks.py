"""What other apps can take part in, as `licences/hooks.py` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cas.models import CAS
from licences.casework.pages import Table
from licences.models import User
from sms.core.hooks import Hook


class Line(NamedTuple):
    """A line of `Students` under *Needs attention*, with the address that it leads to."""

    text: str
    href: str


# Called with the user: return lines for *Needs attention*.
needs_attention: Hook[[User], Iterable[Line]] = Hook()

# Called with a CAS: return a table for its page in the admin.
tables_of_cas: Hook[[CAS], Table] = Hook()
