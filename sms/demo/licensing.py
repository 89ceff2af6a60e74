"""Stories of licences: what caseworkers record on them, and what sponsors ask of the Home Office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from licences.audiences import Audience
from licences.compliance_rating import ComplianceRating
from licences.licence_requests import verbs
from licences.licence_requests.table import kind_named
from licences.message_board import verbs as message_verbs
from licences.models import ActionPlan, Assessment, Licence, LicenceRequest
from licences.models.assessment import Outcome
from licences.routes import Route
from sms.core import clock
from sms.demo import days
from sms.demo.days import ago
from sms.demo.people import ELSEWHERE, NORTHGATE, UNIVERSITY, Sponsor
from sms.demo.playback import Story
from sms.demo.stories import caseworker, user


def stories() -> list[Story[object]]:
    return [
        _assessed(UNIVERSITY, ago(170)),
        _rated(UNIVERSITY, ComplianceRating.GREEN, ago(168), "The assessment was passed."),
        _rated(ELSEWHERE, ComplianceRating.AMBER, ago(24), "Too many applications were refused."),
        _planned(ELSEWHERE, ago(23)),
        _suspended(ago(14)),
        *_requests(),
        _written(
            ago(20),
            "The help desk is closed from 24 December to 1 January",
            "The help desk of the Home Office is closed from 24 December to 1 January. The portal stays open. If you "
            "need an answer before the holidays, ask by 18 December.",
        ),
        _written(
            ago(1),
            "Check your allocation before the January intake",
            "Many sponsors start courses in January. Check that your allocation has enough unused places. If it does "
            "not, request an increase now.",
            is_important=True,
        ),
    ]


def _requests() -> list[Story[object]]:
    """Return requests in every state."""
    return [
        _asked(
            "level1",
            ago(51),
            "increase",
            {"number_requested": 15},
            "Applications for taught courses have risen by a quarter since last year.",
            route=Route.STUDENT,
            granted="Granted in full. Please keep us informed of the numbers for January.",
            number_granted=15,
        ),
        _asked(
            "level1",
            ago(33),
            "increase",
            {"number_requested": 10},
            "Our sixth form may grow next year.",
            route=Route.CHILD_STUDENT,
            refused="Please ask again when places on this route have been offered.",
        ),
        _asked("deputy", ago(26), "premium", {}, "", withdrawn=True),
        _asked(
            "level1",
            ago(3),
            "replace-key-contact",
            {
                "name": "Martin Oduya",
                "job_title": "Head of Immigration Compliance",
                "email": "deputy@example.example",
                "telephone": "01632 960112",
            },
            "Martin Oduya takes over the contact with the Home Office on the first of next month.",
        ),
        _saved(
            "deputy",
            ago(1),
            "increase",
            {"number_requested": 20},
            "The School of Computing opens a second group in January.",
            route=Route.STUDENT,
        ),
        _asked(
            "former",
            ago(8),
            "surrender-licence",
            {},
            "The college closes at the end of the year.",
            granted="The licence is surrendered, and the students with a live CAS will be informed.",
        ),
    ]


def _written(on: date, subject: str, text: str, *, is_important: bool = False) -> Story[None]:
    """Send a message to all sponsors, which lasts for 60 days."""
    yield days.about(on, "09:45")
    message = message_verbs.write(
        by=caseworker(),
        subject=subject,
        text=text,
        is_important=is_important,
        audience=Audience.ALL,
        starts_on=clock.today(),
        until_on=clock.today() + timedelta(days=60),
    )
    message_verbs.send(message, by=caseworker())


def _licence(sponsor: Sponsor) -> Licence:
    return Licence.objects.get(number=sponsor.number)


def _assessed(sponsor: Sponsor, on: date) -> Story[None]:
    """Record that the sponsor applied for its yearly assessment, and passed it 20 working days later."""
    yield days.about(on, "11:50")
    assessment = Assessment.objects.apply(_licence(sponsor), clock.today(), by=caseworker())
    yield days.later(20, "15:05")
    valid_until = clock.today() + relativedelta(years=1)
    assessment.decide(Outcome.PASSED, decided_on=clock.today(), valid_until_on=valid_until, by=caseworker())


def _rated(sponsor: Sponsor, rating: str, on: date, reason: str) -> Story[None]:
    yield days.about(on, "16:10")
    _licence(sponsor).set_rating(rating, by=caseworker(), reason=reason)


def _planned(sponsor: Sponsor, on: date) -> Story[None]:
    """Issue an action plan, which the sponsor has not answered yet."""
    yield days.about(on, "10:35")
    details = "Check the funds and the interview of each applicant before you assign a CAS."
    ActionPlan.objects.issue(_licence(sponsor), by=caseworker(), details=details, fee_pence=147_600)


def _suspended(on: date) -> Story[None]:
    yield days.about(on, "17:20")
    reason = "A visit found that attendance was not being recorded."
    _licence(NORTHGATE).suspend(by=caseworker(), reason=reason)


def _saved(
    by: str, on: date, kind: str, details: dict[str, Any], reasons: str, *, route: str = ""
) -> Story[LicenceRequest]:
    yield days.about(on, "11:05")
    return verbs.save(kind_named(kind), details=details, reasons=reasons, route=route, by=user(by))


def _asked(
    by: str,
    on: date,
    kind: str,
    details: dict[str, Any],
    reasons: str,
    *,
    route: str = "",
    granted: str = "",
    refused: str = "",
    withdrawn: bool = False,
    **decided: Any,
) -> Story[None]:
    """Submit a request. Four working days later it is withdrawn, or a caseworker answers, or nothing happens yet."""
    request = yield from _saved(by, on, kind, details, reasons, route=route)
    yield days.minutes_later(12)
    verbs.submit({request.pk: request.version}, by=user(by))
    if not (granted or refused or withdrawn):
        return
    yield days.later(4, "15:30")
    if withdrawn:
        verbs.withdraw(request, by=user(by))
    elif granted:
        verbs.grant(request, answer=granted, by=caseworker(), **decided)
    else:
        verbs.refuse(request, answer=refused, by=caseworker())
