"""`Print`: the CAS as a PDF (manual 4, guide 1, after step 8). test_printing.py tests its contents."""

import pytest

from cas.models import CAS
from licences.models import Event
from tests.factories import a_cas, a_draft, assigned
from tests.pages import Page


def address(cas):
    return f"/students/cas/{cas.pk}/print/"


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_print_answers_with_a_pdf_named_by_the_cas_number_and_writes_an_event(
    user, as_user, level2, allocation, request
):
    cas, user = assigned(a_cas(level2)), request.getfixturevalue(user)
    before = CAS.objects.filter(pk=cas.pk).values().get()
    answer = as_user(user).post(address(cas))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="CAS-{cas.number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    event = Event.objects.about("cas", cas.pk).last()
    assert (event.verb, event.by, event.data) == ("print", user, {})
    assert CAS.objects.filter(pk=cas.pk).values().get() == before, "nothing but the history changes"


def test_a_draft_can_be_printed_and_its_page_shows_that_it_was(as_user, level1):
    cas, client = a_draft(level1), as_user(level1)
    answer = client.post(address(cas))
    assert answer["Content-Disposition"] == f'inline; filename="CAS-draft-{cas.pk}.pdf"'
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    assert page.one(of="sms-timeline").all("li")[0].text.startswith("Printed Level1, ")


def test_a_get_request_prints_nothing(as_user, level1):
    cas = a_draft(level1)
    assert as_user(level1).get(address(cas)).status_code == 405
    assert not Event.objects.filter(verb="print").exists()


def test_a_user_can_print_after_the_licence_has_ended(as_user, level1, licence, caseworker, allocation):
    cas = assigned(a_cas(level1))
    licence.revoke(by=caseworker, reason="The end")
    assert as_user(level1).post(address(cas)).status_code == 200
