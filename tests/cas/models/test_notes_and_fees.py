"""The sponsor note and the fees of a CAS that is assigned (specification, section 8; manual 5)."""

from decimal import Decimal

import pytest

from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.timeline import timeline
from licences.models import Event
from licences.routes import Route
from sms.core.refused import InvalidValues, NotAllowed, Refused, Stale
from tests.factories import CHILD, an_allocation, assigned, brought_to, in_status

pytestmark = pytest.mark.django_db

NOTED = {"ASSIGNED", "EXPIRED"}


@pytest.fixture
def cas(level2, level1, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker)


def note(cas, text, by, version=None):
    cas.write_note(text, by=by, version=version or cas.version)


def fees(cas, by, version=None, **values):
    cas.update_fees(values, by=by, version=version or cas.version)


def test_a_note_replaces_the_earlier_note_which_stays_in_the_history(cas, level2):
    note(cas, "  Arrives on 3 October ", level2)
    note(cas, "Arrives on 5 October", level2)
    assert cas.sponsor_note == "Arrives on 5 October"
    lines = [entry for entry in timeline(cas) if entry.title == "Sponsor note saved"]
    assert [(line.changes[0].before, line.changes[0].after) for line in lines] == [
        ("Arrives on 3 October", "Arrives on 5 October"),
        ("", "Arrives on 3 October"),
    ]


def test_a_note_can_be_emptied_and_saving_the_same_note_writes_no_event(cas, level2):
    note(cas, "Arrives late", level2)
    note(cas, "Arrives late", level2)
    note(cas, "", level2)
    assert cas.sponsor_note == ""
    assert Event.objects.about("cas", cas.pk).filter(verb="note").count() == 2


@pytest.mark.parametrize("status", CASStatus.values)
def test_a_note_can_be_written_only_on_assigned_and_expired_cas(status, level2, level1, allocation, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    if status in NOTED:
        note(cas, "Seen", level2)
        assert cas.sponsor_note == "Seen"
    else:
        with pytest.raises(Refused, match=f"This CAS is {status}. You can edit its sponsor note only while"):
            note(cas, "Seen", level2)
        assert CAS.objects.get(pk=cas.pk).sponsor_note == ""


@pytest.mark.parametrize("status", CASStatus.values)
def test_fees_can_be_updated_only_on_assigned_cas(status, level2, level1, allocation, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    if status == "ASSIGNED":
        fees(cas, level2, course_fees_paid="6000.10")
        assert cas.course_fees_paid == Decimal("6000.10")
    else:
        with pytest.raises(Refused, match="update its fees only while it is ASSIGNED"):
            fees(cas, level2, course_fees_paid="6000.10")


def test_earlier_fees_stay_in_the_history(cas, level2):
    fees(cas, level2, course_fees_paid="6000", accommodation_fees_paid="250.50")
    [line] = [entry for entry in timeline(cas) if entry.title == "Fees updated"]
    assert {(change.label, change.before, change.after) for change in line.changes} == {
        ("Course fees paid to date", "£5,000.50", "£6,000.00"),
        ("Accommodation fees paid to date", "", "£250.50"),
    }


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("course_fees_paid", "6,00", "commas or spaces only between thousands"),
        ("course_fees_first_year", "", "Enter the course fees for first year only"),
        ("course_fees_paid", "-1", "Course fees paid"),
    ],
)
def test_an_invalid_fee_gives_an_error_and_nothing_is_saved(name, typed, sentence, cas, level2):
    with pytest.raises(InvalidValues) as invalid:
        fees(cas, level2, **{name: typed}, accommodation_fees_paid="10")
    assert sentence in invalid.value.errors[name]
    cas.refresh_from_db()
    assert (cas.course_fees_first_year, cas.course_fees_paid) == (Decimal("21500"), Decimal("5000.50"))
    assert cas.accommodation_fees_paid is None


def test_pound_signs_and_commas_are_understood_and_an_optional_fee_can_be_emptied(cas, level2):
    fees(cas, level2, course_fees_first_year="£22,000.50", course_fees_paid="")
    cas.refresh_from_db()
    assert (cas.course_fees_first_year, cas.course_fees_paid) == (Decimal("22000.50"), None)


def test_the_boarding_fees_of_a_boarder_can_be_updated_but_not_emptied(level2, licence, caseworker):
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    boarder = {**CHILD, "living_arrangements": "BOARDING", "boarding_fees": "9000"}
    cas = assigned(CAS.objects.add(boarder, route=Route.CHILD_STUDENT, by=level2))
    fees(cas, level2, boarding_fees="9500", boarding_fees_paid="100")
    assert (cas.boarding_fees, cas.boarding_fees_paid) == (9500, 100)
    with pytest.raises(InvalidValues) as invalid:
        fees(cas, level2, boarding_fees="")
    assert invalid.value.errors == {"boarding_fees": "Enter the boarding fees for first year only"}


def test_updating_fees_changes_no_other_field(cas, level2):
    before = CAS.objects.values().get(pk=cas.pk)
    fees(cas, level2, course_fees_paid="6000", family_name="Mallory", financial_sponsor="y", sponsor_note="x")
    after = CAS.objects.values().get(pk=cas.pk)
    assert {name for name in after if after[name] != before[name]} == {"course_fees_paid", "version", "changed_at"}


def test_a_note_that_another_user_changed_meanwhile_is_not_overwritten_unseen(cas, level2, level1):
    seen = cas.version
    note(cas, "Theirs", level1)
    with pytest.raises(Stale) as stale:
        note(cas, "Mine", level2, version=seen)
    [event] = stale.value.events
    assert (event.by, event.data["sponsor_note"]) == (level1, ["", "Theirs"])
    note(cas, "Theirs", level2, version=seen)  # the same text is no conflict
    note(cas, "Both", level2, version=CAS.objects.get(pk=cas.pk).version)
    assert cas.sponsor_note == "Both"


def test_saving_fees_does_not_conflict_with_a_new_note(cas, level2, level1):
    seen = cas.version
    note(cas, "Paid by a scholarship", level1)
    fees(cas, level2, version=seen, course_fees_paid="7000")
    with pytest.raises(Stale):
        fees(cas, level1, version=seen, course_fees_paid="8000")
    assert CAS.objects.get(pk=cas.pk).course_fees_paid == 7000


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_a_user_cannot_write_on_a_cas_that_is_not_theirs(who, cas, request):
    user = request.getfixturevalue(who)
    for verb in (lambda: note(cas, "Mine", user), lambda: fees(cas, user, course_fees_paid="1")):
        with pytest.raises(Refused, match="No CAS was found"):
            verb()


def test_a_caseworker_can_neither_write_a_note_nor_update_fees(cas, caseworker):
    for verb in (lambda: note(cas, "Mine", caseworker), lambda: fees(cas, caseworker, course_fees_paid="1")):
        with pytest.raises(NotAllowed):
            verb()


@pytest.mark.parametrize("end", ["REVOKED", "SURRENDERED", "EXPIRED"])
def test_no_note_can_be_written_once_the_licence_has_ended(end, licence, level2, level1, allocation, caseworker):
    cas = in_status("EXPIRED", by=level2, caseworker=caseworker)
    brought_to(end, licence, caseworker=caseworker)
    with pytest.raises(Refused, match="You can no longer edit its sponsor note"):
        note(cas, "Seen", level2)


def test_notes_and_fees_can_be_saved_under_a_suspended_licence(cas, licence, level2, caseworker):
    brought_to("SUSPENDED", licence, caseworker=caseworker)
    note(cas, "Seen", level2)
    fees(cas, level2, course_fees_paid="7000")
    assert (cas.sponsor_note, cas.course_fees_paid) == ("Seen", 7000)


def test_the_printed_cas_shows_its_note(cas, level2):
    from cas.printing import document as printing

    assert "Sponsor note" not in printing.page(cas, by=level2)
    note(cas, "Arrives <late>", level2)
    assert "Arrives &lt;late&gt;" in printing.page(cas, by=level2)
