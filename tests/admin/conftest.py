"""A record of each kind for the admin, and a caseworker who uses it."""

import pytest

from cas.models import Printout, Rule
from licences.models import Event, SignIn, User
from sms.core import clock
from tests.factories import a_batch, a_cas, assigned, order_in_status
from tests.licences.factories import a_message
from tests.pages import Page, typed_in
from tests.sponsorship_duties.factories import a_report


@pytest.fixture
def records(level2, allocation, caseworker):
    """Create a record of each kind. Return the ids by the part of the address that names the kind."""
    live, other = assigned(a_cas(level2)), a_cas(level2, passport_number="X2")
    order = order_in_status("REFUND DUE", other, caseworker=caseworker)
    message = a_message(level2.licence, by=caseworker)
    return {
        "licences/licence": level2.licence_id,
        "licences/user": level2.pk,
        "licences/allocation": allocation.pk,
        "licences/allocationentry": allocation.entries.first().pk,
        "licences/signin": SignIn.objects.create(user=level2, outcome="WRONG", tried_at=clock.real_now()).pk,
        "licences/job": a_printout(live, by=level2).job_id,
        "licences/message": message.pk,
        "licences/addressee": message.addressees.get().pk,
        "licences/event": Event.objects.last().pk,
        "cas/batch": a_batch(level2, a_cas(level2, passport_number="X3")).pk,
        "cas/cas": live.pk,
        "cas/order": order.pk,
        "cas/rule": Rule.objects.get(name="fee_pence").pk,
        "sponsorship_duties/activity": (report := a_report(live, by=level2)).pk,
        "sponsorship_duties/activitytype": report.type_id,
        "sponsorship_duties/activityreason": report.reason_id,
    }


def a_printout(*cas_list, by):
    return Printout.objects.ask([cas.pk for cas in cas_list], name="Some", by=by)


class Caseworker:
    """A caseworker with a browser. They send forms as people do: with the values on the page, and their changes."""

    def __init__(self, client):
        self.client = client

    def caseworker(self):
        return User.objects.get(username="caseworker")

    def read(self, address):
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return Page(answer)

    def send(self, address, /, **typed):
        """Send the form of a page. Return the next page, or the same page with its errors."""
        held = self.read(address).typed()
        answer = self.client.post(address, {**held, **typed_in(typed)}, follow=True)
        page = Page(answer)
        assert answer.status_code == (422 if page.all(of="govuk-error-summary") else 200)
        return page


@pytest.fixture
def desk(as_user, caseworker):
    return Caseworker(as_user(caseworker))


@pytest.fixture
def happened():
    """Return a function that returns the events since now, as (kind, verb, user ID)."""
    before = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0

    def since():
        events = Event.objects.filter(pk__gt=before).order_by("pk")
        return [(event.kind, event.verb, event.by.username) for event in events.select_related("by")]

    return since
