"""Assigning a new or an earlier batch on its screens (manual 4, guides 2 and 5)."""

from time import process_time

import pytest

from cas.models import CAS, Batch, Order
from cas.models.batch_summary import BatchSummary
from cas.reconciliation import discrepancies
from licences.models import StoredSearch
from licences.roles import Role
from tests.factories import a_batch, a_batch_order, a_cas, a_draft, a_licence, a_user, an_allocation, many
from tests.pages import Page
from tests.payments import silence

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    return a_batch(level2, *[a_cas(level2, family_name=name) for name in ("Abebe", "Wang", "Zielińska")])


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def at(batch, step):
    return f"/students/batches/{batch.pk}/{step}/"


def paid(client, batch):
    """Assign the batch and pay, as in guide 2, steps 8 to 10. Return the last page."""
    confirm = Page(client.get(at(batch, "assign")))
    ok = Page(client.get(at(batch, "online-payment"), confirm.typed(at(batch, "online-payment"))))
    answer = client.post(at(batch, "online-payment"), ok.typed())
    client.post(answer["Location"], {"choice": "pay"})
    order = Order.objects.latest("pk")
    return Page(client.get(f"/payments/{order.reference}/", follow=True))


# Confirm assignment of batch


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_the_confirmation_shows_the_number_the_total_and_the_effect_on_the_allocation(
    user, batch, as_user, request, allocation
):
    page = Page(as_user(request.getfixturevalue(user)).get(at(batch, "assign")))
    assert page.h1 == "Confirm assignment of batch"
    lines = dict(page.main.lines())
    assert lines["Batch name"] == "September intake"
    assert (lines["Number of CAS"], lines["Fee for each CAS"], lines["Total"]) == ("3", "£55.00", "£165.00")
    aside = page.one("aside").text
    assert "10 unused of 10" in aside
    assert "7 unused after you assign this batch." in aside
    form = page.form(at(batch, "online-payment"))
    assert form["method"] == "get"
    assert form.buttons("Assign")
    assert page.main.link("Back") == f"/students/batches/{batch.pk}/"


def students(page):
    return [[cell.text for cell in row.all("th", "td")] for row in page.main.one("tbody").all("tr")]


def test_the_confirmation_names_each_student_with_the_course_the_start_and_what_to_check(client, level2, allocation):
    batch = a_batch(
        level2,
        a_cas(level2, family_name="Abebe", given_names="", applicant_id="A1", english_level_attained="B2"),
        a_cas(level2, family_name="Wang", english_level_attained="C1", course_fees_paid="99999"),
    )
    page = Page(client.get(at(batch, "assign")))
    first, second = students(page)
    assert first[:5] == ["Abebe", "17 May 2002", "A1", "MSc Data Science", "14 September 2099"]
    assert second[0] == "Wang, Thị Minh"
    assert "The course fees paid are more than the fees of the first year" in second[-1]
    assert "course fees paid" not in first[-1]


def test_the_confirmation_names_ten_students_on_each_page(client, level2, allocation):
    batch = a_batch(level2, name="Of twelve")
    many(level2, 12, batch=batch)
    first, second = (Page(client.get(at(batch, "assign"), {"page": number})) for number in (1, 2))
    assert (len(students(first)), len(students(second))) == (10, 2)
    assert "Students 11 to 12 of 12" in second.main.text
    assert first.main.one(of="govuk-pagination").link("2")


def test_a_batch_that_cannot_be_assigned_yet_says_why(client, batch, level2):
    batch.put([a_draft(level2).pk], by=level2)
    page = Page(client.get(at(batch, "assign")))
    (assign,) = page.buttons("Assign")
    assert assign.is_unavailable
    assert assign["aria-describedby"] == "why-not"
    box = page.by_id("why-not").text
    assert "1 of 4 CAS cannot be assigned yet. Complete or correct these fields:" in box
    assert "Okonkwo: " in box
    assert client.get(at(batch, "online-payment"))["Location"] == at(batch, "assign")


def test_a_suspended_licence_is_named_only_once(client, batch, licence, caseworker):
    licence.suspend(by=caseworker, reason="A visit")
    assert Page(client.get(at(batch, "assign"))).by_id("why-not").text.count("Your licence is SUSPENDED") == 1


# Online payment


def test_online_payment_shows_the_batch_its_number_of_cas_the_fee_and_the_total(client, batch):
    page = Page(client.get(at(batch, "online-payment")))
    assert page.h1 == "Online payment"
    cells = [cell.text for cell in page.one("tbody").all("td")]
    assert cells == ["CAS in the batch September intake, Student route", "3", "£55.00", "£165.00"]
    assert {link["href"] for link in page.all("a") if link.text == "Back"} == {at(batch, "assign")}


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_paying_assigns_every_cas_and_shows_its_number(user, batch, as_user, request, allocation):
    page = paid(as_user(request.getfixturevalue(user)), batch)
    assert page.h1 == "Confirmation of assigned batch"
    assert "3 CAS assigned" in page.main.text
    numbers = list(batch.cas.order_by("pk").values_list("number", flat=True))
    assert [cell.text for cell in page.all("span", of="sms-number")] == numbers
    (copy,) = [button for button in page.all("button") if "data-copy" in button]
    assert copy.text == "Copy all 3 CAS"
    assert [line.split("\t")[2] for line in copy["data-copy"].split("\n")] == numbers
    allocation.refresh_from_db()
    assert (allocation.used, allocation.held) == (3, 0)
    assert list(discrepancies()) == []


def test_a_batch_of_one_cas_is_assigned_as_a_batch(client, level2, allocation):
    batch = a_batch(level2, a_cas(level2), name="Of one")
    page = paid(client, batch)
    assert page.h1 == "Confirmation of assigned batch"
    assert "Copy the CAS" in [button.text for button in page.all("button")]


def test_the_copied_lines_have_the_applicant_id_the_name_the_number_and_the_expiry_date(client, level2, allocation):
    """A spreadsheet takes them apart at the tabs, and no text in them for a formula."""
    batch = a_batch(level2, a_cas(level2, applicant_id="A17"), a_cas(level2, family_name="=Ng", passport_number="X2"))
    page = paid(client, batch)
    (copy,) = [button for button in page.all("button") if "data-copy" in button]
    first, second = batch.cas.order_by("pk")
    assert [line.split("\t") for line in copy["data-copy"].split("\n")] == [
        ["A17", "Nguyễn, Thị Minh", first.number, first.expires_on.isoformat()],
        ["", "'=Ng, Thị Minh", second.number, second.expires_on.isoformat()],
    ]


def test_all_cas_of_the_batch_can_be_printed_from_the_confirmation(client, batch):
    page = paid(client, batch)
    assert page.form(f"/students/batches/{batch.pk}/print/").buttons("Print all")
    answer = client.post(f"/students/batches/{batch.pk}/print/")
    assert answer["Location"].startswith("/students/printouts/")


@pytest.mark.parametrize("how", ["put in", "taken out", "amended", "replaced"])
def test_a_batch_that_was_changed_meanwhile_is_refused_before_payment(how, client, batch, level1, level2, allocation):
    shown = Page(client.get(at(batch, "assign"))).typed(at(batch, "online-payment"))
    first = batch.cas.first()
    if how in {"taken out", "replaced"}:
        batch.take_out([first.pk], by=level1)
    if how in {"put in", "replaced"}:
        batch.put([a_cas(level2).pk], by=level1)
    if how == "amended":
        first.amend({"course_id": "X"}, by=level1, version=1)
    sent = Page(client.get(at(batch, "online-payment"), shown)).typed()
    assert sent == shown
    answer = client.post(at(batch, "online-payment"), sent, follow=True)
    assert answer.redirect_chain == [(at(batch, "assign"), 302)]
    sentence = "Another user changed this batch after you opened this page. Check it and try again."
    assert Page(answer).banners == [sentence]
    assert not Order.objects.exists()
    allocation.refresh_from_db()
    assert allocation.held == 0


@pytest.mark.parametrize("summary", ["", "0" * 64, "\u0661", "x\x00"])
def test_a_summary_that_was_never_shown_opens_no_order(client, batch, summary):
    answer = client.post(at(batch, "online-payment"), {"summary": summary})
    assert answer["Location"] == at(batch, "assign")
    assert not Order.objects.exists()


def test_without_the_summary_a_change_would_be_paid_for_without_being_seen(client, batch, level1, monkeypatch):
    """The twin of the test of a changed batch: the guard is taken away."""
    monkeypatch.setattr(BatchSummary, "digest", "always the same")
    sent = Page(client.get(at(batch, "online-payment"))).typed()
    batch.cas.first().amend({"course_id": "X"}, by=level1, version=1)
    client.post(at(batch, "online-payment"), sent)
    assert Order.objects.get().status == "OPEN"


def test_the_order_refuses_a_change_made_after_the_summary_was_read(client, batch, level1, monkeypatch):
    sent = Page(client.get(at(batch, "online-payment"))).typed()
    of = BatchSummary.of

    def amend_afterwards(batch, rules, **known):
        summary = of(batch, rules, **known)
        batch.cas.first().amend({"course_id": "X"}, by=level1, version=1)
        return summary

    monkeypatch.setattr(BatchSummary, "of", amend_afterwards)
    client.post(at(batch, "online-payment"), sent)
    assert not Order.objects.exists()


def test_a_second_ok_leads_to_the_open_order(client, batch):
    sent = Page(client.get(at(batch, "online-payment"))).typed()
    client.post(at(batch, "online-payment"), sent)
    order = Order.objects.get()
    for step in ("online-payment", "assign"):
        assert client.get(at(batch, step))["Location"] == f"/payments/{order.reference}/"
    assert client.post(at(batch, "online-payment"), sent)["Location"] == f"/payments/{order.reference}/"


def test_when_the_provider_cannot_be_reached_the_payment_waits_and_names_the_batch(client, batch):
    sent = Page(client.get(at(batch, "online-payment"))).typed()
    with silence():
        answer = client.post(at(batch, "online-payment"), sent, follow=True)
    page = Page(answer)
    assert page.h1 == "Payment in progress"
    assert dict(page.main.lines())["For"] == "The batch September intake, 3 CAS"
    assert "when the payment is confirmed, we assign all CAS in the batch." in page.main.text
    assert page.link("September intake") == f"/students/batches/{batch.pk}/"


# How the payment ends


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("decline", "The payment was declined. The batch has not changed. You can try again."),
        ("cancel", "The payment was cancelled. The batch has not changed, and you have not paid."),
        ("lapse", "The payment service did not answer, so the payment has lapsed. The batch has not changed."),
    ],
)
def test_an_unpaid_order_leads_back_to_the_confirmation_with_the_reason(end, sentence, client, batch, system):
    order = a_batch_order(batch)
    getattr(order, end)(by=system)
    answer = client.get(f"/payments/{order.reference}/", follow=True)
    assert answer.redirect_chain == [(at(batch, "assign"), 302)]
    assert Page(answer).banners == [sentence]


def test_a_payment_for_a_batch_that_changed_leads_to_a_refund(client, batch, system, level2):
    order = a_batch_order(batch)
    order.lapse(by=system)
    batch.put([a_cas(level2).pk], by=level2)
    Order.objects.get().settle(by=system)
    page = Page(client.get(f"/payments/{order.reference}/"))
    assert page.h1 == "A refund is due"
    assert dict(page.main.lines())["For"] == "The batch September intake, 3 CAS"


def test_an_earlier_payment_of_an_assigned_batch_still_shows_its_own_status(client, batch, system):
    first = a_batch_order(batch)
    first.decline(by=system)
    a_batch_order(batch).settle(by=system)
    page = Page(client.get(f"/payments/{first.reference}/"))
    assert "This payment is DECLINED." in page.main.text


@pytest.mark.parametrize("end", ["settle", "lapse"])
def test_the_payment_of_a_batch_that_was_deleted_can_still_be_seen(end, client, batch, system, level2):
    order = a_batch_order(batch)
    order.lapse(by=system)
    batch.remove(by=level2)
    getattr(Order.objects.get(), end)(by=system)
    page = Page(client.get(f"/payments/{order.reference}/"))
    assert page.status == 200
    assert dict(page.main.lines())["For"] == "3 CAS"


def test_an_assigned_batch_is_closed_and_shows_its_numbers(client, batch, system, level2):
    a_batch_order(batch).settle(by=system)
    page = Page(client.get(f"/students/batches/{batch.pk}/"))
    assert not [button for name in ("Assign", "Add CAS", "Rename", "Delete batch") for button in page.buttons(name)]
    assert page.main.link("Confirmation of assigned batch") == at(batch, "assigned")
    assert {cell.text for cell in page.all("span", of="sms-number")} == set(batch.cas.values_list("number", flat=True))
    for step in ("assign", "online-payment"):
        assert client.get(at(batch, step))["Location"] == at(batch, "assigned")
    for step in ("rename", "delete"):
        assert client.get(at(batch, step))["Location"] == f"/students/batches/{batch.pk}/"


def test_an_unassigned_batch_has_no_confirmation(client, batch):
    assert client.get(at(batch, "assigned"))["Location"] == f"/students/batches/{batch.pk}/"


def test_a_level_2_user_sees_their_own_cas_of_a_batch_and_how_many_others_there_are(
    as_user, batch, system, level1, level2, colleague
):
    a_batch_order(batch).settle(by=system)
    theirs, *others = batch.cas.order_by("pk")
    CAS.objects.filter(pk=theirs.pk).change_owner(colleague, by=level1)
    for user, mine, number in ((colleague, [theirs], 2), (level2, others, 1)):
        for step in ("", "assigned/"):
            page = Page(as_user(user).get(f"/students/batches/{batch.pk}/{step}"))
            assert [cell.text for cell in page.all("span", of="sms-number")] == [cas.number for cas in mine]
            assert f"{number} other CAS in this batch belong" in page.main.text
            for hidden in {theirs, *others} - set(mine):
                assert hidden.number not in page.html
                assert hidden.family_name not in page.html


# Assign CAS, Assign batch (guide 5)


def test_assign_cas_asks_what_to_assign(client):
    page = Page(client.get("/students/assign-cas/"))
    assert page.h1 == "Assign CAS"
    assert [label.text for label in page.main.all("label")] == ["Assign single CAS", "Assign batch"]
    for kind, address in (("single", "single"), ("batch", "batch")):
        answer = client.post("/students/assign-cas/", {"kind": kind})
        assert answer["Location"] == f"/students/assign-cas/{address}/"
    page = Page(client.post("/students/assign-cas/", {"kind": "x"}))
    assert page.error_of("kind")


@pytest.fixture
def search(client):
    def send(name):
        return client.post("/students/assign-cas/batch/", {"name": name}, follow=True)

    return send


@pytest.mark.parametrize("name", ["September intake", "sept", "INTAKE", "  séptember   ", "ber int"])
def test_a_search_that_finds_one_batch_leads_to_its_confirmation(search, batch, name):
    answer = search(name)
    key = StoredSearch.objects.get().key
    assert answer.redirect_chain == [(f"{at(batch, 'assign')}?search={key}", 302)]
    assert Page(answer).main.link("Back") == f"/students/assign-cas/batch/{key}/"


def test_an_assigned_batch_is_named_where_it_was_searched_to_be_assigned(search, batch, system):
    a_batch_order(batch).settle(by=system)
    page = Page(search("sept"))
    assert "This batch is assigned already" in page.main.text
    assert page.main.link("September intake") == f"/students/batches/{batch.pk}/"


def test_a_search_that_finds_many_lists_the_newest_first_at_an_address_without_the_name(
    client, search, batch, level2, system, colleague
):
    for name in ("September PhD", "October"):
        a_batch(level2, name=name)
    a_batch(colleague, name="September of a colleague")
    done = a_batch(level2, a_cas(level2), name="September, done")
    a_batch_order(done).settle(by=system)
    answer = search("september")
    page = Page(answer)
    key = StoredSearch.objects.get().key
    assert answer.redirect_chain == [(f"/students/assign-cas/batch/{key}/", 302)]
    assert page.h1 == "Search for batches of CAS to assign"
    assert "2 batches found" in page.main.text
    rows = [(row.one("th").one("a").text, row.one("th").one("a")["href"]) for row in page.one("tbody").all("tr")]
    newest = Batch.objects.get(name="September PhD")
    assert rows == [
        ("September PhD", f"{at(newest, 'assign')}?from={key}"),
        ("September intake", f"{at(batch, 'assign')}?from={key}"),
    ]
    assert page.typed("/students/assign-cas/batch/")["name"] == "september"
    assert Page(client.get(f"/students/assign-cas/batch/{key}/")).status == 200


def test_a_search_that_finds_nothing_keeps_what_was_typed(search, batch):
    page = Page(search("October"))
    assert "No batch was found" in page.main.text
    assert page.typed("/students/assign-cas/batch/")["name"] == "October"


@pytest.mark.parametrize("name", ["%", "_", "---", "'; DROP", "\\"])
def test_special_characters_in_a_search_match_only_themselves(search, batch, name):
    assert "No batch was found" in Page(search(name)).main.text


def test_a_name_that_is_too_long_is_an_error(search, batch):
    page = Page(search("x" * 101))
    assert page.status == 422
    assert page.error_of("name")


def test_a_search_opens_only_for_its_user_and_in_its_own_place(search, as_user, level1, batch):
    search("October")
    address = f"/students/assign-cas/batch/{StoredSearch.objects.get().key}/"
    assert as_user(level1).get(address).status_code == 404
    other = StoredSearch.objects.keep("elsewhere", {"name": ""}, by=level1)
    assert as_user(level1).get(f"/students/assign-cas/batch/{other.key}/").status_code == 404


def test_a_search_that_finds_a_batch_being_paid_for_leads_to_the_payment(search, batch):
    order = a_batch_order(batch)
    assert search("September").redirect_chain[-1] == (f"/payments/{order.reference}/", 302)


# A batch of 1,000


@pytest.fixture
def large_sponsor_user(caseworker):
    """Return a user of a sponsor with 2,000 places."""
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    an_allocation(licence, 2000, by=caseworker)
    return a_user("large", Role.LEVEL_1, licence)


def test_a_batch_of_1000_is_paid_for_and_shown_within_seconds(as_user, large_sponsor_user):
    client = as_user(large_sponsor_user)
    batch = a_batch(large_sponsor_user, name="Of a thousand")
    many(large_sponsor_user, 1000, batch=batch)
    began = process_time()
    assert Page(client.get(f"/students/batches/{batch.pk}/")).buttons("Assign")
    page = paid(client, batch)
    assert process_time() - began < 20
    assert "1,000 CAS assigned" in page.main.text
    assert len(page.all("span", of="sms-number")) == 100
    (copy,) = [button for button in page.all("button") if "data-copy" in button]
    assert len({line.split("\t")[2] for line in copy["data-copy"].split("\n")}) == 1000
    last = Page(client.get(at(batch, "assigned"), {"page": 10}))
    assert len(last.all("span", of="sms-number")) == 100
    assert set(batch.cas.values_list("status", flat=True)) == {"ASSIGNED"}
