"""Every status, every move, every kind of user (specification, sections 3 and 7).

The tables come from the specification. They are written out here, and not read from `cas.lifecycle`.
"""

from collections import namedtuple

import pytest

from cas.lifecycle import CAS_LIFECYCLE, CASStatus
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.factories import COMPLETE, a_cas, a_draft, in_status
from tests.refusals import outcome_of, refusal_of

pytestmark = pytest.mark.django_db

STATUSES = [
    "WORK IN PROGRESS",
    "READY TO GO",
    "ASSIGNED",
    "USED",
    "EXPIRED",
    "OBSOLETE",
    "WITHDRAWN",
    "CANCELLED",
]

Row = namedtuple("Row", "sources target by")

# `by` names users of the fixture `all_users`. The CAS belongs to level2, and colleague is another Level 2 user.
TABLE = {
    "save": Row({"WORK IN PROGRESS", "READY TO GO"}, "READY TO GO", {"level1", "level2"}),
    "delete": Row({"WORK IN PROGRESS", "READY TO GO"}, None, {"level1", "level2"}),
    "assign": Row({"READY TO GO"}, "ASSIGNED", {"system"}),
    "withdraw": Row({"ASSIGNED"}, "WITHDRAWN", {"level1"}),
    "use": Row({"ASSIGNED", "EXPIRED"}, "USED", {"caseworker"}),
    "expire": Row({"ASSIGNED"}, "EXPIRED", {"system"}),
    "make_obsolete": Row({"ASSIGNED"}, "OBSOLETE", {"system"}),
    "cancel": Row({"ASSIGNED", "EXPIRED"}, "CANCELLED", {"system"}),
}


@pytest.fixture
def all_users(level1, level2, colleague, outsider, caseworker, system):
    users = [level1, level2, colleague, outsider, caseworker, system]
    return {user.username: user for user in users}


@pytest.fixture
def cas_in(level2, level1, allocation, caseworker):
    def make(status):
        cas = in_status(status, by=level2, caseworker=caseworker)
        if status in {"ASSIGNED", "EXPIRED"}:
            cas.record_application(clock.today(), by=caseworker)
        return cas

    return make


def try_to(move, cas, user, level1):
    """Make the move as the pages and the jobs do."""
    row = CAS.objects.filter(pk=cas.pk)
    if move == "save":
        cas.amend({**COMPLETE, "course_id": "Another"}, by=user, version=cas.version)
    elif move == "delete":
        cas.remove(by=user)
    elif move == "assign":
        row.assign(by=user, assigned_by=level1)
    elif move == "withdraw":
        cas.withdraw(by=user, reason="Enrolled elsewhere")
    elif move == "use":
        cas.use(by=user, decided_on=clock.today(), outcome="GRANTED")
    else:
        row.move(move, by=user)


@pytest.mark.parametrize("status", STATUSES)
def test_each_user_makes_only_the_moves_that_their_role_and_the_status_allow(status, cas_in, all_users, subtests):
    cas = cas_in(status)

    def look():
        return CAS.objects.filter(pk=cas.pk).values().first(), Event.objects.count()

    before, events = look()
    for move, row in TABLE.items():
        for name, user in all_users.items():
            with subtests.test(move=move, user=name):
                cas.refresh_from_db()
                assert cas.may(move, user) is (status in row.sources and name in row.by)
                refused, (after, events_after) = outcome_of(try_to, move, cas, user, all_users["level1"], look=look)
                if status in row.sources and name in row.by:
                    assert not refused
                    assert (after and after["status"]) == row.target
                    assert events_after == events + 1
                else:
                    assert (after, events_after) == (before, events)


@pytest.mark.parametrize("move", ["save", "delete", "withdraw", "use"])
def test_a_move_that_is_not_allowed_is_refused_with_a_reason(move, cas_in, all_users):
    cas = cas_in("USED")
    for user in all_users.values():
        assert refusal_of(try_to, move, cas, user, all_users["level1"])


@pytest.mark.parametrize("creator", ["level1", "level2", "colleague", "outsider"])
def test_any_user_of_a_sponsor_creates_a_cas_and_becomes_its_owner(creator, all_users):
    cas = a_draft(all_users[creator])
    assert (cas.owner, cas.created_by, cas.status) == (all_users[creator], all_users[creator], "WORK IN PROGRESS")
    assert cas.licence == all_users[creator].licence


@pytest.mark.parametrize("creator", ["caseworker", "system"])
def test_a_caseworker_and_the_system_cannot_create_a_cas(creator, all_users):
    with pytest.raises(NotAllowed):
        a_draft(all_users[creator])
    assert not CAS.objects.exists()


def test_the_lifecycle_has_the_statuses_and_moves_of_the_specification():
    assert [str(status) for status in CASStatus] == STATUSES
    assert {move.name for move in CAS_LIFECYCLE.moves} == {"create", *TABLE}


def test_a_move_of_several_cas_leaves_out_those_in_another_status(cas_in, system):
    moving = [cas_in("ASSIGNED") for _ in range(3)]
    staying = [cas_in("WITHDRAWN"), cas_in("READY TO GO")]
    assert CAS.objects.filter(pk__in=[cas.pk for cas in moving + staying]).move("expire", by=system) == 3
    assert {CAS.objects.get(pk=cas.pk).status for cas in moving} == {"EXPIRED"}
    assert [CAS.objects.get(pk=cas.pk).status for cas in staying] == ["WITHDRAWN", "READY TO GO"]
    assert Event.objects.filter(verb="expire").count() == 3


def test_a_level_2_user_can_move_only_their_own_cas(level1, level2, colleague, allocation, system):
    cas_list = [a_cas(user) for user in (level1, level2, colleague)]
    for user, expected in [(colleague, 1), (level1, 3)]:
        mine = CAS.objects.movable("save", by=user)
        assert mine.count() == expected
    assert CAS.objects.movable("save", by=level2).get() == cas_list[1]


def test_a_move_is_refused_as_a_whole_if_a_status_changes_meanwhile(cas_in, system, monkeypatch):
    """The statement that changes the rows checks their status again."""
    cas_list = [cas_in("ASSIGNED"), cas_in("ASSIGNED")]
    write = CASQuerySet._write

    def write_after_another_change(rows, pks, *args):
        CAS.objects.filter(pk=pks[0]).update(status="EXPIRED")
        return write(rows, pks, *args)

    monkeypatch.setattr(CASQuerySet, "_write", write_after_another_change)
    with pytest.raises(Refused, match="Another user changed"):
        CAS.objects.move("cancel", by=system)
    assert {CAS.objects.get(pk=cas.pk).status for cas in cas_list} == {"ASSIGNED"}
    assert not Event.objects.filter(verb="cancel").exists()
