"""Text in which nothing can be seen is empty, on every page and in every verb (specification, section 8)."""

import pytest
from django.test import Client

from cas import refusals
from cas.models import CAS, Batch, CourseTemplate, StudyAddress, assigned_together
from licences.models import Licence
from sms.core import clock
from sms.core.refused import InvalidValues, Refused
from sponsorship_duties.models import Activity, reporting
from tests.factories import a_batch, a_draft
from tests.pages import Page
from tests.pasted_values import UNSEEN
from tests.sponsorship_duties.factories import a_reason, a_report, a_type
from tests.test_sign_in_page import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

DUTIES = "/students/sponsorship-duties"
ADDRESS = {"study_address_line_1": "1 Example Street", "study_city": "London", "study_postcode": "WC1E 6BT"}
each_text = pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
some_texts = pytest.mark.parametrize(
    "unseen", ["\u2060", "\u00ad\u200b", "\u202e", "\u200d", "\u3164\u2003", "\u2028"], ids=ascii
)

# The pages on which a text must be given: the address, and the field.
PAGES = {
    "reason for withdrawing": (lambda cas: f"{DUTIES}/manage/{cas.pk}/withdraw/", "reason"),
    "details of a report": (
        lambda cas: f"{DUTIES}/report/{cas.pk}/activities/{a_type('Stop sponsoring student').pk}/",
        "details",
    ),
    "name of a new batch": (lambda cas: "/students/create-cas/STUDENT/new-batch/", "name"),
    "name of a batch": (lambda cas: f"/students/batches/{a_batch(cas.owner).pk}/rename/", "name"),
    "name of an address": (lambda cas: "/students/study-addresses/new/", "name"),
    "family name": (lambda cas: "/students/create-cas/STUDENT/new/", "family_name"),
    "search by number": (lambda cas: f"{DUTIES}/report/by-number/", "number"),
    "search box": (lambda cas: "/students/find/", "anything"),
}


@pytest.mark.parametrize("where", PAGES)
@some_texts
def test_it_is_refused_with_the_sentence_of_an_empty_text(unseen, where, as_user, level1, cas):
    client, (address, field) = as_user(level1), PAGES[where]
    place = address(cas)
    empty, answer = (client.post(place, {field: text}) for text in ("", unseen))
    assert answer.status_code == empty.status_code
    assert Page(answer).summary == Page(empty).summary != []
    assert CAS.objects.get(pk=cas.pk).status == "ASSIGNED"
    assert not Activity.objects.exists()


@some_texts
def test_a_user_id_in_which_nothing_can_be_seen_is_none(unseen, level1):
    answer = sign_in(unseen)
    assert Page(answer).error_of("login") == "Enter your User ID"


@some_texts
def test_a_reason_of_a_caseworker_in_which_nothing_can_be_seen_is_none(unseen, as_user, caseworker, licence):
    place = f"/admin/licences/licence/{licence.pk}/suspend/"
    answer = as_user(caseworker).post(place, {"reason": unseen})
    assert Page(answer).error_of("reason") == "Enter the reason"
    assert Licence.objects.get(pk=licence.pk).status == "ACTIVE"


@some_texts
def test_a_sponsor_note_in_which_nothing_can_be_seen_is_no_note(unseen, mine, cas, level2):
    cas.write_note("Deferred", by=level2, version=cas.version)
    mine.send(f"{DUTIES}/manage/{cas.pk}/note/", sponsor_note=unseen)
    assert CAS.objects.get(pk=cas.pk).sponsor_note == ""


@pytest.fixture
def mine(desk, level2):
    return desk(level2)


def test_what_is_pasted_with_a_user_id_does_not_keep_the_user_out(level1):
    client = Client()
    sign_in("\u200elevel1\u2060\u200d ", client=client)
    assert is_signed_in(client)


def test_an_optional_field_in_which_nothing_can_be_seen_stays_empty(as_user, level1):
    cas = a_draft(level1, given_names="Ada")
    place = f"/students/cas/{cas.pk}/edit/"
    client = as_user(level1)
    held = Page(client.get(place)).typed()
    unseen = {
        "given_names": "\u2060",
        "course_fees_paid": "\u200e",
        "nationality": "\ufeff",
        "hours_per_week": "\u00ad",
    }
    unseen |= {f"date_of_birth_{part}": "\u200f" for part in ("day", "month", "year")}
    assert client.post(place, {**held, **unseen}).status_code == 302
    cas.refresh_from_db()
    assert (cas.given_names, cas.course_fees_paid, cas.nationality, cas.date_of_birth) == ("", None, "", "")


# The verbs, whichever page or file calls them


def withdraw(cas, text, by):
    cas.withdraw(by=by, reason=text)


def report(cas, text, by):
    type_, reason = a_type("Stop sponsoring student"), a_reason("Other")
    more = {"activity_type": type_, "reason": reason, "happened_on": clock.today()}
    Activity.objects.report([cas.pk], by=by, details=text, **more)


def withdraw_report(cas, text, by):
    standing = Activity.objects.filter(cas=cas).first() or a_report(cas, by=by)
    reason = a_reason("Previous notification withdrawn", "Previous notification withdrawn")
    standing.withdraw(by=by, on=standing.happened_on, details=text, reason=reason)


def name_a_batch(cas, text, by):
    Batch.objects.add(text, route="STUDENT", by=by)


def name_an_address(cas, text, by):
    StudyAddress.objects.add({"name": text, **ADDRESS}, by=by)


def name_a_template(cas, text, by):
    CourseTemplate.objects.add({"name": text, "course_title": text}, route="STUDENT", by=by)


def add_a_cas(cas, text, by):
    CAS.objects.add({"family_name": text}, route="STUDENT", by=by)


VERBS = (withdraw, report, withdraw_report, name_a_batch, name_an_address, name_a_template, add_a_cas)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_no_verb_takes_it(verb, cas, level1):
    with pytest.raises(Refused) as refused_of_empty:
        verb(cas, "", level1)
    for unseen in UNSEEN:
        with pytest.raises(Refused) as refused:
            verb(cas, unseen, level1)
        assert str(refused.value) == str(refused_of_empty.value)
        if isinstance(refused.value, InvalidValues):
            assert refused.value.errors == refused_of_empty.value.errors
    assert CAS.objects.get(pk=cas.pk).status == "ASSIGNED"


@each_text
def test_a_note_is_emptied_by_it(unseen, cas, level1):
    cas.write_note("Deferred", by=level1, version=cas.version)
    cas.write_note(unseen, by=level1, version=cas.version)
    assert cas.sponsor_note == ""


def test_without_the_rule_a_word_joiner_would_withdraw_a_cas(cas, level1, monkeypatch):
    """The twin of the tests above."""
    monkeypatch.setattr(assigned_together, "is_blank", lambda text: not text.strip())
    withdraw(cas, "\u2060", level1)
    assert cas.status == "WITHDRAWN"


def test_without_the_rule_a_report_would_say_nothing(cas, level1, monkeypatch):
    monkeypatch.setattr(reporting, "is_blank", lambda text: not text.strip())
    report(cas, "\u2060", level1)
    assert Activity.objects.get().details == "\u2060"


def test_a_reason_that_can_be_seen_is_taken(cas, level1):
    with pytest.raises(Refused, match=str(refusals.NO_REASON_TO_WITHDRAW())):
        withdraw(cas, "\u2060", level1)
    withdraw(cas, "\u2060-", level1)
    assert cas.status == "WITHDRAWN"
