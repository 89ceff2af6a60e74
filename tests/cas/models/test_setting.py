"""Several CAS of a batch get the same value in one field: all change, or none (specification, section 11)."""

from datetime import date

import pytest

from cas.details import fields
from cas.models import CAS, Batch, Order, Rule
from cas.models.setting import Setting, cas_to_set, set_field
from licences.models import Event
from licences.routes import Route
from sms.core.refused import InvalidValues, NotAllowed, Refused, Stale
from tests.cas.models.test_as_many_statements import check_same_statements
from tests.factories import a_batch, a_batch_order, a_cas, a_draft, many
from tests.racing import at_once, refusals
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2):
    """Make a batch of two CAS that are READY TO GO and one that is WORK IN PROGRESS."""
    return a_batch(level2, a_cas(level2), a_cas(level2, course_id="OLD-1"), a_draft(level2))


def versions_of(batch):
    return dict(batch.cas.values_list("pk", "version"))


def effect(batch, name, value):
    limits = Rule.objects.limits_for(batch.licence)
    return Setting.of(batch.cas.order_by("pk"), fields.BY_NAME[name], value, limits)


def set_all(batch, name, value, *, by, shown=None):
    return set_field(batch, name, value, versions_of(batch) if shown is None else shown, by=by, seen=batch.last_event())


def values_in(batch, name):
    return list(batch.cas.order_by("pk").values_list(name, flat=True))


def saves(cas):
    return Event.objects.about("cas", cas.pk).filter(verb="save")


# The fields


def test_the_fields_that_are_set_together_are_all_except_those_of_one_student():
    own = {
        *("route", "applicant_id", "application_id", "ucas_id", "family_name", "given_names", "other_names"),
        *("date_of_birth", "gender", "nationality", "country_of_birth", "place_of_birth", "passport_number"),
        *("evidence_for_offer", "progression_justification", "selt_speaking", "selt_listening", "selt_reading"),
        *("selt_writing", "selt_reference", "living_details", "is_agent_used", "agent_name", "agent_contact_name"),
        *("agent_address_line_1", "agent_address_line_2", "agent_address_line_3", "agent_city", "agent_county"),
        *("agent_postcode", "agent_country"),
    }
    assert own == fields.NEVER_SET_TOGETHER
    assert own <= fields.BY_NAME.keys()
    for route in Route:
        settable = {field.name for field in fields.settable_together(route)}
        assert settable == {field.name for field in fields.fields_for(route)} - own


@pytest.mark.parametrize("name", sorted(fields.NEVER_SET_TOGETHER))
def test_a_field_of_one_student_is_never_set_for_several_cas(name, batch, level1):
    with pytest.raises(Refused, match="is different for each student"):
        set_all(batch, name, "X", by=level1)


def test_a_field_of_another_route_is_never_set(batch, level1):
    with pytest.raises(Refused):
        set_all(batch, "living_arrangements", "RELATIVE", by=level1)


# The effect


def test_the_effect_counts_the_cas_that_change_and_those_that_have_the_value_already(batch):
    found = effect(batch, "course_id", "OLD-1")
    first, second, draft = batch.cas.order_by("pk")
    assert [each.cas for each in found.changing] == [first, draft]
    assert found.same == [second]
    assert found.versions == {first.pk: 1, draft.pk: 1}


def test_the_effect_groups_the_cas_by_the_value_that_is_replaced(batch):
    first, second, draft = batch.cas.order_by("pk")
    assert effect(batch, "course_id", "NEW").earlier() == [("", [first, draft]), ("OLD-1", [second])]


def test_the_effect_shows_the_cas_that_become_ready_and_those_that_are_no_longer_ready(level2):
    lacking = a_cas(level2, is_remote_delivery=None)
    batch = a_batch(level2, lacking, a_cas(level2), a_draft(level2))
    assert effect(batch, "is_remote_delivery", True).becoming("READY TO GO") == [lacking]
    found = effect(batch, "has_work_placement", True)
    assert found.becoming("READY TO GO") == []
    assert found.becoming("WORK IN PROGRESS") == [batch.cas.order_by("pk")[1]]


def test_a_cas_that_would_have_a_wrong_value_is_left_out_with_the_reason(batch):
    first, second, draft = batch.cas.order_by("pk")
    found = effect(batch, "course_end_date", date(2098, 1, 1))
    ((sentence, left),) = found.left.items()
    assert left == [first, second]
    assert "course end date" in sentence.lower()
    assert [each.cas for each in found.changing] == [draft]


def test_a_cas_to_which_the_field_does_not_apply_is_left_out_but_it_can_be_emptied(batch, level2):
    first = batch.cas.order_by("pk").first()
    found = effect(batch, "selt_provider", fields.BY_NAME["selt_provider"].choices[0][0])
    ((sentence, left),) = found.left.items()
    assert sentence == (
        "“SELT test provider” applies only when “Is a Secure English Language Test (SELT) required?” is Yes"
    )
    assert left == list(batch.cas.order_by("pk"))
    first.amend({"agent_name": "Left over"}, by=level2, version=1)
    assert [each.cas.pk for each in effect(batch, "agent_name", "").changing] == [first.pk]


# The change


def test_every_cas_changes_and_gets_the_status_that_it_has_earned(level1, level2):
    batch = a_batch(level2, a_cas(level2, is_remote_delivery=None), a_cas(level2), a_draft(level2))
    assert set_all(batch, "is_remote_delivery", True, by=level1) == 3
    assert values_in(batch, "is_remote_delivery") == [True] * 3
    assert values_in(batch, "status") == ["READY TO GO", "READY TO GO", "WORK IN PROGRESS"]
    assert values_in(batch, "version") == [2] * 3


def test_each_cas_has_the_same_line_of_history_as_if_it_were_saved_by_itself(batch, level2):
    first, second, _ = batch.cas.order_by("pk")
    lone = a_cas(level2)
    lone.amend({"course_id": "NEW"}, by=level2, version=1)
    set_all(batch, "course_id", "NEW", by=level2)
    assert saves(first).get().data == saves(lone).get().data
    assert saves(second).get().data == {"course_id": ["OLD-1", "NEW"], "version": [1, 2]}
    assert saves(first).get().by == level2


def test_each_cas_equals_a_cas_that_was_saved_by_itself(level2):
    """Remote delivery set to No empties its share, and the Course ID has a key by which it is searched."""
    settings = {"is_remote_delivery": False, "course_id": "NEW-1"}
    values = {"is_remote_delivery": True, "remote_delivery_percent": 20}
    batch, lone = a_batch(level2, a_cas(level2, **values)), a_cas(level2, **values)
    for name, value in settings.items():
        set_all(batch, name, value, by=level2)
        lone.amend({name: value}, by=level2, version=lone.version)
    columns = [*fields.BY_NAME, "status", "version", "course_key", "family_key", "passport_key"]
    one, other = CAS.objects.filter(pk__in=[batch.cas.get().pk, lone.pk]).values(*columns)
    assert one == other
    assert (one["remote_delivery_percent"], one["course_key"]) == (None, "new1")


def test_the_history_of_the_batch_has_one_line_with_the_field_the_value_and_the_cas(batch, level2):
    set_all(batch, "course_id", "NEW", by=level2)
    line = Event.objects.about("batch", batch.pk).filter(verb="set_field").get()
    assert line.data == {"course_id": [None, "NEW"], "cas": [None, sorted(versions_of(batch))]}
    set_all(batch, "course_id", "", by=level2)
    line = Event.objects.about("batch", batch.pk).filter(verb="set_field").latest("pk")
    assert line.data["emptied"] == [None, "course_id"]
    assert values_in(batch, "course_id") == [""] * 3


def test_setting_the_value_that_every_cas_has_already_changes_nothing_and_adds_no_line(batch, level2):
    set_all(batch, "course_id", "NEW", by=level2)
    before = Event.objects.count(), versions_of(batch)
    assert set_all(batch, "course_id", "NEW", by=level2) == 0
    assert (Event.objects.count(), versions_of(batch)) == before


def test_only_the_cas_that_were_shown_change(batch, level2):
    first, *_ = batch.cas.order_by("pk")
    assert set_all(batch, "course_id", "NEW", by=level2, shown={first.pk: 1}) == 1
    assert values_in(batch, "course_id") == ["NEW", "OLD-1", ""]


# Refusals


def test_one_cas_that_cannot_have_the_value_refuses_the_whole(batch, level2):
    with pytest.raises(InvalidValues) as caught:
        set_all(batch, "course_end_date", date(2098, 1, 1), by=level2)
    assert "course_end_date" in caught.value.errors
    assert set(values_in(batch, "version")) == {1}


def test_one_cas_that_another_user_saved_meanwhile_refuses_the_whole_and_is_named(batch, level1, level2):
    second, shown = batch.cas.order_by("pk")[1], versions_of(batch)
    second.amend({"course_title": "BSc"}, by=level1, version=1)
    with pytest.raises(Stale, match="Another user saved some of these CAS") as caught:
        set_all(batch, "course_id", "NEW", by=level2, shown=shown)
    assert [(event.subject_id, event.by) for event in caught.value.events] == [(second.pk, level1)]
    assert values_in(batch, "course_id") == ["", "OLD-1", ""]


def test_without_the_check_of_the_versions_a_save_of_another_user_is_lost(batch, level1, level2, monkeypatch):
    """The twin of the test above: the guard is taken away, because every version read is the version shown."""

    def read(batch, shown, **options):
        found = cas_to_set(batch, shown, **options)
        for cas in found:
            cas.version = shown[cas.pk]
        return found

    first, shown = batch.cas.order_by("pk").first(), versions_of(batch)
    first.amend({"course_id": "THEIRS"}, by=level1, version=1)
    monkeypatch.setattr("cas.models.setting.cas_to_set", read)
    assert set_all(batch, "course_id", "NEW", by=level2, shown=shown) == 3
    assert values_in(batch, "course_id") == ["NEW"] * 3


@pytest.mark.parametrize("how", ["taken out", "deleted"])
def test_one_cas_that_left_the_batch_meanwhile_refuses_the_whole(batch, level1, level2, how):
    first, shown, seen = batch.cas.first(), versions_of(batch), batch.last_event()
    if how == "taken out":
        batch.take_out([first.pk], by=level1)
    else:
        first.remove(by=level1)
    for act in (
        lambda: set_field(batch, "course_id", "NEW", shown, by=level2, seen=seen),
        lambda: cas_to_set(batch, shown, by=level2, seen=seen),
    ):
        with pytest.raises(Stale) as caught:
            act()
        assert [event.verb for event in caught.value.events] == ["take_out" if how == "taken out" else "delete_cas"]
    assert set(values_in(batch, "version")) == {1}


def test_a_batch_that_is_being_paid_for_or_is_assigned_is_refused(level2, allocation, system):
    batch = a_batch(level2, a_cas(level2))
    order = a_batch_order(batch)
    assert refusal_of(set_all, batch, "course_id", "NEW", by=level2).startswith("This batch is being paid for.")
    order.settle(by=system)
    assert refusal_of(set_all, batch, "course_id", "NEW", by=level2).startswith("This batch is assigned")


def test_without_that_refusal_a_paid_order_would_have_to_be_refunded(level2, allocation, system, monkeypatch):
    """The twin of the test above: the guard is taken away."""
    batch = a_batch(level2, a_cas(level2))
    order = a_batch_order(batch)
    monkeypatch.setattr(Batch, "why_not", lambda batch: None)
    assert set_all(batch, "course_id", "NEW", by=level2) == 1
    order.settle(by=system)
    assert order.status == "REFUND DUE"


def test_the_owner_and_level_1_users_can_do_it_and_no_other_user(
    batch, level1, level2, colleague, outsider, caseworker
):
    for user in (colleague, outsider):
        assert refusal_of(set_all, batch, "course_id", "NEW", by=user).startswith("No batch was found.")
    with pytest.raises(NotAllowed):
        set_all(batch, "course_id", "NEW", by=caseworker)
    assert [set_all(batch, "course_id", user.name, by=user) for user in (level1, level2)] == [3, 3]


def test_a_licence_that_has_ended_changes_no_cas(batch, level2, licence, caseworker):
    licence.revoke(by=caseworker, reason="Because")
    with pytest.raises(Refused, match="You can no longer create or change CAS"):
        set_all(Batch.objects.get(pk=batch.pk), "course_id", "NEW", by=level2)


# Many CAS


@pytest.mark.parametrize("name", ["course_id", "has_work_placement"])
def test_setting_a_field_takes_as_many_statements_for_many_cas_as_for_one(name, level2):
    def made(number):
        batch = a_batch(level2, name=f"Of {number}")
        many(level2, number, batch=batch)
        return Batch.objects.select_related("licence").get(pk=batch.pk), versions_of(batch), batch.last_event()

    def act(prepared):
        batch, shown, seen = prepared
        set_field(batch, name, "NEW" if name == "course_id" else True, shown, by=level2, seen=seen)

    check_same_statements(made, act)


# Races


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_users_who_set_the_same_field_at_once_set_it_once(batch, level1, level2):
    shown, seen = versions_of(batch), batch.last_event()

    def act(user):
        return lambda: set_field(Batch.objects.get(pk=batch.pk), "course_id", user.username, shown, by=user, seen=seen)

    answers = at_once(act(level1), act(level2))
    assert len(refusals(answers)) == 1
    (winner,) = set(values_in(batch, "course_id"))
    assert winner in {"level1", "level2"}
    assert values_in(batch, "version") == [2] * 3


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_save_of_one_cas_and_the_setting_of_a_field_at_once_never_lose_a_change(batch, level1, level2):
    first = batch.cas.order_by("pk").first()
    for number in range(5):
        before, version = values_in(batch, "course_id"), CAS.objects.get(pk=first.pk).version
        answers = saved_and_set_at_once(batch, first, f"MINE-{number}", f"ALL-{number}", level1, level2)
        assert len(refusals(answers)) == 1
        assert values_in(batch, "course_id") in ([f"MINE-{number}", *before[1:]], [f"ALL-{number}"] * 3)
        assert versions_of(batch)[first.pk] == version + 1


def saved_and_set_at_once(batch, cas, mine, everyones, saver, setter):
    shown, seen = versions_of(batch), batch.last_event()
    return at_once(
        lambda: CAS.objects.get(pk=cas.pk).amend({"course_id": mine}, by=saver, version=shown[cas.pk]),
        lambda: set_field(Batch.objects.get(pk=batch.pk), "course_id", everyones, shown, by=setter, seen=seen),
    )


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_batch_is_paid_for_or_changed_and_never_both(level1, level2, allocation):
    batch = a_batch(level2, a_cas(level2), a_cas(level2))
    for number in range(5):
        shown, seen = versions_of(batch), batch.last_event()
        changed, order = pay_and_set_at_once(batch, shown, seen, f"NEW-{number}", level2)
        assert len(refusals([changed, order])) == 1
        if isinstance(order, Order):
            assert values_in(batch, "version") == list(shown.values())
            order.cancel(by=level2)
        else:
            assert values_in(batch, "course_id") == [f"NEW-{number}"] * 2


def pay_and_set_at_once(batch, shown, seen, value, by):
    def reloaded():
        return Batch.objects.get(pk=batch.pk)

    return at_once(
        lambda: set_field(reloaded(), "course_id", value, shown, by=by, seen=seen),
        lambda: Order.objects.open(shown, by=by, provider="sandbox", batch=reloaded()),
    )
