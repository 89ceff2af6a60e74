"""The portal on a small file system that is really full."""

import re
import subprocess
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from sms.demo.people import PASSWORD
from tests.serving import manage, served

FORM, NO_SPACE = "/students/create-cas/STUDENT/new/", "The portal has no space left"
BOARD = "SMS message board – active messages"  # the first screen of a Level 1 user
pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of 16 MB, and yield its folder."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", tmp_path], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can mount a file system, and not in every container")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


@contextmanager
def filled(folder):
    """Fill the disk to the last byte."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as filler:
        for size in (1024 * 1024, 4096, 1):
            try:
                while filler.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    yield
    file.unlink()


class Browser:
    def __init__(self, portal):
        self.origin = f"http://127.0.0.1:{portal.port}"
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, address, **sent):
        data = urlencode(sent | {"csrfmiddlewaretoken": self.token}).encode() if sent else None
        try:
            with self.opener.open(self.origin + address, data) as answer:
                status, page = answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                status, page = error.code, error.read().decode()
        self.token = (re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page) or [""])[0]
        return status, re.search("<h1[^>]*>([^<]*)", page)[1].strip()

    def signs_in(self):
        self.open("/sign-in/")
        return self.open("/sign-in/", login="level1", password=PASSWORD)


def test_on_a_full_disk_health_says_so_pages_that_write_answer_503_and_the_portal_recovers_afterwards(small_disk):
    where = {"DATABASE_URL": f"sqlite:///{small_disk}/sms.sqlite3"}
    assert manage("migrate", "--verbosity=0", **where).returncode == 0
    assert manage("demo", **where).returncode == 0
    before = cas_in(small_disk)
    with served(**where) as portal:
        browser = Browser(portal)
        assert browser.signs_in() == (200, BOARD)
        assert browser.open(FORM) == (200, "Create a CAS")
        with filled(small_disk):
            status, _, said, _ = portal.ask("/health")
            assert status == 503
            assert "has less than 50 MB left for the database" in said
            assert Browser(portal).signs_in() == (503, NO_SPACE)
            assert browser.open(FORM, family_name="Ng") == (503, NO_SPACE)
            # Reading may also need space, for the index of SQLite's write-ahead log.
            assert browser.open("/students/") in {(200, "Students"), (503, NO_SPACE)}
        assert cas_in(small_disk) == before
        assert Browser(portal).signs_in() == (200, BOARD)


def cas_in(folder):
    code = "from cas.models import CAS; print(CAS.objects.count())"
    answer = manage("shell", "--no-imports", "-c", code, DATABASE_URL=f"sqlite:///{folder}/sms.sqlite3")
    return int(answer.stdout)
