"""A form that is saved without a change says that nothing changed, and adds nothing to the history (issue 19)."""

import pytest

from cas.models import CourseTemplate, StudyAddress
from licences.models import Event
from tests.factories import a_batch, a_cas, an_agent, in_status
from tests.pages import Page

pytestmark = pytest.mark.django_db

UNCHANGED = "You made no changes, so nothing was saved."


@pytest.fixture
def addresses(level1, level2, allocation, caseworker):
    """Return the address of each form that changes a record, by what it changes."""
    live = in_status("ASSIGNED", by=level1, caseworker=caseworker, passport_number="Live")
    live.write_note("Arrives late", by=level1, version=live.version)
    manage = f"/students/sponsorship-duties/manage/{live.pk}/"
    batch = a_batch(level1, a_cas(level1, passport_number="In a batch"))
    address = StudyAddress.objects.add({"name": "Main", "study_address_line_1": "1 Learning Lane"}, by=level1)
    return {
        "CAS": f"/students/cas/{a_cas(level1).pk}/edit/",
        "CAS in a batch": f"/students/cas/{batch.cas.get().pk}/edit/",
        "name of a batch": f"/students/batches/{batch.pk}/rename/",
        "study address": f"/students/study-addresses/{address.pk}/",
        "agent": f"/students/agents/{an_agent(level1).pk}/edit/",
        "course template": f"/students/course-templates/"
        f"{CourseTemplate.objects.add({'name': 'MA History'}, route='STUDENT', by=level1).pk}/",
        "sponsor note": f"{manage}note/",
        "fees": f"{manage}fees/",
    }


def test_each_form_says_so(addresses, as_user, level1, case):
    client = as_user(level1)
    for what, address in addresses.items():
        with case(what=what):
            typed = Page(client.get(address)).typed()
            lines = Event.objects.count()
            page = Page(client.post(address, typed, follow=True))
            assert page.banners == [UNCHANGED]
            assert page.status == 200
            assert Event.objects.count() == lines
