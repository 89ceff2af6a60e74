"""A request is answered for the configured host, in any spelling of its Host header, or refused."""

import pytest
from django.conf import settings as ours
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from sms import hosts, urls

HOST = "sponsors.example.ac.uk"


def where(request):
    return HttpResponse(request.build_absolute_uri("/"))


where.login_required = False
urlpatterns = [path("where/", where), *urls.urlpatterns]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.ALLOWED_HOSTS, settings.ALLOWED_PORTS, settings.PROXIES = [HOST, "[::1]"], [], 1


def answered_as(host, port="8000", **extra):
    """Return the portal's address for this Host header when it listens on `port`, or "" if it refuses."""
    answer = Client().get("/where/", headers={"host": host}, SERVER_PORT=port, **extra)
    assert answer.status_code in {200, 400}
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize("written", [HOST, f"{HOST}.", HOST.upper(), f"{HOST}:80", f"{HOST}.:80"])
def test_every_spelling_of_the_host_is_the_same_host(written):
    assert answered_as(written) == f"http://{HOST}/"


@pytest.mark.parametrize("written", [f"{HOST}:443", f"{HOST}.:443"])
def test_over_https_the_default_port_is_443(written, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert answered_as(written, HTTP_X_FORWARDED_PROTO="https") == f"https://{HOST}/"


@pytest.mark.parametrize(
    "written",
    [
        "elsewhere.example",
        f"{HOST}.elsewhere.example",
        f"{HOST}:1",
        f"{HOST}:8000",  # the portal's own port behind the proxy
        f"{HOST}:443",  # the request came over http
        f"{HOST}:080",
        f"{HOST}..",
        f"{HOST}, elsewhere.example",
        f"{HOST}/",
        "@",
        " ",
        "",
    ],
)
def test_another_host_or_port_is_refused(written):
    assert answered_as(written) == ""


@pytest.mark.parametrize("written", [f"{HOST}:1", f"{HOST}."])
def test_without_our_middleware_django_would_accept_other_spellings(written):
    before = ours.MIDDLEWARE
    assert before[0] == "sms.hosts.ours_only"
    with override_settings(MIDDLEWARE=before[1:]):
        assert answered_as(written) == f"http://{written}/"


def test_without_a_proxy_only_the_portals_own_port_is_accepted(settings):
    settings.PROXIES = 0
    assert answered_as(f"{HOST}:8000") == f"http://{HOST}:8000/"
    assert answered_as("[::1]:8000") == "http://[::1]:8000/"
    assert answered_as(f"{HOST}:8001") == ""


def test_a_port_may_be_configured(settings):
    settings.ALLOWED_PORTS = ["8443"]
    assert answered_as(f"{HOST}.:8443") == f"http://{HOST}:8443/"
    assert answered_as(f"{HOST}:8444") == ""


def test_a_request_without_a_host_is_answered_for_the_name_of_the_server():
    assert Client(SERVER_NAME=HOST).get("/where/").content.decode() == f"http://{HOST}/"
    assert Client(SERVER_NAME="10.0.0.7").get("/where/").status_code == 400


def test_static_files_are_refused_too():
    assert Client().get("/static/favicon.svg", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_refused_host_gets_one_sentence_and_one_line_in_the_log(log_lines):
    answer = Client().get("/sign-in/", headers={"host": "elsewhere.example"})
    assert answer.content == b"This is not an address of the portal."
    assert answer["Content-Type"] == "text/plain"
    assert [(line["level"], line["logger"]) for line in log_lines] == [("warning", hosts.__name__)]
