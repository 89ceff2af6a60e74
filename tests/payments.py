"""Payment providers in tests: they answer, or stay silent."""

from contextlib import contextmanager
from unittest import mock

from cas.models import SandboxPayment
from cas.models.sandbox import SandboxState
from cas.payments import checkout
from cas.payments.provider import ProviderUnavailable
from cas.payments.providers import sandbox


class Silent(sandbox.Sandbox):
    """A sandbox that cannot be reached."""

    def create(self, *args):
        raise ProviderUnavailable

    fetch = cancel = create


def in_environment(settings, **variables):
    """Add these variables to the provider's environment variables."""
    settings.PROVIDER_VARIABLES = settings.PROVIDER_VARIABLES | variables


@contextmanager
def silence():
    """Make the provider unreachable for a while."""
    with mock.patch.dict(checkout.PROVIDERS, {sandbox.Sandbox.name: Silent()}):
        yield


def sent_to_sandbox(order):
    """Open the sandbox's page for this order, and return its payment."""
    checkout.start(order, f"http://testserver/payments/{order.reference}/return/")
    return SandboxPayment.objects.get(reference=order.reference)


def decided(order, state):
    """Open the sandbox's page, decide the payment without telling the portal, and return it."""
    payment = sent_to_sandbox(order)
    payment.decide(SandboxState(state))
    return payment
