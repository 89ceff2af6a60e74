"""Functions that load a record for a view. They raise a 404 error if the user may not see it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cas import refusals
from cas.details.text_warnings import FieldWarning
from cas.forms.cas import input_id, own_fields
from cas.models import CAS, Batch, Order, Printout
from cas.models.assigning import obstacles
from cas.models.printout import KEPT_FOR as PRINTOUT_KEPT_FOR
from cas.rules import Rules
from licences.requests import SignedInRequest
from licences.routes import Route


def load_route(route: str, covered: Iterable[Route]) -> Route:
    """Return the route in the address. Raises `Http404` if it is not `covered`: the licence lacks it or is closed."""
    for known in covered:
        if known == route:
            return known
    raise Http404


def load_cas(request: SignedInRequest, pk: int) -> CAS:
    """Return the CAS. Raises `Http404` if it does not exist or this user may not see it."""
    rows = CAS.objects.for_user(request.user).select_related("licence", "owner", "assigned_by", "batch", "agent")
    return get_object_or_404(rows, pk=pk)


def load_batch(request: SignedInRequest, pk: int) -> Batch:
    """Return the batch. Raises `Http404` if it does not exist or this user may not see it."""
    rows = Batch.objects.for_user(request.user).select_related("licence", "owner", "assigned_by", "created_by")
    return get_object_or_404(rows, pk=pk)


def reasons(cas: CAS, rules: Rules, *, can_edit: bool) -> dict[str, list[tuple[str, str]]]:
    """Return the reasons why `cas` cannot be assigned yet by these rules, as texts with links, by section.

    A missing field is named by its label, and any other reason is a sentence. Reasons that are not about a field come
    first, under "".
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for obstacle in obstacles(cas, cas.licence, rules.limits(cas.licence.sponsor_status)):
        section, text, href = "", obstacle.sentence, ""
        if field := obstacle.field:
            section = field.section.name
            text = field.label if obstacle.is_missing else obstacle.sentence
            href = f"{reverse('edit_cas', args=[cas.pk])}#{input_id(cas.route, field.name)}" if can_edit else ""
        found.setdefault(section, []).append((text, href))
    return found


def warned(cas: CAS, rules: Rules, *, can_edit: bool) -> list[tuple[FieldWarning, str]]:
    """Return the warnings about the details of `cas`, each with a link to its field if the CAS can be changed."""
    edit = reverse("edit_cas", args=[cas.pk]) if can_edit else ""
    on_form = own_fields(cas.route) if edit else []
    return [
        (warning, f"{edit}#{input_id(cas.route, warning.field.name)}" if warning.field in on_form else "")
        for warning in cas.warnings(rules)
    ]


def load_printout(request: SignedInRequest, key: str) -> Printout:
    """Return the printout. Raises `Refused`, a 404 error, if it was deleted or another user asked for it."""
    if asked := Printout.objects.for_user(request.user).select_related("job").filter(key=key).first():
        return asked
    raise refusals.PRINTOUT_NOT_KEPT(days=PRINTOUT_KEPT_FOR.days)


def load_order(request: SignedInRequest, reference: str) -> Order:
    """Return the order. Raises `Http404` if it does not exist or this user may not see it."""
    rows = Order.objects.for_user(request.user).select_related("licence", "allocation", "opened_by")
    return get_object_or_404(rows, reference=reference)
