"""The sandbox's own payment page. It stands for a provider's: it knows nothing of the portal or its users."""

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
    """What a payer may choose: the words on its button, and how the portal hears of it.

    `told` is how many times it is told at once. `later` is after what time, if not at once: until then it hears
    nothing though it asks.
    """

    label: str
    state: SandboxState
    told: int = 1
    later: timedelta | None = None
    goes_back: bool = True


CHOICES: dict[str, Choice] = {
    "pay": Choice("Pay", SandboxState.PAID),
    "decline": Choice("Decline", SandboxState.DECLINED),
    "cancel": Choice("Cancel", SandboxState.CANCELLED),
    "pay-silently": Choice("Pay, but do not tell the portal", SandboxState.PAID, told=0, goes_back=False),
    "pay-twice": Choice("Pay, and tell the portal twice", SandboxState.PAID, told=2),
    "pay-late": Choice("Pay, and tell the portal a minute later", SandboxState.PAID, told=0, later=A_MINUTE),
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
    tell_at = clock.now() + choice.later if choice.later else None
    if payment.decide(choice.state, tell_at=tell_at):
        for _ in range(choice.told):
            checkout.receive(sandbox.Sandbox.name, *sandbox.callback(payment))
