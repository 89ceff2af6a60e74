"""The whole table of statuses over HTTP: each user tries every move, and everything that a caseworker can decide.

The table of CAS moves comes from the specification (section 3) and is written out here. The decisions of caseworkers
are read from the admin, so a new decision is tried too: it may change a status only by a move that is a caseworker's.
"""

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE, CASStatus, OrderStatus
from cas.models import CAS, Order
from licences.lifecycle import LICENCE_LIFECYCLE, LicenceStatus
from licences.models import Event, Licence, User
from licences.roles import Role
from sms.core import clock
from sms.core.govuk.fields import CheckboxesField, CheckboxField, ChoosingField, DateField, MoneyField, NumberField
from tests.factories import COMPLETE, a_cas, brought_to, in_status, order_in_status
from tests.pages import typed_in

pytestmark = pytest.mark.django_db

# The moves that users of a sponsor make: from these statuses, to this status, by these users. The CAS belongs to
# level2, and colleague is another Level 2 user.
BOTH = {"WORK IN PROGRESS", "READY TO GO"}
MOVES = {
    "save": (BOTH, "READY TO GO", {"level1", "level2"}),
    "delete": (BOTH, "gone", {"level1", "level2"}),
    "assign": ({"READY TO GO"}, "ASSIGNED", {"level1", "level2"}),
    "withdraw": ({"ASSIGNED"}, "WITHDRAWN", {"level1"}),
}
USERS = ("level1", "level2", "colleague", "outsider", "caseworker", "")


@pytest.fixture
def clients(level1, level2, colleague, outsider, caseworker, as_user):
    users = [level1, level2, colleague, outsider, caseworker]
    return {"": Client(), **{user.username: as_user(user) for user in users}}


def send(client, move, cas):
    """Send what the page of the move sends, whether or not the user could see it. Return the answer."""
    if move == "save":
        values = typed_in({**COMPLETE, "course_id": "Another"})
        return client.post(f"/students/cas/{cas.pk}/edit/", {**values, "version": cas.version})
    if move == "delete":
        return client.post(f"/students/cas/{cas.pk}/delete/", {"version": cas.version})
    if move == "withdraw":
        address = f"/students/sponsorship-duties/manage/{cas.pk}/withdraw/"
        return client.post(address, {"reason": "Enrolled elsewhere", "version": cas.version})
    answer = client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    for order in Order.objects.filter(lines__cas=cas, status="OPEN"):
        order.settle(by=User.objects.system())
    return answer


def status_now(cas):
    return CAS.objects.filter(pk=cas.pk).values_list("status", flat=True).first() or "gone"


@pytest.mark.parametrize("status", CASStatus.values)
def test_each_user_makes_only_their_moves_of_a_cas(status, clients, level2, allocation, caseworker, subtests):
    cas = in_status(status, by=level2, caseworker=caseworker)
    for move, (sources, target, who) in MOVES.items():
        for name in USERS:
            with subtests.test(move=move, user=name), transaction.atomic():
                answer = send(clients[name], move, cas)
                may = name in who and status in sources
                assert status_now(cas) == (target if may else status)
                assert answer.status_code in ({302} if may or not name else {302, 403, 404, 409, 422})
                transaction.set_rollback(True)


def test_the_table_has_the_moves_of_the_lifecycle_that_users_of_a_sponsor_begin():
    theirs = {move.name for move in CAS_LIFECYCLE.moves if {Role.LEVEL_1, Role.LEVEL_2} & set(move.by)}
    assert theirs - {"create"} == set(MOVES) - {"assign"}, "the system assigns, once a user has paid"


# What caseworkers decide


def filled(form):
    """Return parameters that fill in any form of a decision."""
    values = {name: value_for(field) for name, field in form.fields.items() if not isinstance(field, CheckboxField)}
    return typed_in(values)


def value_for(field):
    if isinstance(field, DateField):
        return clock.today()
    if isinstance(field, NumberField | MoneyField):
        return 5
    if isinstance(field, CheckboxesField | ChoosingField):
        return next((value for value, _ in field.choices if value not in {"", None}), "")
    return "Because"


def cas_in(status, level2, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    if status in {"ASSIGNED", "EXPIRED"}:
        cas.record_application(clock.today(), by=caseworker)
    return cas


def licence_in(status, level2, caseworker):
    return brought_to(status, level2.licence, caseworker=caseworker)


def order_in(status, level2, caseworker):
    return order_in_status(status, a_cas(level2), caseworker=caseworker)


KINDS = [
    *((CAS, CAS_LIFECYCLE, cas_in, status) for status in CASStatus.values),
    *((Licence, LICENCE_LIFECYCLE, licence_in, status) for status in LicenceStatus.values),
    *((Order, ORDER_LIFECYCLE, order_in, status) for status in OrderStatus.values),
]


@pytest.mark.parametrize(
    ("model", "lifecycle", "make", "status"), KINDS, ids=[f"{each[0].__name__}-{each[3]}" for each in KINDS]
)
def test_every_decision_makes_only_moves_of_a_caseworker_and_no_other_user_can_decide(
    model, lifecycle, make, status, clients, level2, allocation, caseworker, subtests
):
    record = make(status, level2, caseworker)
    before = model.objects.values().get(pk=record.pk)
    moves = {move.name: move for move in lifecycle.moves if Role.CASEWORKER in move.by}
    for decision in admin.site._registry[model].decisions:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/{decision.name}/"
        record.refresh_from_db()
        sent = {**filled(decision(record).form()), "seen": decision(record).seen()}
        with subtests.test(decision=decision.name), transaction.atomic():
            events = Event.objects.count()
            answer = clients["caseworker"].post(address, sent)
            assert answer.status_code in {302, 422}
            after = model.objects.values_list("status", flat=True).get(pk=record.pk)
            if after != status:
                by = [move for move in moves.values() if status in move.sources and after in move.targets]
                assert by, f"{decision.name} moved it from {status} to {after}, which is no move of a caseworker"
                assert Event.objects.count() > events, "each change is an event"
            if move := moves.get(decision.name.replace("-", "_")):
                is_offered = decision(record).is_open()
                assert status in move.sources or not is_offered
                assert (after != status) is is_offered, "the move is made from these statuses, and from no other"
            transaction.set_rollback(True)
        for name in ("level1", "level2", "colleague", "outsider", ""):
            with subtests.test(decision=decision.name, user=name), transaction.atomic():
                answer = clients[name].post(address, sent)
                assert answer.status_code == (404 if name else 302)
                assert model.objects.values().get(pk=record.pk) == before
                transaction.set_rollback(True)


def test_no_decision_of_a_caseworker_assigns_withdraws_expires_or_cancels_a_cas():
    moves = {move.name for move in CAS_LIFECYCLE.moves if Role.CASEWORKER in move.by}
    assert moves == {"use"}


def test_only_the_payment_services_report_assigns(clients, level2, allocation):
    """No user assigns a CAS by paying alone: the browser that comes back only asks the payment service."""
    cas = a_cas(level2)
    clients["level2"].post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    order = Order.objects.get()
    for address in ("return", "check", "continue", "status"):
        clients["level2"].post(f"/payments/{order.reference}/{address}/", {"status": "PAID", "state": "paid"})
    assert (status_now(cas), Order.objects.get().status) == ("READY TO GO", "OPEN")
