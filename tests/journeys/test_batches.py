"""Batches beyond the manual: one field set for all CAS, and the ready CAS assigned without the others (section 10)."""

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.models import Batch
from tests.factories import a_batch, a_cas, a_draft
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@EVERY_WAY
def test_one_field_is_set_for_all_cas_and_the_ready_ones_are_assigned(
    visit, request, allocation, inspector, who, with_javascript, width
):
    user = request.getfixturevalue(who)
    lacking = {"is_remote_delivery": None}
    batch = a_batch(user, a_cas(user, **lacking), a_cas(user, family_name="Wang", **lacking), a_draft(user))
    visitor = visit(user, with_javascript=with_javascript, width=width)
    page = visitor.page

    # All CAS of the batch are selected, and then the field and its value.
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.sees("3 of 3 CAS cannot be assigned yet.")
    expect(visitor.control("Assign the READY TO GO")).to_have_count(0)
    visitor.selects("Set one field")
    visitor.sees("Select the CAS to change.")
    page.get_by_label("All 3 CAS of this batch", exact=True).check()
    visitor.selects("Set one field")
    visitor.sees_screen("Set one field")
    visitor.sees("You are changing 3 CAS of the batch “September intake”.")
    inspector.looks_at(visitor, f"Set one field {who} {width}")
    visitor.selects("Continue")
    visitor.sees_errors("Choose the field to set")
    field = fields.BY_NAME["is_remote_delivery"]
    choice = page.get_by_label("Which field do you want to set?", exact=True)
    if with_javascript:
        choice.fill(field.subject)
        choice.press("Tab")
    else:
        choice.select_option(label=field.subject)
    visitor.selects("Continue")
    visitor.sees_screen("Set one field")
    inspector.looks_at(visitor, f"Set one field, value {who} {width}")
    page.get_by_role("group", name=field.label).get_by_label("No", exact=True).check()
    visitor.selects("Continue")

    # The changes are counted, and confirmed.
    visitor.sees_screen("Confirm the change")
    visitor.sees_line("CAS that change", "3")
    visitor.sees_line("CAS that become READY TO GO", "2")
    inspector.looks_at(visitor, f"Set one field, confirm {who} {width}")
    visitor.selects("Confirm")
    visitor.sees_screen("Batch details")
    visitor.sees("“Is any of the course delivered remotely?” was set to “No” in 3 CAS.")
    visitor.sees_line("READY TO GO", "2 of 3")

    # The CAS that are ready stay, the other moves, and the assignment goes on.
    inspector.looks_at(visitor, f"Batch details, some ready {who} {width}")
    visitor.selects("Assign the READY TO GO")
    visitor.sees_screen("Assign the READY TO GO")
    visitor.sees_line("Name of the new batch", "September intake – to complete")
    inspector.looks_at(visitor, f"Assign the READY TO GO {who} {width}")
    visitor.selects("Move the other and continue")
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees("1 CAS moved to “September intake – to complete”.")
    visitor.sees_line("Number of CAS", "2")
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned batch")
    assert Batch.objects.get(name="September intake – to complete").cas.get().family_name == "Okonkwo"


def test_a_value_that_was_typed_for_a_batch_survives_a_reload_and_the_end_of_the_session(visit, level2):
    batch = a_batch(level2, a_cas(level2), a_cas(level2, family_name="Wang"))
    visitor, title = visit(level2), fields.BY_NAME["course_title"]
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.page.get_by_label("All 2 CAS of this batch", exact=True).check()
    visitor.selects("Set one field")
    choice = visitor.page.get_by_label("Which field do you want to set?", exact=True)
    choice.fill(title.subject)
    choice.press("Tab")
    visitor.selects("Continue")
    value = visitor.page.get_by_label(title.label)
    value.fill("MSc Robotics")
    expect(visitor.page.locator("[data-kept]")).to_contain_text("Kept")
    visitor.page.reload()
    visitor.sees("We kept what you typed on")
    expect(value).to_have_value("MSc Robotics")
    value.fill("MSc Applied Robotics")
    visitor.page.context.clear_cookies(name="sessionid")
    visitor.selects("Continue")
    visitor.signs_in(level2)
    visitor.sees("You are changing 2 CAS")
    expect(value).to_have_value("MSc Applied Robotics")
    visitor.selects("Continue")
    visitor.selects("Confirm")
    visitor.sees("“Course curriculum title” was set to “MSc Applied Robotics” in 2 CAS.")
