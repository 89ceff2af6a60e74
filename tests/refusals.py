"""Acts that the rules may refuse."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from sms.core.refused import Refused


def refusal_of(act, *args, **options):
    """Call `act`. Return the sentence of its refusal, or an empty string if it succeeded."""
    try:
        act(*args, **options)
    except Refused as refused:
        return str(refused) or pytest.fail("a refusal without a sentence")
    return ""


def outcome_of(act, *args, look, **options):
    """Call `act` and then `look`, and roll everything back. Return the refusal and what `look` returned."""
    with transaction.atomic():
        refused = refusal_of(act, *args, **options)
        seen = look()
        transaction.set_rollback(True)
    return refused, seen


@contextmanager
def refused_as(code):
    """Expect that the block raises the refusal with this code."""
    with pytest.raises(Refused) as refused:
        yield
    assert refused.value.code == code
