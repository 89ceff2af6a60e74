"""Each model states its rules in the database too. A new model fails these tests until its rules are decided here."""

import pytest
from django.apps import apps
from django.db import models

from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE
from licences.lifecycle import LICENCE_LIFECYCLE, REQUEST_LIFECYCLE
from sms.core import triggers

OURS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in {"licences", "cas", "sponsorship_duties", "bulk_data_transfer"}
]

LIFECYCLES = {
    "licences.Licence": LICENCE_LIFECYCLE,
    "licences.LicenceRequest": REQUEST_LIFECYCLE,
    "cas.CAS": CAS_LIFECYCLE,
    "cas.Order": ORDER_LIFECYCLE,
}

KEPT_FOR_EVER = {
    "licences.Acknowledgement",
    "licences.ActionPlan",
    "licences.Allocation",
    "licences.AllocationEntry",
    "licences.Assessment",
    "licences.DatedValue",
    "licences.Event",
    "licences.KeyPerson",
    "licences.Licence",
    "licences.LicenceRequest",  # once it is submitted
    "licences.Message",
    "licences.PremiumService",
    "licences.User",
    "bulk_data_transfer.Export",  # once it has been requested
    "bulk_data_transfer.Upload",
    "cas.Agent",
    "cas.Batch",  # after it is assigned
    "cas.CourseTemplate",
    "cas.CAS",  # from ASSIGNED on
    "cas.Order",
    "cas.OrderLine",
    "cas.Rule",  # once it has started
    "sponsorship_duties.Activity",
    "sponsorship_duties.ActivityReason",
    "sponsorship_duties.ActivityType",
    "sponsorship_duties.NothingToReport",
}
MAY_BE_DELETED = {
    "bulk_data_transfer.ColumnChoice",
    "bulk_data_transfer.StoredFile",  # after 30 days
    "bulk_data_transfer.StoredFilePart",
    "bulk_data_transfer.UploadRow",  # when its file is checked again
    "licences.Addressee",  # when a message that has not begun is amended
    "licences.ClockCheck",  # one row, which is overwritten
    "licences.Job",  # together with its record, such as a printout
    "licences.Draft",  # typed and not saved
    "licences.LicensedRoute",
    "licences.Session",  # when it has ended
    "licences.MessageMail",  # 30 days after it was sent
    "licences.SignIn",  # after 90 days
    "licences.SignInCount",  # when it has no effect
    "licences.StoredSearch",  # of one user
    "cas.Printout",  # after a week
    "cas.PrintoutPiece",
    "cas.StudyAddress",  # CAS keep a copy
    "cas.SandboxPayment",  # in demo mode only
}

# Links that are dropped when the record is deleted.
DROPPED = {
    ("cas.OrderLine", "cas"),
    ("cas.Order", "batch"),
    ("bulk_data_transfer.Upload", "batch"),
    ("bulk_data_transfer.Upload", "incomplete_batch"),
}

# Moments without a user in another column, with the reason.
WITHOUT_USER = {
    "recorded_at": "the database's own clock",
    "tried_at": "by the user of the row, or by a stranger",
    "checked_at": "a job checked it",
    "changed_at": "the history names the user",
    "last_run_at": "the jobs run by themselves",
    "confirmed_at": "an operator at the command line has no user ID",
    "closed_at": "the history names the user",
    "kept_at": "a draft has one user",
    "done_at": "a draft has one user",
    "finished_at": "a job finishes by itself",
    "made_at": "a search or an export has one user",
    "provider_state_at": "the provider reported it",
    "asked_at": "a job asked, or an export has one user",
    "due_at": "a job has one user",
    "queued_at": "a job has one user",
    "sent_at": "a file has one user",
    "claimed_at": "a job claimed it",
    "mailed_at": "a job sent it",
    "emails_queued_at": "a job queued them",
    "report_at": "the sandbox's own clock",
    "new_email_at": "the user of the row asked",
    "email_confirmed_at": "the user of the row confirmed it",
}


def name_of(model):
    return model._meta.label


def guards_of(model):
    return {guard.name: guard for guard in getattr(model, "guards", ())}


def test_every_model_is_either_kept_for_ever_or_may_be_deleted():
    assert {name_of(model) for model in OURS} == KEPT_FOR_EVER | MAY_BE_DELETED
    assert not KEPT_FOR_EVER & MAY_BE_DELETED


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_every_model_that_is_kept_for_ever_is_guarded_against_deletion(model):
    guarded = {guard.event for guard in guards_of(model).values()}
    assert ("DELETE" in guarded) is (name_of(model) in KEPT_FOR_EVER)


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_a_status_follows_its_lifecycle_in_python_and_in_the_database(model):
    fields = {field.name: field for field in model._meta.get_fields()}
    assert ("status" in fields) is (name_of(model) in LIFECYCLES)
    if "status" not in fields:
        return
    lifecycle = LIFECYCLES[name_of(model)]
    assert [value for value, _ in fields["status"].choices] == list(lifecycle.statuses)
    assert not fields["status"].editable
    assert f"{lifecycle.name.lower()}_status_known" in {each.name for each in model._meta.constraints}
    for guard in triggers.follows(lifecycle):
        assert guards_of(model)[guard.name] == guard


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_each_moment_has_its_user_in_another_column(model):
    names = {field.name for field in model._meta.get_fields()}
    for moment in names:
        if moment == "at" or (moment.endswith("_at") and moment not in WITHOUT_USER):
            assert moment.removesuffix("at") + "by" in names, moment


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_nothing_cascades(model):
    """A row that other rows point to cannot be deleted. Only orders and files drop their link to a deleted record."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            is_dropped = (name_of(model), field.name) in DROPPED
            assert field.remote_field.on_delete is (models.SET_NULL if is_dropped else models.PROTECT), field.name


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_the_name_of_a_boolean_begins_with_is_or_has(model):
    for field in model._meta.get_fields():
        if isinstance(field, models.BooleanField):
            assert field.name.startswith(("is_", "has_")), field.name


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_each_guard_has_its_own_name_and_a_message(model):
    guards = list(getattr(model, "guards", ()))
    assert len({guard.name for guard in guards}) == len(guards)
    assert all(guard.event in {"INSERT", "UPDATE", "DELETE"} for guard in guards)
    assert all(guard.message[0].isupper() and not guard.message.endswith(".") for guard in guards)
