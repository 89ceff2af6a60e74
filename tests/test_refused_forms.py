"""What is refused because of its input is answered 422, with a summary of the errors and "Error: " before the title.

Every address that takes a form is sent an empty form, and every form on a page is sent with wrong values. An address
that needs no input is named in `BUTTONS`.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from experiments.visits import _admin
from tests.admin.conftest import records as admin_records
from tests.pages import Page, sent_by
from tests.test_every_route import ROUTES, SEND, ask, records

pytestmark = pytest.mark.django_db

__all__ = ["admin_records", "records"]  # fixtures

BUTTONS = set()
"""Addresses to which a button leads that needs no input."""

STRANGE = "\u202e" + "9" * 5000


def check(answer):
    """Check that the status, the summary and the title agree, and that each link of the summary leads to a place."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    page = Page(answer)
    is_refused = answer.status_code == 422
    assert bool(page.all(of="govuk-error-summary")) == is_refused
    assert page.title.startswith("Error: ") == is_refused
    assert {href for _, href in page.summary} <= {f"#{each}" for each in page.ids}
    assert "There is a problem" not in [banner.text for banner in page.all(of="govuk-notification-banner__title")]


def refuses(answer):
    assert answer.status_code == 422, (answer.status_code, answer.headers.get("Location"))
    check(answer)


def test_every_address_that_takes_a_form_refuses_an_empty_form(records, as_user, case, level1):
    client = as_user(level1)
    for pattern, route in ROUTES.items():
        if "POST" in route.methods and pattern not in BUTTONS:
            with case(route=pattern):
                refuses(ask(client, route, "POST", records))


@pytest.mark.parametrize("user", ["level1", "caseworker"])
def test_forms_with_wrong_values_are_refused_with_a_summary(user, records, admin_records, as_user, case, request):
    client = as_user(request.getfixturevalue(user))
    found = 0
    for address in addresses(user, {**records}, admin_records):
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        for form in Page(answer).main.all("form"):
            if form["method"] != "post":
                continue
            found += 1
            typed = {name: value for name, value in sent_by(form)}
            wrong = {name: STRANGE for name in typed if not is_hidden(form, name)}
            with case(address=address, form=form["action"]):
                check(client.post(form["action"] or address, typed | wrong, follow=True))
    assert found > 30


def is_hidden(form, name):
    return any(each["type"] == "hidden" for each in form.all("input") if each["name"] == name)


def addresses(user, records, admin_records):
    """Yield the addresses of the pages that a Level 1 user or a caseworker can read."""
    if user == "level1":
        yield from (route.address.format_map(records) for route in ROUTES.values() if "GET" in route.methods)
        return
    for model, pages in admin.site._registry.items():
        pk = admin_records.get(f"{model._meta.app_label}/{model._meta.model_name}")
        yield _admin(model, "changelist")
        yield from [_admin(model, "add")] if pages.added_by else []
        yield from [_admin(model, "find")] if pages.sought else []
        yield from (_admin(model, "decision", pk, decision.name) for decision in pages.decisions if pk)


def test_every_page_of_the_admin_that_takes_a_form_refuses_an_empty_form(admin_records, as_user, case, caseworker):
    client = as_user(caseworker)
    for address in addresses("caseworker", {}, admin_records):
        with case(address=address):
            answer = client.get(address)
            if answer.status_code == 200 and not address.endswith(tuple(f"/{name}/" for name in admin_records)):
                refuses(client.post(address, {}))


def test_signing_in_with_nothing_is_refused(case):
    refuses(Client().post("/sign-in/", {}))


# The forms themselves


def test_every_form_has_a_button_that_sends_it(records, admin_records, as_user, case, level1, caseworker):
    found = 0
    for user in (level1, caseworker):
        client = as_user(user)
        for address in addresses(user.username, records, admin_records):
            answer = client.get(address)
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            for form in Page(answer).all("form"):
                found += 1
                with case(address=address, form=form["action"]):
                    assert [each for each in form.all("button") if each["type"] in {"", "submit"}]
                    assert [each for each in form.all("button") if "hidden" not in each]
    assert found > 300


# One place decides


def test_the_status_of_a_form_is_decided_in_one_place():
    apps = [Path(settings.BASE_DIR, app) for app in ("sms", "licences", "cas", "sponsorship_duties")]
    deciding = [
        str(path.relative_to(settings.BASE_DIR))
        for app in [*apps, Path(settings.BASE_DIR, "bulk_data_transfer")]
        for path in app.rglob("*.py")
        if path.name != "refusals.py" and re.search(r"\b422 if\b|status=422", path.read_text())
    ]
    assert deciding == ["sms/core/govuk/answers.py"]


def test_no_page_is_loaded_again_by_a_script_or_by_itself():
    scripts = {path.name: path.read_text() for path in Path(settings.BASE_DIR, "static").glob("*.js")}
    assert not [name for name, code in scripts.items() if "location.reload" in code]
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert not [path.name for path in templates if "http-equiv" in path.read_text()]
