"""Each model states its rules to the database, too. A new model fails here until somebody has decided about it."""

import pytest
from django.apps import apps
from django.db import models

from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE
from licences.lifecycle import LICENCE_LIFECYCLE
from sms.core import triggers

OURS = [model for model in apps.get_models() if model._meta.app_label in {"licences", "cas", "sponsorship_duties"}]

LIFECYCLES = {"licences.Licence": LICENCE_LIFECYCLE, "cas.CAS": CAS_LIFECYCLE, "cas.Order": ORDER_LIFECYCLE}

KEPT_FOR_EVER = {
    "licences.Allocation",
    "licences.AllocationEntry",
    "licences.Event",
    "licences.Licence",
    "licences.User",
    "cas.Batch",  # once it is assigned
    "cas.CAS",  # from ASSIGNED on
    "cas.Order",
    "cas.OrderLine",
    "sponsorship_duties.Activity",
    "sponsorship_duties.ActivityReason",
    "sponsorship_duties.ActivityType",
    "sponsorship_duties.NothingToReport",
}
MAY_GO = {
    "licences.ClockCheck",  # one row, written over
    "licences.Job",  # with what it was for, such as a printout
    "licences.Draft",  # what was typed and not saved
    "licences.LicensedRoute",
    "licences.SignIn",  # after 90 days
    "licences.SignInCount",  # once it has no effect
    "cas.Fee",  # an order keeps its own
    "licences.StoredSearch",  # of one user
    "cas.Printout",  # after a week
    "cas.PrintoutPiece",
    "cas.StudyAddress",  # what was made with it stays
    "cas.SandboxPayment",  # of demonstrations
}

# Moments without somebody beside them, and why.
NOBODY_BESIDE = {
    "recorded_at": "the database's own clock",
    "tried_at": "by the user, or by a stranger",
    "changed_at": "the history says who",
    "last_run_at": "the jobs ran by themselves",
    "confirmed_at": "whoever has the command line has no user ID",
    "closed_at": "the history says who",
    "kept_at": "a draft has one user",
    "done_at": "a draft has one user",
    "finished_at": "a job did it",
    "made_at": "a search has one user",
    "provider_state_at": "the provider said it",
    "asked_at": "a job asked",
    "due_at": "a job has one user",
    "queued_at": "a job has one user",
    "tell_at": "the sandbox's own clock",
}


def name_of(model):
    return model._meta.label


def guards_of(model):
    return {guard.name: guard for guard in getattr(model, "guards", ())}


def test_every_model_is_either_kept_for_ever_or_may_go():
    assert {name_of(model) for model in OURS} == KEPT_FOR_EVER | MAY_GO
    assert not KEPT_FOR_EVER & MAY_GO


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_what_is_kept_for_ever_is_guarded_against_deletion(model):
    guarded = {guard.event for guard in guards_of(model).values()}
    assert ("DELETE" in guarded) is (name_of(model) in KEPT_FOR_EVER)


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_a_status_is_one_of_a_lifecycle_in_python_and_in_the_database(model):
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
def test_beside_each_moment_stands_who_it_was(model):
    names = {field.name for field in model._meta.get_fields()}
    for moment in names:
        if moment == "at" or (moment.endswith("_at") and moment not in NOBODY_BESIDE):
            assert moment.removesuffix("at") + "by" in names, moment


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_nothing_cascades(model):
    """A row that others point to cannot be deleted; only a deleted CAS and a deleted batch are let go of by orders."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            let_go = (name_of(model), field.name) in {("cas.OrderLine", "cas"), ("cas.Order", "batch")}
            assert field.remote_field.on_delete is (models.SET_NULL if let_go else models.PROTECT), field.name


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_a_yes_or_no_is_called_so(model):
    for field in model._meta.get_fields():
        if isinstance(field, models.BooleanField):
            assert field.name.startswith(("is_", "has_")), field.name


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_each_guard_has_a_name_of_its_own_and_says_why(model):
    guards = list(getattr(model, "guards", ()))
    assert len({guard.name for guard in guards}) == len(guards)
    assert all(guard.event in {"INSERT", "UPDATE", "DELETE"} for guard in guards)
    assert all(guard.message[0].isupper() and not guard.message.endswith(".") for guard in guards)
