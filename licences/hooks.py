"""What other apps can take part in. They connect their functions in `AppConfig.ready()`, from `<app>/receivers.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from licences.words import Words
from sms.core.hooks import Hook

# Called with (licence, routes) in the transaction in which a licence, or some of its routes, ends.
licence_ends: Hook[[Any, Iterable[str]], None] = Hook()

# Called with (licence, routes): return what would end with them now, as a sentence for a caseworker who decides.
what_would_end: Hook[[Any, Iterable[str]], str] = Hook()

# Return how the history words the kinds of record of an app.
history_words: Hook[[], Words] = Hook()

# Return the models of which the page of a licence links a list in the admin.
lists_of_licence: Hook[[], Sequence[type[models.Model]]] = Hook()

# Return a kind of job, a `licences.jobs.kinds.Kind`.
job_kinds: Hook[[], Any] = Hook()
