"""`Edit an existing CAS`, also reached by `Amend` (manual 4, guide 1, step 5, and guide 3, step 5)."""

import pytest

from cas.models import CAS
from licences.models import Draft, Event
from tests.factories import CHILD, COMPLETE, a_cas, a_draft, an_order, assigned
from tests.pages import Page, typed_in


@pytest.fixture
def cas(level1):
    return a_cas(level1)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def address(cas):
    return f"/students/cas/{cas.pk}/edit/"


def saves(cas):
    return Event.objects.about("cas", cas.pk).filter(verb="save").count()


def table(page):
    """Return the table of two conflicting saves: for each field, the cells after its name."""
    rows = page.one("section", of="sms-both-saves").one("tbody").all("tr")
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}


def test_the_form_opens_with_every_saved_value(client, cas):
    page = Page(client.get(address(cas)))
    assert page.h1 == "Edit an existing CAS"
    assert "Student route · Nguyễn, Thị Minh · READY TO GO" in page.main.text
    expected = typed_in(COMPLETE | {"course_fees_paid": "5000.50"})
    assert page.typed().items() >= expected.items()
    assert page.link("Back") == f"/students/cas/{cas.pk}/"
    assert page.main.link("Delete") == f"/students/cas/{cas.pk}/delete/"


def test_saving_the_form_without_a_change_writes_nothing(client, cas):
    """Neither the CAS nor its history changes: the form reads every value exactly as it shows it."""
    child = CAS.objects.add(CHILD | {"boarding_fees": "0"}, route="CHILD_STUDENT", by=cas.owner)
    for one in (cas, child):
        answer = client.post(address(one), Page(client.get(address(one))).typed())
        assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{one.pk}/saved/")
        one.refresh_from_db()
        assert (one.version, saves(one)) == (1, 0)


def test_a_change_is_saved_with_a_line_in_the_history(client, cas, level1):
    client.post(address(cas), Page(client.get(address(cas))).typed() | {"given_names": "Thị"})
    cas.refresh_from_db()
    assert (cas.given_names, cas.version, cas.status) == ("Thị", 2, "READY TO GO")
    event = Event.objects.about("cas", cas.pk).last()
    assert (event.verb, event.by) == ("save", level1)
    assert event.data == {"given_names": ["Thị Minh", "Thị"], "version": [1, 2]}


def test_emptying_a_mandatory_field_makes_the_cas_work_in_progress_again(client, cas):
    client.post(address(cas), Page(client.get(address(cas))).typed() | {"passport_number": ""})
    cas.refresh_from_db()
    assert (cas.status, cas.passport_number) == ("WORK IN PROGRESS", "")


def test_invalid_values_are_shown_again_and_change_nothing(client, cas):
    sent = Page(client.get(address(cas))).typed() | {"course_end_date_year": "2098", "study_city": "Leeds"}
    answer = client.post(address(cas), sent)
    page = Page(answer)
    assert answer.status_code == 422
    assert page.title.startswith(f"Error: Edit an existing CAS, draft {cas.pk} – ")
    assert page.typed() | {"draft": sent["draft"]} == sent
    cas.refresh_from_db()
    assert (cas.version, cas.study_city) == (1, "London")


def test_values_that_are_not_fields_of_the_form_change_nothing(client, cas, outsider):
    extra = {"status": "ASSIGNED", "owner": outsider.pk, "licence": outsider.licence_id, "route": "CHILD_STUDENT"}
    extra |= {"number": "E4G0000000000X", "id": 1, "living_details": "x", "expires_on_year": "2099"}
    client.post(address(cas), Page(client.get(address(cas))).typed() | extra)
    before = CAS.objects.filter(pk=cas.pk).values().get()
    assert (before["status"], before["owner_id"], before["version"]) == ("READY TO GO", cas.owner_id, 1)
    assert (before["route"], before["number"], before["living_details"]) == ("STUDENT", None, "")


def test_a_level_1_user_edits_the_cas_of_any_user_and_the_owner_stays(as_user, level1, level2):
    cas = a_draft(level2)
    as_user(level1).post(address(cas), {"version": "1", "family_name": "Okafor"})
    cas.refresh_from_db()
    assert (cas.family_name, cas.owner) == ("Okafor", level2)


# Another user saved first


@pytest.fixture
def meanwhile(client, cas, level2):
    """Return the form as opened before a Level 2 user changed the city of study and the passport number."""
    typed = Page(client.get(address(cas))).typed()
    cas.owner = level2  # transferred to them
    CAS.objects.filter(pk=cas.pk).update(owner=level2)
    cas.amend({"study_city": "Leeds", "passport_number": "C7654321"}, by=level2, version=1)
    return typed


def test_a_stale_save_is_refused_and_shows_who_changed_which_field(client, cas, meanwhile):
    answer = client.post(address(cas), meanwhile | {"given_names": "Thị"})
    page = Page(answer)
    assert answer.status_code == 409
    box = page.one("section", of="sms-both-saves")
    assert "Another user saved this CAS while you were changing it" in box.text
    assert "Level2 saved it on " in box.text
    assert table(page) == {
        "Passport or travel document number": ["B1234567", "C7654321", "not changed", "theirs"],
        "Main study address: City or town": ["London", "Leeds", "not changed", "theirs"],
    }
    cas.refresh_from_db()
    assert (cas.given_names, cas.version) == ("Thị Minh", 2)


def test_a_save_from_another_window_of_the_same_user_is_named_as_such(client, cas):
    typed = Page(client.get(address(cas))).typed()
    client.post(address(cas), typed | {"study_city": "Leeds"})
    answer = client.post(address(cas), typed | {"study_city": "York"})
    assert answer.status_code == 409
    box = Page(answer).one("section", of="sms-both-saves")
    assert "You saved this CAS in another window while you were changing it here" in box.text
    assert "Another user" not in box.text


def test_their_changes_are_taken_over_and_what_the_user_typed_is_kept(client, cas, meanwhile):
    typed = Page(client.post(address(cas), meanwhile | {"given_names": "Thị"})).typed()
    assert (typed["study_city"], typed["passport_number"], typed["given_names"]) == ("Leeds", "C7654321", "Thị")
    answer = client.post(address(cas), typed)
    assert answer.status_code == 302
    cas.refresh_from_db()
    assert (cas.study_city, cas.passport_number, cas.given_names, cas.version) == ("Leeds", "C7654321", "Thị", 3)


def test_a_field_that_both_users_changed_keeps_what_the_user_typed_and_shows_both_values(client, cas, meanwhile):
    page = Page(client.post(address(cas), meanwhile | {"study_city": "York", "passport_number": "C7654321"}))
    assert table(page) == {
        "Passport or travel document number": ["B1234567", "C7654321", "not changed", "theirs"],
        "Main study address: City or town": ["London", "Leeds", "York", "yours"],
    }
    assert page.typed()["study_city"] == "York"
    client.post(address(cas), page.typed())
    cas.refresh_from_db()
    assert cas.study_city == "York"
    assert Event.objects.about("cas", cas.pk).last().data["study_city"] == ["Leeds", "York"]


def test_both_saves_show_dates_answers_and_amounts_in_words(client, cas, level1):
    typed = Page(client.get(address(cas))).typed()
    theirs = {"date_of_birth": "2001-05-17", "is_agent_used": None, "course_fees_paid": "6000", "gender": "OTHER"}
    cas.amend(theirs, by=level1, version=1)
    page = Page(client.post(address(cas), typed | {"course_fees_paid": "7000"}))
    assert table(page) == {
        "Date of birth": ["17 May 2002", "17 May 2001", "not changed", "theirs"],
        "Gender": ["Female", "Other", "not changed", "theirs"],
        "Course fees paid to date": ["£5,000.50", "£6,000.00", "£7,000.00", "yours"],
        "Was an agent or other third party used to recruit the student?": ["No", "(empty)", "not changed", "theirs"],
    }


def test_the_user_can_delete_what_they_typed_and_start_from_the_saved_version(client, cas, meanwhile):
    page = Page(client.post(address(cas), meanwhile | {"given_names": "Thị"}))
    (leave,) = page.main.buttons("Delete what I typed and start from the saved version")
    client.post(address(cas), page.typed(address(cas)) | {leave["name"]: ""})
    fresh = Page(client.get(address(cas))).typed()
    assert (fresh["given_names"], fresh["study_city"]) == ("Thị Minh", "Leeds")


def test_several_saves_meanwhile_are_shown_together(client, cas, meanwhile, level1):
    cas.amend({"study_city": "Bath", "other_names": "An"}, by=level1, version=2)
    page = Page(client.post(address(cas), meanwhile | {"given_names": "Thị"}))
    assert table(page)["Main study address: City or town"] == ["London", "Bath", "not changed", "theirs"]
    assert table(page)["Other names"] == ["(empty)", "An", "not changed", "theirs"]
    text = page.one("section", of="sms-both-saves").text
    assert text.index("Level2 saved it on") < text.index("Level1 saved it on")


def test_a_further_save_between_two_attempts_is_shown_also(client, cas, meanwhile, level2):
    typed = Page(client.post(address(cas), meanwhile | {"given_names": "Thị"})).typed()
    cas.amend({"other_names": "An"}, by=level2, version=2)
    answer = client.post(address(cas), typed)
    assert answer.status_code == 409
    assert list(table(Page(answer))) == ["Other names"]
    assert client.post(address(cas), Page(answer).typed()).status_code == 302
    cas.refresh_from_db()
    assert (cas.given_names, cas.other_names, cas.study_city) == ("Thị", "An", "Leeds")


def test_invalid_values_in_a_stale_save_are_corrected_before_the_conflict_is_shown(client, cas, meanwhile):
    page = Page(client.post(address(cas), meanwhile | {"study_postcode": "1" * 30}))
    assert page.status == 422
    assert client.post(address(cas), page.typed() | {"study_postcode": "WC1E 7HX"}).status_code == 409


def test_the_same_save_sent_twice_is_saved_once_without_a_conflict(client, cas):
    """A double click without JavaScript sends two requests, and the browser shows the second answer."""
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Thị"}
    for _ in range(2):
        answer = client.post(address(cas), sent)
        assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/saved/")
    cas.refresh_from_db()
    assert (cas.version, saves(cas)) == (2, 1)


@pytest.mark.parametrize("version", ["", "0", "2", "99999999999999999999", "\u0661"])
def test_a_version_that_was_never_shown_saves_nothing_and_shows_the_conflict(client, cas, version):
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Thị", "version": version}
    answer = client.post(address(cas), sent)
    page = Page(answer)
    assert answer.status_code == 409
    assert "while you were changing it" in page.main.text
    assert page.typed()["given_names"] == "Thị"
    cas.refresh_from_db()
    assert cas.version == 1
    assert client.post(address(cas), page.typed()).status_code == 302


# The CAS can no longer be saved


@pytest.mark.parametrize("what", ["deleted", "transferred"])
def test_if_the_cas_is_gone_meanwhile_what_was_typed_can_be_saved_as_a_new_cas(
    what, as_user, cas, level1, level2, colleague
):
    CAS.objects.filter(pk=cas.pk).change_owner(level2, by=level1)
    client = as_user(level2)
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Typed"}
    if what == "deleted":
        cas.remove(by=level1)
    else:
        CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    there = CAS.objects.count()
    page = Page(client.post(address(cas), sent, follow=True))
    assert page.h1 == "Create a CAS"
    assert "This CAS has been deleted, or is no longer yours. We kept what you typed." in " ".join(page.banners)
    assert page.typed()["given_names"] == "Typed"
    assert CAS.objects.count() == there
    client.post(Draft.objects.open().get().address, page.typed())
    saved = CAS.objects.get(given_names="Typed")
    assert (saved.owner, saved.route, saved.pk == cas.pk) == (level2, cas.route, False)


def test_if_the_cas_is_gone_since_the_time_out_the_draft_can_be_saved_as_a_new_cas(client, cas, level1):
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Typed"}
    client.post(address(cas), sent, headers={"X-Keep-Draft": "true"})
    cas.remove(by=level1)
    page = Page(client.get(address(cas), follow=True))
    assert (page.h1, page.typed()["given_names"]) == ("Create a CAS", "Typed")
    assert client.get(address(cas)).status_code == 404, "it is a draft of another form now"


def test_if_the_cas_is_gone_meanwhile_its_draft_can_be_discarded(client, cas, level1):
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Typed"}
    client.post(address(cas), sent, headers={"X-Keep-Draft": "true"})
    cas.remove(by=level1)
    answer = client.post(address(cas), sent | {"discard-draft": ""})
    assert answer["Location"] == "/students/"
    assert not Draft.objects.open().exists()


def test_if_the_cas_is_gone_and_its_route_surrendered_nothing_can_be_saved(client, cas, level1, licence, caseworker):
    sent = Page(client.get(address(cas))).typed()
    cas.remove(by=level1)
    licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    assert client.post(address(cas), sent)["Location"] == "/students/"


def test_a_user_who_never_opened_the_form_sees_only_that_the_page_is_not_found(client, as_user, outsider, cas, level1):
    sent = Page(client.get(address(cas))).typed()
    for stranger in (as_user(outsider), as_user(level1)):
        assert stranger.post(address(cas), {"family_name": "Typed"}).status_code in {404, 409}
    cas.remove(by=level1)
    assert as_user(outsider).post(address(cas), sent).status_code == 404
    assert client.post(address(cas), {"family_name": "Typed"}).status_code == 404


def test_if_the_cas_is_assigned_meanwhile_the_page_says_so_and_keeps_what_was_typed(client, cas, allocation):
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Thị"}
    assigned(cas)
    page = Page(client.post(address(cas), sent))
    assert page.summary[0][0] == "This CAS is ASSIGNED, so you cannot change or delete it."
    assert page.typed()["given_names"] == "Thị"
    cas.refresh_from_db()
    assert cas.given_names == "Thị Minh"


def test_while_the_cas_is_being_paid_for_the_page_says_so_and_keeps_what_was_typed(client, cas, level1, allocation):
    sent = Page(client.get(address(cas))).typed() | {"given_names": "Thị"}
    order = an_order(cas, by=level1)
    page = Page(client.post(address(cas), sent))
    assert page.summary[0][0] == "This CAS is being paid for. Finish or cancel the payment first."
    order.cancel(by=level1)
    assert client.post(address(cas), page.typed()).status_code == 302
    cas.refresh_from_db()
    assert cas.given_names == "Thị"


@pytest.mark.parametrize("happened", ["assigned", "being paid for", "the route was surrendered"])
def test_the_form_does_not_open_for_a_cas_that_cannot_be_changed(
    client, cas, level1, licence, allocation, caseworker, happened
):
    if happened == "assigned":
        assigned(cas)
    elif happened == "being paid for":
        an_order(cas, by=level1)
    else:
        licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    answer = client.get(address(cas), follow=True)
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/", 302)]
    (banner,) = Page(answer).banners
    assert banner in {
        "This CAS is ASSIGNED, so you cannot change or delete it.",
        "This CAS is being paid for. Finish or cancel the payment first.",
        "Your licence does not cover the Student route. You can only delete its CAS.",
    }
