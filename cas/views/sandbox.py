"""The sandbox's own payment page. It stands for a provider's: it knows nothing of the portal or its users."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cas.models import SandboxPayment
from cas.models.sandbox import SandboxState
from cas.payments import checkout, sandbox

# What the payer may choose: the state of the payment, and whether the portal is told at once.
CHOICES: dict[str, tuple[SandboxState, bool]] = {
    "pay": (SandboxState.PAID, True),
    "decline": (SandboxState.DECLINED, True),
    "cancel": (SandboxState.CANCELLED, True),
    "pay-silently": (SandboxState.PAID, False),
}


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox_payment(request: HttpRequest, key: str) -> HttpResponse:
    payment = get_object_or_404(SandboxPayment, key=key)
    choice = CHOICES.get(request.POST.get("choice", ""))
    if choice is None:
        return render(request, "cas/sandbox.html", {"payment": payment})
    state, tells = choice
    if payment.decide(state) and tells:
        checkout.receive(sandbox.Sandbox.name, *sandbox.callback(payment))
    if not tells:
        return render(request, "cas/sandbox.html", {"payment": payment})
    response = HttpResponseRedirect(payment.return_url)
    response.status_code = 303
    return response
