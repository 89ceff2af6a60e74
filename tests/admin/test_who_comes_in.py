"""Only caseworkers can use the admin. Other users do not see that it exists (specification, section 1)."""

import re

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from licences.models import Event, User
from tests.factories import PASSWORD

pytestmark = [pytest.mark.long, pytest.mark.django_db]

EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
UNKNOWN = ("nothing/", "licences/", "licences/nothing/", "licences/licence/1/nothing/", "licences/licence/1/delete/")
ENDINGS = ["surrender-route", "surrender", "revoke"]
DECISIONS = {
    "licences/licence": [
        "amend",
        "sponsor-status",
        "add-user",
        "grant-allocation",
        "suspend",
        "reinstate",
        "surrender-route",
        "surrender",
        "revoke",
    ],
    "licences/user": ["amend", "send-link", "deactivate"],
    "licences/allocation": ["granted"],
    "cas/cas": ["application", "close-application", "use", "review", "decide-again"],
    "cas/order": ["refund"],
    "cas/rule": ["set", "remove"],
    "licences/job": ["retry", "discard"],
}


APP_INDEX = re.compile(r"\^\(\?P<app_label>[\w|]+\)/\$")  # the apps may be in any order


def patterns(resolver, above=""):
    for entry in resolver.url_patterns:
        whole = above + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole
        else:
            yield from patterns(entry, whole)


def addresses(records):
    """Yield every address of the admin: patterns with an id that exists, decisions, and addresses that do not exist."""
    for pattern in patterns(get_resolver()):
        if not pattern.startswith("admin/"):
            continue
        model = next((name for name in records if pattern.startswith(f"admin/{name}/")), "")
        names = DECISIONS.get(model, ["nothing"]) if "<slug:name>" in pattern else [""]
        for name in names:
            address = (
                pattern.replace("<int:pk>", str(records.get(model)))
                .replace("<slug:name>", name)
                .replace("<slug:key>", "key")
            )
            yield "/" + APP_INDEX.sub("cas/", address.replace("(?P<url>.*)$", ""))
    yield from (f"/admin/{unknown}" for unknown in UNKNOWN)


def test_the_addresses_include_the_pages_of_the_admin(records):
    found = set(addresses(records))
    licence, order = records["licences/licence"], records["cas/order"]
    assert found >= {
        "/admin/",
        "/admin/login/",
        "/admin/licences/licence/",
        "/admin/licences/licence/add/",
        f"/admin/licences/licence/{licence}/",
        f"/admin/licences/licence/{licence}/history/",
        f"/admin/licences/licence/{licence}/revoke/",
        f"/admin/cas/order/{order}/refund/",
    }
    assert not [address for address in found if "<" in address or "(" in address]


@pytest.mark.parametrize("who", ["level1", "level2", "outsider"])
def test_sponsor_users_get_404_for_every_method_at_every_address(who, records, as_user, request):
    client = as_user(request.getfixturevalue(who))
    events = Event.objects.count()
    for address in addresses(records):
        for method in EVERY_METHOD:
            answer = client.generic(method, address)
            assert answer.status_code == 404, (method, address)
            assert "Nguyễn" not in answer.content.decode()
    assert Event.objects.count() == events


def test_the_system_user_has_no_access(system, db):
    request = RequestFactory().get("/admin/")
    request.user = User(role=system.role, is_active=True)
    assert not admin.site.has_permission(request)


def test_a_deactivated_caseworker_is_signed_out(as_user, caseworker, system):
    client = as_user(caseworker)
    assert client.get("/admin/").status_code == 200
    caseworker.deactivate(by=system)
    assert client.get("/admin/").status_code == 302


def test_users_who_are_not_signed_in_are_sent_to_the_sign_in_page_with_the_address_to_return_to(records):
    client = Client()
    for address in addresses(records):
        answer = client.get(address, follow=True)
        where, _ = answer.redirect_chain[-1]
        target = "/admin/" if address == "/admin/login/" else address
        assert where == f"/sign-in/?next={target}", address


def test_a_caseworker_who_signs_in_returns_to_the_page_they_asked_for(caseworker):
    client = Client()
    address = client.get("/admin/cas/cas/", follow=True).redirect_chain[-1][0]
    answer = client.post(address, {"login": "caseworker", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/cas/cas/"
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_read_only_pages_refuse_other_methods(records, as_user, caseworker, happened):
    client = as_user(caseworker)
    for model, pk in records.items():
        for address in (f"/admin/{model}/", f"/admin/{model}/{pk}/", f"/admin/{model}/{pk}/history/"):
            for method in ("POST", "PUT", "DELETE", "TRACE"):
                assert client.generic(method, address).status_code == 405, (method, address)
    assert happened() == []


def test_the_pages_with_which_django_writes_do_not_exist(records, as_user, caseworker):
    client = as_user(caseworker)
    gone = ["logout", "password_change", "autocomplete", "jsi18n", "r/1/1", "cas/cas/add"]
    gone += [f"{model}/{pk}/{page}" for model, pk in records.items() for page in ("change", "delete")]
    for address in gone:
        for method in ("GET", "POST"):
            assert client.generic(method, f"/admin/{address}/").status_code == 404, (method, address)


@pytest.mark.parametrize("unknown", ["0", "9" * 30, "9" * 5000, "-1", "x", "%00"])
def test_a_record_that_does_not_exist_is_not_found(unknown, records, as_user, caseworker):
    client = as_user(caseworker)
    for model in records:
        for rest in ("", "history/", "amend/"):
            assert client.get(f"/admin/{model}/{unknown}/{rest}").status_code == 404
