"""The functions that this app connects to the hooks of `licences` and of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from cas import columns, history
from cas.models import CAS, Batch, Order
from cas.printing import printouts
from licences import hooks
from licences.models import Licence, User
from sms.core.govuk.environment import page_globals


def connect() -> None:
    """Connect the functions to their hooks. Called once, when the app starts."""
    page_globals.connect(columns.for_pages)
    hooks.licence_ends.connect(cancel_live_cas)
    hooks.what_would_end.connect(what_would_be_cancelled)
    hooks.history_words.connect(history.words)
    hooks.lists_of_licence.connect(lists_of_licence)
    hooks.job_kinds.connect(printouts.job_kind)


def cancel_live_cas(licence: Licence, routes: Iterable[str]) -> None:
    """Cancel the live CAS of these routes of a licence, which have ended (specification, section 3)."""
    CAS.objects.filter(licence=licence, route__in=list(routes)).cancel(by=User.objects.system())


def what_would_be_cancelled(licence: Licence, routes: Iterable[str]) -> str:
    """Return a sentence that says how many CAS `cancel_live_cas` would cancel now."""
    count = CAS.objects.filter(licence=licence, route__in=list(routes)).cancellable().count()
    return f"{count:,} CAS will be CANCELLED." if count else "No CAS will be CANCELLED, because no CAS is live."


def lists_of_licence() -> Sequence[type[models.Model]]:
    return CAS, Batch, Order
