"""Every list of CAS: two students of one name differ, and everything but a few can be selected, on all pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.columns import BY_NAME
from cas.lifecycle import UNASSIGNED
from cas.models import CAS, Printout
from licences.models import StoredSearch
from sms.core import clock
from sponsorship_duties.models import NothingToReport
from tests.factories import a_batch, a_cas, a_draft, an_agent, an_allocation, assigned, many
from tests.pages import Page, sent_by
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = pytest.mark.django_db

KEEP, DELETE, PRINT = "/students/selected/", "/students/selected/delete/", "/students/print/"
DUTIES = "/students/sponsorship-duties/"
ACTIONS = ("Print", "Export", "Transfer", "Report activity", "Withdraw", "Delete")


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def started(level1, licence, caseworker):
    """Make two ASSIGNED CAS whose course has started, of students with one name."""
    with clock.set_to(clock.now() - timedelta(days=180)):
        an_allocation(licence, 20, by=caseworker)
    start, then = clock.today() - timedelta(days=10), clock.now() - timedelta(days=40)
    with clock.set_to(then):
        return [
            assigned(a_cas(level1, course_start_date=start, applicant_id=f"A-{n}", passport_number=f"P12345{n}"))
            for n in range(2)
        ]


def searched(client, **asked):
    return client.post("/students/search/", asked or {"family_name": "Ng"})["Location"]


# Which lists there are: each is opened by a function that makes it.


def all_cas(client, started, level1, caseworker):
    return "/students/cas/"


def of_a_status(client, started, level1, caseworker):
    return "/students/cas/?status=ASSIGNED"


def search_results(client, started, level1, caseworker):
    return searched(client)


def manage_live_cas(client, started, level1, caseworker):
    return client.post(f"{DUTIES}manage/search/", {"family_name": "Ng"})["Location"]


def batch_details(client, started, level1, caseworker):
    return f"/students/batches/{a_batch(level1, a_cas(level1), a_cas(level1)).pk}/"


def affected_by_the_visa_brake(client, started, level1, caseworker):
    for n in range(2):
        assigned(a_cas(level1, nationality="AFG", passport_number=f"V98765{n}"))
    return "/students/cas/lists/visa-brake/"


def students_to_check(client, started, level1, caseworker):
    return f"{DUTIES}check/not-started/"


def taken_off(client, started, level1, caseworker):
    ids = [cas.pk for cas in started]
    NothingToReport.objects.say(ids, check="not-started", heading="Course started", by=level1)
    return f"{DUTIES}check/not-started/taken-off/"


def graduates(client, started, level1, caseworker):
    for n in range(2):
        a_graduate(
            level1, caseworker, n, course_start_date=clock.today() - timedelta(days=90), course_end_date=clock.today()
        )
    return f"{DUTIES}graduates/"


def of_an_agent(client, started, level1, caseworker):
    agent = an_agent(level1)
    for _ in range(2):
        a_cas(level1, **agent.filled_in, agent=agent.pk)
    return f"/students/agents/{agent.pk}/"


def behind_a_compliance_number(client, started, level1, caseworker):
    return f"{DUTIES}compliance/assigned/counted/"


LISTS = (
    all_cas,
    of_a_status,
    search_results,
    manage_live_cas,
    batch_details,
    affected_by_the_visa_brake,
    students_to_check,
    taken_off,
    graduates,
    of_an_agent,
    behind_a_compliance_number,
)


@pytest.fixture(params=LISTS, ids=lambda each: each.__name__)
def address(request, client, started, level1, caseworker):
    return request.param(client, started, level1, caseworker)


def form_of(page):
    return page.main.one("form", of="sms-selecting")


def boxes(page):
    return [int(box["value"]) for box in form_of(page).all("input") if box["name"] == "cas"]


def marked(page):
    found = [box for box in form_of(page).all("input") if box["name"] == "cas" and "checked" in box]
    return [int(box["value"]) for box in found]


def all_but(client, page, *left_out):
    """Select everything, then unselect some, as a browser without JavaScript sends it. Return the last page."""
    everything = {**dict(sent_by(form_of(page))), "all": "yes"}
    page = Page(client.post(KEEP, everything, follow=True))
    return page, {**dict(sent_by(form_of(page))), "cas": [pk for pk in boxes(page) if pk not in left_out]}


def test_every_list_shows_the_date_of_birth_and_the_applicant_id_of_each_student(client, address):
    page = Page(client.get(address))
    rows = page.main.one("tbody").all("tr")
    assert len(rows) >= 2
    for row, pk in zip(rows, boxes(page), strict=True):
        cas = CAS.objects.get(pk=pk)
        born, applicant = (BY_NAME[name].show(getattr(cas, name)) for name in ("date_of_birth", "applicant_id"))
        assert (born, applicant) != ("", "")
        assert born in row.one("th").text
        assert applicant in row.one("th").text


def test_every_list_offers_to_select_all_and_the_same_actions(client, address):
    page = Page(client.get(address))
    assert page.by_id("all-found")["type"] == "checkbox"
    [group] = [each for each in form_of(page).all("div") if each["aria-label"] == "Selected CAS"]
    own = ("Assign", "Put into a batch") if "/batches/" not in address else ()
    assert tuple(button.text for button in group.all("button")) == (*own, *ACTIONS)


def test_in_every_list_everything_but_a_few_can_be_selected_without_javascript(client, address):
    first = Page(client.get(address))
    left_out, *others = boxes(first)
    page, sent = all_but(client, first, left_out)
    assert page.h1 == first.h1
    assert marked(page) == boxes(first)
    assert "checked" in page.by_id("all-found")
    client.post(PRINT, sent)
    assert sorted(Printout.objects.get().cas_ids) == sorted(others)


def test_after_every_action_the_way_back_leads_to_the_list(client, address):
    page = Page(client.get(address))
    sent = {**dict(sent_by(form_of(page))), "all": "yes"}
    asking = Page(client.post(DELETE, sent))
    back = asking.one("a", of="govuk-back-link")["href"]
    assert back == address
    assert Page(client.get(back)).h1 == page.h1


def test_every_list_says_beside_the_selection_that_nothing_is_selected_and_then_sends_it_as_before(client, address):
    page = Page(client.get(address))
    refused = Page(client.post(DELETE, dict(sent_by(form_of(page)))))
    assert "Select the CAS to delete" in form_of(refused).text
    action = form_of(page)["action"].partition("?")[0]
    assert action.startswith("/students/")
    assert form_of(refused)["action"].partition("?")[0] == action


# All but a few, on several pages


@pytest.fixture
def sixty(level1, licence, caseworker):
    an_allocation(licence, 100, by=caseworker)
    return many(level1, 60)


def page_two(client, page, **sent):
    """Go on to page 2 with what is selected."""
    form = {**dict(sent_by(form_of(page))), **sent, "to": "?page=2"}
    return Page(client.post(KEEP, form, follow=True))


def test_what_is_unselected_on_two_pages_stays_unselected(client, sixty):
    first = Page(client.get(searched(client)))
    first, sent = all_but(client, first, *boxes(first)[:2])
    second = page_two(client, first, **sent)
    assert "page 2 of 3" in second.title
    assert "58 CAS selected" in form_of(second).text
    gone = boxes(second)[0]
    asking = Page(client.post(DELETE, {**dict(sent_by(form_of(second))), "cas": boxes(second)[1:]}))
    assert asking.h1 == "Delete 57 CAS"
    assert set(map(int, asking.typed()["cas"].split())) == {cas.pk for cas in sixty} - {*boxes(first)[:2], gone}


def test_cas_of_several_pages_can_be_selected(client, sixty):
    first = Page(client.get("/students/cas/"))
    picked = boxes(first)[3:5]
    second = page_two(client, first, cas=picked)
    assert "2 CAS selected" in form_of(second).text
    assert marked(second) == []
    asking = Page(client.post(DELETE, {**dict(sent_by(form_of(second))), "cas": boxes(second)[:1]}))
    assert set(map(int, asking.typed()["cas"].split())) == {*picked, boxes(second)[0]}


def test_a_page_that_is_shown_again_has_its_boxes_as_the_user_left_them(client, sixty):
    first = Page(client.get("/students/cas/"))
    second = page_two(client, first, cas=boxes(first)[3:5])
    again = Page(client.post(KEEP, {**dict(sent_by(form_of(second))), "to": "?page=1"}, follow=True))
    assert marked(again) == boxes(first)[3:5]
    none = Page(client.post(KEEP, {**dict(sent_by(form_of(again))), "cas": [], "to": "?page=1"}, follow=True))
    assert marked(none) == []
    assert "selected" not in form_of(none).text.split("All 60")[0]


def test_of_a_list_that_is_cut_no_other_cas_take_the_place_of_those_left_out(client, sixty, monkeypatch):
    monkeypatch.setattr("cas.finding.selection.MOST_SELECTED", 40)
    page = Page(client.get(searched(client)))
    _, sent = all_but(client, page, *boxes(page)[:3])
    asking = Page(client.post(DELETE, sent))
    assert asking.h1 == "Delete 37 CAS"
    newest = sorted((cas.pk for cas in sixty), reverse=True)[:40]
    assert set(map(int, asking.typed()["cas"].split())) == set(newest) - set(boxes(page)[:3])


def test_after_another_users_change_of_a_batch_its_selected_cas_are_still_selected(client, level1, allocation):
    batch = a_batch(level1)
    cas_list = many(level1, 60, batch=batch)
    first = Page(client.get(f"/students/batches/{batch.pk}/?rows=25"))
    second = page_two(client, first, cas=boxes(first)[:2])
    take_out = f"/students/batches/{batch.pk}/take-out/"
    sent = {**dict(sent_by(form_of(second))), "cas": boxes(second)[:1]}
    gone = cas_list[0].pk
    batch.take_out([gone], by=level1)
    refused = client.post(take_out, {**sent, "seen": "0"})
    assert refused.status_code == 409
    page = Page(refused)
    client.post(take_out, {**dict(sent_by(form_of(page))), "cas": marked(page)})
    assert CAS.objects.filter(batch=None).count() == 3


def test_a_row_that_the_page_did_not_show_as_selected_is_no_exception(client, sixty):
    page = Page(client.get(searched(client)))
    sent = {**dict(sent_by(form_of(page))), "all": "yes"}
    assert Page(client.post(DELETE, sent)).h1 == "Delete 60 CAS"
    assert Page(client.post(DELETE, {**sent, "drawn": "all", "cas": boxes(page)[3:]})).h1 == "Delete 57 CAS"


def test_unselecting_all_leaves_only_the_boxes_that_are_still_selected(client, sixty):
    page, sent = all_but(client, Page(client.get(searched(client))))
    del sent["all"]
    assert Page(client.post(DELETE, {**sent, "cas": boxes(page)[:2]})).h1 == "Delete 2 CAS"


def test_a_list_that_is_opened_again_begins_with_nothing_selected(client, sixty):
    address = searched(client)
    all_but(client, Page(client.get(address)))
    page = Page(client.get(address))
    assert marked(page) == []
    assert "checked" not in page.by_id("all-found")


def test_a_user_cannot_open_what_another_user_has_selected(client, as_user, sixty, level2):
    page = Page(client.get("/students/cas/"))
    answer = client.post(KEEP, {**dict(sent_by(form_of(page))), "all": "yes"})
    a_cas(level2), a_cas(level2)
    assert marked(Page(client.get(answer["Location"]))) != []
    assert marked(Page(as_user(level2).get(answer["Location"]))) == []


@pytest.mark.parametrize("key", ["x", "\0", "x" * 31, "a/b", ""])
def test_what_is_no_longer_kept_is_not_selected(client, sixty, key):
    assert marked(Page(client.get("/students/cas/", {"marked": key}))) == []
    assert Page(client.post(DELETE, {"search": "all:", "marked": key, "cas": sixty[0].pk})).h1 == "Delete 1 CAS"


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com/", "?page=2&marked=other", "/\\x", "?\r\nX: 1"])
def test_the_way_to_the_next_page_never_leaves_the_list(client, sixty, to):
    page = Page(client.get("/students/cas/"))
    answer = client.post(KEEP, {**dict(sent_by(form_of(page))), "to": to})
    assert answer["Location"].partition("?")[0] == "/students/cas/"
    assert "marked" not in answer["Location"]
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "named",
    [
        "",
        "x",
        "batch:",
        "batch:0",
        "batch:999999",
        "agent:0",
        "check:none",
        "taken-off:not-started/\0",
        "nothing:1",
        "compliance:a/b?month=x",
        "\0",
    ],
)
def test_of_a_list_that_does_not_exist_nothing_is_selected(client, sixty, named):
    sent = {"search": named, "all": "yes", "drawn": "all"}
    assert client.post(KEEP, sent)["Location"] == "/students/cas/"
    Page(client.post(DELETE, sent, follow=True))
    assert CAS.objects.filter(status__in=UNASSIGNED).count() == 60


def test_a_level_2_user_selects_only_their_own_cas_of_a_list(as_user, sixty, level1, level2):
    batch = a_batch(level1, *sixty[:3])
    a_cas(level2), a_draft(level2)
    client = as_user(level2)
    for named in (f"batch:{batch.pk}", "compliance:assigned/counted", "visa-brake"):
        answer = client.post(DELETE, {"search": named, "all": "yes"}, follow=True)
        assert "Delete" not in Page(answer).h1
    assert Page(client.post(DELETE, {"search": "all:", "all": "yes"})).h1 == "Delete 2 CAS"


# How many rows a page has


def test_a_page_of_a_list_has_25_50_or_100_rows_as_the_user_chooses(client, sixty):
    page = Page(client.get("/students/cas/"))
    assert len(boxes(page)) == 25
    sizes = page.main.one("nav", of="sms-sizes")
    assert sizes.link("50 on a page") == "?rows=50"
    assert len(boxes(Page(client.get("/students/cas/?rows=50")))) == 50
    assert len(boxes(Page(client.get("/students/cas/?rows=100")))) == 60


def test_the_choice_is_kept_for_every_list_while_the_user_is_signed_in(client, as_user, sixty, level1):
    client.get("/students/cas/?rows=50")
    assert len(boxes(Page(client.get(searched(client))))) == 50
    assert len(boxes(Page(client.get(f"/students/batches/{a_batch(level1, *sixty).pk}/")))) == 50
    assert len(boxes(Page(as_user(level1).get("/students/cas/")))) == 25


@pytest.mark.parametrize("rows", ["0", "26", "-25", "1000000", "x", "", "\0"])
def test_no_other_number_of_rows_can_be_chosen(client, sixty, rows):
    assert len(boxes(Page(client.get("/students/cas/", {"rows": rows})))) == 25


def test_a_short_list_has_no_choice_of_rows(client, level1):
    a_cas(level1)
    assert not Page(client.get("/students/cas/")).main.all("nav", of="sms-sizes")


def test_a_hundred_rows_take_as_many_statements_as_25(client, sixty):
    client.get("/students/cas/?rows=25")
    taken = []
    for rows in (25, 50, 100):
        client.get(f"/students/cas/?rows={rows}")  # the session keeps the choice
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/students/cas/?rows={rows}")
        taken.append(len(queries))
    assert len(set(taken)) == 1


def test_what_is_selected_takes_one_statement_more_on_the_pages_that_name_it(client, sixty):
    client.get("/students/cas/")
    page = Page(client.get("/students/cas/"))
    key = client.post(KEEP, {**dict(sent_by(form_of(page))), "all": "yes"})["Location"]
    counted = []
    for address in ("/students/cas/", key):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
    assert counted[1] == counted[0] + 1
    assert StoredSearch.objects.filter(screen="marked").count() == 1


# Names


def test_a_name_that_is_written_from_right_to_left_moves_no_text_around_it(client, level1, started):
    cas = a_cas(level1, family_name="כהן", given_names="דוד <b>")
    shown = "<bdi>כהן, דוד &lt;b&gt;</bdi>"
    for address in ("/students/", "/students/cas/", f"/students/cas/{cas.pk}/", f"/students/cas/{cas.pk}/delete/"):
        page = client.get(address).content.decode()
        assert shown in page
        assert page.count("כהן, דוד") == page.count(shown), address
    assert shown in client.post(f"/students/cas/{cas.pk}/delete/", follow=True).content.decode()


def test_the_name_of_a_user_stands_in_bdi_too(client, level1):
    level1.name = "أمل"
    level1.save(update_fields=["name"])
    a_cas(level1)
    page = client.get("/students/cas/").content.decode()
    assert page.count("<bdi>أمل</bdi>") == page.count("أمل") >= 2
