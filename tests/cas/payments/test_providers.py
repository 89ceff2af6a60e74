"""A payment provider is one module: it is found by its name, and with it its variables and the origins of its pages."""

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
    """`add()` puts the module of another provider beside the others."""
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])

    def add(name="payco"):
        (tmp_path / "payco.py").write_text(MODULE.format(name=name))

    yield add
    sys.modules.pop("cas.payments.providers.payco", None)
    vars(providers).pop("payco", None)


@pytest.fixture
def payco(add, settings, monkeypatch):
    """The portal takes its payments at another provider."""
    add()
    monkeypatch.setattr(checkout, "PROVIDERS", providers.find())
    settings.PAYMENT_PROVIDER, settings.DEMO = "payco", False
    return settings


def lead_to(client):
    """Where the forms of a page may lead."""
    parts = client.get("/").headers["Content-Security-Policy"].split("; ")
    return next(part for part in parts if part.startswith("form-action")).split()[1:]


def test_a_module_beside_the_others_is_a_provider(payco):
    assert set(checkout.PROVIDERS) == {"sandbox", "worldpay", "payco"}
    assert checkout.provider_named("payco").problems() == ["PAYCO_KEY is missing."]
    in_environment(payco, PAYCO_KEY="x")
    assert checkout.provider_named("payco").problems() == []


def test_a_provider_is_called_as_its_module_is(add):
    add(name="another")
    with pytest.raises(ValueError, match=r"in payco.py is called 'another'"):
        providers.find()


def test_forms_lead_to_the_portal_itself_and_to_the_pages_of_its_provider(payco, client):
    assert lead_to(client) == ["'self'", "https://pay.example"]
    in_environment(payco, PAYCO_PAGE_ORIGINS="https://a.example, https://b.example")
    assert lead_to(client) == ["'self'", "https://a.example", "https://b.example"]


@pytest.mark.parametrize("name", ["sandbox", "unknown"])
def test_otherwise_forms_lead_to_the_portal_only(name, payco, client):
    payco.PAYMENT_PROVIDER = name
    assert lead_to(client) == ["'self'"]


def test_the_twin_without_our_policy_no_form_could_lead_to_the_provider(payco, client):
    ours = "sms.headers.ContentSecurityPolicy"
    payco.MIDDLEWARE = ["csp.middleware.CSPMiddleware" if each == ours else each for each in payco.MIDDLEWARE]
    assert lead_to(client) == ["'self'"]
