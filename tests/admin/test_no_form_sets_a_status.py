"""No form of the admin can set a status, or any other value that only a verb may change."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import RequestFactory

from cas.models import CAS, Order
from licences.casework.pages import RecordAdmin
from licences.casework.service_decisions import AssessmentForm
from licences.models import Allocation, Licence
from tests.admin.test_who_comes_in import addresses

pytestmark = [pytest.mark.long, pytest.mark.django_db]

# Values that a tampered form might send, in addition to its own fields.
TAMPERED = {
    "status": "REVOKED",
    "granted": "999",
    "used": "999",
    "held": "999",
    "role": "CASEWORKER",
    "is_active": "",
    "licence": "1",
    "number": "E4G00000000000",
    "outcome": "GRANTED",
    "_save": "Save",
    "_selected_action": "1",
    "action": "delete_selected",
    "post": "yes",
}
# The outcome is what the caseworker decides there. A verb checks it, and writes it with the rest.
ASKS_FOR_AN_OUTCOME = {AssessmentForm}
DECIDED_BY_MOVES = {"suspend", "reinstate", "revoke", "surrender", "surrender-route", "refund", "granted"}


def states():
    return {
        "licences": list(Licence.objects.order_by("pk").values_list("pk", "status", "number")),
        "cas": list(CAS.objects.order_by("pk").values_list("pk", "status", "number", "outcome", "version")),
        "orders": list(Order.objects.order_by("pk").values_list("pk", "status")),
        "allocations": list(Allocation.objects.order_by("pk").values_list("pk", "granted", "used", "held")),
    }


def test_no_address_accepts_a_status(records, as_user, caseworker, happened):
    client = as_user(caseworker)
    before = states()
    for address in addresses(records):
        for status in ("REVOKED", "SUSPENDED", "USED", "CANCELLED", "PAID", "REFUNDED"):
            client.post(address, {**TAMPERED, "status": status})
    assert states() == before
    assert happened() == []
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
def test_a_status_sent_with_a_valid_form_is_ignored(status, desk, licence):
    desk.send(f"/admin/licences/licence/{licence.pk}/amend/", name="Another name", status=status, number="X")
    licence.refresh_from_db()
    assert (licence.name, licence.status, licence.number) == ("Another name", "ACTIVE", "4NUV7KB58")


def test_a_sponsor_or_a_role_sent_with_a_valid_form_is_ignored(desk, level2, licence):
    address = f"/admin/licences/user/{level2.pk}/amend/"
    desk.send(
        address,
        name="New Name",
        email="new@example.org",
        role="CASEWORKER",
        licence="",
        username="root",
        is_superuser="1",
    )
    level2.refresh_from_db()
    assert (level2.name, level2.role, level2.licence, level2.username) == ("New Name", "LEVEL_2", licence, "level2")


def test_no_form_has_a_field_that_only_a_verb_may_change(records):
    for model_admin in admin.site._registry.values():
        forms = [decision.form_class for decision in model_admin.decisions]
        forms += [model_admin.added_by.form_class] if model_admin.added_by else []
        for form in forms:
            asked = set(form.base_fields) - ({"outcome"} if form in ASKS_FOR_AN_OUTCOME else set())
            assert not {"status", "used", "held", "outcome", "version"} & asked


def test_every_admin_page_is_a_record_admin_and_grants_no_permission_to_write_or_delete(caseworker):
    request = RequestFactory().get("/admin/")
    request.user = caseworker
    assert {model.__name__ for model in admin.site._registry} == {
        "Activity",
        "ActivityReason",
        "ActivityType",
        "Allocation",
        "AllocationEntry",
        "Batch",
        "CAS",
        "Event",
        "Job",
        "Licence",
        "LicenceRequest",
        "Order",
        "Rule",
        "SignIn",
        "User",
    }
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, RecordAdmin)
        assert model_admin.get_model_perms(request) == {"add": False, "change": False, "delete": False, "view": True}
        assert model_admin.get_actions(request) == {}
        assert model_admin.inlines == ()
