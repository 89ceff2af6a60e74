"""Hooks for other apps. An app connects its functions in `AppConfig.ready()`, from its `receivers.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from licences.words import Words
from sms.core.counting import Tally
from sms.core.hooks import Hook

# Called with (licence, routes) in the transaction in which a licence, or some of its routes, ends.
licence_ends: Hook[[Any, Iterable[str]], None] = Hook()

# Called with pairs of a licence and the routes of it that may end. Return a sentence for each pair that says what would
# end with them now, for a caseworker who decides; "" if nothing would.
what_would_end: Hook[[Sequence[tuple[Any, Collection[str]]]], list[str]] = Hook()

# Return the app's words for the history.
history_words: Hook[[], Words] = Hook()

# Return the models whose lists are linked from the admin page of a licence.
lists_of_licence: Hook[[], Sequence[type[models.Model]]] = Hook()

# Called with a licence. Return the tables that the app shows on its page in the admin, `licences.casework.parts.Table`.
tables_of_licence: Hook[[Any], Iterable[Any]] = Hook()

# Return a kind of job, a `licences.jobs.kinds.Kind`.
job_kinds: Hook[[], Any] = Hook()

# Called with users of one sponsor. Return how many records each owns, by the user's key, for their list.
numbers_owned: Hook[[Collection[Any]], Mapping[int, Tally]] = Hook()

# Called with a user. Return a part of a sentence that says what they own, such as "41 CAS and 1 batch"; "" if nothing.
what_is_owned: Hook[[Any], str] = Hook()

# Called with (user, verb, by, browser, to) in the transaction in which `by` changes how a user signs in. `browser` is
# the kind of browser if it is known, and `to` is the earlier email address if that changes. Otherwise they are empty.
account_changed: Hook[[Any, str, Any, str, str], None] = Hook()

# Called with (user, to, by) in the transaction in which `by` deactivates a user. Transfer everything that the user owns
# to the user `to`.
owner_leaves: Hook[[Any, Any, Any], None] = Hook()
