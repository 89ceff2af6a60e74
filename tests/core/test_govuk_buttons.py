"""No button is disabled: one that is not possible now stays within reach of the keyboard, and has its reason."""

import re

from django.conf import settings
from django.template import engines

from tests.reading import tokens

TEMPLATES = settings.BASE_DIR / "templates/jinja2"


def test_no_template_disables_a_button_or_a_field():
    found = {path.name: path.read_text() for path in TEMPLATES.rglob("*.html")}
    assert {name for name, text in found.items() if re.search(r"(?<!aria-)\bdisabled\b", text)} == set()


def test_an_unavailable_button_names_its_reason_and_sends_nothing():
    source = '{% from "buttons.html" import unavailable %}{{ unavailable("Assign", "why-not", "wide") }}'
    html = engines["jinja2"].from_string(source).render()
    assert tokens(html) == tokens(
        '<button type="button" class="govuk-button wide" data-module="govuk-button" aria-disabled="true" '
        'aria-describedby="why-not">Assign</button>'
    )
