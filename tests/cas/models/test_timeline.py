"""The history of a CAS in words (specification, section 12)."""

import pytest

from cas.details import fields
from cas.history import WORDS
from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE, PaymentState
from cas.models import CAS, CourseTemplate, Order, StudyAddress
from cas.models.setting import set_field
from cas.printing.document import printed
from cas.timeline import timeline
from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import Event, User
from sms.core import clock
from sms.core.govuk import formats
from tests.factories import (
    CHILD,
    a_batch,
    a_batch_order,
    a_cas,
    a_draft,
    an_agent,
    an_order,
    assigned,
    in_status,
    order_in_status,
)

TITLES = {name: title for name, title in WORDS.titles.items() if name[0] != "rule"}


def titles(cas):
    return [entry.title for entry in timeline(cas)]


def changes(entry):
    return {change.label: (change.before, change.after) for change in entry.changes}


def test_every_move_of_a_cas_and_of_an_order_has_a_title():
    moves = {("cas", move.name) for move in CAS_LIFECYCLE.moves}
    moves |= {("order", move.name) for move in ORDER_LIFECYCLE.moves}
    moves |= {("cas", verb) for verb in ("print", "record_application", "move_in", "take_out", "transfer")}
    moves |= {("cas", verb) for verb in ("note", "update_fees", "close_application", "record_review", "decide_again")}
    moves |= {("batch", verb) for verb in ("create", "rename", "put_in", "take_out", "delete_cas")}
    moves |= {("batch", verb) for verb in ("delete", "transfer", "assign", "set_field")}
    moves |= {("agent", verb) for verb in ("create", "save", "retire", "reinstate")}
    moves |= {("study_address", verb) for verb in ("create", "save", "delete")} | {("order", "differ")}
    moves |= {("course_template", verb) for verb in ("create", "save", "retire", "reinstate")}
    assert set(TITLES) == moves


def test_every_event_about_a_cas_has_a_title(level1, level2, allocation, caseworker):
    """Make every kind of event, including those that are not moves. Then read their kinds and verbs."""
    for status in ("USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"):
        cas = in_status(status, by=level1, caseworker=caseworker, passport_number=status)
    printed(cas, by=level1)
    cas = in_status("ASSIGNED", by=level1, caseworker=caseworker, passport_number="REVIEWED")
    cas.record_application(clock.today(), by=caseworker)
    cas.close_application("VOID", clock.today(), by=caseworker)
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    cas.record_review(clock.today(), by=caseworker)
    cas.decide_again(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    cas = in_status("ASSIGNED", by=level1, caseworker=caseworker)
    cas.write_note("Arrives late", by=level1, version=cas.version)
    cas.update_fees({"course_fees_paid": "6000"}, by=level1, version=cas.version)
    for status in ("DECLINED", "CANCELLED", "LAPSED", "REFUNDED"):
        order_in_status(status, a_cas(level1), caseworker=caseworker)
    a_draft(level1).remove(by=level1)
    batch = a_batch(level1, a_cas(level1))
    batch.rename("Another", by=level1)
    batch.put([(gone := a_draft(level1)).pk], by=level1)
    gone.refresh_from_db()
    gone.remove(by=level1)
    set_field(batch, "course_id", "DS-1", {batch.cas.get().pk: 1}, by=level1, seen=batch.last_event())
    batch.transfer(level2, by=level1)
    batch.remove(by=level1)
    a_batch_order(a_batch(level1, a_cas(level1), name="Third")).settle(by=User.objects.system())
    address = StudyAddress.objects.add({"name": "Main", "study_address_line_1": "1 High Street"}, by=level1)
    address.amend({**address.lines, "name": "Annexe"}, by=level1)
    address.remove(by=level1)
    agent = an_agent(level1)
    agent.amend({**agent.lines, "agent_city": "Irbid"}, by=level1)
    agent.retire(by=level1)
    agent.reinstate(by=level1)
    template = CourseTemplate.objects.add({"name": "MA History"}, route="STUDENT", by=level1)
    template.amend({"name": "MSc History"}, by=level1, version=1)
    template.retire(by=level1)
    template.reinstate(by=level1)
    Order.objects.filter(status="PAID").first().record_provider_report(PaymentState.DECLINED)
    kinds = {kind for kind, _ in TITLES}
    recorded = set(Event.objects.filter(kind__in=kinds).values_list("kind", "verb"))
    assert recorded == set(TITLES)


def test_the_history_says_who_did_what_and_when_with_the_newest_first(level1, level2):
    cas = a_draft(level2)
    cas.amend({"given_names": "Ada"}, by=level1, version=1)
    changed, created = timeline(cas)
    assert (changed.title, changed.by) == ("Changed", "Level1")
    assert (created.title, created.by) == ("Created", "Level2")
    assert created.at <= changed.at <= clock.now()


def test_the_values_before_and_after_are_shown_in_words(level1):
    cas = a_cas(level1)
    values = {
        "date_of_birth": "2001-02",
        "is_agent_used": True,
        "course_fees_paid": "9000",
        "nationality": "IRL",
        "academic_level": "RQF6",
        "study_city": "",
        "is_remote_delivery": True,
        "remote_delivery_percent": 30,
    }
    cas.amend(values, by=level1, version=1)
    assert changes(timeline(cas)[0]) == {
        "Status": ("READY TO GO", "WORK IN PROGRESS"),
        "Date of birth": ("17 May 2002", "February 2001"),
        "Was an agent or other third party used to recruit the student?": ("No", "Yes"),
        "Course fees paid to date": ("£5,000.50", "£9,000.00"),
        "Nationality": ("Vietnam", "Ireland"),
        "Academic level": ("RQF level 7", "RQF level 6"),
        "Main study address: City or town": ("London", ""),
        "Is any of the course delivered remotely?": ("No", "Yes"),
        "Share of the taught part delivered remotely": ("", "30%"),
    }


def test_creating_shows_every_value_that_was_given(level1):
    cas = CAS.objects.add(CHILD, route="CHILD_STUDENT", by=level1)
    (created,) = timeline(cas)
    shown = {label: after for label, (_, after) in changes(created).items()}
    assert shown.pop("Status") == "READY TO GO"
    assert shown == {
        fields.BY_NAME[name].subject: fields.BY_NAME[name].display(fields.BY_NAME[name].checked(value))
        for name, value in {**CHILD, "route": "CHILD_STUDENT"}.items()
        if value != ""
    }


def test_the_history_shows_the_payment_and_the_assignment(level1, allocation):
    cas = assigned(a_cas(level1))
    assert set(titles(cas)[:2]) == {"Payment received", "Assigned"}
    assert titles(cas)[2:] == ["Payment started", "Created"]
    (entry,) = [entry for entry in timeline(cas) if entry.title == "Assigned"]
    assert changes(entry) == {
        "Status": ("READY TO GO", "ASSIGNED"),
        "CAS number": ("", cas.number),
        "Date assigned": ("", formats.day(cas.assigned_on)),
        "Expiry date": ("", formats.day(cas.expires_on)),
    }
    (started,) = [entry for entry in timeline(cas) if entry.title == "Payment started"]
    assert changes(started) == {
        "Status": ("", "OPEN"),
        "Number of CAS": ("", "1"),
        "Fee for each CAS": ("", "£55.00"),
    }


def test_the_history_shows_the_application_and_the_decision(level1, allocation, caseworker):
    cas = in_status("USED", by=level1, caseworker=caseworker)
    today = formats.day(clock.today())
    used, applied = timeline(cas)[:2]
    assert changes(used) == {
        "Status": ("ASSIGNED", "USED"),
        "Date used": ("", today),
        "Outcome": ("", "Granted"),
    }
    assert changes(applied) == {"Date of application": ("", today)}
    assert used.by == "Caseworker"


def test_the_history_says_why_a_refund_is_due(level1, allocation, caseworker):
    cas = a_cas(level1)
    order_in_status("REFUNDED", cas, caseworker=caseworker)
    entry = next(entry for entry in timeline(cas) if "a refund is due" in entry.title)
    assert "A CAS changed after this payment was started." in changes(entry)["Reason"][1]


def test_the_history_shows_every_payment(level1, allocation):
    cas, system = a_cas(level1), User.objects.system()
    an_order(cas, by=level1).decline(by=system)
    an_order(cas, by=level1).cancel(by=level1)
    an_order(cas, by=level1).lapse(by=system)
    assert titles(cas) == [
        "Payment lapsed: the payment service did not answer",
        "Payment started",
        "Payment cancelled",
        "Payment started",
        "Payment declined",
        "Payment started",
        "Created",
    ]


def test_the_history_leaves_out_other_cas_and_their_payments(level1, allocation):
    cas = a_cas(level1)
    assigned(a_cas(level1))
    assert titles(cas) == ["Created"]


@pytest.mark.parametrize("name", ["version", "passport_key", "count"])
def test_the_history_leaves_out_values_that_only_the_system_needs(level1, allocation, name):
    cas = assigned(a_cas(level1))
    shown = {label for entry in timeline(cas) for label in changes(entry)}
    assert not {name, name.capitalize(), name.replace("_", " ").capitalize()} & shown


def test_a_value_that_is_no_longer_in_its_list_is_shown_as_recorded(level1, monkeypatch):
    cas = a_cas(level1)
    monkeypatch.setattr(fields.BY_NAME["gender"], "labels", {"1": "Male"})
    assert changes(timeline(cas)[0])["Gender"] == ("", "2")


def test_every_move_has_its_own_words_in_the_history():
    moves = [*CAS_LIFECYCLE.moves, *ORDER_LIFECYCLE.moves, *LICENCE_LIFECYCLE.moves]
    assert [move.name for move in moves if not move.done] == []
