"""Who may add, change and deactivate whom, and the last Level 1 user (specification, sections 1, 7 and 9)."""

import pytest
from django.db import transaction

from licences.accounts import verbs
from licences.models import Event, User
from licences.roles import Role
from sms.core.refused import NotAllowed, Refused
from tests.factories import a_user
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

HOME_OFFICE = "Only the Home Office can {} a Level 1 user."
NOT_LEVEL_2 = "Only a Level 1 user can manage Level 1 and 2 users."
NOT_FOUND = "No user was found."
LAST = "This is the last active Level 1 user of the sponsor. Add another Level 1 user first."


@pytest.fixture
def subjects(level2, deputy, licence, system):
    """Make users to act on: an active one of each level with a lock, and a deactivated one of each level."""
    gone = {level: a_user(f"gone{level}", level, licence) for level in (Role.LEVEL_1, Role.LEVEL_2)}
    for user in gone.values():
        user.deactivate(by=system)
    for user in (level2, deputy):
        user.email = "x@example.ac.uk"
        user.save()
        user.sign_in_counts.lock_after_wrong_try(user, "")
        user.sign_in_counts.create(browser="", tried_at="2026-11-29 12:00Z", locked_until="2099-01-01 00:00Z")
    return {"level2": level2, "deputy": deputy, "gone2": gone[Role.LEVEL_2], "gone1": gone[Role.LEVEL_1]}


ACTS = {
    "amend": lambda user, by: user.amend(name="New", email="new@example.ac.uk", by=by),
    "deactivate": lambda user, by: user.deactivate(by=by),
    "reactivate": lambda user, by: user.reactivate(by=by),
    "unlock": lambda user, by: user.unlock(by=by),
    "send_link": lambda user, by: verbs.send_link(user, by=by),
}

# The refusal for each act on each user, for each kind of user who acts; "" if they may.
TABLE = {
    ("amend", "level2"): {"level1": "", "caseworker": ""},
    ("amend", "deputy"): {"level1": HOME_OFFICE.format("change the details of"), "caseworker": ""},
    ("deactivate", "level2"): {"level1": "", "caseworker": ""},
    ("deactivate", "deputy"): {"level1": "", "caseworker": ""},
    ("reactivate", "gone2"): {"level1": "", "caseworker": ""},
    ("reactivate", "gone1"): {"level1": HOME_OFFICE.format("reactivate"), "caseworker": ""},
    ("unlock", "level2"): {"level1": "", "caseworker": ""},
    ("unlock", "deputy"): {"level1": HOME_OFFICE.format("unlock"), "caseworker": ""},
    ("send_link", "level2"): {"level1": "", "caseworker": ""},
    ("send_link", "deputy"): {"level1": "", "caseworker": ""},
}


@pytest.mark.parametrize(("act", "whom"), TABLE, ids=" ".join)
def test_each_kind_of_user_may_do_what_the_table_says(act, whom, subjects, request, case, level1):
    expected = {**TABLE[act, whom], "colleague": NOT_LEVEL_2, "outsider": NOT_FOUND}
    for who, sentence in expected.items():
        by = request.getfixturevalue(who)
        with case(by=who):
            user = User.objects.get(pk=subjects[whom].pk)
            before = Event.objects.count()
            assert refusal_of(ACTS[act], user, by) == sentence
            assert (Event.objects.count() > before) == (sentence == "")


@pytest.mark.parametrize(
    ("who", "role", "is_ours", "sentence"),
    [
        ("level1", Role.LEVEL_2, True, ""),
        ("level1", Role.LEVEL_1, True, HOME_OFFICE.format("add")),
        ("level1", Role.LEVEL_2, False, HOME_OFFICE.format("add")),
        ("level1", Role.CASEWORKER, False, HOME_OFFICE.format("add")),
        ("level2", Role.LEVEL_2, True, NOT_LEVEL_2),
        ("outsider", Role.LEVEL_2, True, HOME_OFFICE.format("add")),
        ("caseworker", Role.LEVEL_1, True, ""),
        ("caseworker", Role.CASEWORKER, False, ""),
    ],
)
def test_level_1_users_add_only_level_2_users_of_their_own_sponsor(who, role, is_ours, sentence, licence, request):
    by = request.getfixturevalue(who)
    options = {"name": "Jo", "email": "jo@example.ac.uk", "role": role, "licence": licence if is_ours else None}
    assert refusal_of(verbs.add, by=by, **options) == sentence
    assert User.objects.filter(name="Jo").exists() == (sentence == "")


@pytest.mark.parametrize("who", ["deputy", "officer"])
def test_a_user_who_has_just_been_deactivated_deactivates_no_other(who, level1, deputy, licence, caseworker):
    a_user("third", Role.LEVEL_1, licence)
    officer = a_user("officer", Role.CASEWORKER)
    by, other = (deputy, level1) if who == "deputy" else (officer, caseworker)
    User.objects.get(pk=by.pk).deactivate(by=other)
    with pytest.raises(NotAllowed):
        other.deactivate(by=by)


def test_the_last_active_level_1_user_cannot_be_deactivated_by_any_user(level1, deputy, caseworker, outsider, system):
    level1.deactivate(by=deputy)
    for by in (caseworker, system):
        assert refusal_of(deputy.deactivate, by=by) == LAST
    deputy.refresh_from_db()
    assert deputy.is_active
    level1.reactivate(by=caseworker)
    assert refusal_of(deputy.deactivate, by=caseworker) == ""


def test_a_deactivated_user_of_level_1_deactivates_no_one(level1, deputy, level2, caseworker):
    level1.deactivate(by=caseworker)
    assert refusal_of(level2.deactivate, by=User.objects.get(pk=level1.pk)) == NOT_LEVEL_2


def test_a_deactivated_user_gets_no_link(level2, level1, caseworker):
    level2.amend(name="Level2", email="x@example.ac.uk", by=caseworker)
    level2.deactivate(by=level1)
    assert refusal_of(verbs.send_link, level2, by=level1) == (
        "This user is deactivated. Reactivate the user before you send a link."
    )


def test_the_history_of_the_licence_names_the_users_who_were_added_and_deactivated(level1, level2, licence, caseworker):
    user = verbs.add(name="Jo", email="jo@example.ac.uk", role=Role.LEVEL_2, licence=licence, by=level1)
    user.amend(name="Jo B", email=user.email, by=level1)
    user.deactivate(by=level1, to=level2)
    user.reactivate(by=caseworker)
    lines = Event.objects.about("licence", licence.pk).filter(data__has_key="username")
    assert [(line.verb, line.by.username) for line in lines if line.data["username"] == [None, user.username]] == [
        ("add_user", "level1"),
        ("amend_user", "level1"),
        ("deactivate_user", "level1"),
        ("reactivate_user", "caseworker"),
    ]
    line = Event.objects.about("user", user.pk).get(verb="deactivate")
    assert line.data == {"is_active": [True, False], "new_owner": [None, "level2"]}


def test_a_user_id_that_is_taken_in_another_case_is_drawn_again(level1, licence, monkeypatch, caseworker):
    a_user("cdfghjk34", Role.LEVEL_2, licence)
    drawn = iter(["CDFGHJK34", "CDFGHJK36"])
    monkeypatch.setattr("licences.numbers.draw_user_id", lambda: next(drawn))
    user = verbs.add(name="Jo", email="jo@example.ac.uk", role=Role.LEVEL_2, licence=licence, by=caseworker)
    assert user.username == "CDFGHJK36"


def test_if_the_transfer_is_refused_nothing_changes(level1, level2, outsider):
    with pytest.raises(Refused), transaction.atomic():
        level2.deactivate(by=level1, to=outsider)
    assert User.objects.get(pk=level2.pk).is_active
