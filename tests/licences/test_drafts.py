"""Drafts: what a user types into a form is kept for that user only (specification, section 8)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.shortcuts import redirect, render
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_http_methods

from licences import drafts
from licences.drafts import Token, keeps_drafts
from licences.models import Draft, Event
from licences.regular_jobs import delete_old_drafts
from sms import urls as portal
from sms.core import clock
from sms.core.govuk.fields import CheckboxesField, DateField, LongTextField, TextField
from sms.core.govuk.forms import GovukForm
from tests.factories import PASSWORD
from tests.pages import Page
from tests.racing import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

NOTE, NEW = "/test/notes/7/", "/test/notes/new/"
IN_BACKGROUND = {"X-Keep-Draft": "true"}


class NoteForm(GovukForm):
    title = TextField("Title", required="Enter a title", max_length=10)
    seen_on = DateField("Seen on")
    kinds = CheckboxesField("Kinds", choices=[("A", "Alpha"), ("B", "Beta")])
    text = LongTextField("Text", max_length=100)


def note_page(request, draft, pk=None):
    form = draft.shown(NoteForm(draft.typed))
    if form.is_valid():
        draft.finish()
        return redirect("home")
    return render(request, "govuk/form_page.html", {"form": form, "draft": draft}, status=422 if form.errors else 200)


read_or_send = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    *portal.urlpatterns,
    path("test/notes/new/", read_or_send(keeps_drafts(NoteForm.parameters, is_new=True)(note_page)), name="new_note"),
    path("test/notes/<int:pk>/", read_or_send(keeps_drafts(NoteForm.parameters)(note_page)), name="note"),
]


@pytest.fixture
def client(level1):
    """Return a browser in which level1 has signed in. It sends forms through the CSRF check."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(level1)
    return client


@pytest.fixture
def noted(client):
    """Return a function: `noted(title="Anna")` returns what a browser sends when "Anna" is typed into a note's form."""

    def fill_in(address=NOTE, client=client, **typed):
        return sent_by(Page(client.get(address))) | typed

    return fill_in


def in_background(client, address, typed):
    return client.post(address, typed, headers=IN_BACKGROUND)


def kept(user):
    """Return the texts kept of the user's forms, latest first."""
    return [
        {name: values for name, values in draft.data.items() if any(values)}
        for draft in Draft.objects.for_user(user).open()
    ]


def token(user, **changes):
    values = {"form": "note", "subject": "7", "key": "", "drawn_at": clock.now()} | changes
    return Token(user_id=user.pk, **values).signed()


def sent_by(page, action=""):
    """Return what a browser sends of a form, with its tokens."""
    (csrf,) = {field["value"] for field in page.form(action).all("input") if field["name"] == "csrfmiddlewaretoken"}
    return page.typed(action) | {"csrfmiddlewaretoken": csrf}


def shows(client, address=NOTE):
    """Return the title that the form shows."""
    return Page(client.get(address)).typed()["title"]


# While typing


def test_what_is_typed_is_kept_in_the_background(client, noted, level1):
    moment = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
    with clock.set_to(moment):
        answer = in_background(client, NOTE, noted(title="Anna", kinds=["A", "B"], seen_on_day="31"))
    assert (answer.status_code, answer.json()) == (200, {"kept": "10:42am"})
    (draft,) = Draft.objects.open()
    assert (draft.user, draft.form, draft.subject, draft.key, draft.kept_at) == (level1, "note", "7", "", moment)
    assert kept(level1) == [{"title": ["Anna"], "kinds": ["A", "B"], "seen_on_day": ["31"]}]


def test_a_draft_is_not_an_event(client, noted):
    before = Event.objects.count()
    in_background(client, NOTE, noted(title="Anna"))
    assert Event.objects.count() == before


def test_new_texts_replace_those_kept_before(client, noted, level1):
    typed = noted(title="Ann", text="Thursday")
    in_background(client, NOTE, typed)
    in_background(client, NOTE, typed | {"title": "Anna", "text": ""})
    assert kept(level1) == [{"title": ["Anna"]}]


def test_an_empty_form_is_not_a_draft(client, noted, level1):
    typed = noted(title="Anna")
    in_background(client, NOTE, typed)
    assert in_background(client, NOTE, typed | {"title": ""}).status_code == 200
    assert kept(level1) == []
    in_background(client, NOTE, typed)
    assert kept(level1) == [{"title": ["Anna"]}]


def test_only_the_forms_own_fields_are_kept(client, noted, level1):
    in_background(client, NOTE, noted(title="Anna", status="ASSIGNED", password="secret"))
    (draft,) = Draft.objects.open()
    assert set(draft.data) <= set(NoteForm.parameters())


def test_values_that_are_too_long_or_too_many_are_cut_off(client, noted, level1):
    in_background(client, NOTE, noted(title="x" * 500_000, kinds=["A"] * 300))
    (draft,) = Draft.objects.open()
    assert draft.data["title"] == ["x" * 400_000]
    assert draft.data["kinds"] == ["A"] * 100


@pytest.mark.parametrize("strange", ["\x00", "a\x00b", "\ud800", "\udfffz", "\U0001f600", "\u202e\ufeff", "ﷺ" * 99])
def test_a_draft_can_hold_any_character(strange, level1):
    identity = {"user_id": level1.pk, "form": "note", "subject": "7", "key": "", "drawn_at": clock.now()}
    Draft.objects.keep(typed={"title": [strange]}, **identity)
    (text,) = Draft.objects.get().data["title"]
    assert len(text) == len(strange)
    assert text == strange or "\ufffd" in text


def test_a_nul_character_comes_back_as_a_visible_character(client, noted):
    assert client.post(NOTE, noted(title="An\x00na")).status_code == 422
    assert shows(client) == "An\ufffdna"


# Coming back


def test_the_form_shows_what_was_typed_even_if_it_is_wrong_with_a_banner_above(client, noted):
    with clock.set_to(datetime(2026, 11, 21, 10, 42, tzinfo=UTC)):
        in_background(client, NOTE, noted(title="Far too long a title", kinds=["B"], seen_on_day="31st"))
    page = Page(client.get(NOTE))
    assert page.status == 200
    typed = page.typed()
    assert (typed["title"], typed["kinds"], typed["seen_on_day"]) == ("Far too long a title", "B", "31st")
    assert page.banners == ["We kept what you typed on 21 November 2026 at 10:42am. It is shown below."]


def test_no_errors_are_shown_until_the_user_selects_save(client, noted):
    in_background(client, NOTE, noted(text="Half a note", seen_on_day="31st"))
    page = Page(client.get(NOTE))
    assert not page.title.startswith("Error")
    assert page.summary == []
    assert client.post(NOTE, sent_by(page)).status_code == 422


def test_opening_a_form_with_a_draft_saves_nothing(client, noted, level1):
    in_background(client, NOTE, noted(title="Anna"))
    assert client.get(NOTE).status_code == 200
    assert kept(level1)


def test_what_was_typed_is_kept_when_a_save_is_refused(client, noted, level1):
    assert client.post(NOTE, noted(text="No title")).status_code == 422
    assert kept(level1) == [{"text": ["No title"]}]


def test_a_save_ends_the_draft(client, noted, level1):
    typed = noted(title="Anna")
    in_background(client, NOTE, typed)
    assert client.post(NOTE, typed)["Location"] == "/"
    assert kept(level1) == []
    assert Draft.objects.get().data == {}
    assert Page(client.get(NOTE)).banners == []


def test_a_draft_can_be_deleted_from_its_form(client, noted, level1):
    in_background(client, NOTE, noted(title="Anna"))
    page = Page(client.get(NOTE))
    (button,) = page.buttons("Delete it and start again")
    answer = client.post(NOTE, sent_by(page, NOTE) | {button["name"]: ""})
    assert (answer.status_code, answer["Location"]) == (302, NOTE)
    assert kept(level1) == []
    assert shows(client) == ""


def test_another_site_cannot_delete_a_draft(client, noted, level1):
    typed = noted(title="Anna")
    in_background(client, NOTE, typed)
    client.post(NOTE, {"draft": typed["draft"], "discard-draft": ""})
    assert kept(level1)


def test_texts_that_arrive_after_their_save_are_not_kept(client, noted, level1):
    """The last request of the script can arrive after the save that contains its texts."""
    typed = noted(title="Anna")
    client.post(NOTE, typed)
    answer = in_background(client, NOTE, typed)
    assert (answer.status_code, answer.json()) == (410, {"kept": None})
    assert kept(level1) == []


def test_its_twin_if_the_save_had_been_before_the_page_the_texts_would_be_kept(client, noted, level1):
    typed = noted(title="Anna")
    client.post(NOTE, typed)
    Draft.objects.update(done_at=clock.now() - timedelta(days=1))
    assert in_background(client, NOTE, typed).status_code == 200
    assert kept(level1)


def test_a_page_that_was_opened_after_the_save_keeps_a_new_draft(client, noted, level1):
    client.post(NOTE, noted(title="Anna"))
    in_background(client, NOTE, noted(title="Berta"))
    assert kept(level1) == [{"title": ["Berta"]}]


def test_each_opening_of_a_form_for_something_new_has_its_own_draft(client, noted, level1):
    for title in ("Anna", "Berta"):
        in_background(client, NEW, noted(NEW, title=title))
    assert kept(level1) == [{"title": ["Berta"]}, {"title": ["Anna"]}]
    assert shows(client, NEW) == ""
    berta, anna = Draft.objects.open()
    assert (shows(client, anna.address), shows(client, berta.address)) == ("Anna", "Berta")
    client.post(anna.address, sent_by(Page(client.get(anna.address))))
    assert kept(level1) == [{"title": ["Berta"]}]


@pytest.mark.parametrize("key", ["unknown", "%00", "x" * 500, "%F0%9F%98%80", "../../", ""])
def test_an_address_with_a_strange_draft_opens_an_empty_form(client, key):
    assert shows(client, f"{NEW}?draft={key}") == ""


def test_the_form_is_not_cached_so_that_going_back_loads_it_again(client, noted):
    assert "no-store" in client.get(NOTE)["Cache-Control"]
    assert "no-store" in client.post(NOTE, noted())["Cache-Control"]


# After the time-out, with and without JavaScript


def sign_in(client, answer, user):
    """Follow `answer` to the sign-in page and sign in. Return the page, and the address that sign-in leads to."""
    page = Page(client.get(answer["Location"]))
    typed = sent_by(page) | {"login": user.username, "password": PASSWORD}
    return page, client.post(answer["Location"], typed)["Location"]


def test_a_save_after_the_time_out_leads_through_sign_in_back_to_what_was_typed(client, noted, level1):
    typed = noted(title="Anna", seen_on_month="Octember")
    del client.cookies["sessionid"]
    answer = client.post(NOTE, typed)
    assert answer["Location"] == f"/sign-in/?next={NOTE}"
    _, back = sign_in(client, answer, level1)
    assert back == NOTE
    page = Page(client.get(back))
    assert (page.typed()["title"], page.typed()["seen_on_month"]) == ("Anna", "Octember")
    assert client.post(NOTE, sent_by(page) | {"seen_on_month": ""})["Location"] == "/"


def test_after_the_time_out_the_draft_of_something_new_has_its_own_address(client, noted, level1):
    typed = noted(NEW, title="Anna")
    del client.cookies["sessionid"]
    _, back = sign_in(client, client.post(NEW, typed), level1)
    assert back.startswith(f"{NEW}?draft=")
    assert shows(client, back) == "Anna"


def test_the_script_keeps_the_draft_and_gets_401_when_the_user_is_signed_out(client, noted, level1):
    typed = noted(title="Anna")
    del client.cookies["sessionid"]
    answer = in_background(client, NOTE, typed)
    assert answer.status_code == 401
    assert answer.json()["kept"]
    assert kept(level1) == [{"title": ["Anna"]}]


def test_after_signing_in_again_in_another_tab_a_save_loses_and_saves_nothing(client, noted, level1):
    typed = noted(title="Anna")
    client.cookies["csrftoken"] = "another" * 4 + "one4"  # signing in makes a new one
    answer = client.post(NOTE, typed)
    assert (answer.status_code, answer["Location"]) == (302, NOTE)
    page = Page(client.get(NOTE))
    assert page.typed()["title"] == "Anna"
    assert "Nothing is saved yet, because you signed in again after you opened this form." in page.banners
    assert client.post(NOTE, sent_by(page))["Location"] == "/"


def test_the_script_keeps_a_draft_after_the_user_signs_in_again_in_another_tab(client, noted, level1):
    typed = noted(title="Anna")
    client.cookies["csrftoken"] = "another" * 4 + "one4"
    assert in_background(client, NOTE, typed).status_code == 200
    assert kept(level1) == [{"title": ["Anna"]}]


def test_another_site_can_neither_save_a_form_nor_keep_a_draft(client, level1):
    for headers in ({}, IN_BACKGROUND):
        answer = client.post(NOTE, {"title": "Mallory"}, headers=headers)
        assert answer.status_code in {403, 410}
    assert kept(level1) == []


# Whose it is


@pytest.mark.parametrize("other", ["level2", "colleague", "outsider", "caseworker"])
def test_no_other_user_sees_a_draft(other, client, noted, level1, as_user, request):
    """No other user sees it, neither in their own form nor at the draft's own address."""
    in_background(client, NOTE, noted(title="Anna"))
    in_background(client, NEW, noted(NEW, title="Berta"))
    user = request.getfixturevalue(other)
    other_browser = as_user(user)
    for address in (NOTE, *(draft.address for draft in Draft.objects.open())):
        assert shows(other_browser, address) == ""
    assert kept(user) == []


def test_a_level_1_user_does_not_see_what_level_2_users_type(level1, level2, noted, as_user):
    other_browser = as_user(level2)
    in_background(other_browser, NOTE, noted(client=other_browser, title="Anna"))
    assert kept(level2)
    assert shows(as_user(level1)) == ""


def test_its_twin_if_the_draft_were_the_level_1_users_they_would_see_it(level1, level2, noted, as_user):
    other_browser = as_user(level2)
    in_background(other_browser, NOTE, noted(client=other_browser, title="Anna"))
    Draft.objects.update(user=level1)
    assert shows(as_user(level1)) == "Anna"


def test_signing_in_as_another_user_does_not_show_the_draft(client, noted, level1, level2):
    typed = noted(title="Anna")
    del client.cookies["sessionid"]
    _, back = sign_in(client, client.post(NOTE, typed), level2)
    assert shows(client, back) == ""
    assert kept(level1) == [{"title": ["Anna"]}]


def test_the_form_of_the_user_before_is_kept_for_that_user(client, noted, level1, level2):
    typed = noted(title="Anna")
    client.force_login(level2)
    client.cookies["csrftoken"] = "another" * 4 + "one4"
    assert client.post(NOTE, typed).status_code == 403
    assert in_background(client, NOTE, typed).status_code == 401
    assert (kept(level1), kept(level2)) == ([{"title": ["Anna"]}], [])


def test_nothing_is_kept_for_a_deactivated_user(client, noted, level1, deputy, caseworker):
    typed = noted(title="Anna")
    level1.deactivate(by=caseworker)
    assert in_background(client, NOTE, typed).status_code == 401
    assert not Draft.objects.exists()


# Tokens

FORGED = {
    "none": lambda user: "",
    "garbage": lambda user: "\x00:\x85\U0001f600:garbage",
    "unsigned": lambda user: token(user).rpartition(":")[0],
    "signed by another": lambda user: token(user).rpartition(":")[0] + ":" + "A" * 43,
    "of another form": lambda user: token(user, form="new_note", subject=""),
    "of another record": lambda user: token(user, subject="8"),
    "too old": lambda user: token(user, drawn_at=clock.now() - timedelta(days=7)),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_wrong_token_keeps_nothing(forge, is_signed_in, client, noted, level1):
    typed = noted(title="Anna", draft=forge(level1))
    if not is_signed_in:
        del client.cookies["sessionid"]
    assert in_background(client, NOTE, typed).status_code == (410 if is_signed_in else 401)
    assert client.post(NOTE, typed)["Location"] == ("/" if is_signed_in else f"/sign-in/?next={NOTE}")
    assert not Draft.objects.exists()


def test_its_twin_if_signatures_were_not_checked_a_forged_token_would_work(client, noted, level1, level2, monkeypatch):
    monkeypatch.setattr(drafts._signer, "unsign", lambda signed: signed.rpartition(":")[0])
    forged = token(level2).rpartition(":")[0] + ":forged"
    in_background(client, NOTE, noted(title="Mallory", draft=forged))
    assert kept(level2) == [{"title": ["Mallory"]}]


def test_a_token_is_valid_for_a_week(client, noted, level1):
    typed = noted(title="Anna")
    with clock.set_to(clock.now() + timedelta(days=6, hours=23)):
        assert in_background(client, NOTE, typed).status_code == 200
    with clock.set_to(clock.now() + timedelta(days=7, hours=1)):
        assert in_background(client, NOTE, typed).status_code == 410


# At once


@pytest.mark.django_db(transaction=True)
def test_saving_and_keeping_at_once_leave_no_draft(level1):
    for number in range(10):
        page = {"user_id": level1.pk, "form": "note", "subject": str(number), "key": "", "drawn_at": clock.now()}

        def keep(page=page):
            return Draft.objects.keep(typed={"title": ["Anna"]}, **page)

        def save(keep=keep, subject=page["subject"]):
            keep()
            Draft.objects.filter(subject=subject).finish()

        at_once(keep, keep, save, keep, keep)
        assert keep() is None
        assert not Draft.objects.open()


@pytest.mark.django_db(transaction=True)
def test_tabs_that_keep_the_same_form_at_once_make_one_draft(level1):
    page = {"user_id": level1.pk, "form": "note", "subject": "7", "key": "", "drawn_at": clock.now()}
    titles = [f"Title {number}" for number in range(8)]
    acts = [lambda title=title: Draft.objects.keep(typed={"title": [title]}, **page) for title in titles]
    assert all(at_once(*acts))
    (draft,) = Draft.objects.open()
    assert draft.data["title"][0] in titles


# How long


def test_a_draft_is_deleted_30_days_after_its_last_change(client, noted, level1):
    in_background(client, NOTE, noted(title="Anna"))
    client.post(NEW, noted(NEW, title="Saved"))
    now = clock.now()
    with clock.set_to(now + timedelta(days=29)):
        assert delete_old_drafts() == 0
    with clock.set_to(now + timedelta(days=30, minutes=1)):
        assert delete_old_drafts() == 2
        assert delete_old_drafts() == 0
    assert not Draft.objects.exists()
