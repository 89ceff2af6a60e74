"""The portal with more addresses, each of which fails with personal data in its error."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation, ValidationError
from django.db import transaction
from django.urls import path

from cas.models import CAS
from licences.models import User
from licences.roles import Role
from sms import urls

MARK = "Wolfeschlegel"
"""The family name that is in every error of these addresses."""


def a_row_that_lacks_something():
    with transaction.atomic():
        CAS.objects.filter(family_name=MARK).update(nationality=None)


def a_key_twice():
    with transaction.atomic():
        User.objects.bulk_create(User(username=MARK, name=MARK, role=Role.CASEWORKER) for _ in range(2))


def a_cause():
    try:
        int(MARK)
    except ValueError as error:
        raise RuntimeError(f"Cannot count {MARK}") from error


def a_group():
    raise ExceptionGroup(f"About {MARK}", [KeyError(MARK), ValidationError(f"{MARK} is no name")])


def a_note():
    error = ValueError(MARK)
    error.add_note(f"It was {MARK}")
    raise error


def a_local_variable():
    name = MARK
    return len(name) / 0


def something_suspicious():
    raise SuspiciousOperation(f"{MARK} is suspicious")


def a_bad_request():
    raise BadRequest(f"{MARK} is bad")


WAYS = {
    way.__name__: way
    for way in (
        a_row_that_lacks_something,
        a_key_twice,
        a_cause,
        a_group,
        a_note,
        a_local_variable,
        something_suspicious,
        a_bad_request,
    )
}


@login_not_required
def fail(request, way):
    WAYS[way]()


urlpatterns = [path("fail/<str:way>/", fail), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
