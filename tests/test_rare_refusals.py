"""Refusals that no page and no other test causes, but machines and races can."""

import pytest
from django.db import IntegrityError

from cas.models import Order
from licences.casework.user import AddCaseworker
from licences.models import User
from licences.roles import Role
from sms.core.refused import Refused
from sponsorship_duties.models import Activity
from tests.factories import a_batch, a_cas, in_status
from tests.sponsorship_duties.factories import a_reason, a_type

pytestmark = pytest.mark.django_db


def code_of(act, *args, **options):
    with pytest.raises(Refused) as refused:
        act(*args, **options)
    return refused.value.code


def test_a_caseworker_has_no_sponsor(caseworker):
    assert code_of(lambda: caseworker.sponsor) == "licences.not_a_sponsors_user"


def test_an_account_that_is_not_locked_cannot_be_unlocked(level1, caseworker):
    assert code_of(level1.unlock, by=caseworker) == "licences.not_locked"


def test_several_reports_cannot_be_withdrawn_at_once(level1, allocation, caseworker):
    cas = in_status("ASSIGNED", by=level1, caseworker=caseworker)
    name = "Previous notification withdrawn"
    report = {"activity_type": a_type(name), "reason": a_reason(name, name), "happened_on": None, "details": ""}
    assert code_of(Activity.objects.report, [cas.pk], by=level1, **report) == "duties.one_withdrawal_at_a_time"


def test_a_batch_cannot_be_assigned_with_a_cas_that_is_not_in_it(level1, allocation):
    batch, outside = a_batch(level1, a_cas(level1)), a_cas(level1)
    options = {"by": level1, "provider": "sandbox", "batch": batch}
    assert code_of(Order.objects.open, {outside.pk: outside.version}, **options) == "cas.not_in_the_batch"


def test_if_two_caseworkers_make_the_same_entry_at_once_the_second_sees_a_sentence(caseworker, monkeypatch):
    def overtaken(*args, **options):
        raise IntegrityError

    monkeypatch.setattr(User.objects, "add", overtaken)
    typed = {"name": "New", "email": "new@example.org"}
    decision = AddCaseworker(None)
    form = decision.form(typed)
    assert form.is_valid(), form.errors
    assert decision.attempt(form, seen="", by=caseworker) is None
    assert form.non_field_errors() == ["Another user has just made the same entry. Check it and decide again"]
    assert not User.objects.filter(role=Role.CASEWORKER, username="new").exists()
