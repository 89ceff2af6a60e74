"""Every change of a value that a user can see writes an event in the history (specification, section 12)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cas.models import CAS
from licences.models import Event
from licences.models.event import changes
from licences.timeline import entry, subject_names
from sms.core import clock
from tests.factories import COMPLETE, a_batch, a_cas, a_draft, an_order, assigned, in_status

EVERYTHING = [
    ({"a": 1}, {"a": 1}, {}),
    ({"a": 1}, {"a": 2}, {"a": [1, 2]}),
    ({}, {"a": "x"}, {"a": [None, "x"]}),
    ({"a": "x"}, {"a": None}, {"a": ["x", None]}),
    ({"a": ""}, {"a": None}, {}),
    ({"a": None}, {"a": ""}, {}),
    ({}, {"a": None, "b": ""}, {}),
    ({"a": None}, {"a": False}, {"a": [None, False]}),
    ({"a": None}, {"a": 0}, {"a": [None, 0]}),
    ({"a": True}, {"a": False}, {"a": [True, False]}),
    ({"a": date(2026, 1, 2)}, {"a": date(2026, 1, 3)}, {"a": ["2026-01-02", "2026-01-03"]}),
    ({"a": Decimal("1.50")}, {"a": Decimal("1.5")}, {}),
    ({"a": Decimal("1.50")}, {"a": Decimal("2.00")}, {"a": ["1.50", "2.00"]}),
    ({"a": 1, "b": 1}, {"a": 2}, {"a": [1, 2]}),
]


@pytest.mark.parametrize(("before", "after", "expected"), EVERYTHING)
def test_an_event_holds_only_the_values_that_changed(before, after, expected):
    assert changes(before, after) == expected


@pytest.mark.django_db
class TestHistory:
    def test_each_step_of_a_cas_is_one_event_in_the_order_of_time(self, level2, level1, allocation, caseworker, system):
        cas = a_draft(level2)
        cas.amend(COMPLETE, by=level1, version=1)
        an_order(cas, by=level2).settle(by=system)
        cas.record_application(clock.today(), by=caseworker)
        cas.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
        steps = [(line.verb, line.by) for line in Event.objects.about("cas", cas.pk)]
        assert steps == [
            ("create", level2),
            ("save", level1),
            ("assign", system),
            ("record_application", caseworker),
            ("use", caseworker),
        ]

    @pytest.mark.parametrize("status", ["USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
    def test_the_versions_in_the_history_follow_each_other(self, status, level2, level1, allocation, caseworker):
        cas = in_status(status, by=level2, caseworker=caseworker)
        versions = [line.data["version"] for line in Event.objects.about("cas", cas.pk) if "version" in line.data]
        assert versions[0] == [None, 1]
        assert versions[-1][1] == cas.version
        assert [line.data.get("status") for line in Event.objects.about("cas", cas.pk)][-1][1] == status

    def test_an_event_has_the_time_of_the_portal_and_the_time_of_the_database(self, level2):
        moment = datetime(2030, 1, 1, 12, tzinfo=UTC)
        with clock.set_to(moment):
            cas = a_draft(level2)
        (line,) = Event.objects.about("cas", cas.pk)
        assert line.at == cas.created_at == moment
        assert abs(line.recorded_at - clock.now()).total_seconds() < 60
        assert abs(CAS.objects.get().recorded_at - clock.now()).total_seconds() < 60

    def test_events_of_a_cas_have_no_name_in_their_label_and_show_the_current_name(self, level2):
        cas = a_draft(level2, given_names="Ada")
        cas.amend({"family_name": "Okafor"}, by=level2, version=1)
        events = Event.objects.about("cas", cas.pk)
        assert {event.label for event in events} == {f"CAS {cas.pk}"}
        assert set(subject_names(events).values()) == {"Okafor, Ada"}

    def test_the_events_of_a_deleted_cas_show_the_last_name_that_they_recorded(self, level2):
        cas = a_draft(level2, given_names="Ada")
        pk = cas.pk
        cas.remove(by=level2)
        assert set(subject_names(Event.objects.about("cas", pk)).values()) == {"Okonkwo, Ada"}

    def test_the_names_for_all_events_are_looked_up_in_two_statements(self, level2, django_assert_num_queries):
        for _ in range(3):
            a_draft(level2)
        a_draft(level2).remove(by=level2)
        events = list(Event.objects.filter(kind="cas"))
        with django_assert_num_queries(2):
            assert set(subject_names(events).values()) == {"Okonkwo"}

    def test_events_of_a_batch_hold_the_ids_of_its_cas_and_show_their_names(self, level2):
        cas_list = [
            a_draft(level2, family_name=name) for name in ("Abara", "Bengtsson", "Castro", "Diaz", "Eze", "Fox")
        ]
        batch = a_batch(level2, *cas_list)
        batch.take_out([cas_list[0].pk], by=level2)
        cas_list[1].remove(by=level2)
        added, taken_out, deleted = Event.objects.about("batch", batch.pk).exclude(verb="create")
        assert added.data == {"cas": [None, [cas.pk for cas in cas_list]]}
        shown = [change.after for event in (added, taken_out, deleted) for change in entry(event).changes]
        assert shown == ["Abara; Bengtsson; Castro; Diaz; Eze and 1 more", "Abara", "Bengtsson"]

    def test_a_move_records_the_value_that_a_column_had_in_the_database(self, level2, caseworker, allocation, system):
        cas = assigned(a_cas(level2))
        cas.record_application(clock.today(), by=caseworker)
        CAS.objects.filter(pk=cas.pk).move("expire", by=system, applied_on=cas.expires_on)
        data = Event.objects.about("cas", cas.pk).last().data
        assert data["applied_on"] == [clock.today().isoformat(), cas.expires_on.isoformat()]
        assert data["status"] == ["ASSIGNED", "EXPIRED"]

    def test_events_are_shown_to_level_1_users_of_the_sponsor_and_to_caseworkers(
        self, level1, level2, outsider, caseworker, allocation
    ):
        cas = assigned(a_cas(level2))
        lines = Event.objects.about("cas", cas.pk)
        for user, sees in [(level1, True), (outsider, False), (caseworker, True)]:
            assert lines.for_user(user).exists() is sees, user
        assert not lines.for_user(level2).exists()  # a Level 2 user reads it on the page of their own CAS

    def test_names_in_every_script_are_kept_exactly(self, level2):
        for family_name in ("Nguyễn", "O'Neill", 'Ann "Quote"', "王", "Müller-Lüdenscheidt", "عبد", "a\\b%c"):
            cas = a_draft(level2, family_name=family_name)
            assert set(subject_names(Event.objects.about("cas", cas.pk)).values()) == {family_name}

    def test_a_reason_is_recorded_exactly(self, level2, level1, allocation):
        reason = "She said \"no\", it's over;\n{'json': true} – € %s"
        cas = assigned(a_cas(level2))
        cas.withdraw(by=level1, reason=reason)
        assert Event.objects.about("cas", cas.pk).last().data["withdrawal_reason"] == ["", reason]
