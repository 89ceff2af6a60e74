"""Users of sponsors, caseworkers, and the system itself (specification, sections 1 and 7)."""

import re

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from licences.access import requires
from licences.models import Event, User
from licences.permissions import Action, Reach, reach, who_may
from licences.reference import refill
from licences.roles import OWNER, Role, named
from licences.timeline import subject_names
from tests.factories import PASSWORD, a_user

# The table of section 7, for the actions that the portal has so far: the reach for Level 1 and Level 2 users.
PERMISSIONS = {
    "cas.create": ("all", "all"),
    "cas.see": ("all", "own"),
    "cas.edit": ("all", "own"),
    "cas.delete": ("all", "own"),
    "cas.assign": ("all", "own"),
    "cas.print": ("all", "own"),
    "cas.export": ("all", "own"),
    "files.send": ("all", "own"),
    "cas.report": ("all", "own"),
    "cas.note": ("all", "own"),
    "cas.fees": ("all", "own"),
    "cas.withdraw": ("all", "none"),
    "compliance.see": ("all", "none"),
    "cas.affected": ("all", "none"),
    "cas.transfer": ("all", "none"),
    "cas.decide": ("none", "none"),
    "addresses.keep": ("all", "none"),
    "agents.see": ("all", "all"),
    "agents.keep": ("all", "none"),
    "templates.keep": ("all", "all"),
    "licence.see": ("all", "none"),
    "action_plans.answer": ("all", "none"),
    "licences.keep": ("none", "none"),
    "allocation.request": ("all", "none"),
    "renewal.request": ("all", "none"),
    "requests.make": ("all", "none"),
    "requests.decide": ("none", "none"),
    "messages.read": ("all", "none"),
    "messages.keep": ("none", "none"),
    "allocation.grant": ("none", "none"),
    "rules.set": ("none", "none"),
    "reports.read": ("none", "none"),
    "activity_types.keep": ("none", "none"),
    "users.manage": ("all", "none"),
    "users.keep": ("none", "none"),
    "jobs.keep": ("none", "none"),
}
FOR_CASEWORKERS = {
    "cas.decide",
    "licences.keep",
    "requests.decide",
    "messages.keep",
    "allocation.grant",
    "rules.set",
    "reports.read",
    "activity_types.keep",
    "users.keep",
    "jobs.keep",
}
FOR_BOTH = {"files.send"}
REACHES = {"all": Reach.OF_SPONSOR, "own": Reach.OWN, "none": Reach.NONE}


TEMPLATES = settings.BASE_DIR / "templates"


def unknown_actions(pages):
    """Return the actions that pages give to `may` and that the table does not have, each with its page."""
    asked = [(path, name.strip()) for path, text in pages for name in re.findall(r"\bmay\(([^)]*)\)", text)]
    known = {quoted for action in Action for quoted in (f'"{action}"', f"'{action}'")}
    return [(path, name) for path, name in asked if name not in known]


def history(user):
    return list(Event.objects.about("user", user.pk))


@pytest.mark.parametrize("action", Action)
def test_each_cell_of_the_permissions_is_that_of_the_specification(action):
    level_1, level_2 = PERMISSIONS[action]
    assert reach(Role.LEVEL_1, action) is REACHES[level_1]
    assert reach(Role.LEVEL_2, action) is REACHES[level_2]
    assert reach(Role.CASEWORKER, action) is (Reach.ALL if action in FOR_CASEWORKERS | FOR_BOTH else Reach.NONE)
    assert reach(Role.SYSTEM, action) is Reach.NONE
    kinds = {"all": {"LEVEL_2"}, "own": {"OWNER"}, "none": set()}[level_2]
    assert who_may(action) == kinds | ({"LEVEL_1"} if level_1 == "all" else set())


@pytest.mark.parametrize("name", ["cas.edti", "", "CAS_EDIT"])
def test_a_misspelt_action_is_an_error_when_a_view_is_declared_and_when_a_page_asks(name):
    with pytest.raises(ValueError, match="is not a valid Action"):
        requires(name)
    with pytest.raises(ValueError, match="is not a valid Action"):
        User(role=Role.LEVEL_1).may(name)


def test_every_action_that_a_page_names_is_in_the_table():
    pages = list(TEMPLATES.rglob("*.html"))
    assert sum(page.read_text().count("user.may(") for page in pages) >= 5
    assert unknown_actions((page, page.read_text()) for page in pages) == []


def test_its_twin_a_misspelt_action_would_be_found():
    assert unknown_actions([("page", "{% if user.may('cas.transfre') %}")]) == [("page", "'cas.transfre'")]
    assert unknown_actions([("page", "{% if user.may(action) %}")]) == [("page", "action")]


REFUSALS = {
    "cas.create": "Only a user of a sponsor can create CAS and batches.",
    "cas.see": "Only a user of a sponsor can see CAS and their history.",
    "cas.edit": "Only a user of a sponsor can edit a CAS that is not assigned.",
    "cas.delete": "Only a user of a sponsor can delete a CAS that is not assigned.",
    "cas.assign": "Only a user of a sponsor can assign CAS and pay for them.",
    "cas.print": "Only a user of a sponsor can print CAS.",
    "cas.export": "Only a user of a sponsor can export CAS, reports and orders.",
    "files.send": "Only a user of a sponsor or a Home Office caseworker can send, check and import files.",
    "cas.report": "Only a user of a sponsor can report activity and withdraw a report.",
    "cas.note": "Only a user of a sponsor can edit the sponsor note of a CAS.",
    "cas.fees": "Only a user of a sponsor can update the fees of a live CAS.",
    "cas.withdraw": "Only a Level 1 user can withdraw an assigned CAS.",
    "compliance.see": "Only a Level 1 user can see the compliance figures.",
    "cas.affected": "Only a Level 1 user can see the live CAS affected by the visa brake.",
    "cas.transfer": "Only a Level 1 user can transfer CAS and batches to another user.",
    "cas.decide": "Only a Home Office caseworker can record applications, decisions and reviews.",
    "addresses.keep": "Only a Level 1 user can add, change and delete study addresses.",
    "agents.see": "Only a user of a sponsor can see and choose agents of the register.",
    "agents.keep": "Only a Level 1 user can add, change, retire and reinstate agents.",
    "templates.keep": "Only a user of a sponsor can add, change and retire course templates.",
    "licence.see": "Only a Level 1 user can see the licence summary, applications and services.",
    "action_plans.answer": "Only a Level 1 user can accept or decline an action plan.",
    "messages.read": "Only a Level 1 user can read and acknowledge messages.",
    "messages.keep": "Only a Home Office caseworker can write, send and end messages to sponsors.",
    "licences.keep": "Only a Home Office caseworker can change the ratings, key people and services of a licence.",
    "allocation.request": "Only a Level 1 user can request a CoS/CAS increase.",
    "renewal.request": "Only a Level 1 user can request renewal of annual CoS/CAS allocations.",
    "requests.make": "Only a Level 1 user can see, submit and withdraw requests.",
    "requests.decide": "Only a Home Office caseworker can grant and refuse requests of sponsors.",
    "allocation.grant": "Only a Home Office caseworker can grant or reduce an allocation.",
    "rules.set": "Only a Home Office caseworker can set the rules that change by date, such as the fee.",
    "reports.read": "Only a Home Office caseworker can mark reports as read.",
    "activity_types.keep": "Only a Home Office caseworker can change activity types and reasons.",
    "users.manage": "Only a Level 1 user can manage Level 1 and 2 users.",
    "users.keep": "Only a Home Office caseworker can add, change and deactivate users of any kind.",
    "jobs.keep": "Only a Home Office caseworker can retry and discard background jobs.",
}


@pytest.mark.parametrize("action", Action)
def test_a_user_who_may_not_do_something_sees_who_can(action):
    assert str(action.refusal) == REFUSALS[action]


def test_kinds_of_user_are_named_in_a_sentence():
    assert named({Role.LEVEL_1, OWNER}) == "its owner or a Level 1 user"
    assert named({Role.SYSTEM, Role.CASEWORKER}) == "a Home Office caseworker or the system"


def test_every_action_has_a_row_in_the_table():
    assert set(PERMISSIONS) == set(Action)


@pytest.mark.django_db
class TestUsers:
    def test_each_user_may_do_what_the_table_says(self, level1, level2, caseworker, system):
        users = (level1, level2, caseworker)
        may = {user.username: {action for action in Action if user.may(action)} for user in users}
        assert may["level1"] == set(Action) - FOR_CASEWORKERS
        assert may["caseworker"] == FOR_CASEWORKERS | FOR_BOTH
        assert may["level1"] - may["level2"] == {
            "cas.withdraw",
            "compliance.see",
            "cas.affected",
            "cas.transfer",
            "addresses.keep",
            "agents.keep",
            "licence.see",
            "action_plans.answer",
            "allocation.request",
            "renewal.request",
            "requests.make",
            "users.manage",
            "messages.read",
        }
        assert not any(system.may(action) for action in Action)

    def test_a_deactivated_user_may_do_nothing(self, level1, deputy, caseworker):
        level1.deactivate(by=caseworker)
        assert not any(level1.may(action) for action in Action)

    def test_the_admin_is_open_only_to_caseworkers(self, level1, level2, caseworker, system):
        for user in (level1, level2, caseworker, system):
            assert user.is_staff is (user == caseworker)
            assert user.has_perm("cas.view_cas") is (user == caseworker)
            assert user.has_module_perms("cas") is (user == caseworker)
        caseworker.deactivate(by=system)
        assert not caseworker.has_perm("cas.view_cas")

    def test_the_system_is_a_user_who_never_signs_in(self, system, client):
        refill(using="default")
        assert User.objects.get(role=Role.SYSTEM) == system
        assert (system.is_active, system.licence, str(system)) == (False, None, "The system")
        assert not system.has_usable_password()
        assert not client.login(username="system", password="!")

    def test_the_history_records_a_new_user_without_the_password(self, licence, caseworker):
        user = User.objects.add(
            by=caseworker,
            username="jo",
            name="Jo Bloggs",
            email="jo@example.ac.uk",
            role=Role.LEVEL_2,
            licence=licence,
            password=PASSWORD,
        )
        assert user.check_password(PASSWORD)
        (line,) = history(user)
        assert (line.verb, line.by, line.licence, line.label) == ("add", caseworker, licence, "jo")
        assert line.data == {
            "username": [None, "jo"],
            "name": [None, "Jo Bloggs"],
            "email": [None, "jo@example.ac.uk"],
            "role": [None, "LEVEL_2"],
            "is_active": [None, True],
        }

    def test_a_user_without_a_password_cannot_sign_in(self, licence, caseworker, client):
        user = User.objects.add(by=caseworker, username="jo", name="Jo", role=Role.LEVEL_2, licence=licence)
        assert not user.has_usable_password()

    @pytest.mark.parametrize("taken", ["level2", "Level2", "LEVEL2"])
    def test_a_user_id_is_taken_in_any_case(self, taken, level2, licence):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_user(taken, Role.LEVEL_2, licence)
        assert User.objects.filter(username__iexact=taken).count() == 1

    @pytest.mark.parametrize(
        ("role", "with_licence"),
        [
            (Role.LEVEL_1, False),
            (Role.LEVEL_2, False),
            (Role.CASEWORKER, True),
            (Role.SYSTEM, True),
        ],
    )
    def test_only_a_sponsors_user_has_a_licence(self, role, with_licence, licence):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_user("jo", role, licence if with_licence else None)
        assert not Event.objects.filter(label="Jo (jo)").exists()

    def test_the_history_records_a_change_with_the_values_before_and_after(self, level2, caseworker):
        level2.amend(by=caseworker, name="Jo", email="jo@example.ac.uk")
        line = history(level2)[-1]
        assert (line.verb, line.by) == ("amend", caseworker)
        assert line.data == {
            "name": ["Level2", "Jo"],
            "email": ["", "jo@example.ac.uk"],
        }

    def test_amending_a_user_without_a_change_records_nothing(self, level2, caseworker):
        level2.amend(by=caseworker, name="Level2", email="")
        assert len(history(level2)) == 1

    def test_the_history_of_a_user_shows_the_current_name(self, licence, caseworker):
        user = User.objects.add(by=caseworker, username="jo", name="Jo Bloggs", role=Role.LEVEL_2, licence=licence)
        user.amend(by=caseworker, name="Jo Smith", email="")
        events = history(user)
        assert {event.label for event in events} == {"jo"}
        assert set(subject_names(events).values()) == {"Jo Smith (jo)"}

    def test_users_see_only_users_in_their_reach(self, level1, level2, colleague, outsider, caseworker):
        ours = {level1, level2, colleague}
        assert set(User.objects.for_user(level1)) == ours
        assert set(User.objects.for_user(level2)) == {level2}
        assert set(User.objects.for_user(outsider)) == {outsider}
        assert ours | {outsider, caseworker} <= set(User.objects.for_user(caseworker))
