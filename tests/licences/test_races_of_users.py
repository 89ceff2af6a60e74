"""Level 1 users who deactivate each other, and a link that is used many times, at once, with real threads."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from licences.accounts import links
from licences.models import Event, User
from licences.roles import Role
from tests.factories import a_user
from tests.licences.links import key_for
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
LAST = "This is the last active Level 1 user of the sponsor. Add another Level 1 user first."
OUT = "Only a Level 1 user can manage Level 1 and 2 users."


def fresh(user):
    return User.objects.get(pk=user.pk)


def active(licence):
    return User.objects.filter(licence=licence, role=Role.LEVEL_1, is_active=True).count()


def test_two_level_1_users_who_deactivate_each_other_at_once_leave_one(level1, deputy, licence, caseworker):
    for _ in range(ROUNDS):
        answers = at_once(
            lambda: fresh(level1).deactivate(by=fresh(deputy)),
            lambda: fresh(deputy).deactivate(by=fresh(level1)),
        )
        assert active(licence) == 1
        assert set(refusals(answers)) <= {LAST, OUT}
        assert len(refusals(answers)) == 1
        for user in (level1, deputy):
            if not fresh(user).is_active:
                fresh(user).reactivate(by=caseworker)


def test_when_caseworkers_deactivate_all_level_1_users_at_once_one_stays(level1, deputy, licence, caseworker):
    users = [level1, deputy, *(a_user(f"one{number}", Role.LEVEL_1, licence) for number in range(6))]
    answers = at_once(*[lambda user=user: fresh(user).deactivate(by=caseworker) for user in users])
    assert active(licence) == 1
    assert refusals(answers) == [LAST]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, with or without these locks")
def test_its_twin_without_the_locks_no_level_1_user_could_be_left(licence, caseworker, level1, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    for number in range(10):
        users = [level1, *(a_user(f"r{number}u{each}", Role.LEVEL_1, licence) for each in range(7))]
        at_once(*[lambda user=user: fresh(user).deactivate(by=caseworker) for user in users])
        if active(licence) == 0:
            return
        level1 = User.objects.get(licence=licence, role=Role.LEVEL_1, is_active=True)
    pytest.fail("the harness does not see the fault")


def test_a_link_that_is_used_many_times_at_once_sets_one_password(level2):
    key = key_for(level2)
    passwords = [f"plum tractor window {number}" for number in range(8)]
    answers = at_once(*[lambda each=each: links.choose_password(key, each) for each in passwords])
    assert refusals(answers) == ["This link no longer works."] * 7
    assert sum(fresh(level2).check_password(each) for each in passwords) == 1
    assert Event.objects.filter(verb="choose_password").count() == 1
