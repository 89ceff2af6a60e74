"""A new deployment, from an empty database to a paid CAS, through the screens alone (docs/deployment.md).

The portal runs outside demo mode on PostgreSQL, with its worker. Worldpay's stand-in takes the payment. Both are behind
nginx, with the configuration in deploy/ and a certificate that is made for the test. Each page is inspected.
"""

import re
from io import BytesIO

import pytest
import urllib3
from django.conf import settings
from playwright.sync_api import expect
from pypdf import PdfReader

from sms.core import clock
from tests import log_watch
from tests.deployed.portal import deployed, started
from tests.factories import COMPLETE, PERSONAL
from tests.journeys.newcomers import Newcomer

pytestmark = pytest.mark.journey

CALLBACK = "POST /payments/callback/…/"  # in the log, which holds nothing that a visitor can type into an address
PASSWORDS = ["quiet amber lighthouse", "plum tractor window", "seven rivers of chalk"]
CAS_NUMBER = re.compile("E4G[0-9A-Z]{11}")


@pytest.fixture
def deployment(tmp_path, monkeypatch):
    with deployed(tmp_path) as deployment:
        monkeypatch.setenv("SSL_CERT_FILE", str(deployment.certificate.file))  # for the stand-in, which calls back
        yield deployment


@pytest.fixture
def arrives(deployment, browser_type, browser_type_launch_args, browser_context_args, inspector):
    """Return a function for a person at a new browser, which trusts the certificate of the deployment."""
    trusts = f"--ignore-certificate-errors-spki-list={deployment.certificate.fingerprint}"
    options = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], trusts]}
    newcomers, seen = [], []
    with browser_type.launch(**options) as browser:

        def arrive():
            context = browser.new_context(base_url=deployment.origin, **browser_context_args)
            newcomers.append(Newcomer(context, deployment.origin, inspector, seen))
            return newcomers[-1]

        yield arrive
        assert [found for newcomer in newcomers for found in newcomer.complaints] == []
        assert [found for newcomer in newcomers if (found := newcomer.left_behind())] == []


def test_a_new_deployment_has_two_level_1_users_and_a_paid_cas(deployment, arrives):
    assert "no issues" in deployment.manage("check", "--deploy", "--fail-level", "WARNING")
    deployment.manage("migrate")
    printed = deployment.manage("createsuperuser", typed="Cass Worker\ncass@homeoffice.example\n")
    (link,) = re.findall(r"https://\S+", printed)

    with started(deployment):
        officer, first, second = arrives(), arrives(), arrives()
        officer.joins(link, PASSWORDS[0])
        officer.sets_up_second_factor()
        officer.sees_screen("Casework")
        add_sponsor(officer)

        first.joins(deployment.mail.link_to("nia@example.ac.uk"), PASSWORDS[1])
        first.leaves_the_message_board()
        first.sees_screen("Students")
        number = assign_a_cas(first)

        second.joins(deployment.mail.link_to("owen@example.ac.uk"), PASSWORDS[2])
        second.leaves_the_message_board()
        second.page.get_by_role("searchbox").fill(number)
        second.selects("Find")
        second.sees(number)
        second.looks()

        for newcomer in (officer, first, second):
            assert {"__Host-session", "__Host-csrf"} <= {cookie["name"] for cookie in newcomer.cookies()}
        assert_only_https_is_answered(deployment)
    lines = deployment.lines()
    callbacks = [line["code"] for line in lines if line.get("request") == CALLBACK and "code" in line]
    assert f"`{CALLBACK}` with code 200" in (settings.BASE_DIR / "docs/deployment.md").read_text()
    assert callbacks == [200, 200, 200, 403]
    assert log_watch.leaks([*PERSONAL, *PASSWORDS], lines) + log_watch.numbers(lines) == []


def add_sponsor(officer):
    """Grant a licence for both routes and an allocation, and add two Level 1 users."""
    page = officer.page
    officer.opens("Licences", group="Sponsors")
    officer.selects("Grant a licence")
    officer.sees_screen("Grant a licence")
    page.get_by_label("Sponsor", exact=True).fill("Newtown University")
    for route in ("Student", "Child Student"):
        page.get_by_label(route, exact=True).check()
    officer.selects("Grant a licence")
    officer.sees("Licence granted")
    name = page.get_by_role("heading", level=1).inner_text()
    officer.sees_screen(name)
    officer.selects("Grant an allocation")
    officer.sees_screen("Grant an allocation")
    officer.chooses("Student")
    for box, number in zip(("Day", "Month", "Year"), reversed(clock.today().timetuple()[:3]), strict=True):
        page.get_by_label(box, exact=True).fill(str(number))
    page.get_by_label("Places granted").fill("25")
    officer.selects("Grant an allocation")
    officer.sees_line("Unused", "25")
    officer.looks()
    for person, address in {"Nia Comer": "nia@example.ac.uk", "Owen Pryce": "owen@example.ac.uk"}.items():
        officer.selects(name)
        officer.sees_screen(name)
        officer.selects("Add user")
        officer.sees_screen("Add user")
        page.get_by_label("Name", exact=True).fill(person)
        page.get_by_label("Email address").fill(address)
        officer.chooses("Level 1 user")
        officer.selects("Add user")
        officer.sees_screen(person)


def assign_a_cas(user):
    """Create a CAS, pay for it, assign it and print it. Return its number."""
    user.selects("Create CAS")
    user.sees_screen("Create a CAS")
    user.chooses("Student")
    user.selects("Next")
    user.chooses("Create new single CAS")
    user.looks()
    user.selects("Next")
    expect(user.control("Save")).to_be_visible()
    user.sees_screen("Create a CAS")
    user.fills_in(COMPLETE)
    user.selects("Save")
    user.sees_screen("Confirmation of saved CAS")
    user.selects("Assign")
    user.sees_screen("Assign CAS")
    user.sees("25 unused of 25")
    user.selects("Assign")
    user.sees_screen("Online payment")
    user.selects("OK")
    expect(user.page.get_by_role("heading", level=1)).to_have_text("Stand-in for a payment page")
    user.selects("Pay")
    user.sees_screen("Confirmation of assigned CAS")
    user.sees_status("ASSIGNED")
    number = CAS_NUMBER.search(user.page.get_by_role("main").inner_text())[0]
    printed = PdfReader(BytesIO(user.prints()))
    assert number in "".join(page.extract_text() for page in printed.pages)
    return number


def assert_only_https_is_answered(deployment):
    """Expect pages to be redirected to https, and callbacks by plain http to be refused."""
    host = {"Host": deployment.origin.removeprefix("https://")}
    page = urllib3.request("GET", f"{deployment.http_origin}/sign-in/", headers=host, redirect=False)
    assert (page.status, page.headers["Location"]) == (301, f"{deployment.origin}/sign-in/")
    callback = f"{deployment.http_origin}/payments/callback/worldpay/"
    assert urllib3.request("POST", callback, headers=host, redirect=False).status == 403
    assert urllib3.request("GET", f"{deployment.origin}/health").status == 200
