"""`Save and add the next` carries over what is the course's, and nothing of the student (specification, section 8)."""

import pytest

from cas.details import fields
from cas.details.needs import is_empty
from cas.models import CAS
from licences.models import Draft
from tests.factories import a_batch, a_batch_order, a_cas
from tests.pages import Page

NEW = "/students/create-cas/STUDENT/new/"

# The specification: course, study address, placement, remote delivery, ATAS, dean's certificate, first-year fee,
# accommodation in fee and partner.
OF_COURSE = {
    *(
        field.name
        for field in fields.FIELDS
        if field.section.name in {"Course details", "Main study address", "Work placement", "Partner institution"}
    ),
    "is_atas_required",
    "is_dean_certificate_required",
    "course_fees_first_year",
    "is_accommodation_in_fee",
} - {"is_sabbatical_officer"}


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def everything(field):
    """Return a value for any field of a CAS, so that nothing is carried over only because it was empty."""
    by_kind = {"yes/no": True, "money": "1200", "number": 20, "date": "2099-10-01", "partial date": "2001-02-03"}
    if field.kind in {"choice", "country"}:
        return next(iter(field.labels))
    if "postcode" in field.name:
        return "LS2 9JT"
    named = {"ucas_id": "1234567890", "partner_licence_number": "4NUV7KB58", "course_end_date": "2100-10-01"}
    return named.get(field.name) or by_kind.get(field.kind, "Text")


@pytest.fixture
def full(level2):
    """Make a CAS in which every field has an answer."""
    values = {field.name: everything(field) for field in fields.fields_for("STUDENT") if field.name != "route"}
    return CAS.objects.add(values, route="STUDENT", by=level2)


def added(client, address, **typed):
    return client.post(address, {**Page(client.get(address)).typed(), **typed, "add-next": "yes"})


def test_what_is_the_courses_is_what_the_specification_says():
    assert set(fields.OF_COURSE) == OF_COURSE


def test_the_next_form_starts_with_all_that_is_the_courses_and_nothing_else(client, full):
    assert not [name for name in OF_COURSE if is_empty(getattr(full, name))]
    page = Page(client.get(f"{NEW}?course-of={full.pk}"))
    client.post(NEW, {**page.typed(), "family_name": "Next"})
    added = CAS.objects.get(family_name="Next")
    for field in fields.FIELDS:
        if field.name not in {"family_name", "route"}:
            expected = getattr(full, field.name) if field.name in OF_COURSE else field.empty
            assert getattr(added, field.name) == expected, field.name


def test_it_saves_and_leads_to_the_form_of_the_next_cas(client, level2):
    first = a_cas(level2)
    answer = added(client, f"{NEW}?course-of={first.pk}", family_name="Wang")
    cas = CAS.objects.get(family_name="Wang")
    assert answer["Location"] == f"{NEW}?after={cas.pk}"
    page = Page(client.get(answer["Location"]))
    assert page.h1 == "Create a CAS"
    assert page.banners == ["The CAS of Wang is saved: WORK IN PROGRESS. See the CAS"]
    assert "The form below has its course, and nothing about its student." in page.main.text
    assert page.main.link("See the CAS") == f"/students/cas/{cas.pk}/saved/"
    assert page.by_id(page.main.link("Go to the family name")[1:])["name"] == "family_name"
    assert page.typed()["course_title"] == "MSc Data Science"
    assert not Draft.objects.open().exists()


def test_a_reload_shows_the_same_form_again(client, level2):
    address = f"{NEW}?after={a_cas(level2).pk}"
    first, again = (Page(client.get(address)) for _ in range(2))
    assert first.banners == again.banners != []
    assert {**first.typed(), "draft": ""} == {**again.typed(), "draft": ""}


def test_in_a_batch_the_next_cas_goes_into_the_same_batch(client, level2):
    batch = a_batch(level2, a_cas(level2))
    address = f"/students/create-cas/STUDENT/batch/{batch.pk}/"
    answer = added(client, address, family_name="Wang", course_title="MA History")
    cas = CAS.objects.get(family_name="Wang")
    assert (cas.batch, answer["Location"]) == (batch, f"{address}?after={cas.pk}")
    page = Page(client.get(answer["Location"]))
    assert page.banners[0].startswith("The CAS of Wang is saved: WORK IN PROGRESS.")
    client.post(answer["Location"], {**page.typed(), "family_name": "Li"})
    another = CAS.objects.get(family_name="Li")
    assert (another.batch, another.course_title) == (batch, "MA History")


def test_the_same_page_sent_twice_saves_one_cas(client):
    sent = {**Page(client.get(NEW)).typed(), "family_name": "Wang", "add-next": "yes"}
    assert client.post(NEW, sent)["Location"] == client.post(NEW, sent)["Location"]
    assert CAS.objects.count() == 1


def test_an_error_keeps_what_was_typed_and_saves_nothing(client, level2):
    address = f"{NEW}?course-of={a_cas(level2).pk}"
    page = Page(added(client, address, given_names="Li"))
    assert (page.status, page.error_of("family_name")) == (422, "Enter the family name")
    assert page.typed()["given_names"] == "Li"
    assert CAS.objects.count() == 1
    assert len(page.main.buttons("Save and add the next")) == 1


def test_if_a_payment_of_the_batch_began_the_user_sees_why_no_cas_can_be_added(client, level2, allocation):
    batch = a_batch(level2, a_cas(level2))
    address = f"/students/create-cas/STUDENT/batch/{batch.pk}/"
    sent = {**Page(client.get(address)).typed(), "family_name": "Typed", "add-next": "yes"}
    a_batch_order(batch)
    page = Page(client.post(address, sent))
    assert page.summary[0][0] == "This batch is being paid for. Finish or cancel the payment first."
    assert page.typed()["family_name"] == "Typed"
    assert not page.main.buttons("Save and add the next")


def test_the_form_of_a_saved_cas_has_no_such_button(client, level2):
    form = Page(client.get(f"/students/cas/{a_cas(level2).pk}/edit/"))
    assert form.main.buttons("Save")
    assert not form.main.buttons("Save and add the next")


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_the_course_of_another_users_cas_is_not_carried_over(who, as_user, level2, request):
    page = Page(as_user(request.getfixturevalue(who)).get(f"{NEW}?course-of={a_cas(level2).pk}"))
    assert (page.typed()["course_title"], page.banners) == ("", [])


def test_the_course_of_a_cas_of_another_route_is_not_carried_over(client, level2):
    page = Page(client.get(f"/students/create-cas/CHILD_STUDENT/new/?course-of={a_cas(level2).pk}"))
    assert (page.typed()["course_title"], page.banners) == ("", [])


def test_a_draft_of_the_next_cas_is_shown_instead_of_the_course_of_the_last(client, level2):
    address = f"{NEW}?course-of={a_cas(level2).pk}"
    sent = {**Page(client.get(address)).typed(), "family_name": "Typed", "course_title": "Another"}
    client.post(address, sent, headers={"X-Keep-Draft": "1"})
    again = Page(client.get(Page(client.get("/students/")).main.link("Typed")))
    assert (again.typed()["family_name"], again.typed()["course_title"]) == ("Typed", "Another")
