"""The sandbox: a provider for demonstrations, with its own payment page and records."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from cas.lifecycle import PaymentState
from cas.models import Order, SandboxPayment
from cas.models.sandbox import SandboxState
from cas.payments import reading
from cas.payments.provider import BadCallback, ProviderReport
from cas.payments.variables import Variables

SIGNATURE_HEADER = "Sandbox-Signature"


class Sandbox:
    name = "sandbox"
    is_for_demonstrations = True
    variables = Variables(name)

    def problems(self) -> list[str]:
        return []

    def page_origins(self) -> list[str]:
        return []

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        payment, _ = SandboxPayment.objects.get_or_create(
            reference=order.reference,
            defaults={
                "amount_pence": order.total_pence,
                "description": f"{order.count} Confirmation of Acceptance for Studies",
                "return_url": return_url,
            },
        )
        return payment.key, reverse("sandbox_payment", args=[payment.key])

    def has_closed(self, order: Order) -> bool:
        return False

    def fetch(self, order: Order) -> ProviderReport | None:
        payment = SandboxPayment.objects.filter(reference=order.reference).first()
        return _report(payment) if payment else None

    def cancel(self, order: Order) -> None:
        payment = SandboxPayment.objects.filter(reference=order.reference).first()
        if payment:
            payment.decide(SandboxState.CANCELLED)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> ProviderReport:
        if not constant_time_compare(headers.get(SIGNATURE_HEADER, ""), signature(body)):
            raise BadCallback("The signature is wrong.")
        try:
            message = reading.read(body)
            state = PaymentState(reading.text(message, "state"))
            return ProviderReport(
                reference=reading.text(message, "reference"),
                state=state,
                amount_pence=reading.whole_number(message, "amount_pence"),
                currency=reading.text(message, "currency"),
                is_final=state != PaymentState.PENDING,
            )
        except ValueError as error:  # `Unreadable`, or an unknown state
            raise BadCallback("The message cannot be read.") from error


def signature(body: bytes) -> str:
    return salted_hmac("cas.payments.sandbox", body, algorithm="sha256").hexdigest()


def callback(payment: SandboxPayment) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of the callback that reports a payment to the portal."""
    report = _report(payment)
    message = {
        "reference": report.reference,
        "state": report.state.value,
        "amount_pence": report.amount_pence,
        "currency": report.currency,
    }
    body = json.dumps(message).encode()
    return {SIGNATURE_HEADER: signature(body)}, body


def _report(payment: SandboxPayment) -> ProviderReport:
    state = PaymentState(payment.reported_state.lower())
    return ProviderReport(payment.reference, state, payment.amount_pence, is_final=state != PaymentState.PENDING)


PROVIDER = Sandbox()
