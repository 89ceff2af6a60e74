"""Functions beyond the guides: addresses, several CAS at once, transfers, printouts (specification, section 10)."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS, Batch
from tests.factories import a_batch, a_cas
from tests.jobs import work_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def marks(visitor, *names):
    for name in names:
        visitor.page.get_by_label(f"Select {name}", exact=True).check()


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_study_address_is_added_and_picked_for_a_cas(with_javascript, visit, level1, inspector):
    visitor = visit(level1, with_javascript=with_javascript)
    visitor.goes_to("/students/")
    visitor.selects("Study addresses")
    visitor.sees("There are no study addresses yet.")
    visitor.selects("Add an address")
    visitor.selects("Save")
    visitor.sees_errors("Enter a name", "Enter the first line of the address")
    visitor.page.get_by_label("Name of the address").fill("Main campus")
    visitor.page.get_by_label("Address line 1").fill("1 Learning Lane")
    visitor.page.get_by_label("City or town").fill("Exampleford")
    inspector.looks_at(visitor, "Add a study address")
    visitor.selects("Save")
    visitor.sees("1 Learning Lane, Exampleford")
    inspector.looks_at(visitor, "Study addresses")

    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.types({"family_name": "Wang"})
    visitor.page.get_by_label("Pre-stored address").select_option(label="Main campus")
    if not with_javascript:
        visitor.selects("Use this address")
    section = visitor.section("Main study address")
    expect(section.get_by_label("Address line 1")).to_have_value("1 Learning Lane")
    section.get_by_label("Address line 1").fill("2 Learning Lane")
    visitor.section("Student details").get_by_label("Family name").press("Enter")
    visitor.sees_screen("Edit an existing CAS")
    assert (CAS.objects.get().study_address_line_1, CAS.objects.get().study_city) == ("2 Learning Lane", "Exampleford")


def test_several_cas_are_selected_and_assigned_as_a_batch(visit, level2, allocation, inspector):
    for name in ("Abara", "Bengtsson", "Castro"):
        a_cas(level2, family_name=name)
    visitor = visit(level2)
    visitor.goes_to("/students/cas/")
    marks(visitor, "Abara, Thị Minh", "Castro, Thị Minh")
    inspector.looks_at(visitor, "All CAS, selected")
    visitor.selects("Assign")
    visitor.sees_screen("Assign 2 CAS as a new batch")
    inspector.looks_at(visitor, "Assign as a new batch")
    visitor.page.get_by_label("Batch name").fill("Late arrivals")
    visitor.selects("Next")
    visitor.sees_screen("Confirm assignment of batch")
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned batch")
    assert set(Batch.objects.get().cas.values_list("status", flat=True)) == {"ASSIGNED"}


def test_several_cas_are_deleted_after_a_confirmation_without_javascript(visit, level2, allocation, inspector):
    for name in ("Abara", "Bengtsson", "Castro"):
        a_cas(level2, family_name=name)
    visitor = visit(level2, with_javascript=False)
    visitor.goes_to("/students/cas/")
    marks(visitor, "Abara, Thị Minh", "Bengtsson, Thị Minh")
    visitor.selects("Delete")
    visitor.sees_screen("Delete 2 CAS")
    inspector.looks_at(visitor, "Delete several")
    visitor.selects("Delete")
    visitor.sees("2 CAS were deleted.")
    assert CAS.objects.get().family_name == "Castro"


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_batch_is_printed_in_the_background(with_javascript, visit, level2, inspector):
    batch = a_batch(level2, a_cas(level2, family_name="Abara"), a_cas(level2, family_name="Bengtsson"))
    visitor = visit(level2, with_javascript=with_javascript)
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.selects("Print")
    visitor.sees_screen("Printing")
    visitor.sees("0 of 2 CAS have been printed.")
    inspector.looks_at(visitor, "Printing")
    work_all()
    visitor.selects("Show the result" if with_javascript else "Check again")
    visitor.sees_screen("Your printout is ready")
    inspector.looks_at(visitor, "Printout")
    visitor.goes_to("/students/")
    visitor.selects("Ready: Batch September intake")
    expect(visitor.control("Open the PDF")).to_be_visible()
    visitor.goes_to("/students/printouts/")
    inspector.looks_at(visitor, "Printouts")


def test_the_cas_of_another_user_are_transferred(visit, level1, level2, colleague, inspector):
    cas = a_cas(level2)
    a_batch(level2, a_cas(level2, family_name="Abara"))
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/")
    visitor.selects("Transfer")
    visitor.sees_screen("Transfer ownership")
    inspector.looks_at(visitor, "Transfer one CAS")
    visitor.page.get_by_label("New owner").select_option(label="Colleague (colleague)")
    visitor.selects("Transfer")
    visitor.sees("1 CAS was transferred to Colleague.")
    visitor.sees("Transferred to another user")

    visitor.goes_to("/students/")
    visitor.selects("Transfer ownership")
    inspector.looks_at(visitor, "Transfer everything")
    visitor.page.get_by_label("From").select_option(label="Level2 (level2): 1 CAS")
    visitor.page.get_by_label("To", exact=True).select_option(label="Colleague (colleague)")
    visitor.selects("Next")
    visitor.sees_screen("Confirm transfer of ownership")
    inspector.looks_at(visitor, "Transfer everything, to confirm")
    visitor.selects("Transfer everything")
    visitor.sees("1 CAS was transferred from Level2 to Colleague.")
    assert not CAS.objects.filter(owner=level2).exists()
