"""The headers of every answer limit what the browser loads, frames and sends as a Referer."""

import gzip
import re

import pytest
from django.test import Client

from licences.models import StoredSearch
from tests.factories import a_cas, a_draft, an_order, assigned
from tests.pages import Page
from tests.payments import sent_to_sandbox

PAGES = {
    "sign-in": "/sign-in/",
    "students": "/students/",
    "list": "/students/cas/",
    "search": "/students/search/",
    "found": "/students/search/{search}/",
    "route": "/students/create-cas/",
    "form": "/students/create-cas/STUDENT/new/",
    "CAS": "/students/cas/{assigned}/",
    "saved": "/students/cas/{draft}/saved/",
    "edit": "/students/cas/{draft}/edit/",
    "delete": "/students/cas/{draft}/delete/",
    "assign": "/students/cas/{ready}/assign/",
    "online payment": "/students/cas/{ready}/online-payment/",
    "assigned": "/students/cas/{assigned}/assigned/",
    "order": "/payments/{order}/",
    "sandbox": "/sandbox/{key}/",
    "sign-out": "/sign-out/",
    "not found": "/nothing/",
    "no such CAS": "/students/cas/0/",
    "admin to a sponsor": "/admin/",
}


@pytest.fixture
def records(level1, allocation):
    order = an_order(a_cas(level1), by=level1)
    return {
        "draft": a_draft(level1).pk,
        "ready": a_cas(level1).pk,
        "assigned": assigned(a_cas(level1)).pk,
        "search": StoredSearch.objects.keep("any", {"family_name": ["ng"]}, by=level1).key,
        "order": order.reference,
        "key": sent_to_sandbox(order).key,
    }


def directives(answer):
    policy = answer["Content-Security-Policy"]
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def test_every_page_protects_its_reader(records, as_user, case, level1):
    for name, address in PAGES.items():
        with case(page=name):
            client = Client() if name == "sign-in" else as_user(level1)
            answer = client.get(address.format(**records))
            assert answer.status_code in {200, 404}
            it_protects_its_reader(answer)


def it_protects_its_reader(answer):
    policy, page = directives(answer), Page(answer)
    it_runs_only_the_scripts_that_carry_its_nonce(policy, page)
    it_has_no_style_and_no_handler_in_its_markup(page)
    it_loads_nothing_from_elsewhere(page)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]


def it_runs_only_the_scripts_that_carry_its_nonce(policy, page):
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    (nonce,) = [source for source in policy["script-src"] if source.startswith("'nonce-")]
    assert {f"'nonce-{script['nonce']}'" for script in page.all("script")} == {nonce}
    assert len(nonce) > 20


def it_has_no_style_and_no_handler_in_its_markup(page):
    assert page.all("style") == []
    for element in page.walk():
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
        assert not element["href"].startswith(("javascript:", "data:"))


def it_loads_nothing_from_elsewhere(page):
    for element in page.walk():
        for name in ("src", "action", "data-combobox", "data-country-names", "data-govuk-frontend"):
            assert re.match(r"$|/(?!/)", element[name]), element.attributes
        if element.tag == "link":
            assert element["href"].startswith("/static/")


def test_every_page_has_its_own_nonce(as_user, level1):
    client = as_user(level1)
    assert directives(client.get("/students/"))["script-src"] != directives(client.get("/students/"))["script-src"]


def test_the_page_of_a_program_error_obeys_the_policy(as_user, level1, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("cas.views.students.counts_for", fail)
    client = as_user(level1)
    client.raise_request_exception = False
    answer = client.get("/students/")
    page = Page(answer)
    assert answer.status_code == 500
    assert page.all("script")[0]["nonce"] in answer["Content-Security-Policy"]
    assert "RuntimeError" not in page.html


def test_no_cache_keeps_the_pages_of_a_signed_in_user(level1, as_user):
    cas = a_cas(level1)
    for address in ("/students/", f"/students/cas/{cas.pk}/", f"/students/cas/{cas.pk}/edit/"):
        assert "no-store" in as_user(level1).get(address).headers["Cache-Control"]
    assert "no-store" in as_user(level1).post(f"/students/cas/{cas.pk}/print/").headers["Cache-Control"]


def test_signing_out_clears_the_browsers_cache_and_storage_but_no_cookie(level1, as_user):
    client = as_user(level1)
    assert "Clear-Site-Data" not in client.get("/sign-out/").headers
    assert client.post("/sign-out/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_request_that_does_not_sign_out_clears_nothing(level1, as_user):
    assert "Clear-Site-Data" not in as_user(level1).put("/sign-out/").headers
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(level1)
    answer = strict.post("/sign-out/")
    assert (answer.status_code, "Clear-Site-Data" in answer.headers) == (403, False)


# Compression: docs/decisions/39-compressed-pages.md

AS_BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def test_a_page_is_compressed_for_a_browser_that_reads_gzip(level1, as_user):
    client = as_user(level1)
    answer = client.get("/students/", headers=AS_BROWSERS)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert b"<h1" in gzip.decompress(answer.content)
    assert len(answer.content) < len(gzip.decompress(answer.content)) / 3
    assert "Content-Encoding" not in client.get("/students/").headers


def test_the_length_of_a_compressed_page_is_random_and_its_csrf_token_is_another_each_time(level1, as_user):
    client = as_user(level1)
    answers = [client.get("/students/", headers=AS_BROWSERS).content for _ in range(20)]
    tokens = {re.search(rb'csrfmiddlewaretoken" value="(\w+)"', gzip.decompress(each))[1] for each in answers}
    assert len(tokens) == 20
    assert len({len(each) for each in answers}) > 5


def test_files_are_sent_as_they_are(level1, as_user):
    cas = a_cas(level1)
    answer = as_user(level1).post(f"/students/cas/{cas.pk}/print/", headers=AS_BROWSERS)
    assert answer["Content-Type"] == "application/pdf"
    assert "Content-Encoding" not in answer.headers


def test_the_session_is_not_sent_with_forms_of_other_sites(settings):
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
