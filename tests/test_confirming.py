"""The portal asks for the password or a code again before what cannot be undone (specification, section 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory

from cas.models import CAS
from licences import confirming
from licences.models import Event, LicenceRequest, SignIn, User
from licences.models.session import SessionStore
from tests.factories import PASSWORD, a_cas, assigned
from tests.pages import Page
from tests.second_factors import turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
WRONG = "Your password is wrong. After 3 wrong tries, you must wait 30 minutes before you can try again"


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(20)` is 20 minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes, seconds=0: traveller.move_to(NINE + timedelta(minutes=minutes, seconds=seconds))


@pytest.fixture
def client(at, level1, allocation):
    """Return a client in which the Level 1 user signed in at nine."""
    client = Client()
    client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    client.get("/students/")
    return client


def live(level1, **values):
    return assigned(a_cas(level1, **values))


class Act:
    """Something that cannot be undone, as a user does it on its page: `send` does it, and `is_done` says so."""

    def __init__(self, client, level1, level2):
        self.client, self.level1, self.level2 = client, level1, level2
        self.prepare()


class Withdrawing(Act):
    def prepare(self):
        self.cas = live(self.level1)
        self.address = f"/students/sponsorship-duties/manage/{self.cas.pk}/withdraw/?from=list"

    def send(self):
        typed = Page(self.client.get(self.address)).typed() | {"reason": "The student has died"}
        return self.client.post(self.address, typed)

    def is_done(self):
        return CAS.objects.get(pk=self.cas.pk).status == "WITHDRAWN"


class WithdrawingSeveral(Withdrawing):
    def prepare(self):
        super().prepare()
        self.cas = live(self.level1, passport_number="Another")
        found = self.client.post(
            "/students/sponsorship-duties/selected/withdraw/", {"cas": self.cas.pk, "back": "/students/cas/"}
        )
        self.address = found["Location"]


class TypingTheReasonFirst(WithdrawingSeveral):
    """The same, as a user who first sees the page again, because the reason was missing."""

    def send(self):
        typed = Page(self.client.get(self.address)).typed()
        again = Page(self.client.post(self.address, typed)).typed()
        return self.client.post(self.address, again | {"reason": "The student has died"})


class Surrendering(Act):
    address = "/licence/requests/changes/"

    def prepare(self):
        new = "/licence/requests/new/surrender-licence/"
        self.client.post(new, Page(self.client.get(new)).typed() | {"reasons": "We close"})

    def send(self):
        return self.client.post(self.address, Page(self.client.get(self.address)).typed())

    def is_done(self):
        return LicenceRequest.objects.get().status == "SUBMITTED"


class TransferringEverything(Act):
    address = "/students/transfer/"

    def prepare(self):
        self.cas = a_cas(self.level2)

    def send(self):
        return self.client.post(self.address, {"of": self.level2.pk, "to": self.level1.pk, "confirmed": "yes"})

    def is_done(self):
        return CAS.objects.get(pk=self.cas.pk).owner == self.level1


class DeactivatingWithATransfer(TransferringEverything):
    def send(self):
        return self.client.post(f"/users/{self.level2.pk}/deactivate/", {"to": self.level1.pk})


class OfAUser(Act):
    """Something about how a Level 2 user signs in."""

    button = ""

    def prepare(self):
        self.level2.set_email("level2@example.ac.uk")
        self.level2.save()
        turned_on(self.level2)

    def send(self):
        return self.client.post(f"/users/{self.level2.pk}/{self.button}/")

    def is_done(self):
        return Event.objects.about("user", self.level2.pk).last().verb == self.verb


class SendingALink(OfAUser):
    button, verb = "send-link", "send_link"


class ResettingTheSecondFactor(OfAUser):
    button, verb = "reset-second-factor", "reset_second_factor"


class Reactivating(OfAUser):
    button, verb = "reactivate", "reactivate"

    def prepare(self):
        super().prepare()
        self.level2.deactivate(by=self.level1)


class ChangingTheAddress(OfAUser):
    verb = "amend"

    def send(self):
        address = f"/users/{self.level2.pk}/edit/"
        return self.client.post(address, Page(self.client.get(address)).typed() | {"email": "new@example.ac.uk"})


class Adding(OfAUser):
    def send(self):
        return self.client.post("/users/add/", {"name": "Nia Comer", "email": "nia@example.ac.uk"})

    def is_done(self):
        return User.objects.filter(name="Nia Comer").exists()


class RequestingALevel1User(Surrendering):
    def prepare(self):
        new = "/licence/requests/new/level-1-user/"
        typed = {"name": "Nia Comer", "email": "nia@example.ac.uk", "reasons": "We grow"}
        self.client.post(new, Page(self.client.get(new)).typed() | typed)


ACTS = [
    Withdrawing,
    WithdrawingSeveral,
    TypingTheReasonFirst,
    Surrendering,
    TransferringEverything,
    DeactivatingWithATransfer,
    SendingALink,
    ResettingTheSecondFactor,
    Reactivating,
    ChangingTheAddress,
    Adding,
    RequestingALevel1User,
]


@pytest.fixture(params=ACTS, ids=lambda act: act.__name__)
def act(request, client, level1, level2, at):
    """Return an act that is prepared at nine. It is eleven minutes later then."""
    prepared = request.param(client, level1, level2)
    at(11)
    return prepared


def confirms(client, address, **typed):
    return client.post(address, typed)


def test_a_user_who_has_just_signed_in_is_not_asked(act, at):
    at(9)
    act.send()
    assert act.is_done()


def test_the_act_waits_until_the_password_is_entered_and_nothing_typed_is_lost(act):
    asked = act.send()["Location"]
    assert asked.startswith("/confirm/")
    assert not act.is_done()
    page = Page(act.client.get(asked))
    assert page.h1 == "Confirm that it is you"
    assert page.by_id("id_password")["autocomplete"] == "current-password"
    answer = confirms(act.client, asked, password=PASSWORD)
    assert answer.status_code == 302
    assert act.is_done()


def test_cancel_leads_to_a_page_that_opens_and_nothing_is_done(act):
    asked = act.send()["Location"]
    back = Page(act.client.get(asked)).link("Cancel")
    assert act.client.get(back).status_code == 200
    assert not act.is_done()


def test_without_the_question_the_act_would_be_done(act, monkeypatch):
    monkeypatch.setattr(confirming, "require_recent", lambda request, **back: None)
    act.send()
    assert act.is_done()


def test_a_wrong_password_does_nothing_and_counts_as_a_wrong_try(act):
    asked = act.send()["Location"]
    for typed in ("wrong", "again", "still"):
        assert [sentence for sentence, _ in Page(confirms(act.client, asked, password=typed)).summary] == [WRONG]
    assert not act.is_done()
    confirms(act.client, asked, password=PASSWORD)
    assert not act.is_done()
    assert list(SignIn.objects.order_by("-pk").values_list("outcome", flat=True)[:4]) == ["LOCKED", *["WRONG"] * 3]


def test_a_user_with_a_second_factor_enters_a_code(act, level1, at):
    app, _ = turned_on(level1)
    at(12)
    asked = act.send()["Location"]
    page = Page(act.client.get(asked))
    assert page.by_id("id_code")["autocomplete"] == "one-time-code"
    confirms(act.client, asked, password=PASSWORD)
    assert not act.is_done()
    confirms(act.client, asked, code="000000")
    assert not act.is_done()
    confirms(act.client, asked, code=app.code())
    assert act.is_done()


def test_a_recovery_code_is_enough(act, level1):
    _, codes = turned_on(level1)
    confirms(act.client, act.send()["Location"], code=codes[0])
    assert act.is_done()


def test_the_answer_lasts_ten_minutes(client, level1, at):
    first, second, third = (Withdrawing(client, level1, None) for _ in range(3))
    at(11)
    confirms(client, first.send()["Location"], password=PASSWORD)
    at(20)
    assert second.send()["Location"] != second.address
    assert second.is_done()
    at(21)
    client.get("/students/")
    assert third.send()["Location"].startswith("/confirm/")


def test_a_page_in_another_tab_does_not_confirm_a_later_request(client, level1, at):
    first, second = Withdrawing(client, level1, None), Withdrawing(client, level1, None)
    at(11)
    asked = first.send()["Location"]
    second.send()
    answer = client.post(asked, {"password": PASSWORD}, follow=True)
    assert "There is nothing to confirm any longer." in Page(answer).banners
    assert not first.is_done()
    assert not second.is_done()


def test_a_confirmation_does_the_act_once(act):
    asked = act.send()["Location"]
    confirms(act.client, asked, password=PASSWORD)
    assert confirms(act.client, asked, password=PASSWORD)["Location"] == "/"


def test_of_two_confirmations_at_once_the_second_does_nothing(act):
    """The second has read its session before the first saved it."""
    asked = act.send()["Location"]
    key = asked.split("/")[2]
    first, second = (RequestFactory().post(asked) for _ in range(2))
    for request in (first, second):
        request.session = SessionStore(act.client.session.session_key)
        request.user = act.level1
        request._messages = FallbackStorage(request)
        assert confirming.waiting(request, key)
    assert confirming.confirm(first, key).status_code == 302
    assert act.is_done()
    assert confirming.confirm(second, key) is None


@pytest.mark.parametrize("address", ["/profile/email/", "/profile/second-factor/"])
def test_cancel_of_a_page_that_asks_before_it_opens_leads_to_the_profile(address, client, level1, at):
    client.get("/profile/")
    at(11)
    asked = client.get(address)["Location"]
    assert Page(client.get(asked)).link("Cancel") == "/profile/"
    assert client.get("/profile/").status_code == 200


def test_after_signing_out_nothing_waits(act):
    asked = act.send()["Location"]
    act.client.post("/sign-out/")
    act.client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    confirms(act.client, asked, password=PASSWORD)
    assert not act.is_done()


def test_a_form_that_is_refused_after_the_password_goes_to_its_own_address(client, level1, at):
    act = Withdrawing(client, level1, None)
    at(11)
    asked = act.send()["Location"]
    act.cas.withdraw(by=level1, reason="Meanwhile, in another tab")
    page = Page(confirms(client, asked, password=PASSWORD))
    assert page.summary
    assert page.form(act.address)["method"] == "post"
    assert page.typed(act.address)["reason"] == "The student has died"


def test_after_the_password_withdrawing_several_leads_back_to_the_list_and_has_withdrawn_all_of_the_selection(
    client, level1, at
):
    act = WithdrawingSeveral(client, level1, None)
    others = [live(level1, passport_number=f"More {n}") for n in range(2)]
    found = client.post(
        "/students/sponsorship-duties/selected/withdraw/",
        {"cas": [act.cas.pk, others[0].pk], "back": "/students/cas/"},
    )
    act.address = found["Location"]
    at(11)
    asked = act.send()["Location"]
    answer = confirms(client, asked, password=PASSWORD)
    assert answer["Location"] == "/students/cas/"
    assert Page(client.get(answer["Location"])).banners == ["2 CAS are WITHDRAWN."]
    for cas, status in ((act.cas, "WITHDRAWN"), (others[0], "WITHDRAWN"), (others[1], "ASSIGNED")):
        cas.refresh_from_db()
        assert cas.status == status
        reasons = [str(line.data) for line in Event.objects.about("cas", cas.pk).filter(verb="withdraw")]
        assert [("The student has died" in reason) for reason in reasons] == [True] * (status == "WITHDRAWN")


def test_withdrawing_several_that_is_refused_after_the_password_keeps_selection_and_reason(client, level1, at):
    act = WithdrawingSeveral(client, level1, None)
    other = live(level1, passport_number="More")
    selected = {"cas": [act.cas.pk, other.pk], "back": "/students/cas/"}
    act.address = client.post("/students/sponsorship-duties/selected/withdraw/", selected)["Location"]
    at(11)
    asked = act.send()["Location"]
    other.withdraw(by=level1, reason="Meanwhile, in another tab")
    page = Page(confirms(client, asked, password=PASSWORD))
    assert "Meanwhile" not in page.summary[0][0]
    assert not act.is_done()
    typed = page.typed(act.address)
    assert typed["reason"] == "The student has died"
    answer = client.post(page.form(act.address)["action"], typed)
    assert answer["Location"] == "/students/cas/"
    assert act.is_done()


def test_a_user_profile_that_is_refused_after_the_password_goes_to_its_own_address(client, level1, level2, at):
    act = ChangingTheAddress(client, level1, level2)
    at(11)
    asked = act.send()["Location"]
    level2.amend(by=level1, name="Meanwhile", email="level2@example.ac.uk")
    page = Page(confirms(client, asked, password=PASSWORD))
    typed = page.typed(f"/users/{level2.pk}/edit/")
    assert (page.summary[0][0].startswith("Another user"), typed["email"]) == (True, "new@example.ac.uk")


def test_a_change_of_the_name_alone_is_not_asked(client, level1, level2, at):
    address = f"/users/{level2.pk}/edit/"
    OfAUser(client, level1, level2)
    at(11)
    client.post(address, Page(client.get(address)).typed() | {"name": "New Name"})
    level2.refresh_from_db()
    assert level2.name == "New Name"


@pytest.mark.parametrize("what", ["unlock", "deactivate"])
def test_what_gives_no_right_to_sign_in_is_not_asked(what, client, level1, level2, at):
    level2.sign_in_counts.create(browser="", tried_at=NINE, locked_until="2099-01-01 00:00Z")
    at(11)
    client.post(f"/users/{level2.pk}/{what}/")
    assert Event.objects.about("user", level2.pk).last().verb == what


def test_a_wrong_form_is_answered_before_the_password_is_asked_for(client, level1, at):
    act = Withdrawing(client, level1, None)
    at(11)
    typed = Page(client.get(act.address)).typed() | {"reason": ""}
    assert Page(client.post(act.address, typed)).summary


def test_a_draft_in_the_background_is_not_asked(client, level1, at):
    act = Withdrawing(client, level1, None)
    typed = Page(client.get(act.address)).typed() | {"reason": "The student"}
    at(11)
    assert client.post(act.address, typed, headers={"X-Keep-Draft": "true"}).status_code == 200


def test_another_kind_of_request_and_another_transfer_are_not_asked(client, level1, level2, at):
    cas = a_cas(level2)
    new, changes = "/licence/requests/new/organisation/", "/licence/requests/changes/"
    at(11)
    answer = client.post(f"/students/cas/{cas.pk}/transfer/", {"to": level1.pk})
    assert not answer["Location"].startswith("/confirm/")
    client.post(new, Page(client.get(new)).typed() | {"address": "2 High Street", "reasons": "We moved"})
    answer = client.post(changes, Page(client.get(changes)).typed())
    assert answer["Location"] == changes
