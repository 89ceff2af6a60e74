"""The table of the kinds of request."""

from __future__ import annotations

from licences.licence_requests.kind import CHANGES, INCREASE, RENEWAL, SERVICES, Group, Kind
from licences.licence_requests.kinds.assessment import ApplyForAssessment
from licences.licence_requests.kinds.increase import Increase
from licences.licence_requests.kinds.key_people import (
    AmendAuthorisingOfficer,
    AmendKeyContact,
    ReplaceAuthorisingOfficer,
    ReplaceKeyContact,
)
from licences.licence_requests.kinds.level_1_user import NewLevel1User
from licences.licence_requests.kinds.organisation import ChangeOrganisation
from licences.licence_requests.kinds.premium import Premium
from licences.licence_requests.kinds.renewal import Renewal
from licences.licence_requests.kinds.surrender import SurrenderLicence, SurrenderRoute
from licences.models import LicenceRequest

KINDS: tuple[Kind, ...] = (
    Increase(),
    Renewal(),
    ChangeOrganisation(),
    ReplaceAuthorisingOfficer(),
    AmendAuthorisingOfficer(),
    ReplaceKeyContact(),
    AmendKeyContact(),
    NewLevel1User(),
    SurrenderRoute(),
    SurrenderLicence(),
    ApplyForAssessment(),
    Premium(),
)

GROUPS = (CHANGES, INCREASE, RENEWAL, SERVICES)

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """Return the kind of this name. Raises `LookupError` if there is none."""
    return _BY_NAME[name]


def kind_of(request: LicenceRequest) -> Kind:
    return kind_named(request.kind)


def kinds_in(group: Group) -> list[Kind]:
    return [kind for kind in KINDS if kind.group == group]


def every_parameter() -> list[str]:
    """Return the parameters that the forms of all kinds send, for their drafts."""
    return sorted({name for kind in KINDS for name in kind.form_class.parameters()})


def labels() -> dict[str, str]:
    """Return the labels of the details and outcomes of all kinds, for the history."""
    return {name: label for kind in KINDS for name, label in kind.labels().items()}
