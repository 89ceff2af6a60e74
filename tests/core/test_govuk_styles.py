"""The style sheet and the script: served by us, with nothing that only government may use."""

import re

import pytest
from django.conf import settings

from sms.core.govuk.environment import COMPONENTS

SOURCE = settings.BASE_DIR / "assets/sms.scss"
STATIC = settings.BASE_DIR / "static"


@pytest.fixture(scope="module")
def css():
    path = STATIC / "built/sms.css"
    assert path.exists(), "The style sheet is not built: run script/setup"
    return path.read_text()


@pytest.mark.parametrize("word", ["GDS Transport", "@font-face", "crest", "crown", "govuk-header", "govuk-footer"])
def test_the_style_sheet_has_nothing_that_only_government_may_use(css, word):
    assert word.lower() not in css.lower()


def test_the_font_is_arial(css):
    assert re.search(r"\.govuk-body[^{]*\{[^}]*font-family:Arial|\.govuk-body[^{]*\{[^}]*font-family:\"Arial", css)


def test_the_style_sheet_fetches_nothing(css):
    assert not re.findall(r"url\((?!data:)", css)
    assert "@import" not in css


def test_the_style_sheet_has_the_styles_of_each_component():
    styled = re.findall(r'"govuk-frontend/dist/govuk/components/([a-z-]+)"', SOURCE.read_text())
    assert tuple(styled) == COMPONENTS


def test_the_icon_and_the_script_are_our_own_and_the_script_stores_nothing():
    assert (STATIC / "favicon.svg").read_text().startswith("<svg")
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", (STATIC / "sms.js").read_text())
