"""The rules that change by date (specification, section 8)."""

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from cas.declared_rules import BANDS, BY_NAME, START
from cas.models import CAS, Rule
from cas.reference import refill
from cas.rules import Limits, Lines, Rules
from licences.models import Event
from licences.sponsor_status import SponsorStatus
from licences.timeline import entry
from sms.core import clock
from sms.core.refused import InvalidValues, NotAllowed
from tests.days import after_days
from tests.factories import a_cas, an_order
from tests.plain_sql import another_value, columns_of, delete, insert_like, no_triggers, refusal, update
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BRAKE = date(2026, 3, 26)
LATE_2026 = date(2026, 11, 29)

# The first values, as the specification has them; and another value of each, as typed and as it then holds.
FIRST = {
    "fee_pence": 5500,
    "placement_most_at_track_record": 50,
    "placement_most_elsewhere": 33,
    "remote_warned": 20,
    "remote_most": 40,
    "visa_brake": {"AFG", "CMR", "MMR", "SDN"},
    "student_least_age": 16,
    "child_least_age": 4,
    "child_most_age": 17,
    "child_least_age_alone": 16,
    "refusal_bands": Lines(Fraction(5), Fraction(4)),
    "enrolment_bands": Lines(Fraction(95), Fraction(96)),
    "completion_bands": Lines(Fraction(85)),
}
ANOTHER = {
    "fee_pence": ("61.50", 6150),
    "placement_most_at_track_record": ("60", 60),
    "placement_most_elsewhere": ("40", 40),
    "remote_warned": ("25", 25),
    "remote_most": ("45", 45),
    "visa_brake": ("AFG, Haiti", {"AFG", "HTI"}),
    "student_least_age": ("17", 17),
    "child_least_age": ("5", 5),
    "child_most_age": ("18", 18),
    "child_least_age_alone": ("17", 17),
    "refusal_bands": ("4.5, 3", Lines(Fraction(9, 2), Fraction(3))),
    "enrolment_bands": ("pass 96%; green 97%", Lines(Fraction(96), Fraction(97))),
    "completion_bands": ("90", Lines(Fraction(90))),
}


@pytest.fixture
def tomorrow():
    return clock.today() + DAY


def add(name, value, *, by, from_on=None):
    return Rule.objects.add(name, from_on=from_on or clock.today(), value=value, by=by)


def test_every_rule_has_a_field_and_a_first_value():
    assert {field.name for field in fields(Rules)} == {"day", *BY_NAME}
    assert set(FIRST) == set(ANOTHER) == set(BY_NAME)
    assert {name: getattr(Rule.objects.on(LATE_2026), name) for name in FIRST} == FIRST


@pytest.mark.parametrize("name", BY_NAME)
def test_a_new_value_holds_from_its_first_day_and_not_on_the_day_before(name, caseworker):
    typed, value = ANOTHER[name]
    start = LATE_2026 + 10 * DAY
    with clock.set_to(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        add(name, typed, by=caseworker, from_on=start)
    held = [getattr(Rule.objects.on(start + days * DAY), name) for days in (-1, 0, 1, 100)]
    assert held == [FIRST[name], value, value, value]
    others = {other: getattr(Rule.objects.on(start), other) for other in FIRST if other != name}
    assert others == {other: first for other, first in FIRST.items() if other != name}


def test_the_newest_value_holds_in_whichever_order_values_were_added(caseworker):
    for days, fee in [(20, "62"), (10, "61"), (30, "63")]:
        add("fee_pence", fee, by=caseworker, from_on=clock.today() + days * DAY)
    fees = [Rule.objects.on(clock.today() + days * DAY).fee_pence for days in (9, 10, 19, 20, 29, 30)]
    assert fees == [5500, 6100, 6100, 6200, 6200, 6300]


def test_the_visa_brake_starts_on_26_march_2026():
    assert Rule.objects.on(BRAKE - DAY).visa_brake == frozenset()
    assert Rule.objects.on(BRAKE).visa_brake == Rule.objects.on(BRAKE + DAY).visa_brake == FIRST["visa_brake"]


def test_the_fee_starts_at_55_pounds_on_9_april_2025():
    assert Rule.objects.on(date(2025, 4, 9)).fee_pence == 5500
    with pytest.raises(Rule.DoesNotExist):
        Rule.objects.on(date(2025, 4, 8))


def test_today_is_the_day_in_london(caseworker):
    add("fee_pence", "61", by=caseworker, from_on=date(2027, 7, 1))
    with clock.set_to(datetime(2027, 6, 30, 22, 59, tzinfo=UTC)):
        assert Rule.objects.on().fee_pence == 5500
    with clock.set_to(datetime(2027, 6, 30, 23, 0, tzinfo=UTC)):
        rules = Rule.objects.on()
    assert (rules.day, rules.fee_pence) == (date(2027, 7, 1), 6100)


def test_all_rules_are_read_in_one_statement_and_cannot_be_changed(caseworker, django_assert_num_queries):
    for days in range(5):
        add("fee_pence", "61", by=caseworker, from_on=clock.today() + days * DAY)
    with django_assert_num_queries(1):
        rules = Rule.objects.on()
    with pytest.raises(FrozenInstanceError):
        rules.fee_pence = 1


@pytest.mark.parametrize(
    ("status", "is_rqf_6_or_above", "most"),
    [
        (SponsorStatus.TRACK_RECORD, True, 50),
        (SponsorStatus.TRACK_RECORD, False, 33),
        (SponsorStatus.STUDENT, True, 33),
        (SponsorStatus.STUDENT, False, 33),
        (SponsorStatus.PROBATIONARY, True, 33),
        (SponsorStatus.PROBATIONARY, False, 33),
    ],
)
def test_the_placement_limit_follows_the_level_and_the_status_of_the_sponsor(status, is_rqf_6_or_above, most):
    limits = Rule.objects.on().limits(status)
    held = limits.placement_most_from_rqf_6 if is_rqf_6_or_above else limits.placement_most_below_rqf_6
    assert held == most


def test_the_limits_of_a_licence_are_those_of_today_and_of_its_status(licence, caseworker, django_assert_num_queries):
    add("placement_most_at_track_record", "60", by=caseworker)
    add("placement_most_elsewhere", "30", by=caseworker, from_on=clock.today() + DAY)
    licence.amend(by=caseworker, sponsor_status=SponsorStatus.TRACK_RECORD)
    with django_assert_num_queries(1):
        limits = Rule.objects.limits_for(licence)
    assert limits == Limits(placement_most_from_rqf_6=60, placement_most_below_rqf_6=33)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("fee_pence", "", "Enter the new value"),
        ("fee_pence", "0", "Fee for each CAS must be more than £0"),
        ("fee_pence", 0, "Fee for each CAS must be more than £0"),
        ("fee_pence", "-5", "Fee for each CAS must be 0 or more"),
        ("fee_pence", "£60p", "Fee for each CAS must be an amount in pounds, as 1234 or 1234.99"),
        ("fee_pence", "1,06", "Fee for each CAS must have commas or spaces only between thousands"),
        ("fee_pence", "60.5", "Fee for each CAS must have 2 figures after the point, as 1234.99, or no point"),
        ("fee_pence", "10000.01", "Fee for each CAS must be 10,000.00 or less"),
        ("fee_pence", 60.5, "Fee for each CAS must be a whole number from 1 to 1,000,000"),
        ("remote_most", None, "Enter the new value"),
        ("remote_most", "0", "Remote delivery limit with permission must be a whole number from 1 to 100"),
        ("remote_most", "101", "Remote delivery limit with permission must be a whole number from 1 to 100"),
        ("remote_most", "40 %", "Remote delivery limit with permission must be a whole number from 1 to 100"),
        ("remote_most", ["40"], "Remote delivery limit with permission must be a whole number from 1 to 100"),
        ("student_least_age", "16.5", "Minimum age, Student route must be a whole number from 1 to 100"),
        ("visa_brake", "AFG, Atlantis", "Visa brake nationalities: “Atlantis” is not a nationality or"),
        ("visa_brake", ["AFG", "XX"], "Visa brake nationalities: “XX” is not a nationality or its code"),
        (
            "visa_brake",
            "AFG, Congo",
            "Visa brake nationalities: “Congo” can be Congo (Democratic Republic) or Congo (Republic). Choose one",
        ),
        ("visa_brake", 5, "Visa brake nationalities must be text"),
        ("refusal_bands", "5, 6", "Compliance: refusal rate: the green line must not be above the pass line"),
        ("enrolment_bands", "95, 94", "Compliance: enrolment rate: the green line must not be below the pass line"),
        ("completion_bands", "many", "Compliance: completion rate: a line must be a number from 0 to 100"),
        ("completion_bands", "85, 101", "Compliance: completion rate: a line must be a number from 0 to 100"),
        ("completion_bands", ", 92", "Compliance: completion rate: enter the pass line first, such as 5, 4"),
        ("completion_bands", "85, 90, 95", "Compliance: completion rate: enter the pass line and perhaps the green"),
        ("completion_bands", {"green": "90"}, "Compliance: completion rate: enter the pass line first, such as 5, 4"),
        ("completion_bands", ["85"], "Compliance: completion rate must be text"),
        ("visa_brake", "\x00", "Visa brake nationalities contains a character that cannot be kept"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(name, typed, sentence, caseworker, tomorrow):
    with pytest.raises(InvalidValues) as refused:
        add(name, typed, by=caseworker, from_on=tomorrow)
    assert refused.value.errors["value"].startswith(sentence)
    assert not Rule.objects.filter(from_on=tomorrow).exists()


def test_a_fee_can_have_a_pound_sign_and_commas(caseworker, tomorrow):
    assert add("fee_pence", "£1,060.50", by=caseworker, from_on=tomorrow).value == 106050


@pytest.mark.parametrize("name", BY_NAME)
def test_a_stored_value_can_be_given_again(name, caseworker, tomorrow):
    stored = Rule.objects.in_force(name).value
    assert add(name, stored, by=caseworker, from_on=tomorrow).value == stored


@pytest.mark.parametrize(
    "typed", ["sdn,AFG", "Sudan; afghanistan", "SDN\nAFG\n", "AFG, , SDN, AFG,", "Sudanese, Afghan", "sd\naf"]
)
def test_nationalities_are_codes_or_names(typed, caseworker):
    assert add("visa_brake", typed, by=caseworker).value == ["AFG", "SDN"]


@pytest.mark.parametrize(
    ("day", "refusal", "enrolment", "completion"),
    [
        (START, (10, None), (90, None), (85, None)),
        (date(2026, 5, 31), (10, None), (90, None), (85, None)),
        (date(2026, 6, 1), (5, 4), (95, 96), (85, None)),
        (date(2027, 5, 31), (5, 4), (95, 96), (85, None)),
        (date(2027, 6, 1), (5, 4), (95, 96), (90, 92)),
    ],
)
def test_the_bands_of_compliance_are_those_of_the_specification(day, refusal, enrolment, completion):
    rules = Rule.objects.on(day)
    found = [rules.refusal_bands, rules.enrolment_bands, rules.completion_bands]
    assert [(lines.passing, lines.green) for lines in found] == [refusal, enrolment, completion]


@pytest.mark.parametrize("typed", ["5, 4", "5;4", "5%, 4%", "pass 5, green 4", "Pass 5.0% , Green 4"])
def test_the_lines_of_a_band_are_the_pass_line_and_then_the_green_line(typed, caseworker):
    rule = add("refusal_bands", typed, by=caseworker)
    assert rule.value == {"pass": "5", "green": "4"}
    assert rule.shown == "Pass < 5%, green < 4%"


def test_a_band_can_have_no_green_line_and_the_history_says_so(caseworker):
    rule = add("completion_bands", "85.5", by=caseworker)
    assert rule.shown == "Pass >= 85.5%, no green line"
    line = entry(Event.objects.filter(kind="rule").select_related("by").get())
    assert ("Compliance: completion rate", rule.shown) in [(each.label, each.after) for each in line.changes]


def test_the_next_bands_start_on_the_first_day_on_which_a_line_changes(caseworker, django_assert_num_queries):
    with clock.set_to(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        with django_assert_num_queries(1):
            found = Rule.objects.now_and_next(BANDS)
        assert found == (Rule.objects.on(), Rule.objects.on(date(2027, 6, 1)))
        add("refusal_bands", "4", by=caseworker, from_on=date(2027, 1, 1))
        add("fee_pence", "60", by=caseworker, from_on=date(2026, 12, 1))
        now, coming = Rule.objects.now_and_next(BANDS)
        assert (now.fee_pence, coming.day, coming.fee_pence) == (5500, date(2027, 1, 1), 6000)
        assert (now.refusal_bands.passing, coming.refusal_bands.passing) == (5, 4)
    with clock.set_to(datetime(2027, 6, 1, 12, tzinfo=UTC)):
        assert Rule.objects.now_and_next(BANDS) == (Rule.objects.on(), None)


@pytest.mark.parametrize("nothing", ["", " ", []])
def test_the_visa_brake_can_end(nothing, caseworker):
    add("visa_brake", nothing, by=caseworker)
    assert Rule.objects.on().visa_brake == frozenset()


def test_a_value_never_starts_in_the_past_nor_twice_on_a_day(caseworker, tomorrow):
    past = refusal_of(add, "fee_pence", "60", by=caseworker, from_on=clock.today() - DAY)
    assert past == "From must be today or later"
    add("fee_pence", "60", by=caseworker, from_on=tomorrow)
    twice = refusal_of(add, "fee_pence", "70", by=caseworker, from_on=tomorrow)
    assert twice.startswith("This rule already has a value from ")
    assert twice.endswith(": £60.00. Choose another day")
    add("remote_most", "45", by=caseworker, from_on=tomorrow)
    assert Rule.objects.on(tomorrow).fee_pence == 6000


def test_only_a_caseworker_sets_and_removes_values(level1, level2, outsider, system, caseworker, tomorrow):
    rule = add("fee_pence", "60", by=caseworker, from_on=tomorrow)
    events = Event.objects.count()
    for user in (level1, level2, outsider, system):
        with pytest.raises(NotAllowed, match="Only a Home Office caseworker can set the rules that change by date"):
            add("fee_pence", "70", by=user)
        with pytest.raises(NotAllowed):
            rule.remove(by=user)
    assert (Rule.objects.on().fee_pence, Rule.objects.on(tomorrow).fee_pence) == (5500, 6000)
    assert Event.objects.count() == events


def test_a_value_is_removed_until_it_starts(caseworker, tomorrow):
    rule = add("fee_pence", "60", by=caseworker, from_on=tomorrow)
    with after_days(1):
        assert refusal_of(rule.remove, by=caseworker).startswith("This value has already started")
    Rule.objects.get(pk=rule.pk).remove(by=caseworker)
    assert Rule.objects.on(tomorrow).fee_pence == 5500
    assert refusal_of(rule.remove, by=caseworker) == "Another user has removed this value."


def test_the_history_says_which_value_from_which_day(caseworker):
    rule = add("visa_brake", "HTI", by=caseworker, from_on=date(2099, 2, 1))
    rule.remove(by=caseworker)
    added, removed = (entry(event) for event in Event.objects.filter(kind="rule").select_related("by").order_by("id"))
    assert (added.title, added.by) == ("New value set", "Caseworker")
    assert {(each.label, each.before, each.after) for each in added.changes} == {
        ("Visa brake nationalities", "", "Haiti"),
        ("From", "", "1 February 2099"),
    }
    assert removed.title == "Value removed before it started"
    assert {(each.label, each.before, each.after) for each in removed.changes} == {
        ("Visa brake nationalities", "Haiti", ""),
        ("From", "1 February 2099", ""),
    }


def test_a_new_rule_rewrites_no_status(level2, allocation, caseworker):
    cas, paying = a_cas(level2), a_cas(level2, passport_number="X2")
    order = an_order(paying, by=level2)
    before = list(CAS.objects.order_by("pk").values())
    for name, (typed, _) in ANOTHER.items():
        add(name, typed, by=caseworker)
    assert list(CAS.objects.order_by("pk").values()) == before
    order.refresh_from_db()
    assert order.fee_pence == 5500
    assert an_order(cas, by=level2).fee_pence == 6150


def test_the_database_never_changes_a_value(caseworker, tomorrow):
    others = {"name": "visa_brake", "from_on": date(2099, 1, 1)}
    for from_on in (clock.today(), tomorrow):
        rule = add("fee_pence", "60", by=caseworker, from_on=from_on)
        for column in columns_of(rule):
            value = others.get(column) or another_value(rule, column)
            assert refusal(update, rule, **{column: value}) == "Values of rules are never changed"
            with no_triggers():
                assert not refusal(update, rule, **{column: value})


def test_the_database_deletes_no_value_that_has_started(caseworker):
    coming = add("fee_pence", "60", by=caseworker, from_on=clock.today() + 2 * DAY)
    assert not refusal(delete, coming)
    for rule in (Rule.objects.get(name="fee_pence", from_on=START), add("fee_pence", "60", by=caseworker)):
        assert refusal(delete, rule) == "Values of rules that have started are never deleted"
        with no_triggers():
            assert not refusal(delete, rule)


def test_the_database_knows_the_names_and_takes_one_value_a_day(tomorrow):
    rule = Rule.objects.in_force("fee_pence")
    assert refusal(insert_like, rule, name="tax", from_on=tomorrow)
    assert refusal(insert_like, rule, from_on=rule.from_on)
    assert not refusal(insert_like, rule, from_on=tomorrow)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(name="tax", from_on=tomorrow, value=1)


def test_first_values_are_written_only_for_a_rule_that_has_none(caseworker):
    before = set(Rule.objects.values_list("name", "from_on"))
    refill(using="default")
    assert set(Rule.objects.values_list("name", "from_on")) == before
    with no_triggers():
        Rule.objects.filter(name="remote_most").delete()
        add("remote_warned", "25", by=caseworker)
        refill(using="default")
        assert set(Rule.objects.filter(name="remote_most").values_list("from_on", "value")) == {(START, 40)}
        assert Rule.objects.filter(name="remote_warned").count() == 2
