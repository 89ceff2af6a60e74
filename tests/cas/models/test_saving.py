"""Creating, saving and deleting a CAS (specification, section 3; manual 4, guide 1)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cas.keys import PASSPORT_SIZE, passport_key
from cas.models import CAS
from licences.models import Event
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from sms.core.refused import InvalidValues, Refused, Stale
from tests.factories import CHILD, COMPLETE, a_cas, a_draft, a_licence, a_user, an_order, brought_to, in_status
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db


def history(cas):
    return list(Event.objects.about("cas", cas.pk))


def row_of(cas):
    return CAS.objects.values().get(pk=cas.pk)


# Creating


def test_the_family_name_alone_is_enough_for_work_in_progress(level2):
    cas = CAS.objects.add({"family_name": "Okonkwo"}, route=Route.STUDENT, by=level2)
    assert (cas.status, cas.owner, cas.created_by, cas.version) == ("WORK IN PROGRESS", level2, level2, 1)
    assert (cas.number, cas.assigned_on, cas.expires_on) == (None, None, None)
    (line,) = history(cas)
    assert (line.verb, line.by, line.licence, line.label) == ("create", level2, level2.licence, f"CAS {cas.pk}")
    assert line.data == {
        "status": [None, "WORK IN PROGRESS"],
        "version": [None, 1],
        "route": [None, "STUDENT"],
        "family_name": [None, "Okonkwo"],
    }


@pytest.mark.parametrize("family_name", ["", "   ", None, "\u200b"])
def test_without_a_family_name_nothing_is_saved(family_name, level2):
    with pytest.raises(InvalidValues) as refused:
        CAS.objects.add({**COMPLETE, "family_name": family_name or ""}, route=Route.STUDENT, by=level2)
    assert refused.value.errors == {"family_name": "Enter the family name"}
    assert not CAS.objects.exists()


def test_a_complete_cas_is_ready_to_go(level2):
    assert a_cas(level2).status == "READY TO GO"
    assert CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2).status == "READY TO GO"


@pytest.mark.parametrize(
    "field", ["date_of_birth", "passport_number", "is_agent_used", "course_fees_first_year", "attendance"]
)
def test_a_cas_without_one_of_its_mandatory_fields_is_work_in_progress(field, level2):
    values = {name: value for name, value in COMPLETE.items() if name != field}
    assert CAS.objects.add(values, route=Route.STUDENT, by=level2).status == "WORK IN PROGRESS"


def test_a_field_that_another_answer_makes_mandatory_is_needed_also(level2):
    assert a_cas(level2, is_agent_used=True).status == "WORK IN PROGRESS"
    assert a_cas(level2, academic_level="RQF3").status == "WORK IN PROGRESS"
    assert a_cas(level2, academic_level="RQF3", hours_per_week=20).status == "READY TO GO"


@pytest.mark.parametrize(("status", "most"), [(SponsorStatus.STUDENT, 33), (SponsorStatus.TRACK_RECORD, 50)])
def test_a_placement_over_the_share_of_the_sponsor_is_work_in_progress_without_a_justification(
    status, most, level2, licence, caseworker
):
    licence.amend(by=caseworker, sponsor_status=status)
    level2.refresh_from_db()
    placed = {"has_work_placement": True, "placement_percent": most}
    cas = a_cas(level2, **placed)
    assert cas.status == "READY TO GO"
    cas.amend({"placement_percent": most + 1}, by=level2, version=1)
    assert cas.status == "WORK IN PROGRESS"
    cas.amend({"placement_justification": "Required by UK law"}, by=level2, version=2)
    assert cas.status == "READY TO GO"


def test_a_family_name_without_a_latin_letter_is_saved_and_stays_work_in_progress(level2):
    cas = a_cas(level2, family_name="阮")
    assert (cas.family_name, cas.status) == ("阮", "WORK IN PROGRESS")
    cas.amend({"family_name": "阮 Nguyễn"}, by=level2, version=1)
    assert cas.status == "READY TO GO"


def test_the_share_of_remote_delivery_is_cleared_once_nothing_is_delivered_remotely(level2):
    cas = a_cas(level2, is_remote_delivery=True, remote_delivery_percent=30)
    cas.amend({"is_remote_delivery": False}, by=level2, version=1)
    assert cas.remote_delivery_percent is None
    assert history(cas)[-1].data["remote_delivery_percent"] == [30, None]


def test_zero_and_no_count_as_answers(level2):
    assert a_cas(level2, course_fees_first_year="0", is_remote_delivery=False).status == "READY TO GO"


def test_invalid_values_create_nothing_and_each_has_an_error(level2):
    with pytest.raises(InvalidValues) as refused:
        a_cas(level2, course_end_date=date(2000, 1, 1), course_fees_paid="-1", gender="Unknown")
    assert set(refused.value.errors) == {"course_end_date", "course_fees_paid", "gender"}
    assert all(refused.value.errors.values())
    assert not CAS.objects.exists()
    assert not Event.objects.filter(kind="cas").exists()


def test_a_route_that_the_licence_does_not_cover_is_refused(caseworker):
    licence = a_licence("123456789", "New College", [Route.STUDENT], by=caseworker)
    user = a_user("new", "LEVEL_1", licence)
    refused = refusal_of(CAS.objects.add, CHILD, route=Route.CHILD_STUDENT, by=user)
    assert refused == "Your licence does not cover the Child Student route. You can only delete its CAS."


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
def test_cas_can_be_prepared_under_a_suspended_licence_but_not_once_it_has_ended(status, level2, licence, caseworker):
    cas = a_cas(level2)
    brought_to(status, licence, caseworker=caseworker)
    level2.refresh_from_db()
    for ask in (
        lambda: a_cas(level2),
        lambda: cas.amend({"course_id": "Another"}, by=level2, version=cas.version),
    ):
        refused = refusal_of(ask)
        assert refused == (
            "" if status == "SUSPENDED" else f"Your licence is {status}. You can no longer create or change CAS."
        )
    assert refusal_of(cas.remove, by=level2) == ""


def test_drafts_of_a_surrendered_route_can_only_be_deleted(level2, licence, caseworker):
    cas = a_cas(level2)
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    assert "You can only delete its CAS." in refusal_of(cas.amend, {"course_id": "x"}, by=level2, version=1)
    cas.remove(by=level2)
    assert not CAS.objects.exists()


def test_values_are_stored_as_the_checks_normalised_them(level2):
    cas = a_cas(level2, family_name="  Nguye\u0302\u0303n ", course_fees_paid=" 12.50 ")
    cas.refresh_from_db()
    assert (cas.family_name, cas.course_fees_paid) == ("Nguy\u1ec5n", Decimal("12.50"))


# Saving


def test_a_save_writes_only_the_changed_values_and_records_before_and_after(level2, level1):
    cas = a_cas(level2)
    before = row_of(cas)
    cas.amend({**COMPLETE, "course_title": "MSc Statistics", "course_fees_paid": "6000"}, by=level1, version=1)
    after = row_of(cas)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"course_title", "course_fees_paid", "version", "changed_at"}
    line = history(cas)[-1]
    assert (line.verb, line.by) == ("save", level1)
    assert line.data == {
        "course_title": ["MSc Data Science", "MSc Statistics"],
        "course_fees_paid": ["5000.50", "6000.00"],
        "version": [1, 2],
    }
    assert cas.version == 2
    assert cas.owner == level2


def test_each_save_writes_one_event(level2):
    cas = a_draft(level2)
    for number in range(3):
        cas.amend({"course_id": str(number)}, by=level2, version=cas.version)
    assert [line.verb for line in history(cas)] == ["create", "save", "save", "save"]
    assert cas.version == 4


def test_completing_a_cas_or_emptying_a_mandatory_field_changes_its_status(level2):
    cas = a_draft(level2)
    cas.amend(COMPLETE, by=level2, version=1)
    assert cas.status == "READY TO GO"
    assert history(cas)[-1].data["status"] == ["WORK IN PROGRESS", "READY TO GO"]
    cas.amend({"gender": ""}, by=level2, version=2)
    assert cas.status == "WORK IN PROGRESS"
    assert history(cas)[-1].data == {
        "gender": ["2", ""],
        "status": ["READY TO GO", "WORK IN PROGRESS"],
        "version": [2, 3],
    }


def test_nothing_is_recorded_when_nothing_changed(level2):
    cas = a_cas(level2)
    before = row_of(cas)
    for values in ({}, COMPLETE, {"course_fees_paid": "5000.50"}, {"given_names": " Thị Minh "}, {"other_names": ""}):
        cas.amend(values, by=level2, version=1)
    assert row_of(cas) == before
    assert len(history(cas)) == 1


def test_values_that_are_not_given_do_not_change(level2):
    cas = a_cas(level2)
    cas.amend({"course_id": "C1"}, by=level2, version=1)
    assert (cas.course_id, cas.given_names, cas.status) == ("C1", "Thị Minh", "READY TO GO")


def test_the_family_name_cannot_be_emptied(level2):
    cas = a_cas(level2)
    with pytest.raises(InvalidValues, match="not valid") as refused:
        cas.amend({"family_name": ""}, by=level2, version=1)
    assert list(refused.value.errors) == ["family_name"]


def test_invalid_values_change_nothing_at_all(level2):
    cas = a_cas(level2)
    before = row_of(cas)
    with pytest.raises(InvalidValues) as refused:
        cas.amend({"course_title": "Fine", "hours_per_week": 169}, by=level2, version=1)
    assert list(refused.value.errors) == ["hours_per_week"]
    assert row_of(cas) == before
    assert len(history(cas)) == 1


def test_the_route_never_changes(level2):
    cas = a_cas(level2)
    cas.amend({"route": Route.CHILD_STUDENT, "course_id": "C1"}, by=level2, version=1)
    assert CAS.objects.get().route == Route.STUDENT
    assert "route" not in history(cas)[-1].data


def test_a_name_that_is_not_a_field_changes_nothing(level2, level1):
    cas = a_cas(level2)
    before = row_of(cas)
    cas.amend({"status": "ASSIGNED", "number": "E4G", "owner": level1, "passport_key": "x"}, by=level2, version=1)
    assert row_of(cas) == before


def test_a_stale_save_changes_nothing_and_names_the_changes_since(level2, level1):
    cas = a_cas(level2)
    stale = CAS.objects.get(pk=cas.pk)
    cas.amend({"course_title": "MSc Statistics"}, by=level1, version=1)
    cas.amend({"course_id": "C1"}, by=level2, version=2)
    before = row_of(cas)
    with pytest.raises(Stale, match="Another user saved") as refused:
        stale.amend({"course_title": "MSc Physics"}, by=level2, version=1)
    assert row_of(cas) == before
    since = [(line.by, line.data) for line in refused.value.events]
    assert since == [
        (level1, {"course_title": ["MSc Data Science", "MSc Statistics"], "version": [1, 2]}),
        (level2, {"course_id": ["", "C1"], "version": [2, 3]}),
    ]


def test_a_save_with_the_current_version_is_saved(level2, level1):
    cas = a_cas(level2)
    stale = CAS.objects.get(pk=cas.pk)
    cas.amend({"course_title": "MSc Statistics"}, by=level1, version=1)
    stale.amend({"course_title": "MSc Physics"}, by=level2, version=2)
    assert CAS.objects.get().course_title == "MSc Physics"


@pytest.mark.parametrize("status", ["ASSIGNED", "USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
def test_once_assigned_a_cas_is_neither_saved_nor_deleted(status, level2, level1, allocation, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    before = row_of(cas)
    for ask in (
        lambda: cas.amend({"course_id": "x"}, by=level1, version=cas.version),
        lambda: cas.remove(by=level1),
    ):
        with pytest.raises(Refused, match=f"This CAS is {status}, so you cannot change or delete it"):
            ask()
    assert row_of(cas) == before


def test_a_cas_that_another_user_deleted_is_not_saved(level2, level1):
    cas = a_cas(level2)
    CAS.objects.get(pk=cas.pk).remove(by=level1)
    with pytest.raises(Refused, match="No CAS was found"):
        cas.amend({"course_id": "x"}, by=level2, version=1)


# Deleting


def test_a_deleted_cas_is_gone_and_its_history_stays(level2):
    cas = a_draft(level2, course_id="C1")
    pk = cas.pk
    cas.remove(by=level2)
    assert not CAS.objects.exists()
    _, deleted = Event.objects.about("cas", pk)
    assert (deleted.verb, deleted.by, deleted.label) == ("delete", level2, f"CAS {pk}")
    assert deleted.data == {"route": ["STUDENT", None], "family_name": ["Okonkwo", None], "course_id": ["C1", None]}


def test_a_deleted_cas_cannot_be_deleted_again(level2):
    cas = a_draft(level2)
    CAS.objects.get(pk=cas.pk).remove(by=level2)
    with pytest.raises(Refused, match="No CAS was found"):
        cas.remove(by=level2)


def test_a_cas_whose_payment_was_declined_can_be_deleted_and_the_order_stays(level2, allocation, system):
    cas = a_cas(level2)
    order = an_order(cas, by=level2)
    order.decline(by=system)
    cas.remove(by=level2)
    assert (order.lines.get().cas, order.lines.get().version) == (None, 1)


# Comparing passport numbers


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("B1234567", "b1234567"),
        (" b 123-45/67 ", "b1234567"),
        ("B.123\u00a04567", "b1234567"),
        ("Straße 1", "strasse1"),
        ("---", ""),
        ("", ""),
    ],
)
def test_case_spaces_and_punctuation_of_a_passport_number_do_not_count(number, key):
    assert passport_key(number) == key


def test_the_passport_key_changes_with_the_passport_number(level2):
    cas = a_cas(level2, passport_number="X 1-2")
    assert cas.passport_key == "x12"
    cas.amend({"passport_number": "Y-3"}, by=level2, version=1)
    assert CAS.objects.get().passport_key == "y3"


def test_the_key_of_a_number_that_grows_in_lower_case_still_fits(level2):
    cas = a_cas(level2, passport_number="\ufb03" * 35)  # the ligature ffi, three letters each
    cas.refresh_from_db()
    assert len(cas.passport_key) == PASSPORT_SIZE


# Selecting CAS


def test_unassigned_cas_are_listed_with_the_last_changed_first(level2, level1, allocation, caseworker):
    first, second = a_draft(level2), a_cas(level2)
    in_status("ASSIGNED", by=level2, caseworker=caseworker)
    assert list(CAS.objects.unassigned()) == [second, first]
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        first.amend({"course_id": "C1"}, by=level1, version=1)
    assert list(CAS.objects.unassigned()) == [first, second]


def test_only_the_owner_level_1_users_caseworkers_and_the_system_see_a_cas(
    level1, level2, colleague, outsider, caseworker, system
):
    cas = a_cas(level2)
    seeing = [level1, level2, caseworker, system]
    for user in (level1, level2, colleague, outsider, caseworker, system):
        assert CAS.objects.for_user(user).filter(pk=cas.pk).exists() is (user in seeing), user


def test_a_refusal_is_a_complete_sentence(level2):
    with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
        a_cas(level2).amend({}, by=level2, version=7)
