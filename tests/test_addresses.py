"""Names, birth dates, passport and CAS numbers are never in an address (specification, section 8; security, D2)."""

import urllib.parse

import pytest
from django.test import Client

from cas.models import CAS, Order
from tests.factories import COMPLETE
from tests.pages import Page, typed_in

TYPED = {
    **COMPLETE,
    "family_name": "Quetzalcoatl",
    "given_names": "Xochitl",
    "passport_number": "ZX9081726",
    "applicant_id": "APPL-4711",
    "place_of_birth": "Xicotencatl",
}
"""The values of a CAS. No other text on a page contains any of these invented names and numbers."""

SECRETS = ["quetzalcoatl", "xochitl", "zx9081726", "appl-4711", "xicotencatl", "2002-05-17", "17052002", "e4g"]


def addresses(page):
    """Yield every address of the page that a browser would request or send as a Referer, decoded."""
    for element in page.walk():
        for name in ("href", "action", "src", "formaction"):
            if name in element:
                yield urllib.parse.unquote_plus(element[name])
        if element.tag == "form" and element["method"] != "post":
            yield from (f"{name}={value}" for name, value in page.typed(element["action"]).items())


class Watched(Client):
    """A test client that keeps every address that it sees."""

    def request(self, **environ):
        answer = super().request(**environ)
        self.seen = [*getattr(self, "seen", []), answer.headers.get("Location", "")]
        self.seen += [environ["PATH_INFO"], environ.get("QUERY_STRING", "")]
        if answer["Content-Type"].startswith("text/html") and answer.content:
            self.seen += addresses(Page(answer))
        return answer


@pytest.fixture
def watched(level1, allocation):
    client = Watched()
    client.force_login(level1)
    return client


def everything_of_guide_1(watched):
    """Follow guide 1 by links and forms, with an invalid value, a conflicting save and a declined payment."""
    new = "/students/create-cas/STUDENT/new/"
    for address in ("/students/", "/students/create-cas/", "/students/create-cas/STUDENT/", new):
        watched.get(address)
    watched.post(new, typed_in(TYPED | {"study_postcode": "1" * 30}))
    saved = watched.post(new, typed_in(TYPED))["Location"]
    cas = CAS.objects.get()
    watched.get(saved)
    edit = f"/students/cas/{cas.pk}/edit/"
    stale = Page(watched.get(edit)).typed()
    watched.post(edit, stale | {"other_names": "Ix"})
    watched.post(edit, stale | {"other_names": "Chel"})
    for address in ("/students/cas/", "/students/cas/?status=READY+TO+GO", f"/students/cas/{cas.pk}/delete/"):
        watched.get(address)
    pay = f"/students/cas/{cas.pk}/online-payment/"
    for choice in ("decline", "pay"):
        version = CAS.objects.get().version
        watched.get(f"/students/cas/{cas.pk}/assign/")
        watched.get(f"{pay}?version={version}")
        sandbox = watched.post(pay, {"version": version})["Location"]
        watched.get(f"/payments/{Order.objects.first().reference}/")
        watched.get(sandbox)
        watched.post(sandbox, {"choice": choice}, follow=True)
    for page in ("", "assigned/"):
        watched.get(f"/students/cas/{cas.pk}/{page}")
    watched.get("/students/cas/")
    return CAS.objects.get()


def test_no_address_in_guide_1_holds_a_detail_of_the_student(watched):
    cas = everything_of_guide_1(watched)
    assert cas.status == "ASSIGNED"
    assert {place for place in watched.seen for secret in SECRETS if secret in place.casefold()} == set()
    assert len(watched.seen) > 400


def test_the_test_above_would_see_a_detail_in_an_address(watched):
    """The watch sees addresses in links, in forms by GET and in redirects."""
    for place in ("/students/cas/?name=Quetzalcoatl", "/sign-out/?next=/students/?q=ZX9081726"):
        watched.get(place)
    assert any("quetzalcoatl" in place.casefold() for place in watched.seen)
    assert any("zx9081726" in place.casefold() for place in watched.seen)
