"""The import contracts name every module, because a contract proves nothing about a module that it does not name."""

import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.conf import settings

APPS = ("sms", "licences", "cas", "sponsorship_duties", "bulk_data_transfer")
WITHOUT_ORDER = {
    "migrations",
    "management",
    "commands",
}  # Django loads these modules itself, and no module imports them


@pytest.fixture(scope="module")
def contracts():
    """Return the contracts of `.importlinter`, by the package whose modules they order."""
    parser = ConfigParser()
    parser.read(settings.BASE_DIR / ".importlinter")
    return {
        section["containers"]: section
        for section in map(parser.__getitem__, parser.sections())
        if "containers" in section
    }


def packages():
    for init in sorted(path for app in APPS for path in Path(settings.BASE_DIR, app).rglob("__init__.py")):
        name = ".".join(init.parent.relative_to(settings.BASE_DIR).parts)
        if not WITHOUT_ORDER & set(name.split(".")) and list(iter_modules([str(init.parent)])):
            yield name


def independent():
    """Return the packages whose modules may not import each other, by contracts with a wildcard for new modules."""
    parser = ConfigParser()
    parser.read(settings.BASE_DIR / ".importlinter")
    found = [section for section in map(parser.__getitem__, parser.sections()) if section.get("type") == "independence"]
    assert all(section["modules"].endswith(".*") and "ignore_imports" not in section for section in found)
    return [section["modules"].removesuffix(".*") for section in found]


def test_every_package_has_a_contract_that_must_name_every_module(contracts):
    assert sorted([*contracts, *independent()]) == sorted(packages())
    assert all(contract["exhaustive"] == "true" for contract in contracts.values())


def test_exceptions_are_few_explicit_and_within_the_models_of_one_app(contracts):
    for package, contract in contracts.items():
        lines = contract.get("ignore_imports", "").splitlines()
        exceptions = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
        assert len(exceptions) <= 10, package
        assert not any("*" in exception for exception in exceptions), package
        assert package.endswith(".models") or not exceptions, package


def test_the_contract_of_the_apps_lists_every_module_of_the_wiring():
    parser = ConfigParser()
    parser.read(settings.BASE_DIR / ".importlinter")
    top = parser["importlinter:contract:apps"]["layers"].strip().splitlines()[0]
    folder = str(Path(settings.BASE_DIR, "sms"))
    assert {name.strip() for name in top.split(":")} == {
        f"sms.{module.name}" for module in iter_modules([folder]) if module.name != "core"
    }


@pytest.mark.once
def test_an_import_against_the_order_fails_the_check(tmp_path):
    for app in APPS:
        shutil.copytree(settings.BASE_DIR / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(settings.BASE_DIR / ".importlinter", tmp_path)
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    def check():
        return subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().returncode == 0
    with (tmp_path / "cas/reconciliation.py").open("a") as module:
        module.write("from cas.views import finding\n")
    with (tmp_path / "cas/payments/providers/sandbox.py").open("a") as module:
        module.write("from cas.payments.providers import worldpay\n")
    said = check().stdout
    assert "cas.reconciliation is not allowed to import cas.views" in said
    assert "- cas.payments.providers.sandbox -> cas.payments.providers.worldpay" in said
