"""A sponsor asks, the Home Office decides: every move of a request, and what granting does (specification, 9)."""

import pytest

from licences.licence_requests import verbs
from licences.licence_requests.table import kind_named
from licences.timeline import timeline

pytestmark = pytest.mark.django_db


def an_increase(by, number=5, route="STUDENT"):
    details = {"number_requested": number}
    return verbs.save(kind_named("increase"), route=route, details=details, reasons="More students", by=by)


def submitted(request, by):
    verbs.submit({request.pk: request.version}, by=by)
    request.refresh_from_db()
    return request


def test_an_increase_is_saved_submitted_and_granted(allocation, level1, caseworker):
    request = submitted(an_increase(level1), level1)
    verbs.grant(request, answer="Granted in part.", number_granted=3, by=caseworker)
    allocation.refresh_from_db()
    assert allocation.granted == 13
    request.refresh_from_db()
    assert (request.status, request.answer, request.outcome) == ("GRANTED", "Granted in part.", {"number_granted": 3})
    print([(e.title, e.changes) for e in timeline(request)])
    assert [entry.title for entry in timeline(request)] == ["Granted", "Submitted", "Saved"]
