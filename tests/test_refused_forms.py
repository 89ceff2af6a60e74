"""Input that is refused is answered 422, with a summary of the errors and "Error: " before the title.

Every address that takes a form is sent an empty form, and every form on a page is sent with wrong values. An address
that needs no input is named in `BUTTONS`.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import records as admin_records
from tests.pages import Page, sent_by
from tests.test_every_route import ROUTES, ask, records

pytestmark = pytest.mark.django_db

__all__ = ["admin_records", "records"]  # fixtures

BUTTONS = {
    "session/",
    "accessibility/",
    "sign-in/",  # a signed-in user is led on; below, a visitor is refused
    "sign-out/",
    "licence/requests/changes/",
    "licence/requests/services/",
    "licence/requests/increase/",
    "licence/requests/renewal/",
    "licence/requests/new/<slug:kind>/",  # of a kind that needs a route: leads to the choice of routes
    "licence/requests/<int:pk>/delete/",
    "licence/requests/<int:pk>/withdraw/",
    "messages/",
    "sign-in/code/",  # without a sign-in that waits for a code
    "confirm/<slug:key>/",  # nothing waits for it
    "profile/sign-out-everywhere/",
    "profile/email/keep/",
    "profile/email/confirm/<str:key>/",
    "profile/second-factor/turn-off/",
    "profile/second-factor/recovery-codes/",
    "users/<int:pk>/reactivate/",
    "users/<int:pk>/unlock/",
    "users/<int:pk>/send-link/",
    "users/<int:pk>/reset-second-factor/",
    "password/choose/",  # without a link
    "students/selected/",  # keeps what is selected, which can be nothing
    "students/create-cas/<str:route>/find/",  # an empty search lists everything
    "students/assign-cas/single/",
    "students/assign-cas/batch/",
    "students/search/",
    "students/find/",
    "students/sponsorship-duties/report/search/",
    "students/sponsorship-duties/manage/search/",
    "students/batches/<int:pk>/delete/",
    "students/batches/<int:pk>/assign-ready/",
    "students/batches/<int:pk>/online-payment/",
    "students/cas/<int:pk>/spelling/",
    "students/cas/<int:pk>/delete/",
    "students/cas/<int:pk>/put-into-batch/",  # here the CAS is being paid for
    "students/cas/<int:pk>/online-payment/",
    "students/cas/<int:pk>/print/",
    "students/study-addresses/<int:pk>/delete/",
    "students/agents/<int:pk>/retire/",
    "students/agents/<int:pk>/reinstate/",
    "students/course-templates/<int:pk>/",  # what is not sent stays as it is
    "students/course-templates/<int:pk>/retire/",
    "students/course-templates/<int:pk>/reinstate/",
    "students/printouts/<slug:key>/cancel/",
    "students/sponsorship-duties/graduates/check/<slug:key>/",
    "students/bulk-data-transfer/<slug:key>/results/<slug:file_format>/",
    "students/bulk-data-transfer/<slug:key>/check/",  # every answer can be left open
    "students/bulk-data-transfer/<slug:key>/import/",
    "students/bulk-data-transfer/<slug:key>/cancel/",
    "students/bulk-data-transfer/<slug:key>/records/<slug:group>/",  # without a selection, there is no exception
    "students/exports/columns/<int:pk>/delete/",
    "students/exports/<slug:key>/cancel/",
    "payments/callback/<str:provider>/",  # of a provider, not of a browser
    "payments/<slug:reference>/receipt/",
    "payments/<slug:reference>/check/",
    "payments/<slug:reference>/continue/",
    "payments/<slug:reference>/cancel/",
    "payments/<slug:reference>/return/",
    "sandbox/<slug:key>/",
}
"""Addresses to which a button leads that needs no input, and those of forms that may be empty."""

STRANGE = "\u202e" + "9" * 5000


def check(answer):
    """Check that the status, the summary and the title agree, and that each link of the summary leads to a place."""
    if not (answer.headers.get("Content-Type", "").startswith("text/html") and answer.content):
        return
    page = Page(answer)
    is_refused = answer.status_code == 422
    assert bool(page.all(of="govuk-error-summary")) == is_refused
    assert page.title.startswith("Error: ") == is_refused
    assert {href for _, href in page.summary} <= {f"#{each}" for each in page.ids}
    assert not [form["action"] for form in page.main.all("form") if not sends(form)]


def sends(form):
    """Return whether the form has a button that sends it, which also users without scripts see."""
    return any(each["type"] in {"", "submit"} and "hidden" not in each for each in form.all("button"))


def refuses(answer):
    assert answer.status_code == 422, answer.headers.get("Location")
    check(answer)


def of_the_portal(records):
    """Return the addresses of the pages of the portal."""
    return [route.address.format_map(records) for route in ROUTES.values() if "GET" in route.methods]


def of_the_admin(records):
    """Yield the addresses of the lists and forms of the admin."""
    for model, pages in admin.site._registry.items():
        kind = model._meta.app_label, model._meta.model_name
        pk = records.get("/".join(kind))
        start = "admin:{}_{}_".format(*kind)
        yield reverse(f"{start}changelist")
        yield from [reverse(f"{start}add")] if pages.added_by else []
        yield from [reverse(f"{start}find")] if pages.sought else []
        yield from (reverse(f"{start}decision", args=[pk, each.name]) for each in pages.decisions if pk)


def page_at(client, address):
    """Return the page at this address, or None if it leads elsewhere or is no page."""
    answer = client.get(address)
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return Page(answer) if is_page else None


def forms_at(client, address):
    """Return the forms of a page that are sent by POST, without those of its header."""
    page = page_at(client, address)
    return [form for form in page.main.all("form") if form["method"] == "post"] if page else []


def test_every_address_that_takes_a_form_refuses_an_empty_form(records, as_user, case, level1, level2):
    for pattern, route in ROUTES.items():
        if "POST" in route.methods:
            with case(route=pattern):
                answer = ask(as_user(level1 if route.is_for_level_1 else level2), route, "POST", records)
                assert (answer.status_code == 422) == (pattern not in BUTTONS), answer.headers.get("Location")
                check(answer)


def test_every_page_of_the_admin_refuses_an_empty_form(admin_records, as_user, case, caseworker):
    client = as_user(caseworker)
    for address in of_the_admin(admin_records):
        for form in forms_at(client, address):
            with case(address=address):
                asks = [each for each in form.all("input", "select", "textarea") if each["type"] != "hidden"]
                (refuses if asks else check)(client.post(form["action"] or address, {}))


def test_signing_in_with_nothing_is_refused():
    refuses(Client().post("/sign-in/", {}))


def test_forms_with_wrong_values_are_refused_with_a_summary(records, as_user, case, level1):
    assert wrong_values(lambda: as_user(level1), of_the_portal(records), case) > 30


def test_forms_of_the_admin_with_wrong_values_are_refused_with_a_summary(admin_records, as_user, case, caseworker):
    assert wrong_values(lambda: as_user(caseworker), of_the_admin(admin_records), case) > 30


def wrong_values(sign_in, addresses, case):
    """Send each form of these pages with wrong values. Return the number of forms."""
    found = 0
    for address in addresses:
        client = sign_in()
        for form in forms_at(client, address):
            found += 1
            hidden = {each["name"] for each in form.all("input") if each["type"] == "hidden"}
            typed = {name: value if name in hidden else STRANGE for name, value in sent_by(form)}
            with case(address=address, form=form["action"]):
                check(client.post(form["action"] or address, typed, follow=True))
    return found


# The forms themselves


def test_every_form_of_the_portal_has_a_button_that_sends_it(records, as_user, case, level1):
    assert each_has_a_button(as_user(level1), of_the_portal(records), case) > 200


def test_every_form_of_the_admin_has_a_button_that_sends_it(admin_records, as_user, case, caseworker):
    assert each_has_a_button(as_user(caseworker), of_the_admin(admin_records), case) > 50


def each_has_a_button(client, addresses, case):
    """Check each form of these pages, those of searches and of the header included. Return the number of forms."""
    found = 0
    for address in addresses:
        page = page_at(client, address)
        for form in page.all("form") if page else ():
            found += 1
            with case(address=address, form=form["action"]):
                assert sends(form)
    return found


# One place decides


def test_the_status_of_a_form_is_decided_in_one_place():
    apps = ("sms", "licences", "cas", "sponsorship_duties", "bulk_data_transfer")
    views = [path for app in apps for path in Path(settings.BASE_DIR, app).rglob("*.py") if "views" in str(path)]
    assert len(views) > 40
    assert not [path.name for path in views if re.search(r"\b422\b", path.read_text())]


def test_no_script_loads_a_page_again_and_no_page_does_so_by_itself():
    scripts = Path(settings.BASE_DIR, "static").glob("*.js")
    assert not [path.name for path in scripts if "location.reload" in path.read_text()]
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert not [path.name for path in templates if "http-equiv" in path.read_text()]
