"""Every page of the portal and of the admin is valid HTML. `script/experiment html` checks every state of each."""

import pytest
from django.conf import settings
from django.http import HttpResponse

from licences import sign_in_notice
from licences.sign_in_notice import SENTENCES, Notice
from tests.admin.conftest import records as admin_records
from tests.journeys.inspector import html_problems
from tests.test_every_route import records
from tests.test_refused_forms import of_the_admin, of_the_portal, page_at

pytestmark = [pytest.mark.django_db, pytest.mark.once]

__all__ = ["admin_records", "records"]  # fixtures


def keep(client, addresses, folder):
    """Write the pages at these addresses into the folder. Return how many there are."""
    pages = [page for address in addresses if (page := page_at(client, address))]
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text(page.html)
    return len(pages)


def test_every_page_of_the_portal_is_valid_html(records, as_user, level1, tmp_path):
    assert keep(as_user(level1), of_the_portal(records), tmp_path) > 50
    assert html_problems(tmp_path) == []


def test_every_page_of_the_admin_is_valid_html(admin_records, as_user, caseworker, tmp_path):
    assert keep(as_user(caseworker), of_the_admin(admin_records), tmp_path) > 50
    assert html_problems(tmp_path) == []


def test_a_page_with_a_notice_is_valid_html(client, tmp_path):
    cookie = HttpResponse()
    cookie.set_signed_cookie(settings.NOTICE_COOKIE_NAME, Notice.PASSWORD_CHOSEN, salt=sign_in_notice.SALT)
    client.cookies.update(cookie.cookies)
    assert keep(client, ["/sign-in/"], tmp_path) == 1
    assert SENTENCES[Notice.PASSWORD_CHOSEN] in (tmp_path / "0.html").read_text()
    assert html_problems(tmp_path) == []


def test_the_tests_above_would_see_an_error(tmp_path):
    (tmp_path / "wrong.html").write_text(
        "<!DOCTYPE html><html><head><title>Wrong</title></head><p id=a><p id=a></html>"
    )
    assert html_problems(tmp_path)
