"""All guides in their order, and the step about each screen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import ResolverMatch, reverse

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
from sms.help.guides_for_caseworkers import (
    activity_types,
    allocations,
    applications,
    decide_requests,
    end_licences,
    find_cas,
    first_page,
    history,
    jobs,
    keep_licences,
    key_people_and_ratings,
    orders,
    read_reports,
    rules,
    services,
    sheets,
    users_of_sponsors,
    write_messages,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from licences.models import User

    AnyUser = User | AnonymousUser

Groups = dict[str, tuple[Guide, ...]]  # guides by the headings of the list of guides

FOR_CASEWORKERS: Groups = {
    "Casework": (first_page.GUIDE, read_reports.GUIDE),
    "Licences": (
        keep_licences.GUIDE,
        end_licences.GUIDE,
        key_people_and_ratings.GUIDE,
        services.GUIDE,
        allocations.GUIDE,
        decide_requests.GUIDE,
    ),
    "Users and messages": (users_of_sponsors.GUIDE, write_messages.GUIDE),
    "CAS and orders": (find_cas.GUIDE, applications.GUIDE, sheets.GUIDE, orders.GUIDE),
    "Settings and system": (activity_types.GUIDE, rules.GUIDE, jobs.GUIDE, history.GUIDE),
}

FOR_ALL_USERS: Groups = {"Your account": (sign_in.GUIDE, passwords.GUIDE, second_factor.GUIDE)}

FOR_SPONSORS: Groups = {
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

PARTS = {
    "Guides for caseworkers": FOR_CASEWORKERS,
    "Guides for all users": FOR_ALL_USERS,
    "Guides for sponsors": FOR_SPONSORS,
}
"""All guides that are written, by the headings of the list of guides. Sponsors see no guides for caseworkers."""


def written(*parts: Groups) -> list[Guide]:
    """Return the guides of these parts in their order."""
    return [guide for part in parts for group in part.values() for guide in group]


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


GUIDES = shown(written(FOR_ALL_USERS, FOR_SPONSORS))
CASEWORK_GUIDES = shown(written(FOR_CASEWORKERS))

NUMBERS = {
    **{name: f"{number}" for number, name in enumerate(GUIDES, start=1)},
    **{name: f"C{number}" for number, name in enumerate(CASEWORK_GUIDES, start=1)},
}
"""The number of each guide. Sponsors and caseworkers see the same number."""

STEPS = steps_of(GUIDES.values())
CASEWORK_STEPS = steps_of([*shown(written(FOR_ALL_USERS)).values(), *CASEWORK_GUIDES.values()])
"""The steps for caseworkers, who do other things than sponsors on the pages that they share."""


def readable_by(user: AnyUser) -> dict[str, Guide]:
    """Return the guides that a user can read, by their names. Caseworkers read all: they answer sponsors' questions."""
    if user.is_staff:
        return {**CASEWORK_GUIDES, **GUIDES}
    return {name: guide for name, guide in GUIDES.items() if guide.is_public or user.is_authenticated}


def listed_for(user: AnyUser) -> dict[str, dict[str, list[Guide]]]:
    """Return the guides that a user can read, by the headings of their parts and groups."""
    readable = readable_by(user)
    found = {
        part: {heading: [guide for guide in group if guide.name in readable] for heading, group in groups.items()}
        for part, groups in PARTS.items()
    }
    return {part: kept for part, groups in found.items() if (kept := {h: g for h, g in groups.items() if g})}


@cache
def addresses(*, of_casework: bool = False) -> dict[str, str]:
    """Return the address of the step about each route."""
    steps = CASEWORK_STEPS if of_casework else STEPS
    return {route: f"{reverse('help_guide', args=[name])}#step-{number}" for route, (name, number) in steps.items()}


def address_for(request: HttpRequest) -> str:
    """Return the address of the step about the page of this request, or "" if there is none."""
    if request.resolver_match is None:
        return ""
    return addresses(of_casework=request.user.is_staff).get(route_of(request.resolver_match), "")


def route_of(match: ResolverMatch) -> str:
    """Return the name of an address. All decisions about a record share an address, so theirs has their own name."""
    name: str = match.view_name
    return f"{name.removesuffix('decision')}{match.kwargs['name']}" if name.endswith("_decision") else name
