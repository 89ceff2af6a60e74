"""The version has one source, and operators see it."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

import sms


def read(name):
    return Path(settings.BASE_DIR, name).read_text(encoding="utf-8")


def test_the_change_log_begins_with_the_version():
    newest, *_ = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert newest == sms.__version__


def test_pyproject_reads_the_version_from_the_program():
    project = tomllib.loads(read("pyproject.toml"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "sms.__version__"}


@pytest.mark.django_db
def test_caseworkers_see_the_version(as_user, caseworker):
    assert f"Version {sms.__version__}<" in as_user(caseworker).get("/admin/").content.decode()
