"""Our environment draws GOV.UK's components as GOV.UK does, in all examples of its package."""

import json

import pytest
from django.conf import settings
from django.template import engines

from sms.core.govuk.environment import COMPONENTS, macro_name
from tests.reading import tokens

PACKAGE = settings.BASE_DIR / "node_modules/govuk-frontend"


def fixtures():
    for component in COMPONENTS:
        path = PACKAGE / f"dist/govuk/components/{component}/fixtures.json"
        if path.exists():
            for fixture in json.loads(path.read_text())["fixtures"]:
                yield pytest.param(component, fixture, id=f"{component}: {fixture['name']}")


def test_the_installed_package_has_the_version_of_the_macros():
    assert PACKAGE.exists(), "node_modules is missing: run script/setup"
    assert json.loads((PACKAGE / "package.json").read_text())["version"] == "6.3.0"


def test_every_component_has_examples():
    assert {param.values[0] for param in fixtures()} == set(COMPONENTS)


@pytest.mark.parametrize(("component", "fixture"), list(fixtures()))
def test_the_macro_draws_each_example_as_the_package_does(component, fixture):
    environment = engines["jinja2"].env
    html = environment.globals[macro_name(component)](fixture["options"])
    assert tokens(html) == tokens(fixture["html"])
