"""Deleting a CAS (manual 4, guide 1, step 5, note 2; guide 3, step 5)."""

import pytest

from cas.models import CAS
from licences.models import Event
from tests.factories import a_cas, a_draft, an_order, assigned, order_in_status
from tests.pages import Page


def address(cas):
    return f"/students/cas/{cas.pk}/delete/"


def test_the_page_asks_before_it_deletes(as_user, level1):
    cas = a_cas(level1)
    page = Page(as_user(level1).get(address(cas)))
    assert page.h1 == "Delete a CAS"
    assert "You are about to delete the CAS of Nguyễn, Thị Minh, MSc Data Science." in page.main.text
    assert "You cannot undo this. The history of the CAS is kept." in page.main.text
    assert page.form()["method"] == "post"
    assert page.main.link("Keep it") == f"/students/cas/{cas.pk}/"
    assert CAS.objects.exists()


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_a_deleted_cas_is_gone_and_its_history_stays(user, as_user, level2, request):
    cas, user = a_draft(level2, given_names="Ada"), request.getfixturevalue(user)
    answer = as_user(user).post(address(cas), follow=True)
    assert answer.redirect_chain == [("/students/", 302)]
    assert Page(answer).banners == ["The CAS of Okonkwo, Ada was deleted."]
    assert not CAS.objects.exists()
    last = Event.objects.about("cas", cas.pk).last()
    assert (last.verb, last.by, last.label) == ("delete", user, f"CAS {cas.pk}")
    assert last.data["family_name"] == ["Okonkwo", None]


def test_a_second_click_finds_nothing_to_delete(as_user, level1):
    cas, client = a_draft(level1), as_user(level1)
    client.post(address(cas))
    assert client.post(address(cas)).status_code == 404


def test_an_assigned_cas_is_not_deleted(as_user, level1, allocation):
    cas, client = assigned(a_cas(level1)), as_user(level1)
    sentence = "This CAS is ASSIGNED, so you cannot change or delete it."
    page = Page(client.get(address(cas)))
    assert sentence in page.main.text
    assert page.main.all("form") == []
    answer = client.post(address(cas), follow=True)
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/", 302)]
    assert Page(answer).banners == [sentence]
    assert CAS.objects.filter(pk=cas.pk).exists()


def test_a_cas_that_is_being_paid_for_is_not_deleted(as_user, level1, allocation):
    cas, client = a_cas(level1), as_user(level1)
    an_order(cas, by=level1)
    sentence = "This CAS is being paid for. Finish or cancel the payment first."
    assert sentence in Page(client.get(address(cas))).main.text
    assert Page(client.post(address(cas), follow=True)).banners == [sentence]
    assert CAS.objects.filter(pk=cas.pk).exists()


def test_a_cas_whose_payment_was_declined_can_be_deleted_and_its_order_stays(as_user, level1, allocation, caseworker):
    cas, client = a_cas(level1), as_user(level1)
    order = order_in_status("DECLINED", cas, caseworker=caseworker)
    client.post(address(cas))
    assert not CAS.objects.exists()
    page = Page(client.get(f"/payments/{order.reference}/"))
    assert "This payment is DECLINED." in page.main.text


def test_a_cas_on_a_surrendered_route_can_be_deleted(as_user, level1, licence, caseworker):
    cas = a_draft(level1)
    licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    as_user(level1).post(address(cas))
    assert not CAS.objects.exists()
