"""The screens of batches: creating one, `Batch details`, Add CAS and the list (manual 4, guide 2)."""

import pytest

from cas.details import fields
from cas.models import CAS, Batch
from licences.models import Draft, Event
from licences.routes import Route
from sms.core import clock
from tests.factories import CHILD, COMPLETE, a_batch, a_batch_order, a_cas, a_draft
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    """Make a batch of two CAS that are READY TO GO."""
    return a_batch(level2, a_cas(level2), a_cas(level2, family_name="Abebe"))


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def at(batch, step=""):
    return f"/students/batches/{batch.pk}/{step}"


def add_address(batch):
    return f"/students/create-cas/{batch.route}/batch/{batch.pk}/"


def details(client, batch):
    return Page(client.get(at(batch)))


def cells(page):
    """Return the text of the cells of the table, row by row, without the checkboxes."""
    return [
        [cell.text for cell in row.all("th", "td") if "data-label" in cell or cell["scope"]]
        for row in page.one("tbody").all("tr")
    ]


def is_available(page, button="Assign"):
    (found,) = page.main.buttons(button)
    return not found.is_unavailable


# A new batch


def test_create_new_batch_of_cas_is_one_of_three_choices(client):
    page = Page(client.get("/students/create-cas/STUDENT/"))
    labels = [label.text for label in page.main.all("label")]
    assert labels == ["Create new single CAS", "Create new batch of CAS", "Find an existing single CAS"]
    answer = client.post("/students/create-cas/STUDENT/", {"kind": "batch"})
    assert answer["Location"] == "/students/create-cas/STUDENT/new-batch/"


def test_a_new_batch_has_the_name_that_was_typed_and_leads_to_batch_details(client, level2):
    page = Page(client.get("/students/create-cas/CHILD_STUDENT/new-batch/"))
    assert page.h1 == "Create a CAS"
    assert page.buttons("Next")
    answer = client.post("/students/create-cas/CHILD_STUDENT/new-batch/", {"name": " Sept. “Été”  1 "}, follow=True)
    batch = Batch.objects.get()
    assert (batch.name, batch.owner, batch.route) == ("Sept. “Été”  1", level2, "CHILD_STUDENT")
    assert answer.redirect_chain == [(at(batch), 302)]
    page = Page(answer)
    assert page.h1 == "Batch details"
    lines = dict(page.main.lines())
    assert (lines["Owner"], lines["Route"], lines["CAS"], lines["READY TO GO"]) == (
        "Level2",
        "Child Student",
        "0",
        "0 of 0",
    )
    assert [link["href"] for link in page.buttons("Add CAS")] == [add_address(batch)] * 2
    assert not is_available(page)
    assert "There are no CAS in this batch yet. Select Add CAS to add one." in page.by_id("why-not").text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter the batch name"),
        ("  ", "Enter the batch name"),
        ("x" * 101, "Batch name must be 100 characters or fewer. It is 101 now"),
        ("SEPTEMBER  intake", "Your sponsor already has a batch with this name. Choose another name."),
        ("a\x00b", "Batch name contains a character that cannot be kept"),
    ],
)
def test_a_name_that_is_refused_is_kept_with_its_error(client, batch, name, sentence):
    answer = client.post("/students/create-cas/STUDENT/new-batch/", {"name": name})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.error_of("name").startswith(sentence)
    assert page.summary[0][1] == "#id_name"
    assert page.typed()["name"] == name or "\x00" in name
    assert Batch.objects.count() == 1


def test_no_batch_is_created_on_a_route_that_is_not_licensed(client, licence, caseworker):
    licence.surrender_route("CHILD_STUDENT", by=caseworker, reason="No longer offered")
    assert client.get("/students/create-cas/CHILD_STUDENT/new-batch/").status_code == 404


# Batch details


def test_batch_details_shows_the_totals_and_what_each_cas_still_needs(client, batch, level2):
    batch.put([a_draft(level2).pk], by=level2)
    page = details(client, batch)
    lines = dict(page.main.lines())
    assert (lines["CAS"], lines["READY TO GO"], lines["Fee for each CAS"], lines["Total"]) == (
        "3",
        "2 of 3",
        "£55.00",
        "£165.00",
    )
    assert "September intake" in page.main.text
    assert "Unassigned" in page.main.text
    heading = page.by_id("cas-of-batch")
    assert (heading.tag, heading.text) == ("h2", "Details of CAS within batch")
    first, _, last = cells(page)
    assert first == ["Nguyễn, Thị Minh 17 May 2002", "READY TO GO", "Nothing"]
    assert last[:2] == ["Okonkwo", "WORK IN PROGRESS"]
    draft = CAS.objects.get(family_name="Okonkwo")
    missing = fields.missing(draft)
    named = "; ".join(field.subject for field in missing[:3])
    assert last[2] == f"{named}; and {len(missing) - 3} more"
    assert page.one("tbody").all("a")[-1]["href"] == f"/students/cas/{draft.pk}/edit/"
    links = {link["href"] for link in page.one("tbody").all("a")}
    assert f"/students/cas/{draft.pk}/edit/#id_date_of_birth_day" in links


def test_assign_is_available_once_every_cas_is_ready(client, batch, level2):
    page = details(client, batch)
    assert is_available(page)
    assert page.buttons("Assign")[0]["href"] == at(batch, "assign/")
    assert "why-not" not in page.ids


def test_a_disabled_assign_names_ten_cas_and_says_how_many_more_are_not_ready(client, batch, level2):
    batch.put([a_draft(level2, family_name=f"No {number}").pk for number in range(13)], by=level2)
    page = details(client, batch)
    assert not is_available(page)
    box = page.by_id("why-not")
    assert "13 of 15 CAS cannot be assigned yet. Complete or correct these fields:" in box.text
    assert "No 9: " in box.text
    assert "No 10" not in box.text
    assert box.all("li")[-1].text == "and 3 more"


def test_assign_is_disabled_when_a_cas_no_longer_meets_the_rules_of_today(client, batch, level2):
    with clock.set_to(clock.now().replace(year=2101, month=1, day=1)):
        page = Page(client.get(at(batch)))
        assert not is_available(page)


def test_with_fewer_places_than_cas_the_page_says_how_many_are_unused(client, level2, licence, allocation):
    batch = a_batch(level2, *[a_cas(level2) for _ in range(11)])
    page = details(client, batch)
    assert not is_available(page)
    assert "has 10 unused of 10" in page.by_id("why-not").text
    assert "Ask a Level 1 user to request an increase." in page.by_id("why-not").text


@pytest.mark.parametrize("user", ["colleague", "outsider"])
def test_a_batch_is_not_found_by_any_other_level_2_user_or_sponsor(user, batch, as_user, request):
    client = as_user(request.getfixturevalue(user))
    for step in ("", "rename/", "delete/", "assign/", "online-payment/", "assigned/"):
        assert client.get(at(batch, step)).status_code == 404
    for step in ("take-out/", "move/", "rename/", "delete/"):
        assert client.post(at(batch, step), {"cas": "1"}).status_code == 404
    for ask in (client.get, client.post):
        assert ask(add_address(batch)).status_code == 404


def test_the_history_of_a_batch_says_who_changed_it_and_how(client, batch, level1, level2):
    batch.rename("October", by=level1)
    batch.take_out([batch.cas.first().pk], by=level2)
    entries = [entry.text for entry in details(client, batch).all("li", of="sms-timeline__entry")]
    assert [entry.split(" Level")[0] for entry in entries] == ["CAS taken out", "Renamed", "CAS added", "Created"]
    assert "Level1, " in entries[1]
    assert "September intake October" in entries[1]
    assert "CAS: Nguyễn, Thị Minh; Abebe, Thị Minh" in entries[2]


# Add CAS


def test_add_cas_opens_the_usual_form_and_save_returns_to_the_batch(client, batch, level2):
    page = Page(client.get(add_address(batch)))
    assert page.h1 == "Create a CAS"
    assert page.link("Back") == at(batch)
    answer = client.post(
        add_address(batch), {**page.typed(), **typed_in({**COMPLETE, "family_name": "Wang"})}, follow=True
    )
    assert answer.redirect_chain == [(at(batch), 302)]
    page = Page(answer)
    assert page.banners == ["The CAS of Wang, Thị Minh is saved: READY TO GO. See the CAS"]
    assert cells(page)[-1] == ["Wang, Thị Minh 17 May 2002", "READY TO GO", "Nothing"]
    assert CAS.objects.get(family_name="Wang").batch == batch


def test_a_cas_that_a_level_1_user_adds_to_a_batch_belongs_to_its_owner(as_user, level1, level2, batch):
    client = as_user(level1)
    client.post(add_address(batch), {**Page(client.get(add_address(batch))).typed(), "family_name": "Wang"})
    assert CAS.objects.get(family_name="Wang").owner == level2


def test_an_error_keeps_what_was_typed(client, batch):
    page = Page(client.get(add_address(batch)))
    page = Page(client.post(add_address(batch), {**page.typed(), "given_names": "Li"}))
    assert page.status == 422
    assert page.error_of("family_name") == "Enter the family name"
    assert page.typed()["given_names"] == "Li"


def test_the_course_of_the_last_cas_can_be_carried_over(client, batch, level2):
    last = a_cas(level2, course_title="MA History", study_city="Leeds", family_name="Last")
    batch.put([last.pk], by=level2)
    address = details(client, batch).main.all("a")
    (like_last, _) = [link["href"] for link in address if link.text == "Add CAS with the same course as the last one"]
    page = Page(client.get(like_last))
    assert page.banners == []  # nothing was saved
    assert "The form below has the course of the CAS of Last, Thị Minh" in page.main.text
    typed = page.typed()
    assert (typed["course_title"], typed["study_city"]) == ("MA History", "Leeds")
    assert typed["course_start_date_year"] == "2099"
    assert not typed["family_name"]
    answer = client.post(like_last, {**typed, "family_name": "Next"})
    assert answer["Location"] == at(batch)
    assert CAS.objects.get(family_name="Next").course_title == "MA History"


def test_an_empty_batch_offers_nothing_to_carry_over(client, level2):
    batch = a_batch(level2)
    assert "same course as the last one" not in details(client, batch).main.text


def test_a_draft_of_a_cas_for_a_batch_is_saved_into_the_batch(client, batch, level2):
    page = Page(client.get(add_address(batch)))
    sent = {**page.typed(), "family_name": "Typed"}
    client.post(add_address(batch), sent, headers={"X-Keep-Draft": "1"})
    students = Page(client.get("/students/"))
    address = students.main.link("Typed")
    assert address.startswith(add_address(batch))
    again = Page(client.get(address))
    assert again.typed()["family_name"] == "Typed"
    client.post(address, again.typed())
    assert CAS.objects.get(family_name="Typed").batch == batch
    assert not Draft.objects.open().exists()


def test_what_was_typed_is_kept_if_the_batch_was_deleted_meanwhile(client, batch, level1):
    sent = {**Page(client.get(add_address(batch))).typed(), "family_name": "Typed"}
    batch.remove(by=level1)
    page = Page(client.post(add_address(batch), sent))
    assert page.status == 422
    assert page.typed()["family_name"] == "Typed"
    assert page.summary[0][0] == "This batch has been deleted, or is no longer yours."
    assert page.buttons("Save without a batch")[0]["name"] == "outside"
    answer = client.post(add_address(batch), {**page.typed(), "outside": "yes"})
    cas = CAS.objects.get(family_name="Typed")
    assert (cas.batch, answer["Location"]) == (None, f"/students/cas/{cas.pk}/saved/")


def test_a_draft_for_a_deleted_batch_can_be_saved_without_a_batch(client, batch, level1):
    sent = {**Page(client.get(add_address(batch))).typed(), "family_name": "Typed"}
    client.post(add_address(batch), sent, headers={"X-Keep-Draft": "1"})
    batch.remove(by=level1)
    address = Page(client.get("/students/")).main.link("Typed")
    page = Page(client.get(address))
    assert "has been deleted" in page.main.text
    client.post(address, {**page.typed(), "outside": "yes"})
    assert CAS.objects.get(family_name="Typed").batch is None


def test_discarding_a_draft_for_a_deleted_batch_says_that_the_batch_was_deleted(client, batch, level1):
    sent = {**Page(client.get(add_address(batch))).typed(), "family_name": "Typed"}
    client.post(add_address(batch), sent, headers={"X-Keep-Draft": "1"})
    batch.remove(by=level1)
    page = Page(client.post(add_address(batch), sent | {"discard-draft": ""}, follow=True))
    assert page.banners == ["This batch has been deleted, or is no longer yours."]
    assert page.main.all("form"), "the ways to create another"
    assert not Draft.objects.open().exists()


def test_what_was_typed_is_kept_if_a_payment_began_meanwhile(client, batch):
    sent = {**Page(client.get(add_address(batch))).typed(), "family_name": "Typed"}
    a_batch_order(batch)
    page = Page(client.post(add_address(batch), sent))
    assert page.summary[0][0] == "This batch is being paid for. Finish or cancel the payment first."
    assert page.typed()["family_name"] == "Typed"
    assert page.buttons("Save without a batch")


# The CAS of a batch on their own pages


def test_amending_a_cas_of_a_batch_returns_to_the_batch(client, batch, level2):
    cas = batch.cas.first()
    page = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    assert page.main.link("September intake") == at(batch)
    answer = client.post(f"/students/cas/{cas.pk}/edit/", {**page.typed(), "course_id": "X"})
    assert answer["Location"] == at(batch)


def test_the_page_of_a_cas_in_a_batch_names_the_batch_and_leads_there_to_assign_it(client, batch):
    cas = batch.cas.first()
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    assert dict(page.main.lines())["Batch"] == "September intake"
    assert not is_available(page)
    assert "This CAS is in the batch “September intake”. Assign it with the batch." in page.main.text
    for step in ("assign/", "saved/"):
        page = Page(client.get(f"/students/cas/{cas.pk}/{step}"))
        assert not is_available(page)
        assert at(batch) in {link["href"] for link in page.main.all("a")}


def test_deleting_a_cas_of_a_batch_returns_to_the_batch(client, batch):
    cas = batch.cas.first()
    assert client.post(f"/students/cas/{cas.pk}/delete/")["Location"] == at(batch)
    history = details(client, batch).main.all("section")[-1]
    assert "CAS deleted" in history.text


# While a batch is being paid for


def test_a_batch_that_is_being_paid_for_is_locked_and_links_to_the_payment(client, batch, level2):
    order = a_batch_order(batch)
    page = details(client, batch)
    assert "Being paid for" in page.main.text
    assert page.main.link("Continue or cancel the payment") == f"/payments/{order.reference}/"
    assert not is_available(page)
    for button in ("Add CAS", "Rename", "Delete batch", "Take out", "Move to another batch"):
        assert not page.buttons(button)
    sentence = "This batch is being paid for. Finish or cancel the payment first."
    for step in (at(batch, "rename/"), at(batch, "delete/"), add_address(batch)):
        answer = client.get(step, follow=True)
        assert answer.redirect_chain == [(at(batch), 302)]
        assert Page(answer).banners == [sentence]
    for step in ("take-out/", "move/"):
        page = Page(client.post(at(batch, step), {"cas": [batch.cas.first().pk], "seen": "1"}))
        assert page.summary[0][0] == sentence
    answer = client.post(at(batch, "delete/"), follow=True)
    assert Page(answer).banners == [sentence]
    page = Page(client.post(at(batch, "rename/"), {"name": "X", "seen": batch.last_event()}))
    assert page.error_of("name") == sentence
    assert batch.cas.count() == 2


# The list


def test_the_list_shows_the_newest_batch_first_with_its_counts(client, batch, level2, colleague):
    second = a_batch(level2, a_cas(level2), a_draft(level2), name="Second")
    a_batch(colleague, name="Not mine")
    page = Page(client.get("/students/batches/"))
    assert page.h1 == "Batches"
    rows = cells(page)
    assert [row[:5] for row in rows] == [
        ["Second", "Unassigned", "2", "1", "Student"],
        ["September intake", "Unassigned", "2", "2", "Student"],
    ]
    assert page.main.link("Second") == at(second)


def test_the_list_can_be_filtered_by_status(client, level2, allocation, system):
    for name in ("One", "Two", "Three"):
        a_batch(level2, a_cas(level2), name=name)
    a_batch_order(Batch.objects.get(name="One")).settle(by=system)
    a_batch_order(Batch.objects.get(name="Two"))
    for status, name, tag in (
        ("assigned", "One", "Assigned"),
        ("being-paid-for", "Two", "Being paid for"),
        ("unassigned", "Three", "Unassigned"),
    ):
        page = Page(client.get(f"/students/batches/?status={status}"))
        assert [row[:2] for row in cells(page)] == [[name, tag]]
    assert len(cells(Page(client.get("/students/batches/?status=nothing")))) == 3


def test_an_empty_list_says_how_to_create_a_batch(client):
    text = Page(client.get("/students/batches/")).main.text
    assert "Select Create CAS, then “Create new batch of CAS”, to start one." in text


def test_the_page_students_shows_the_unassigned_batches_of_the_user(client, batch, level1, level2):
    a_batch(level1, name="Not mine")
    page = Page(client.get("/students/"))
    (line,) = page.main.one(of="sms-lines").all("li")
    assert line.text.startswith("batch: September intake 2 CAS, 2 READY TO GO")
    assert line.one("a")["href"] == at(batch)
    assert page.main.link("All batches") == "/students/batches/"
    assert page.main.link("Assign CAS") == "/students/assign-cas/"


# Many CAS


def test_a_batch_of_101_has_two_pages(client, level2):
    batch = a_batch(level2, name="Large")
    rows = [
        CAS(
            family_name=f"N{number}",
            route="STUDENT",
            licence=level2.licence,
            owner=level2,
            created_by=level2,
            batch=batch,
            status="WORK IN PROGRESS",
            created_at=clock.now(),
            changed_at=clock.now(),
        )
        for number in range(101)
    ]
    CAS.objects.bulk_create(rows)
    assert len(cells(details(client, batch))) == 100
    assert cells(Page(client.get(at(batch, "?page=2"))))[0][0] == "N100"


def test_the_child_student_route_has_batches_also(client, level2, licence):
    batch = a_batch(level2, CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2), route=Route.CHILD_STUDENT)
    assert "Your sponsor has no current allocation for this route." in details(client, batch).by_id("why-not").text


def test_opening_pages_writes_no_history(client, batch):
    before = Event.objects.count()
    for step in ("", "rename/", "delete/", "assign/", "online-payment/"):
        client.get(at(batch, step))
    assert Event.objects.count() == before
