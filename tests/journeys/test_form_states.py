"""Every state of the long forms fits each window and is accessible, with and without scripts (section 13)."""

import pytest

from cas.details import fields
from cas.models import CourseTemplate
from licences.models import Draft
from tests.factories import COMPASS, COMPLETE, a_batch, a_cas, a_draft, an_agent
from tests.journeys.inspector import IS_TOO_WIDE, violations
from tests.pages import Page

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

DESK, PHONE, ZOOMED = (1280, 900), (390, 844), (320, 256)  # the last is a desktop screen at 400 % zoom
NEW = "/students/create-cas/STUDENT/new/"
LONG = "Wolfeschlegelsteinhausenbergerdorff"
WRONG = {"family_name": "N" * 36, "partner_licence_number": "?", "course_fees_paid": "x"}

with_and_without_scripts = pytest.mark.parametrize("with_scripts", [True, False], ids=["with scripts", "without"])


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def visitor(visit, level1, with_scripts):
    """Return a visitor. Without scripts, the browser gets empty ones, because axe is a script and must run."""
    visitor = visit(level1)
    if not with_scripts:
        empty = {"content_type": "text/javascript", "body": ""}
        visitor.page.route("**/*.js", lambda route: route.fulfill(**empty))
        visitor.with_javascript = False
    return visitor


@pytest.fixture
def looks(visitor):
    """Return a function that inspects the visitor's page, in the named state, in each window.

    Axe inspects it in the smallest. The inspector of the other journeys does so in the others.
    """
    findings = {}

    def look(state, address=""):
        if address:
            visitor.goes_to(address)
        visitor.page.wait_for_load_state("networkidle")
        for size in (DESK, PHONE, ZOOMED):
            visitor.page.set_viewport_size({"width": size[0], "height": size[1]})
            found = ["scrolls sideways"] if visitor.page.evaluate(IS_TOO_WIDE) else []
            found += violations(visitor.page) if size == ZOOMED else []
            if found:
                findings[f"{state}, {size}"] = found
        visitor.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})

    yield look
    assert findings == {}


def draft_of(client, address, **typed):
    """Type into the form at `address`, and return the address of its draft."""
    Draft.objects.all().delete()
    sent = Page(client.get(address)).typed() | typed
    assert client.post(address, sent, headers={"X-Keep-Draft": "true"}).status_code == 200
    return Draft.objects.get().address


@with_and_without_scripts
def test_the_form_of_a_cas(visitor, looks, client, level1):
    full = {"has_work_placement": True, "placement_percent": 60, "partner_name": LONG * 7, "partner_city": LONG}
    an_agent(level1)
    cas = a_cas(level1, family_name=LONG, given_names=LONG, is_agent_used=True, agent_name=LONG * 2, **full)
    batch = a_batch(level1, a_draft(level1))
    CourseTemplate.objects.add({"course_id": "C-1", "course_title": LONG}, route="STUDENT", by=level1)
    edit = f"/students/cas/{cas.pk}/edit/"
    looks("empty", NEW)
    looks("filled", edit)
    looks("the next", f"/students/create-cas/STUDENT/batch/{batch.pk}/?after={batch.cas.get().pk}")
    looks("a copy", f"{NEW}?like={cas.pk}")
    looks("draft", draft_of(client, NEW, **WRONG))
    visitor.goes_to(NEW)
    visitor.types(WRONG)
    visitor.selects("Save")
    visitor.sees("There is a problem")
    looks("errors")
    visitor.goes_to(edit)
    visitor.types({"study_city": "Bath"})
    cas.amend({"study_city": "Leeds", "course_id": "DS-1"}, by=level1, version=cas.version)
    visitor.selects("Save")
    visitor.sees("You saved this CAS in another window")
    looks("saved by another user")
    closed = draft_of(client, f"/students/create-cas/STUDENT/batch/{batch.pk}/", family_name=LONG)
    batch.remove(by=level1)
    looks("the batch was deleted", closed)


@with_and_without_scripts
def test_the_form_of_a_course_template(visitor, looks, client, level1):
    values = {"name": LONG, "course_title": LONG * 7, "partner_city": LONG, "has_work_placement": True}
    template = CourseTemplate.objects.add(values, route="STUDENT", by=level1)
    new, edit = "/students/course-templates/new/STUDENT/", f"/students/course-templates/{template.pk}/"
    looks("empty", new)
    looks("filled", edit)
    looks("draft", draft_of(client, edit, course_title=LONG, course_end_date_month="x"))
    visitor.goes_to(new)
    visitor.types({"partner_licence_number": "?", "course_title": LONG * 8})
    visitor.selects("Save")
    visitor.sees("There is a problem")
    looks("errors")
    Draft.objects.all().delete()
    visitor.goes_to(edit)
    visitor.types({"course_title": "MSc"})
    template.amend({**template.values, "name": "Another"}, by=level1, version=template.version)
    visitor.selects("Save")
    visitor.sees("saved this template on")
    looks("saved by another user")
    template.retire(by=level1)
    Draft.objects.all().delete()
    looks("retired", edit)


@with_and_without_scripts
def test_the_form_of_an_agent(visitor, looks, client, level1):
    agent = an_agent(level1, agent_name=LONG * 2, agent_city=LONG)
    new, edit = "/students/agents/new/", f"/students/agents/{agent.pk}/edit/"
    looks("empty", new)
    looks("filled", edit)
    looks("draft", draft_of(client, edit, agent_city=LONG))
    visitor.goes_to(new)
    visitor.selects("Save")
    visitor.sees("There is a problem")
    looks("errors")
    Draft.objects.all().delete()
    visitor.goes_to(edit)
    visitor.page.get_by_label("Main contact at the agency").fill("Mine")
    agent.amend({**COMPASS, "agent_name": LONG}, by=level1)
    visitor.selects("Save")
    visitor.sees("changed this agent on")
    looks("saved by another user")


@with_and_without_scripts
def test_set_one_field(visitor, looks, client, level1):
    cas = a_cas(level1, course_title=LONG * 7, family_name=LONG)
    batch = a_batch(level1, cas, a_draft(level1), name=LONG * 2)
    field, address = fields.BY_NAME["course_title"], f"/students/batches/{batch.pk}/set-field/"
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.page.get_by_label("All 2 CAS of this batch", exact=True).check()
    visitor.selects("Set one field")
    looks("choice of the field")
    visitor.selects("Continue")
    visitor.sees("There is a problem")
    looks("choice of the field, with an error")
    sent = {"cas": cas.pk, "seen": batch.last_event(), "field": field.name}
    typed = Page(client.post(address, sent)).typed() | {field.name: LONG * 7}
    client.post(address, typed, headers={"X-Keep-Draft": "true"})
    looks("draft of the value", Draft.objects.open().first().address)
    visitor.page.get_by_label(field.label).fill("x" * (field.size + 1))
    visitor.selects("Continue")
    visitor.sees("There is a problem")
    looks("value, with an error")
    visitor.page.get_by_label(field.label).fill(LONG * 6)
    visitor.selects("Continue")
    visitor.sees_screen("Confirm the change")
    looks("confirmation")
    cas.amend({"course_title": COMPLETE["course_title"]}, by=level1, version=cas.version)
    visitor.selects("Confirm")
    visitor.sees("Another user changed this batch")
    looks("confirmation, after another user saved a CAS")
