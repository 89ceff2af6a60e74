"""Asking for what may be refused."""

import pytest
from django.db import transaction

from sms.core.refused import Refused


def refusal_of(act, *args, **options):
    """The sentence with which the rules refuse it; empty when it was done."""
    try:
        act(*args, **options)
    except Refused as refused:
        return str(refused) or pytest.fail("a refusal without a sentence")
    return ""


def outcome_of(act, *args, look, **options):
    """Whether it was refused, and what `look` sees afterwards; all is undone again."""
    with transaction.atomic():
        refused = refusal_of(act, *args, **options)
        seen = look()
        transaction.set_rollback(True)
    return refused, seen
