"""A payment provider is one module. The portal finds it by name, with its variables and the origins of its pages."""

import sys

import pytest

from cas.payments import checkout, providers
from tests.payments import in_environment

MODULE = """
from cas.payments.providers.sandbox import Sandbox
from cas.payments.variables import Variables


class PayCo(Sandbox):
    name = "{name}"
    is_for_demonstrations = False
    variables = Variables("payco", key="", page_origins="https://pay.example")

    def problems(self):
        return list(self.variables.missing())

    def page_origins(self):
        return self.variables.listed("page_origins")


PROVIDER = PayCo()
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Return a function that adds the module of another provider beside the others."""
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])

    def add(name="payco"):
        (tmp_path / "payco.py").write_text(MODULE.format(name=name))

    yield add
    sys.modules.pop("cas.payments.providers.payco", None)
    vars(providers).pop("payco", None)


@pytest.fixture
def payco(add, settings, monkeypatch):
    """Set up the portal to take payments at another provider. Return the settings."""
    add()
    monkeypatch.setattr(checkout, "PROVIDERS", providers.find())
    settings.PAYMENT_PROVIDER, settings.DEMO = "payco", False
    return settings


def form_targets(client):
    """Return the origins to which the forms of a page may lead."""
    parts = client.get("/").headers["Content-Security-Policy"].split("; ")
    return next(part for part in parts if part.startswith("form-action")).split()[1:]


def test_a_module_beside_the_others_is_a_provider(payco):
    assert set(checkout.PROVIDERS) == {"sandbox", "worldpay", "payco"}
    assert checkout.provider_named("payco").problems() == ["PAYCO_KEY is missing."]
    in_environment(payco, PAYCO_KEY="x")
    assert checkout.provider_named("payco").problems() == []


def test_a_provider_must_have_the_name_of_its_module(add):
    add(name="another")
    with pytest.raises(ValueError, match=r"in payco.py is called 'another'"):
        providers.find()


def test_forms_may_lead_to_the_portal_and_to_the_pages_of_its_provider(payco, client):
    assert form_targets(client) == ["'self'", "https://pay.example"]
    in_environment(payco, PAYCO_PAGE_ORIGINS="https://a.example, https://b.example")
    assert form_targets(client) == ["'self'", "https://a.example", "https://b.example"]


@pytest.mark.parametrize("name", ["sandbox", "unknown"])
def test_without_an_outside_provider_forms_may_lead_only_to_the_portal(name, payco, client):
    payco.PAYMENT_PROVIDER = name
    assert form_targets(client) == ["'self'"]


def test_its_twin_without_our_policy_no_form_may_lead_to_the_provider(payco, client):
    ours = "sms.headers.ContentSecurityPolicy"
    payco.MIDDLEWARE = ["csp.middleware.CSPMiddleware" if each == ours else each for each in payco.MIDDLEWARE]
    assert form_targets(client) == ["'self'"]
