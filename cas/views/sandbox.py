"""The sandbox's payment page. It stands for a provider's page, so it knows nothing about the portal or its users."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cas.models import SandboxPayment
from cas.models.sandbox import A_MINUTE, SandboxState
from cas.payments import checkout
from cas.payments.providers import sandbox
from sms.core import clock


class Choice(NamedTuple):
    """A choice of the payer: the label of its button, and how it is reported to the portal.

    `callbacks` is the number of callbacks sent at once. `later` is the delay of the callback, if it is not sent at
    once. Until then, the portal gets no report, even if it asks.
    """

    label: str
    state: SandboxState
    callbacks: int = 1
    later: timedelta | None = None
    goes_back: bool = True


CHOICES: dict[str, Choice] = {
    "pay": Choice("Pay", SandboxState.PAID),
    "decline": Choice("Decline", SandboxState.DECLINED),
    "cancel": Choice("Cancel", SandboxState.CANCELLED),
    "pay-silently": Choice("Pay, but do not tell the portal", SandboxState.PAID, callbacks=0, goes_back=False),
    "pay-twice": Choice("Pay, and tell the portal twice", SandboxState.PAID, callbacks=2),
    "pay-late": Choice("Pay, and tell the portal a minute later", SandboxState.PAID, callbacks=0, later=A_MINUTE),
}


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox_payment(request: HttpRequest, key: str) -> HttpResponse:
    payment = get_object_or_404(SandboxPayment, key=key)
    choice = CHOICES.get(request.POST.get("choice", ""))
    if choice:
        _decide(payment, choice)
        if choice.goes_back:
            response = HttpResponseRedirect(payment.return_url)
            response.status_code = 303
            return response
    return render(request, "cas/sandbox.html", {"payment": payment, "choices": CHOICES})


def _decide(payment: SandboxPayment, choice: Choice) -> None:
    report_at = clock.now() + choice.later if choice.later else None
    if payment.decide(choice.state, report_at=report_at):
        for _ in range(choice.callbacks):
            checkout.receive(sandbox.Sandbox.name, *sandbox.callback(payment))
