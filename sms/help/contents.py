"""All guides in their order, and the step about each screen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.http import HttpRequest
from django.urls import reverse

from sms.help.guide import Guide
from sms.help.guides import (
    agents,
    assign_cas,
    batches,
    bulk_data_transfer,
    compliance,
    course_templates,
    create_batch,
    create_cas,
    edit_cas,
    export,
    find_and_print,
    graduates,
    licence_summary,
    manage_live_cas,
    messages,
    passwords,
    report_activity,
    report_several,
    requests,
    second_factor,
    sign_in,
    students_to_check,
    study_addresses,
    transfer,
    users,
    withdraw_report,
)

GROUPS = {
    "Your account": (sign_in.GUIDE, passwords.GUIDE, second_factor.GUIDE),
    "Create and assign CAS": (
        create_cas.GUIDE,
        create_batch.GUIDE,
        edit_cas.GUIDE,
        assign_cas.GUIDE,
        find_and_print.GUIDE,
    ),
    "Sponsorship duties": (
        report_activity.GUIDE,
        withdraw_report.GUIDE,
        report_several.GUIDE,
        manage_live_cas.GUIDE,
        students_to_check.GUIDE,
        graduates.GUIDE,
        compliance.GUIDE,
    ),
    "Batches, ownership and stored details": (
        batches.GUIDE,
        transfer.GUIDE,
        study_addresses.GUIDE,
        agents.GUIDE,
        course_templates.GUIDE,
    ),
    "Files": (bulk_data_transfer.GUIDE, export.GUIDE),
    "Licence, users and messages": (licence_summary.GUIDE, requests.GUIDE, users.GUIDE, messages.GUIDE),
}
"""All guides that are written, by the headings of the list of guides."""

WRITTEN = [guide for group in GROUPS.values() for guide in group]


def shown(guides: Iterable[Guide]) -> dict[str, Guide]:
    """Return the guides that users see, by their names: those about screens that exist."""
    return {guide.name: guide for guide in guides if any(guide.routes())}


def steps_of(guides: Iterable[Guide]) -> dict[str, tuple[str, int]]:
    """Return the guide and the number of the step about each route. Raises ValueError if a route has two steps."""
    found: dict[str, tuple[str, int]] = {}
    for guide in guides:
        for route, number in guide.routes():
            if route in found:
                raise ValueError(f"The route {route} has a step in {found[route][0]} and in {guide.name}")
            found[route] = guide.name, number
    return found


GUIDES = shown(WRITTEN)
NUMBERS = {name: number for number, name in enumerate(GUIDES, start=1)}

STEPS = steps_of(GUIDES.values())


def listed(*, only_public: bool) -> dict[str, list[Guide]]:
    """Return the guides that a user can read, by their headings."""
    readable = [guide for guide in GUIDES.values() if guide.is_public or not only_public]
    found = {heading: [guide for guide in group if guide in readable] for heading, group in GROUPS.items()}
    return {heading: guides for heading, guides in found.items() if guides}


@cache
def addresses() -> dict[str, str]:
    """Return the address of the step about each route."""
    return {route: f"{reverse('help_guide', args=[name])}#step-{number}" for route, (name, number) in STEPS.items()}


def address_for(request: HttpRequest) -> str:
    """Return the address of the step about the page of this request, or "" if there is none.

    Caseworkers share some pages with sponsors, but do other things there.
    """
    if request.resolver_match is None or request.user.is_staff:
        return ""
    return addresses().get(request.resolver_match.view_name, "")
