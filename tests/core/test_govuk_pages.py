"""The parts of every page, and the pages that do not belong to one app: sign-in, sign-out and errors."""

import re

import pytest
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.template import engines
from django.test import Client
from django.urls import path
from jinja2 import UndefinedError

from licences.models import User
from sms import urls as portal
from sms.core.govuk.banners import link
from sms.core.govuk.fields import DateField, TextField
from sms.core.govuk.forms import GovukForm

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

PASSWORD = "correct horse battery staple"


class SampleForm(GovukForm):
    family_name = TextField("Family name", max_length=35, required="Enter the family name")
    born_on = DateField("Date of birth")


@login_not_required
def sample(request):
    return render(request, "govuk/form_page.html", {"form": SampleForm(request.POST or None)})


def saved(request):
    messages.success(request, "Saved <b>Wang</b>", extra_tags=link("Undo & go back", "/students/?a=1&b=2"))
    messages.error(request, "It was assigned in the meantime")
    messages.info(request, "Payments are slow today")
    return redirect("banners")


def banners(request):
    return render(request, "base.html")


@login_not_required
def forbidden(request):
    raise PermissionDenied(request.GET.get("sentence", ""))


@login_not_required
def broken(request):
    raise RuntimeError("a secret")


urlpatterns = [
    *portal.urlpatterns,
    path("test/sample/", sample),
    path("test/saved/", saved),
    path("test/banners/", banners, name="banners"),
    path("test/forbidden/", forbidden),
    path("test/broken/", broken),
]
handler403, handler404, handler500 = portal.handler403, portal.handler404, portal.handler500


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def title_of(response):
    return re.search(r"<title>([^<]*)</title>", response.content.decode())[1].strip()


# The frame


def test_every_page_says_that_it_is_not_a_government_service(client):
    response = client.get("/sign-in/")
    assert "An independent implementation. This is not a government service." in text_of(response)
    html = response.content.decode().lower()
    assert not [word for word in ("gov.uk</", "crown", "crest", "open government licence") if word in html]


def test_a_page_has_a_language_a_title_one_heading_and_a_skip_link(client):
    html = client.get("/sign-in/").content.decode()
    assert '<html lang="en"' in html
    assert title_of(client.get("/sign-in/")) == "Sign in \N{EN DASH} Sponsorship Management System"
    assert html.count("<h1") == 1
    assert '<a href="#main-content" class="govuk-skip-link"' in html


def test_scripts_have_the_nonce_of_the_policy_and_pages_have_no_inline_styles(client):
    response = client.get("/sign-in/")
    policy = response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    assert len(scripts) == 2
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert "unsafe" not in policy
    assert "style=" not in response.content.decode()
    assert "<style" not in response.content.decode()
    assert not re.search(r'\son\w+="', response.content.decode())


def test_each_response_has_its_own_nonce(client):
    first, second = (client.get("/sign-in/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_the_navigation_has_the_places_the_users_name_and_sign_out(as_user, level1):
    response = as_user(level1).get("/test/banners/")
    html = response.content.decode()
    assert re.search(r'href="/students/"[^>]*>\s*Students', html)
    assert level1.name in html
    assert re.search(r'<form method="post" action="/sign-out/">.*?<button[^>]*>Sign out</button>', html, re.DOTALL)


def test_the_current_place_is_marked(as_user, level1):
    html = as_user(level1).get("/students/nothing/").content.decode()
    assert re.search(r'href="/students/" aria-current="true"', html)
    assert "aria-current" not in as_user(level1).get("/test/banners/").content.decode()


def test_a_visitor_who_has_not_signed_in_sees_no_navigation(client):
    assert "Sign out" not in client.get("/sign-in/").content.decode()
    assert "sms-navigation" not in client.get("/sign-in/").content.decode()


def test_the_root_leads_to_the_users_start_page(as_user, level1, caseworker):
    assert as_user(level1).get("/").headers["Location"] == "/students/"
    assert as_user(caseworker).get("/").headers["Location"] == "/admin/"


def test_an_unknown_name_in_a_template_is_an_error():
    template = engines["jinja2"].from_string("{{ cas.numbr }}")
    with pytest.raises(UndefinedError, match="numbr"):
        template.render({"cas": {"number": "E4G"}})


# Forms and banners


def test_errors_are_above_the_heading_and_in_the_title(client):
    assert not title_of(client.get("/test/sample/")).startswith("Error")
    response = client.post("/test/sample/", {"born_on_day": "1"})
    html = response.content.decode()
    assert title_of(response).startswith("Error: ")
    assert html.index("govuk-error-summary") < html.index("<h1")
    assert '<a href="#id_family_name">' in html
    assert '<a href="#id_born_on_month">' in html
    assert html.count("Enter the family name") == 2


def test_a_banner_is_shown_once_with_its_link(as_user, level1):
    browser = as_user(level1)
    html = browser.get("/test/saved/", follow=True).content.decode()
    assert "Saved &lt;b&gt;Wang&lt;/b&gt;" in html
    assert '<a class="govuk-notification-banner__link"' in html
    assert 'href="/students/?a=1&amp;b=2">Undo &amp; go back</a>' in html
    success, error, information = re.findall(r'class="govuk-notification-banner( [^"]*)?" role="(\w+)"', html)
    assert success == (" govuk-notification-banner--success", "alert")
    assert error == (" sms-notification-banner--error", "alert")
    assert information == ("", "status")
    assert len(set(re.findall(r'id="(banner-\d)"', html))) == 3
    assert "Wang" not in browser.get("/test/banners/").content.decode()


@pytest.mark.parametrize("href", ["https://example.org/", "//example.org", "/\\example.org", "javascript:x", ""])
def test_a_banner_links_only_within_the_portal(href):
    with pytest.raises(ValueError, match="only within the portal"):
        link("Go", href)


# Signing in and out


@pytest.fixture
def user(level1):
    level1.set_password(PASSWORD)
    level1.save()
    return level1


def sign_in(client, username, password, **extra):
    return client.post("/sign-in/", {"login": username, "password": password, **extra})


def test_a_user_signs_in_with_user_id_and_password(client, user):
    response = client.get("/sign-in/")
    assert re.search(r'<label class="govuk-label" for="id_login">\s*User ID\s*</label>', response.content.decode())
    assert re.search(r'<label class="govuk-label" for="id_password">\s*Password\s*</label>', response.content.decode())
    response = sign_in(client, "Level1 ", PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, "/messages/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_in_leads_to_the_page_that_the_user_asked_for(client, user):
    response = client.get("/students/cas/7/")
    assert response.headers["Location"] == "/sign-in/?next=/students/cas/7/"
    assert 'name="next" value="/students/cas/7/"' in client.get(response.headers["Location"]).content.decode()
    to_the_board = sign_in(client, "level1", PASSWORD, next="/students/cas/7/").headers["Location"]
    assert 'name="next" value="/students/cas/7/"' in client.get(to_the_board).content.decode()
    assert client.post("/messages/", {"next": "/students/cas/7/"}).headers["Location"] == "/students/cas/7/"


def test_sign_in_does_not_lead_to_another_site(client, user):
    assert sign_in(client, "level1", PASSWORD, next="https://example.org/").headers["Location"] == "/messages/"


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("", "x", "Enter your User ID"),
        ("level1", "", "Enter your password"),
        ("level1", "wrong", "Your User ID or password is wrong"),
        ("unknown", PASSWORD, "Your User ID or password is wrong"),
        ("level1\x00", PASSWORD, "User ID contains a character that cannot be kept (U+0000). Delete it"),
        ("x" * 151, PASSWORD, "User ID must be 150 characters or fewer. It is 151 now"),
    ],
)
def test_a_failed_sign_in_says_in_our_words_what_is_wrong(client, user, username, password, sentence):
    response = sign_in(client, username, password)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "_auth_user_id" not in client.session


def test_a_deactivated_user_sees_so_only_with_the_right_password(client, user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "This User ID is deactivated" in text_of(sign_in(client, "level1", PASSWORD))
    assert "deactivated" not in text_of(sign_in(client, "level1", "wrong"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["/sign-up/", "/signup/", "/accounts/signup/", "/sign-in/signup/"])
def test_visitors_cannot_sign_up(client, address):
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_signing_out_asks_first(as_user, level1):
    browser = as_user(level1)
    assert "You are signed in as" in text_of(browser.get("/sign-out/"))
    assert "_auth_user_id" in browser.session
    assert browser.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/sign-out/", "/health"])
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_other_methods_are_not_allowed(as_user, level1, address, method):
    assert getattr(as_user(level1), method)(address).status_code == 405


# Errors


def test_the_page_for_an_unknown_address_links_to_students(client, as_user, level1):
    for browser in (client, as_user(level1)):
        response = browser.get("/nothing/here/")
        assert response.status_code == 404
        assert title_of(response).startswith("Page not found")
        assert '<a href="/">Go to Students</a>' in response.content.decode()


def test_the_page_for_a_forbidden_action_says_why(client):
    response = client.get("/test/forbidden/", {"sentence": "Only a Level 1 user withdraws a <CAS>."})
    assert response.status_code == 403
    assert "Only a Level 1 user withdraws a &lt;CAS&gt;." in response.content.decode()
    assert "Your user ID cannot do this. Ask a Level 1 user in your organisation." in text_of(
        client.get("/test/forbidden/")
    )


def test_the_error_page_needs_no_database_and_reveals_nothing(django_assert_num_queries):
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = client.get("/test/broken/")
    assert response.status_code == 500
    assert "Something went wrong" in text_of(response)
    assert "secret" not in response.content.decode()
    assert "'nonce-" in response.headers["Content-Security-Policy"]


def test_a_form_without_its_csrf_token_gets_a_page_that_says_what_to_do(level1):
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "level1", "password": "x"})
    assert response.status_code == 403
    assert "This page is out of date" in text_of(response)
