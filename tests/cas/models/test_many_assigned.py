"""Withdrawing many CAS and updating their fees: one rule for 1 CAS and for 10,000 (specification, sections 7 and 8)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS, assigned_together
from cas.timeline import timeline
from licences.models import Event
from sms.core.refused import InvalidValues, NotAllowed, Refused, Stale
from tests.factories import a_licence, a_user, an_allocation, in_status, many

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(level2, allocation, caseworker):
    return [in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number=f"T{each}") for each in range(3)]


def read(cas_list):
    return list(CAS.objects.filter(pk__in=[cas.pk for cas in cas_list]).order_by("pk"))


class TestWithdrawing:
    def test_each_cas_is_withdrawn_for_its_own_reason_and_its_history_says_so(self, three, level1):
        reasons = {cas.pk: f"  Reason {number} " for number, cas in enumerate(three)}
        assert CAS.objects.withdraw(reasons, by=level1) == 3
        for number, cas in enumerate(read(three)):
            assert (cas.status, cas.withdrawal_reason) == ("WITHDRAWN", f"Reason {number}")
            line = Event.objects.about("cas", cas.pk).last()
            assert (line.verb, line.by, line.data) == (
                "withdraw",
                level1,
                {
                    "status": ["ASSIGNED", "WITHDRAWN"],
                    "withdrawal_reason": ["", f"Reason {number}"],
                    "version": [cas.version - 1, cas.version],
                },
            )

    def test_one_that_cannot_be_withdrawn_keeps_all_of_them(self, three, level1):
        three[1].withdraw(by=level1, reason="Earlier")
        with pytest.raises(Refused, match=f"{three[1].student_name}: This CAS is WITHDRAWN"):
            CAS.objects.withdraw({cas.pk: "Because" for cas in three}, by=level1)
        assert [cas.status for cas in read(three)] == ["ASSIGNED", "WITHDRAWN", "ASSIGNED"]

    @pytest.mark.parametrize(
        ("reason", "said"), [(" ", "Give the reason"), ("x" * 1001, "Some of the values are not valid")]
    )
    def test_each_needs_a_reason_of_at_most_1000_characters(self, reason, said, three, level1):
        with pytest.raises(Refused, match=said):
            CAS.objects.withdraw({three[0].pk: "Because", three[1].pk: reason}, by=level1)
        assert CAS.objects.withdraw({three[0].pk: "x" * 1000}, by=level1) == 1

    def test_only_level_1_users_of_the_sponsor_can(self, three, level2, outsider):
        with pytest.raises(NotAllowed, match="Only a Level 1 user can do this"):
            CAS.objects.withdraw({three[0].pk: "Because"}, by=level2)
        with pytest.raises(Refused, match="No CAS was found"):
            CAS.objects.withdraw({three[0].pk: "Because"}, by=outsider)


class TestFees:
    def test_each_cas_gets_its_own_fees_and_keeps_the_others(self, three, level2):
        first, second, third = three
        values = {
            first.pk: {"course_fees_first_year": "30000"},
            second.pk: {"course_fees_paid": "1,234.50", "accommodation_fees_paid": ""},
            third.pk: {"course_fees_first_year": third.course_fees_first_year},
        }
        assert CAS.objects.update_fees(values, by=level2) == 2
        now = read(three)
        assert [(cas.course_fees_first_year, cas.course_fees_paid, cas.accommodation_fees_paid) for cas in now] == [
            (Decimal("30000"), Decimal("5000.50"), None),
            (Decimal("21500"), Decimal("1234.50"), None),
            (Decimal("21500"), Decimal("5000.50"), None),
        ]
        assert [cas.version - before.version for cas, before in zip(now, three, strict=True)] == [1, 1, 0]
        shown = [timeline(cas)[0] for cas in now]
        assert [entry.title for entry in shown[:2]] == ["Fees updated"] * 2
        assert [[(change.before, change.after) for change in entry.changes] for entry in shown[:2]] == [
            [("£21,500.00", "£30,000.00")],
            [("£5,000.50", "£1,234.50")],
        ]

    def test_a_wrong_amount_changes_no_cas(self, three, level2):
        values = {three[0].pk: {"course_fees_paid": "1"}, three[1].pk: {"course_fees_paid": "much"}}
        with pytest.raises(InvalidValues) as invalid:
            CAS.objects.update_fees(values, by=level2)
        assert list(invalid.value.errors) == ["course_fees_paid"]
        assert read(three)[0].course_fees_paid == Decimal("5000.50")

    def test_the_first_year_fee_cannot_be_emptied(self, three, level2):
        with pytest.raises(InvalidValues) as invalid:
            CAS.objects.update_fees({three[0].pk: {"course_fees_first_year": ""}}, by=level2)
        assert "course_fees_first_year" in invalid.value.errors

    def test_fees_that_another_user_has_updated_since_are_not_overwritten(self, three, level1, level2):
        versions = {cas.pk: cas.version for cas in three}
        CAS.objects.get(pk=three[1].pk).update_fees({"course_fees_paid": "7"}, by=level1, version=versions[three[1].pk])
        values = {cas.pk: {"course_fees_paid": "8"} for cas in three}
        with pytest.raises(Stale) as stale:
            CAS.objects.update_fees(values, by=level2, versions=versions)
        assert [line.by for line in stale.value.events] == [level1]
        assert CAS.objects.update_fees(values, by=level2) == 3

    def test_its_twin_without_the_check_of_versions_they_are_overwritten(self, three, level1, level2, monkeypatch):
        monkeypatch.setattr(assigned_together, "_updated_since", lambda *args: {})
        versions = {three[0].pk: three[0].version}
        CAS.objects.get(pk=three[0].pk).update_fees({"course_fees_paid": "7"}, by=level1, version=three[0].version)
        assert CAS.objects.update_fees({three[0].pk: {"course_fees_paid": "8"}}, by=level2, versions=versions) == 1

    def test_only_the_owner_and_level_1_users_can(self, three, colleague, outsider):
        for other_user in (colleague, outsider):
            with pytest.raises(Refused, match="No CAS was found"):
                CAS.objects.update_fees({three[0].pk: {"course_fees_paid": "8"}}, by=other_user)


@pytest.mark.parametrize("verb", ["withdraw", "update_fees"])
def test_many_cas_take_as_many_statements_as_few(verb, caseworker, system):
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    an_allocation(licence, 1000, by=caseworker)
    user = a_user("large", "LEVEL_1", licence)
    taken = []
    for number in (3, 40):
        ids = [cas.pk for cas in many(user, number)]
        CAS.objects.filter(pk__in=ids).assign(by=system, assigned_by=user)
        each = {pk: str(pk) if verb == "withdraw" else {"course_fees_paid": str(pk)} for pk in ids}
        with CaptureQueriesContext(connection) as statements:
            assert getattr(CAS.objects, verb)(each, by=user) == number
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 12
