"""Factories that make requests for tests, with the same verbs as the pages."""

from datetime import timedelta

from licences.audiences import Audience
from licences.licence_requests import verbs
from licences.licence_requests.table import kind_named
from licences.message_board import verbs as message_verbs
from sms.core import clock

NEWS = {
    "subject": "The fee changes",
    "text": "The fee of a CAS changes on 9 April.",
    "is_important": False,
}
"""The values of a message, without its days and its audience."""


def an_increase(by, number=5, *, route="STUDENT", reasons="More students applied than last year."):
    """Save a request for more places, which is not submitted yet."""
    details = {"number_requested": number}
    return verbs.save(kind_named("increase"), route=route, details=details, reasons=reasons, by=by)


def a_renewal(by, number=10, *, route="STUDENT", reasons=""):
    """Save a request for the next year's places, which is not submitted yet."""
    details = {"number_requested": number}
    return verbs.save(kind_named("renewal"), route=route, details=details, reasons=reasons, by=by)


def a_surrender(by, *, route=""):
    """Save a request to surrender the route, or the licence if no route is given."""
    kind = kind_named("surrender-route" if route else "surrender-licence")
    return verbs.save(kind, route=route, details={}, reasons="The courses have ended.", by=by)


def submitted(*requests, by):
    """Submit the requests together. Return the first."""
    verbs.submit({request.pk: request.version for request in requests}, by=by)
    for request in requests:
        request.refresh_from_db()
    return requests[0]


def in_state(status, request, *, by, caseworker):
    """Bring a SAVED request to any status by its verbs."""
    if status != "SAVED":
        submitted(request, by=by)
    if status == "WITHDRAWN":
        verbs.withdraw(request, by=by)
    elif status == "GRANTED":
        verbs.grant(request, answer="Granted.", number_granted=1, by=caseworker)
    elif status == "REFUSED":
        verbs.refuse(request, answer="Refused.", by=caseworker)
    assert request.status == status
    return request


def written(licence=None, *, by, days=30, **values):
    """Write a message for one sponsor, or for all, which is not sent yet. It lasts for `days` from its first day."""
    starts_on = values.pop("starts_on", clock.today())
    audience = {"audience": Audience.ONE, "licence": licence} if licence else {"audience": Audience.ALL}
    until_on = starts_on + timedelta(days=days)
    return message_verbs.write(by=by, **{**NEWS, "starts_on": starts_on, "until_on": until_on, **audience, **values})


def a_message(licence=None, *, by, **values):
    """Send a message to one sponsor, or to all."""
    message = written(licence, by=by, **values)
    message_verbs.send(message, by=by)
    return message
