"""Users find only records that they may see. For them, no other record exists (specification, section 1)."""

import pytest
from django.apps import apps

from bulk_data_transfer.models import ColumnChoice, Export, Upload
from cas.models import CAS, Agent, Batch, CourseTemplate, Order, OrderLine, StudyAddress
from licences.models import (
    ActionPlan,
    Allocation,
    AllocationEntry,
    Assessment,
    DatedValue,
    Event,
    KeyPerson,
    Licence,
    LicenceRequest,
    Message,
    PremiumService,
    User,
)
from licences.models.key_person import Post
from sms.core import clock
from sponsorship_duties.models import Activity, NothingToReport
from tests.bulk_data_transfer.factories import a_record, an_export, an_upload
from tests.factories import AMIRA, a_batch, a_cas, an_agent, an_allocation, assigned
from tests.licences.factories import a_message, an_increase
from tests.sponsorship_duties.factories import a_report

pytestmark = pytest.mark.django_db

SCOPED = [model for model in apps.get_models() if hasattr(model._default_manager.all(), "licence_path")]


def licence_of(row):
    """Return the licence that a row of a scoped model belongs to."""
    match row:
        case Licence():
            return row
        case AllocationEntry():
            return row.allocation.licence
        case _:
            return row.licence


@pytest.fixture
def two_sponsors(level1, level2, colleague, outsider, allocation, caseworker):
    an_allocation(outsider.licence, by=caseworker)
    for user in (level1, level2, colleague, outsider):
        cas = assigned(a_cas(user))
        a_report(cas, by=user)
        NothingToReport.objects.say([cas.pk], check="ended", heading="Course ended", by=user)
        a_batch(user, name=f"Batch of {user.username}")
        an_export([cas], user)
        an_upload(user, a_record())
    for user in (level1, outsider):
        StudyAddress.objects.add({"name": "Main", "study_address_line_1": "1 Learning Lane"}, by=user)
        an_agent(user)
        an_increase(user)
        a_message(user.licence, by=caseworker)
        CourseTemplate.objects.add({"name": "MA History"}, route="STUDENT", by=user)
        ColumnChoice.objects.add("Names", dataset="cas", columns=["name"], by=user)
        KeyPerson.objects.replace(user.licence, Post.KEY_CONTACT, AMIRA, by=caseworker)
        Assessment.objects.apply(user.licence, clock.today(), by=caseworker)
        PremiumService.objects.add(user.licence, fee_pence=800_000, by=caseworker)
        ActionPlan.objects.issue(user.licence, details="Report sooner.", fee_pence=147_600, by=caseworker)


def test_all_models_that_belong_to_a_sponsor_are_scoped():
    assert set(SCOPED) == {
        ActionPlan,
        Activity,
        Agent,
        Allocation,
        AllocationEntry,
        Assessment,
        Batch,
        CAS,
        ColumnChoice,
        CourseTemplate,
        DatedValue,
        Event,
        Export,
        KeyPerson,
        Licence,
        LicenceRequest,
        Message,
        NothingToReport,
        Order,
        PremiumService,
        StudyAddress,
        Upload,
        User,
    }
    assert OrderLine not in SCOPED  # they are found through their order


def test_no_user_of_a_sponsor_finds_records_of_another_sponsor(two_sponsors, case, level1, level2, colleague, outsider):
    for model in SCOPED:
        for user in (level1, level2, colleague, outsider):
            with case(model=model.__name__, user=user.username):
                found = list(model._default_manager.all().for_user(user))
                assert {licence_of(row) for row in found} <= {user.licence}
                assert found or user in {level2, colleague}


def test_caseworkers_and_the_system_find_everything_except_that_caseworkers_have_files_of_their_own(
    two_sponsors, case, caseworker, system
):
    for model in SCOPED:
        for user in (caseworker, system):
            with case(model=model.__name__, user=user.username):
                all_rows = 0 if model is Upload and user == caseworker else model._default_manager.count()
                assert model._default_manager.all().for_user(user).count() == all_rows


def test_a_level_2_user_finds_no_row_twice(two_sponsors, case, level2):
    for model in SCOPED:
        with case(model=model.__name__):
            found = list(model._default_manager.all().for_user(level2).values_list("pk", flat=True))
            assert len(found) == len(set(found))


def test_a_level_2_user_finds_only_their_own_records(two_sponsors, level1, level2):
    assert {cas.owner for cas in CAS.objects.for_user(level2)} == {level2}
    assert {order.opened_by for order in Order.objects.for_user(level2)} == {level2}
    assert list(User.objects.for_user(level2)) == [level2]
    assert list(Licence.objects.for_user(level2)) == [level2.licence]
    assert not Event.objects.for_user(level2).exists()
    assert CAS.objects.for_user(level1).count() == 3
