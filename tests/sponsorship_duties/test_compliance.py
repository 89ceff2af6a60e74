"""The figures of the Basic Compliance Assessment, against a plain model of the definitions (specification, 9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cas.models import CAS
from sms.core import clock
from sponsorship_duties.compliance.assessment import assess
from sponsorship_duties.compliance.breakdown import DIMENSIONS, MOST, breakdown
from sponsorship_duties.compliance.metrics import METRICS
from sponsorship_duties.compliance.rates import Band, Count, Period, total
from sponsorship_duties.models import ActivityReason
from tests.factories import an_agent
from tests.sponsorship_duties import compliance_cases
from tests.sponsorship_duties.compliance_cases import Case, Report, make, rate

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 29)
FIRST, LAST = date(2025, 11, 29), date(2026, 11, 28)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_november_2026():
    with clock.set_to(datetime(2026, 11, 29, 12, tzinfo=UTC)):
        yield


def mine(user):
    return CAS.objects.for_user(user)


def granted(number=1, *reports, **more):
    return [Case(starts_on=LAST, reports=reports, **more)] * number


def decided(number, outcome="GRANTED", **more):
    return [Case(outcome, decided_on=LAST, **more)] * number


def ended(number=1, *reports, **more):
    return [Case(ends_on=LAST, reports=reports, **more)] * number


# Any CAS with any reports

DAYS = st.sampled_from([FIRST - DAY, FIRST, FIRST + 3 * DAY, date(2026, 5, 31), date(2026, 6, 1), LAST, TODAY])
REPORTS = st.builds(
    Report,
    st.sampled_from(["NOTHING", "NOT_ENROLLED", "NOT_COMPLETED", "COMPLETED", "LEFT_OUT"]),
    st.sampled_from([LAST, TODAY, TODAY + DAY]),
    st.booleans(),
) | st.builds(Report, st.just("GRADUATED"), st.none(), st.booleans())


@st.composite
def cases(draw):
    outcome = draw(st.sampled_from(["GRANTED", "GRANTED", "REFUSED", ""]))
    decided_on = draw(DAYS)
    is_reviewed = outcome == "REFUSED" and draw(st.booleans())
    reports = draw(st.lists(REPORTS, max_size=3))
    graduations = [report for report in reports if report.counts_as == "GRADUATED" and not report.is_withdrawn]
    return Case(
        outcome,
        decided_on,
        max(decided_on, TODAY) if is_reviewed else None,
        draw(DAYS),
        draw(DAYS),
        date(2025, 6, 1),
        tuple(report for report in reports if report not in graduations[1:]),
        {
            "nationality": draw(st.sampled_from(["IND", "NGA"])),
            "course_id": draw(st.sampled_from(["", "MSC-1", "msc 1", "MSC-2"])),
            "course_title": draw(st.sampled_from(["MSc Data Science", "MSc Finance"])),
            "agent_name": draw(st.sampled_from(["", "Compass", "Globe"])),
        },
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(cases(), max_size=12))
def test_each_rate_is_that_of_the_definitions(level1, outsider, some):
    with transaction.atomic():
        made = make(some, level1)
        make(some[:1], outsider)
        found = assess(mine(level1))
        expected = compliance_cases.parts(some, TODAY)
        for name, metric in METRICS.items():
            parts = expected[name]
            assert found.now.rates[name].value == rate(name, parts), name
            listed = metric.of(mine(level1), found.period, TODAY).values_list("pk", "part")
            assert dict(listed) == {cas.pk: part for cas, part in zip(made, parts, strict=True) if part}
            for dimension in DIMENSIONS.values():
                rows = breakdown(dimension, metric, mine(level1), found.period, TODAY)
                assert total(row.count for row in rows) == found.counts[name]
                for row in rows:
                    alike = dimension.like(
                        metric.of(mine(level1), found.period, TODAY), CAS.objects.get(pk=row.example)
                    )
                    assert counted(alike) == row.count
        transaction.set_rollback(True)


def counted(rows):
    parts = list(rows.values_list("part", flat=True))
    return Count(parts.count("passed") + parts.count("failed"), parts.count("failed"), parts.count("left-out"))


# Single definitions


def test_the_period_is_the_12_months_that_end_the_day_before():
    assert Period.before(TODAY) == (FIRST, LAST)
    assert Period.before(date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 28))
    assert Period.before(date(2028, 3, 1)) == (date(2027, 3, 1), date(2028, 2, 29))
    assert len(Period.before(date(2026, 12, 1)).months()) == 12


def test_a_refusal_with_a_successful_review_is_left_out(level1):
    make([*decided(1, "REFUSED"), *decided(1, "REFUSED", reviewed_on=TODAY), *decided(3)], level1)
    assert assess(mine(level1)).counts["refusal"] == Count(4, 1, 1)


def test_a_delay_is_left_out_until_its_date_has_passed(level1):
    make(granted(1, Report("LEFT_OUT", TODAY + DAY)) + granted(1, Report("LEFT_OUT", LAST)) + granted(2), level1)
    assert assess(mine(level1)).counts["enrolment"] == Count(3, 0, 1)
    with clock.set_to(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        assert assess(mine(level1)).counts["enrolment"] == Count(4, 0, 0)


def test_a_withdrawn_report_does_not_count(level1):
    make(granted(1, Report("NOT_ENROLLED", is_withdrawn=True)) + granted(1, Report("NOT_ENROLLED")), level1)
    assert assess(mine(level1)).counts["enrolment"] == Count(2, 1, 0)


def test_a_student_who_did_not_enrol_is_not_part_of_the_completion_rate(level1):
    make(ended(1, Report("NOT_ENROLLED")) + ended(2) + ended(1, Report("NOT_COMPLETED")), level1)
    assert assess(mine(level1)).counts["completion"] == Count(3, 1, 1)


@pytest.mark.parametrize("better", ["COMPLETED", "GRADUATED"])
def test_a_completed_course_outweighs_a_report_that_it_was_not_completed(better, level1):
    make(ended(1, Report("NOT_COMPLETED"), Report(better)) + ended(1, Report("NOT_COMPLETED")), level1)
    assert assess(mine(level1)).counts["completion"] == Count(2, 1, 0)


def test_what_a_reason_counts_as_is_read_and_never_its_name(level1, caseworker):
    make(granted(1, Report("NOT_ENROLLED")) + granted(1), level1)
    for reason in ActivityReason.objects.filter(counts_as="NOT_ENROLLED"):
        reason.amend(by=caseworker, counts_as="NOTHING")
    assert assess(mine(level1)).counts["enrolment"] == Count(2, 0, 0)


def test_only_the_cas_of_the_sponsor_count(level1, outsider):
    make(decided(3, "REFUSED"), outsider)
    assert assess(mine(level1)).counts["refusal"] == Count()


# The bands, at their borders


@pytest.mark.parametrize(
    ("name", "passed", "failed", "band"),
    [
        ("refusal", 95, 5, Band.RED),  # 5.0 % refused fails
        ("refusal", 951, 49, Band.AMBER),
        ("refusal", 96, 4, Band.AMBER),
        ("refusal", 961, 39, Band.GREEN),
        ("enrolment", 95, 5, Band.AMBER),  # 95.0 % enrolled passes
        ("enrolment", 949, 51, Band.RED),
        ("enrolment", 96, 4, Band.GREEN),
        ("enrolment", 959, 41, Band.AMBER),
        ("completion", 85, 15, Band.GREEN),  # no green line: a pass is green
        ("completion", 849, 151, Band.RED),
    ],
)
def test_a_rate_exactly_on_a_line(name, passed, failed, band, level1):
    some = {
        "refusal": decided(passed) + decided(failed, "REFUSED"),
        "enrolment": granted(passed) + granted(failed, Report("NOT_ENROLLED")),
        "completion": ended(passed) + ended(failed, Report("NOT_COMPLETED")),
    }
    make(some[name], level1)
    now = assess(mine(level1)).now
    assert (now.rates[name].band, now.band) == (band, band)


def test_without_any_cas_there_are_no_rates_and_no_band(level1):
    found = assess(mine(level1))
    assert [rate.value for rate in found.now.rates.values()] == [None, None, None]
    assert (found.now.band, found.now.missed, found.is_discretionary) == (None, [], True)


def test_the_worst_rate_decides_and_a_rate_without_cas_does_not(level1):
    make(granted(96) + granted(4, Report("NOT_ENROLLED")) + decided(955) + decided(45, "REFUSED"), level1)
    now = assess(mine(level1)).now
    assert (now.band, now.rates["completion"].band, now.missed) == (Band.AMBER, None, [])


def test_two_rates_missed_at_once_are_known(level1):
    make(decided(1, "REFUSED") + granted(1, Report("NOT_ENROLLED")) + ended(1), level1)
    assert [metric.name for metric in assess(mine(level1)).now.missed] == ["refusal", "enrolment"]


def test_the_same_figures_are_shown_under_the_next_bands(level1):
    make(ended(85) + ended(15, Report("NOT_COMPLETED")), level1)
    found = assess(mine(level1))
    assert (found.now.band, found.then.start_on, found.then.band) == (Band.GREEN, date(2027, 6, 1), Band.RED)


def test_before_june_2026_a_rate_passes_without_a_colour(level1):
    make([Case("REFUSED", decided_on=date(2026, 5, 1))] + [Case(decided_on=date(2026, 5, 1))] * 10, level1)
    with clock.set_to(datetime(2026, 5, 31, 12, tzinfo=UTC)):
        found = assess(mine(level1))
    assert (found.now.band, found.now.rates["refusal"].until_amber) == (Band.PASS, None)
    assert (found.then.start_on, found.then.band) == (date(2026, 6, 1), Band.RED)


@pytest.mark.parametrize(("number", "is_discretionary"), [(49, True), (50, False)])
def test_under_50_cas_in_the_period_the_assessment_is_discretionary(number, is_discretionary, level1):
    before, after = Case("", assigned_on=FIRST - DAY), Case("", assigned_on=TODAY)
    make([Case("", assigned_on=FIRST)] * number + [before, after], level1)
    assert assess(mine(level1)).is_discretionary is is_discretionary


# By month, and by course, nationality and agent


def test_the_months_are_those_of_the_period_and_add_up(level1):
    make([Case(decided_on=day) for day in (FIRST, date(2026, 6, 30), date(2026, 7, 1), LAST)] * 2, level1)
    months = assess(mine(level1)).months["refusal"]
    assert list(months) == [date(2025, 11, 1), date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    assert {month.month: count.counted for month, count in months.items() if count.counted} == {6: 2, 7: 2, 11: 2} | {
        11: months[date(2026, 11, 1)].counted
    }
    assert months[FIRST.replace(day=1)].counted == months[LAST.replace(day=1)].counted == 2


def test_the_groups_with_the_most_failures_come_first_and_the_others_are_added_up(level1):
    codes = [f"C-{number}" for number in range(MOST + 3)]
    make([case for code in codes for case in decided(1, more={"course_id": code})], level1)
    make(decided(2, "REFUSED", more={"course_id": "c 7", "course_title": "MA History"}), level1)
    rows = breakdown(DIMENSIONS["course"], METRICS["refusal"], mine(level1), Period.before(TODAY), TODAY)
    assert rows[0].count == Count(3, 2, 0)
    assert (len(rows), rows[-1].name, rows[-1].count, rows[-1].example) == (MOST + 1, "3 more courses", Count(3), None)


def test_agents_of_the_register_and_typed_agents_are_groups_of_their_own(level1):
    agent = an_agent(level1)
    copied = {"is_agent_used": True, "agent": agent, "agent_name": "An earlier name", "agent_city": "Amman"}
    make(decided(2, more=copied) + decided(1, more={"is_agent_used": True, "agent_name": "Globe"}), level1)
    make(decided(1), level1)
    rows = breakdown(DIMENSIONS["agent"], METRICS["refusal"], mine(level1), Period.before(TODAY), TODAY)
    assert {row.name: row.count.counted for row in rows} == {
        "Compass Study Abroad Ltd, Amman": 2,
        "Globe": 1,
        "No agent": 1,
    }


def test_more_cas_take_no_more_statements(level1):
    taken = []
    for _ in range(2):
        make(decided(3) + granted(3, Report("LEFT_OUT", TODAY)) + ended(3, Report("NOT_COMPLETED")), level1)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            found = assess(mine(level1))
            for dimension in DIMENSIONS.values():
                breakdown(dimension, METRICS["refusal"], mine(level1), found.period, TODAY)
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 13
