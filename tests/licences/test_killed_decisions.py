"""The process dies while a request is granted: it is granted and carried out, or neither (specification, section 9)."""

import pytest
from django.test import override_settings

from cas.reconciliation import discrepancies
from experiments.browser import UNREACHABLE, Browser
from experiments.kills import ARGON2
from experiments.processes import Portal
from licences.models import LicenceRequest
from licences.roles import Role
from tests.factories import PASSWORD, a_user
from tests.licences.factories import an_increase, submitted

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

STEP = 3  # of the statements of the decision, each third is the last


class Desk:
    def __init__(self, portal):
        self.portal, self.browser = portal, Browser(portal.origin)
        self.browser.open("/sign-in/")
        self.browser.press("Sign in", login="officer", password=PASSWORD)

    def decide(self, request, **doom):
        """Grant five places, in a process that dies as `doom` says. Return its statements, if it survives."""
        self.browser.open(f"/admin/licences/licencerequest/{request.pk}/grant/")
        self.portal.arm(**doom)
        try:
            self.browser.press("Grant", number_granted="5", answer="Granted.")
        except UNREACHABLE:
            self.portal.wait()
            return []
        return self.portal.arm()


def torn(request, allocation, before):
    """Return whether the request and the allocation disagree about the decision."""
    allocation.refresh_from_db()
    is_granted = LicenceRequest.objects.get(pk=request.pk).status == "GRANTED"
    return is_granted is not (allocation.granted == before + 5) or list(discrepancies()) != []


@pytest.fixture
def officer(system):
    with override_settings(PASSWORD_HASHERS=ARGON2):
        return a_user("officer", Role.CASEWORKER)


def test_whenever_the_process_dies_the_request_and_the_allocation_agree(allocation, level1, officer):
    with Portal() as portal:
        desk = Desk(portal)
        request = submitted(an_increase(level1), by=level1)
        statements = len(desk.decide(request))
        assert not torn(request, allocation, 10)
        assert statements > 15
        for number in range(1, statements, STEP):
            request = _another(request, level1)
            before = allocation.granted
            desk.decide(request, number=number, when="after")
            assert not torn(request, allocation, before)


def test_without_transactions_they_disagree(allocation, level1, officer):
    """Each statement is committed by itself, and the process dies after the places are added."""
    with Portal() as portal:
        desk = Desk(portal)
        request = submitted(an_increase(level1), by=level1)
        statements = desk.decide(request)
        adding = 1 + next(i for i, sql in enumerate(statements) if sql.startswith('UPDATE "licences_allocation"'))
        request = _another(request, level1)
        desk.decide(request, number=adding, when="after", careless="yes")
        assert torn(request, allocation, 15)


def _another(request, by):
    """Return a request that waits: the same again, if it is not decided yet."""
    again = LicenceRequest.objects.get(pk=request.pk)
    return again if again.is_waiting else submitted(an_increase(by), by=by)
