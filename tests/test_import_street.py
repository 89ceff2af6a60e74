"""import-linter's contract lists the wiring by name, because `sms` holds the library too. All of it?"""

import tomllib
from pkgutil import iter_modules

from django.conf import settings

import sms


def test_every_module_of_the_wiring_stands_at_the_top_of_the_street():
    pyproject = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    street = pyproject["tool"]["importlinter"]["contracts"][0]["layers"]
    listed = {name.strip() for name in street[0].split(":")}
    assert listed == {f"sms.{module.name}" for module in iter_modules(sms.__path__)} - {"sms.core"}
