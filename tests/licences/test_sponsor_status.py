"""The status of a sponsor, apart from that of its licence (specification, section 9)."""

from datetime import date

import pytest

from licences.models import Event, Licence
from licences.sponsor_status import SponsorStatus
from licences.timeline import timeline
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import NotAllowed
from tests.factories import a_cas, assigned, brought_to
from tests.plain_sql import refusal, update
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

LABELS = {
    "PROBATIONARY": "Probationary Sponsor",
    "STUDENT": "Student Sponsor",
    "TRACK_RECORD": "Student Sponsor – Track Record",
}


def status_of(licence):
    return Licence.objects.values_list("sponsor_status", flat=True).get(pk=licence.pk)


def test_a_sponsor_has_one_of_three_statuses():
    assert dict(SponsorStatus.choices) == LABELS


def test_a_sponsor_is_a_student_sponsor_unless_granted_otherwise(licence, caseworker):
    assert status_of(licence) == "STUDENT"
    granted = Licence.objects.grant(
        by=caseworker,
        number="3MSK8QW52",
        name="Newtown University",
        routes=["STUDENT"],
        starts_on=date(2030, 1, 2),
        expires_on=None,
        sponsor_status=SponsorStatus.PROBATIONARY,
    )
    assert status_of(granted) == "PROBATIONARY"
    changes = {change.label: change.after for change in timeline(granted)[-1].changes}
    assert changes["Status of the sponsor"] == "Probationary Sponsor"


@pytest.mark.parametrize("status", LABELS)
def test_a_caseworker_sets_any_of_them_and_the_history_says_so_in_words(status, licence, caseworker):
    licence.set_sponsor_status("PROBATIONARY" if status == "STUDENT" else "STUDENT", by=caseworker)
    before = LABELS[licence.sponsor_status]
    licence.set_sponsor_status(status, by=caseworker)
    assert status_of(licence) == status
    latest = timeline(licence)[0]
    assert (latest.title, latest.by) == ("Status of the sponsor changed", "Caseworker")
    assert {each.label: (each.before, each.after) for each in latest.changes} == {
        "Status of the sponsor": (before, LABELS[status]),
        "From": ("", formats.day(clock.today())),
    }


def test_setting_the_same_status_is_no_event(licence, caseworker):
    events = Event.objects.count()
    licence.set_sponsor_status("STUDENT", by=caseworker)
    assert Event.objects.count() == events


def test_no_other_user_sets_it(licence, level1, level2, outsider, system):
    events = Event.objects.count()
    for user in (level1, level2, outsider, system):
        with pytest.raises(NotAllowed):
            licence.set_sponsor_status("TRACK_RECORD", by=user)
    assert (status_of(licence), Event.objects.count()) == ("STUDENT", events)


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_it_no_longer_changes_once_the_licence_has_ended(status, licence, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    sentence = refusal_of(licence.set_sponsor_status, "TRACK_RECORD", by=caseworker)
    assert sentence == f"This licence is {status}. Its details no longer change."
    assert status_of(licence) == "STUDENT"


def test_it_changes_neither_the_licence_nor_its_cas(licence, level2, allocation, caseworker):
    cas = assigned(a_cas(level2))
    licence.suspend(by=caseworker, reason="Because")
    licence.set_sponsor_status("TRACK_RECORD", by=caseworker)
    licence.refresh_from_db()
    cas.refresh_from_db()
    assert (licence.status, cas.status) == ("SUSPENDED", "ASSIGNED")


def test_the_database_takes_no_other_status(licence):
    assert not refusal(update, licence, sponsor_status="TRACK_RECORD")
    assert "licence_sponsor_status_known" in refusal(update, licence, sponsor_status="EXCELLENT")
