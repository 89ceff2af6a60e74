"""What payment providers do in tests: say something, or nothing."""

from contextlib import contextmanager
from unittest import mock

from cas.models import SandboxPayment
from cas.models.sandbox import SandboxState
from cas.payments import checkout
from cas.payments.provider import ProviderUnavailable
from cas.payments.providers import sandbox


class Silent(sandbox.Sandbox):
    """The sandbox, when it cannot be reached."""

    def create(self, *args):
        raise ProviderUnavailable

    fetch = cancel = create


def in_environment(settings, **variables):
    """Have the environment say this, besides what it says already."""
    settings.PROVIDER_VARIABLES = settings.PROVIDER_VARIABLES | variables


@contextmanager
def silence():
    """No provider answers meanwhile."""
    with mock.patch.dict(checkout.PROVIDERS, {sandbox.Sandbox.name: Silent()}):
        yield


def sent_to_sandbox(order):
    """The sandbox's payment for this order, whose payer has arrived at its page."""
    checkout.start(order, f"http://testserver/payments/{order.reference}/return/")
    return SandboxPayment.objects.get(reference=order.reference)


def decided(order, state):
    """The same, decided, and the portal does not know."""
    payment = sent_to_sandbox(order)
    payment.decide(SandboxState(state))
    return payment
