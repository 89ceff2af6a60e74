"""Every duty in every status by every user, with the verbs of the models (specification, sections 3, 7 and 8)."""

import pytest

from cas.models import CAS
from tests.factories import a_cas, a_draft, assigned
from tests.refusals import outcome_of
from tests.sponsorship_duties.factories import a_report, withdrawn

pytestmark = pytest.mark.django_db

# A copy of the specification's tables: the statuses in which each duty is possible, and the users who may do it.
POSSIBLE = {
    "report": {"ASSIGNED", "USED", "EXPIRED"},
    "withdraw_report": {"ASSIGNED", "USED", "EXPIRED"},
    "note": {"ASSIGNED", "EXPIRED"},
    "fees": {"ASSIGNED"},
    "withdraw": {"ASSIGNED"},
}
WHO = {"level1": set(POSSIBLE), "owner": set(POSSIBLE) - {"withdraw"}}  # no other user may do anything
MOVES = {"EXPIRED": "expire", "OBSOLETE": "make_obsolete", "CANCELLED": "cancel"}
STATUSES = ["WORK IN PROGRESS", "READY TO GO", "ASSIGNED", "USED", "WITHDRAWN", *MOVES]


def brought_to(status, cas, *, level1, caseworker, system):
    """Bring an ASSIGNED CAS into this status."""
    if status == "USED":
        cas.record_application(cas.assigned_on, by=caseworker)
        cas.use(by=caseworker, decided_on=cas.assigned_on, outcome="GRANTED")
    elif status == "WITHDRAWN":
        cas.withdraw(by=level1, reason="Enrolled elsewhere")
    elif status in MOVES:
        CAS.objects.filter(pk=cas.pk).move(MOVES[status], by=system)
        cas.refresh_from_db()
    assert cas.status == status


@pytest.mark.parametrize("status", STATUSES)
def test_each_duty_is_possible_only_in_its_statuses_and_for_its_users(
    status, case, level1, level2, colleague, outsider, allocation, caseworker, system
):
    report = None
    if status in {"WORK IN PROGRESS", "READY TO GO"}:
        cas = a_draft(level2) if status == "WORK IN PROGRESS" else a_cas(level2)
    else:
        cas = assigned(a_cas(level2))
        report = a_report(cas, by=level2)
        brought_to(status, cas, level1=level1, caseworker=caseworker, system=system)
    acts = {
        "report": lambda by: a_report(cas, by=by, details="Another"),
        "note": lambda by: cas.write_note("Seen", by=by, version=cas.version),
        "fees": lambda by: cas.update_fees({"course_fees_paid": "6000"}, by=by, version=cas.version),
        "withdraw": lambda by: cas.withdraw(by=by, reason="Because"),
    }
    if report:
        acts["withdraw_report"] = lambda by: withdrawn(report, by=by)
    people = {"level1": level1, "owner": level2, "colleague": colleague, "outsider": outsider}
    people |= {"caseworker": caseworker, "system": system}
    for who, by in people.items():
        for duty, act in acts.items():
            with case(who=who, duty=duty):
                refused, now = outcome_of(act, by=by, look=lambda: CAS.objects.get(pk=cas.pk).status)
                may = status in POSSIBLE[duty] and duty in WHO.get(who, ())
                assert bool(refused) is not may, refused
                assert now == ("WITHDRAWN" if may and duty == "withdraw" else status)
                cas.refresh_from_db()
