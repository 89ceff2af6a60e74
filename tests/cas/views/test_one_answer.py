"""Each page gives the same answer to the question if a CAS can be assigned, with the same reason (specification, 8)."""

import pytest
from django.urls import reverse

from tests.factories import a_batch, a_cas, a_draft, an_allocation, an_order, assigned, many
from tests.pages import Page

PAGES = ("", "saved/", "assign/")


def no_places(cas, by, caseworker):
    an_allocation(cas.licence, 1, by=caseworker)
    assigned(a_cas(by, passport_number="OTHER123"))


def no_allocation(cas, by, caseworker):
    pass


def suspended(cas, by, caseworker):
    no_places(cas, by, caseworker)
    cas.licence.suspend(by=caseworker, reason="A visit")


def in_a_batch(cas, by, caseworker):
    an_allocation(cas.licence, by=caseworker)
    a_batch(by, cas)


def incomplete(cas, by, caseworker):
    an_allocation(cas.licence, by=caseworker)
    cas.amend({"course_title": "", "has_work_placement": True}, by=by, version=1)


SENTENCES = {
    no_places: "has 0 unused of 1",
    no_allocation: "Your sponsor has no current allocation for this route.",
    suspended: "Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it.",
    in_a_batch: "This CAS is in the batch “September intake”. Assign it with the batch.",
    incomplete: "Complete or correct these fields:",
}


@pytest.mark.parametrize("user", ["level1", "level2"])
@pytest.mark.parametrize("prevent", SENTENCES)
def test_each_page_gives_the_same_answer_with_the_same_reason(
    prevent, user, as_user, level1, level2, caseworker, request
):
    user = request.getfixturevalue(user)
    cas = a_cas(level2)
    prevent(cas, level2, caseworker)
    client = as_user(user)
    pages = [Page(client.get(f"/students/cas/{cas.pk}/{each}")) for each in PAGES]
    for page in pages:
        (assign,) = page.main.buttons("Assign")
        assert assign.is_unavailable
        assert assign["aria-describedby"] == "why-not"
    boxes = {page.by_id("why-not").text for page in pages}
    assert len(boxes) == 1
    assert SENTENCES[prevent] in boxes.pop()
    for ask in (client.get, client.post):  # as if the button could be pressed
        answer = ask(f"/students/cas/{cas.pk}/online-payment/", follow=True)
        assert answer.redirect_chain[-1][0] == f"/students/cas/{cas.pk}/assign/"
        assert SENTENCES[prevent] in Page(answer).by_id("why-not").text


def test_a_suspended_licence_is_the_only_reason_even_if_places_are_too_few(as_user, level1, caseworker):
    cas = a_cas(level1)
    suspended(cas, level1, caseworker)
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/"))
    assert "unused" not in page.by_id("why-not").text


def ways_out(page):
    """Return where the page links to for more places."""
    return {link["href"] for link in page.main.all("a") if link.text == "Request CoS/CAS increase"}


@pytest.fixture
def way_out():
    """Return where pages must link to: the screen, or nowhere in a portal without it."""
    href = reverse("request_increase")
    return {href} if href else set()


@pytest.mark.parametrize("prevent", [no_places, no_allocation])
def test_the_way_to_more_places_is_a_link_that_exists(prevent, as_user, level1, level2, caseworker, way_out):
    cas = a_cas(level2)
    prevent(cas, level2, caseworker)
    client = as_user(level1)
    for where in (*(f"cas/{cas.pk}/{each}" for each in PAGES), ""):
        page = Page(client.get(f"/students/{where}"))
        assert "Ask the Home Office for more with Request CoS/CAS increase." in page.main.text
        assert ways_out(page) == way_out
    assert {client.get(href).status_code for href in way_out} <= {200}
    page = Page(as_user(level2).get(f"/students/cas/{cas.pk}/"))
    assert "Ask a Level 1 user to request an increase." in page.by_id("why-not").text
    assert ways_out(page) == set()


def test_a_cas_in_a_batch_links_to_the_batch_where_it_can_be_assigned(as_user, level1, allocation):
    cas = a_cas(level1)
    batch = a_batch(level1, cas)
    for each in PAGES:
        page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/{each}"))
        assert page.by_id("why-not").link("Go to the batch September intake") == f"/students/batches/{batch.pk}/"


def test_the_place_of_a_cas_that_is_being_paid_for_is_held_so_assign_shows_its_payment(as_user, level1, caseworker):
    cas = a_cas(level1)
    an_allocation(cas.licence, 1, by=caseworker)
    order = an_order(cas, by=level1)
    client = as_user(level1)
    for each in ("", "saved/"):
        page = Page(client.get(f"/students/cas/{cas.pk}/{each}"))
        assert page.main.link("Assign") == f"/students/cas/{cas.pk}/assign/"
        assert page.main.link("Continue or cancel the payment") == f"/payments/{order.reference}/"
    assert client.get(f"/students/cas/{cas.pk}/assign/")["Location"] == f"/payments/{order.reference}/"


def test_a_batch_names_one_reason_and_the_way_to_more_places(as_user, level1, caseworker, licence, way_out):
    an_allocation(licence, 1, by=caseworker)
    batch = a_batch(level1, name="Of two")
    many(level1, 2, batch=batch)
    client = as_user(level1)
    for each in ("", "assign/"):
        box = Page(client.get(f"/students/batches/{batch.pk}/{each}")).by_id("why-not")
        assert "has 1 unused of 1" in box.text
        assert ways_out(Page(client.get(f"/students/batches/{batch.pk}/{each}"))) == way_out
    licence.suspend(by=caseworker, reason="A visit")
    for each in ("", "assign/"):
        box = Page(client.get(f"/students/batches/{batch.pk}/{each}")).by_id("why-not")
        assert "Your licence is SUSPENDED" in box.text
        assert "unused" not in box.text


def test_selected_cas_for_which_places_are_missing_say_so_before_the_batch_is_created(
    as_user, level1, caseworker, way_out
):
    first, second = a_cas(level1), a_cas(level1, passport_number="OTHER123")
    an_allocation(first.licence, 1, by=caseworker)
    page = Page(as_user(level1).post("/students/selected/assign/", {"cas": [first.pk, second.pk]}))
    assert "You need 2." in page.main.text
    assert ways_out(page) == way_out


def test_students_says_why_no_cas_can_be_assigned(as_user, level1, licence, caseworker):
    a_draft(level1)
    for route in ("STUDENT", "CHILD_STUDENT"):
        an_allocation(licence, 5, route=route, by=caseworker)
    client = as_user(level1)
    assert "you can assign and pay for these." in Page(client.get("/students/")).main.text
    licence.suspend(by=caseworker, reason="A visit")
    page = Page(client.get("/students/"))
    assert "you can assign" not in page.main.text
    assert "Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it." in page.main.text
