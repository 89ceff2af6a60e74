"""Caseworkers record applications, decisions and reviews of a CAS of any sponsor (specification, section 3)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS
from licences.models import Event
from sms.core import clock
from tests.days import after_days
from tests.factories import a_cas, an_allocation, assigned, brought_to
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cas(level2, allocation):
    return assigned(a_cas(level2))


@pytest.fixture
def elsewhere(outsider, caseworker):
    """Return a function that makes an assigned CAS of another sponsor."""
    an_allocation(outsider.licence, number=50, by=caseworker)
    return lambda **values: assigned(a_cas(outsider, **values))


def page_of(cas):
    return f"/admin/cas/cas/{cas.pk}/"


def buttons(page):
    group = page.all(of="govuk-button-group")
    return [link.text for link in group[0].all("a")] if group else []


def now(cas):
    return CAS.objects.get(pk=cas.pk)


def selectable(page):
    return [box["value"] for box in page.all("input") if box["name"] == "also"]


@pytest.fixture
def applied(cas, caseworker):
    cas.record_application(clock.today(), by=caseworker)
    return cas


@pytest.fixture
def refused(applied, caseworker):
    applied.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    return applied


def test_the_page_offers_what_is_possible_next(desk, cas, caseworker):
    assert buttons(desk.read(page_of(cas))) == ["Record an application"]
    cas.record_application(clock.today(), by=caseworker)
    open_now = ["Record an application", "Close the application", "Mark as used"]
    assert buttons(desk.read(page_of(cas))) == open_now
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    assert buttons(desk.read(page_of(cas))) == ["Record an administrative review"]
    cas.record_review(clock.today(), by=caseworker)
    assert buttons(desk.read(page_of(cas))) == ["Record an administrative review", "Record the new decision"]
    cas.decide_again(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    assert buttons(desk.read(page_of(cas))) == []


def test_an_application_is_recorded_with_its_day_and_corrected(desk, cas, happened):
    after = desk.send(page_of(cas) + "application/", applied_on=clock.today())
    assert (after.h1, after.banners) == (str(now(cas)), ["Application recorded"])
    form = desk.read(page_of(cas) + "application/")
    assert "A new date corrects it" in form.main.text
    assert form.typed()["applied_on_year"] == str(clock.today().year)
    with after_days(3):
        desk.send(page_of(cas) + "application/", applied_on=clock.today())
    assert now(cas).applied_on == clock.today() + timedelta(days=3)
    assert happened() == [("cas", "record_application", "caseworker")] * 2


def test_a_wrong_day_is_refused_beside_its_field_and_kept(desk, cas, happened):
    tomorrow = clock.today() + timedelta(days=1)
    after = desk.send(page_of(cas) + "application/", applied_on=tomorrow)
    assert after.error_of("applied_on").startswith("The date of application must be between the date assigned")
    assert after.typed()["applied_on_day"] == str(tomorrow.day)
    after = desk.send(page_of(cas) + "application/", applied_on_day="", applied_on_month="", applied_on_year="")
    assert after.error_of("applied_on") == "Enter the date of application"
    assert happened() == []


def test_an_application_is_closed(desk, applied, happened):
    after = desk.send(page_of(applied) + "close-application/")
    assert after.error_of("application_closed_as") == "Select how the application ended"
    after = desk.send(
        page_of(applied) + "close-application/",
        application_closed_as="INVALID",
        application_closed_on=clock.today() - timedelta(days=1),
    )
    assert "on or after the date of application" in after.error_of("application_closed_on")
    assert after.typed()["application_closed_as"] == "INVALID"
    after = desk.send(
        page_of(applied) + "close-application/",
        application_closed_as="INVALID",
        application_closed_on=clock.today(),
    )
    assert after.banners == ["The application was closed"]
    assert ("Application closed", "Rejected as invalid") in after.lines()
    assert happened() == [("cas", "close_application", "caseworker")]


@pytest.mark.parametrize("outcome", ["GRANTED", "REFUSED"])
def test_a_cas_is_marked_as_used_with_day_and_outcome(outcome, desk, applied, happened):
    after = desk.send(page_of(applied) + "use/", decided_on=clock.today(), decided_as=outcome)
    assert after.banners == ["CAS marked as used"]
    assert (now(applied).status, now(applied).outcome) == ("USED", outcome)
    assert happened() == [("cas", "use", "caseworker")]


def test_it_names_the_other_cas_of_the_same_individual_which_become_obsolete(desk, applied, elsewhere, happened):
    theirs = elsewhere(passport_number="b 1234567")
    elsewhere(passport_number="Z7654321", family_name="Okafor")
    form = desk.read(page_of(applied) + "use/")
    assert f"Becomes OBSOLETE if it was valid on the day of the decision: {theirs.number} of Elsewhere College" in (
        form.main.text
    )
    assert form.main.text.count("Becomes OBSOLETE") == 1
    assert selectable(form) == [], "the same individual is not asked about"
    desk.send(page_of(applied) + "use/", decided_on=clock.today(), decided_as="GRANTED")
    assert now(theirs).status == "OBSOLETE"
    assert happened()[-2:] == [("cas", "use", "caseworker"), ("cas", "make_obsolete", "system")]


def test_cas_of_perhaps_the_same_individual_are_offered_and_none_is_selected(desk, applied, elsewhere):
    same_names = elsewhere(passport_number="N1111111")
    same_names_too = elsewhere(passport_number="N2222222", family_name="NGUYEN", given_names="thi-minh")
    partial = elsewhere(date_of_birth="2002-05", family_name="Tran")
    others = [
        elsewhere(passport_number="N3333333", date_of_birth="2002-06"),
        elsewhere(date_of_birth="2001", family_name="Tran"),
        elsewhere(passport_number="N4444444", given_names="Another"),
        elsewhere(passport_number="N5555555", nationality="CHN"),
    ]
    form = desk.read(page_of(applied) + "use/")
    assert selectable(form) == [str(each.pk) for each in (same_names, same_names_too, partial)]
    assert "also" not in form.typed(), "nothing is selected beforehand"
    desk.send(page_of(applied) + "use/", decided_on=clock.today(), decided_as="GRANTED", also=same_names.pk)
    statuses = [now(each).status for each in (same_names, same_names_too, partial, *others)]
    assert statuses == ["OBSOLETE"] + ["ASSIGNED"] * 6


def test_what_was_selected_is_kept_when_the_day_is_wrong(desk, applied, elsewhere):
    other = elsewhere(passport_number="N1111111")
    wrong = clock.today() + timedelta(days=1)
    after = desk.send(page_of(applied) + "use/", decided_on=wrong, decided_as="REFUSED", also=other.pk)
    assert "not in the future" in after.error_of("decided_on")
    typed = after.typed()
    assert (typed["also"], typed["decided_as"], typed["decided_on_day"]) == (str(other.pk), "REFUSED", str(wrong.day))
    assert now(other).status == now(applied).status == "ASSIGNED"


def test_a_cas_of_another_person_cannot_be_selected(desk, applied, elsewhere):
    other = elsewhere(passport_number="Z7654321", family_name="Okafor")
    perhaps = elsewhere(passport_number="N1111111")
    events = Event.objects.count()
    desk.send(page_of(applied) + "use/", decided_on=clock.today(), decided_as="GRANTED", also=other.pk)
    assert Event.objects.count() == events
    assert (now(applied).status, now(other).status, now(perhaps).status) == ("ASSIGNED",) * 3


@pytest.mark.parametrize(
    ("meanwhile", "sentence"),
    [("use", "Mark as used is no longer possible"), ("correct", "Another user has changed this")],
)
def test_a_caseworker_who_is_overtaken_sees_it_and_keeps_what_they_typed(
    meanwhile, sentence, desk, applied, caseworker
):
    held = desk.read(page_of(applied) + "use/").typed()
    if meanwhile == "use":
        now(applied).use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    else:
        now(applied).close_application("VOID", clock.today(), by=caseworker)
        now(applied).record_application(clock.today(), by=caseworker)
    typed = typed_in({"decided_on": clock.today(), "decided_as": "REFUSED"})
    after = Page(desk.client.post(page_of(applied) + "use/", {**held, **typed}))
    ((shown, _),) = after.summary
    assert shown.startswith(sentence)
    assert (after.typed()["decided_as"], after.typed()["decided_on_day"]) == ("REFUSED", str(clock.today().day))
    assert now(applied).outcome in {"GRANTED", ""}


def test_after_the_licence_has_ended_a_cas_is_not_used(desk, cas, licence, caseworker, system):
    with clock.set_to(clock.now() + timedelta(days=250)):
        CAS.objects.expire(by=system)
        brought_to("REVOKED", licence, caseworker=caseworker)
        cas.record_application(cas.expires_on, by=caseworker)
        after = desk.send(page_of(cas) + "use/", decided_on=clock.today(), decided_as="GRANTED")
    ((sentence, _),) = after.summary
    assert sentence == "The licence or its route has ended, so this CAS cannot be used."
    assert after.typed()["decided_as"] == "GRANTED"
    assert now(cas).status == "EXPIRED"


def test_a_review_is_recorded_and_the_application_decided_again(desk, refused, happened):
    after = desk.send(page_of(refused) + "review/", reviewed_on=clock.today() + timedelta(days=1))
    assert "on or after the date used, and not in the future" in after.error_of("reviewed_on")
    after = desk.send(page_of(refused) + "review/", reviewed_on=clock.today())
    assert after.banners == ["Administrative review recorded"]
    assert (now(refused).status, now(refused).outcome, now(refused).reviewed_on) == ("USED", "REFUSED", clock.today())
    after = desk.send(page_of(refused) + "decide-again/", decided_on=clock.today(), decided_as="GRANTED")
    assert after.banners == ["New decision recorded"]
    assert (now(refused).status, now(refused).outcome, now(refused).reviewed_on) == ("USED", "GRANTED", None)
    assert happened() == [("cas", "record_review", "caseworker"), ("cas", "decide_again", "caseworker")]


def test_the_sponsor_sees_the_application_its_closing_and_the_outcome(applied, caseworker, as_user, level2):
    address = f"/students/cas/{applied.pk}/"
    applied.close_application("VOID", clock.today(), by=caseworker)
    shown = Page(as_user(level2).get(address))
    assert ("Application closed", "Void") in shown.lines()
    assert "Application for leave closed" in shown.main.text
    applied.record_application(clock.today(), by=caseworker)
    applied.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    applied.record_review(clock.today(), by=caseworker)
    shown = Page(as_user(level2).get(address))
    keys = dict(shown.lines())
    assert keys["Outcome"] == "Refused"
    assert {"Date of application", "Date used", "Date of administrative review"} <= keys.keys()
    assert "Application closed" not in keys
    assert "Successful administrative review recorded" in shown.main.text
    manage = Page(as_user(level2).get(f"/students/sponsorship-duties/manage/{applied.pk}/"))
    assert dict(manage.lines())["Outcome"] == "Refused"


def test_another_sponsor_learns_only_that_another_cas_was_used(applied, elsewhere, caseworker, as_user, outsider):
    theirs = elsewhere()
    applied.use(by=caseworker, decided_on=clock.today(), outcome="GRANTED")
    shown = Page(as_user(outsider).get(f"/students/cas/{theirs.pk}/"))
    assert "Became obsolete: another CAS of the same individual was used" in shown.main.text
    assert applied.number not in shown.html
    assert "University of Example" not in shown.html
    assert "Outcome" not in dict(shown.lines())


def test_the_screen_takes_as_many_statements_for_many_others_as_for_few(
    desk, applied, elsewhere, django_assert_num_queries
):
    elsewhere(), elsewhere(passport_number="N0000001")
    desk.read(page_of(applied) + "use/")
    with CaptureQueriesContext(connection) as few:
        desk.read(page_of(applied) + "use/")
    for each in range(4):
        elsewhere(), elsewhere(passport_number=f"N100000{each}")
    with django_assert_num_queries(len(few)):
        desk.read(page_of(applied) + "use/")
