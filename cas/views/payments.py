"""The page of an order, the return from the provider's page, and the provider's callbacks."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.lifecycle import OrderStatus
from cas.models import Batch, Order
from cas.payments import checkout
from cas.payments.provider import BadCallback, ProviderUnavailable
from cas.views.assigning import to_provider
from cas.views.loading import load_order
from cas.views.orders import details, progress_of
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.refused import Refused

logger = logging.getLogger(__name__)

NO_ANSWER = "The payment service is not responding. We will keep checking whether you have paid."

UNPAID = {
    OrderStatus.DECLINED: "The payment was declined. The CAS has not changed. You can try again.",
    OrderStatus.CANCELLED: "The payment was cancelled. The CAS has not changed, and you have not paid.",
    OrderStatus.LAPSED: "The payment service did not answer, so the payment has lapsed. The CAS has not changed.",
}
UNPAID_BATCH = {status: text.replace("The CAS has", "The batch has") for status, text in UNPAID.items()}


@require_safe
@requires(Action.CAS_ASSIGN)
def order_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """Lead on from a payment to its CAS or batch. Show an order that is open, and any other that leads nowhere."""
    order = load_order(request, reference)
    return _next_page(request, order) or details(request, order)


def _next_page(request: SignedInRequest, order: Order) -> HttpResponse | None:
    """Return the way to the next screen of the manual after a payment that has ended; None if there is none."""
    if batch := Batch.objects.for_user(request.user).filter(orders=order).first():
        paid, unpaid = ("assigned_batch", batch.pk), ("assign_batch", batch.pk)
        is_assigned, sentences = bool(batch.assigned_at), UNPAID_BATCH
    elif order.count == 1 and (line := order.lines.exclude(cas=None).select_related("cas").first()) and line.cas:
        paid, unpaid = ("assigned_cas", line.cas.pk), ("assign_cas", line.cas.pk)
        is_assigned, sentences = line.cas.number is not None, UNPAID
    else:
        return None
    if order.status == OrderStatus.PAID:
        return redirect(*paid)
    if order.status in sentences and not is_assigned:
        messages.warning(request, sentences[OrderStatus(order.status)])
        return redirect(*unpaid)
    return None


@require_safe
@requires(Action.CAS_ASSIGN)
def order_status(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send the state of the payment to the script of `order_page`, without asking the provider."""
    return progress_of(load_order(request, reference)).answer()


@require_POST
@requires(Action.CAS_ASSIGN)
def check_order(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the provider now (`Check again`)."""
    _ask(request, load_order(request, reference))
    return redirect("order", reference)


@require_POST
@requires(Action.CAS_ASSIGN)
def continue_order(request: SignedInRequest, reference: str) -> HttpResponse:
    """Redirect to the provider's page for an open order (`Continue the payment`)."""
    order = load_order(request, reference)
    if order.status != OrderStatus.OPEN:
        return redirect("order", reference)
    return to_provider(request, order)


@require_POST
@requires(Action.CAS_ASSIGN)
def cancel_order(request: SignedInRequest, reference: str) -> HttpResponse:
    """Cancel the payment, unless the provider says that it has been paid (`Cancel the payment`)."""
    order = load_order(request, reference)
    try:
        checkout.cancel(order, by=request.user)
    except (ProviderUnavailable, BadCallback):
        messages.error(request, NO_ANSWER)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("order", reference)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payment_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Redirect a browser that returns from the provider's page to the page of the order.

    The provider is asked how the payment ended: the address is not trusted. This view works without a session and shows
    nothing, because a browser that returns by POST does not send the session cookie.
    """
    order = get_object_or_404(Order, reference=reference)
    try:
        checkout.ask(order)
    except (ProviderUnavailable, BadCallback):
        logger.warning("No answer about order %s when the browser returned", order.pk)
    response = redirect("order", reference)
    response.status_code = 303
    return response


@csrf_exempt
@login_not_required
@no_append_slash
@require_POST
def payment_callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Act on a provider's signed callback. Outside demo mode, it must come over https. Never answer with a redirect."""
    if not _came_safely(request):
        logger.warning("A callback was refused: it came over plain http. Check PROXIES and X-Forwarded-Proto")
        return HttpResponse(status=403)
    try:
        checkout.receive(provider, request.headers, request.body)
    except ImproperlyConfigured:
        return HttpResponse(status=404)
    except BadCallback as bad:
        logger.warning("A callback of %s was refused: %s", provider, bad)
        return HttpResponse(status=400)
    return HttpResponse(status=200)


def _came_safely(request: HttpRequest) -> bool:
    """Return whether the request came over https, which `PROXIES` may report. Demo mode does not need https."""
    return settings.DEMO or request.is_secure()


def _ask(request: SignedInRequest, order: Order) -> None:
    try:
        checkout.ask(order)
    except (ProviderUnavailable, BadCallback):
        messages.error(request, NO_ANSWER)
