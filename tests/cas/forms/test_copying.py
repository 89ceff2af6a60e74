"""Copying an earlier CAS into a new one for the same student (specification, section 10)."""

import pytest

from cas.details import fields
from cas.details.needs import is_empty
from cas.details.sections import About
from cas.models import CAS
from tests.factories import a_cas, assigned
from tests.pages import Page


def copy_address(cas):
    return f"/students/create-cas/STUDENT/new/?like={cas.pk}"


# Each is a statement about one CAS, so that no copy may have it.
NEVER_COPIED = {
    "application_id",
    "evidence_for_offer",
    "course_fees_paid",
    "accommodation_fees_paid",
    "boarding_fees_paid",
    "financial_sponsor",
    *(field.name for field in fields.FIELDS if field.section.name in {"Evidence", "English language", "Agent"}),
}


def test_the_fields_that_are_never_copied_are_the_statements_about_one_cas():
    assert {field.name for field in fields.FIELDS if field.about is About.CAS} == NEVER_COPIED


@pytest.mark.parametrize("is_assigned", [False, True])
def test_the_new_cas_has_every_detail_of_the_earlier_cas_but_the_statements_about_one_cas(
    is_assigned, as_user, level2, allocation
):
    cas = a_cas(level2, application_id="A-1", boarding_fees="1200", financial_sponsor="A scholarship")
    if is_assigned:
        assigned(cas)
    client = as_user(level2)
    assert Page(client.get(f"/students/cas/{cas.pk}/")).main.link("Copy into a new CAS") == copy_address(cas)
    form = Page(client.get(copy_address(cas)))
    assert form.h1 == "Create a CAS"
    sent = client.post(copy_address(cas), form.typed())
    copy = CAS.objects.order_by("-pk").first()
    assert sent["Location"] == f"/students/cas/{copy.pk}/saved/"
    assert copy.pk != cas.pk
    assert (copy.status, copy.number, copy.version) == ("WORK IN PROGRESS", None, 1)
    for field in fields.FIELDS:
        expected = field.empty if field.name in NEVER_COPIED else getattr(cas, field.name)
        assert getattr(copy, field.name) == expected, field.name


def test_the_form_says_which_answers_were_not_copied(as_user, level2):
    cas = a_cas(level2, application_id="A-1", financial_sponsor="A scholarship")
    form = Page(as_user(level2).get(copy_address(cas)))
    assert "This is a copy of the CAS of Nguyễn, Thị Minh." in form.main.text
    note = form.main.one(of="govuk-inset-text")
    assert note.link("Nguyễn, Thị Minh") == f"/students/cas/{cas.pk}/"
    named = {part for line in note.all("li") for part in line.text.partition(": ")[2].split("; ")}
    left_out = [fields.BY_NAME[name] for name in NEVER_COPIED if not is_empty(getattr(cas, name))]
    assert named == {field.label for field in left_out}
    assert "Documentation: Documents used to obtain the offer" in note.text


def test_a_copy_of_a_cas_without_such_answers_names_none(as_user, level2):
    cas = CAS.objects.add({"family_name": "Wang"}, route="STUDENT", by=level2)
    form = Page(as_user(level2).get(copy_address(cas)))
    assert form.main.one(of="govuk-inset-text").text == "This is a copy of the CAS of Wang."


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_a_cas_of_another_user_cannot_be_copied(who, as_user, level2, request):
    cas = a_cas(level2)
    form = Page(as_user(request.getfixturevalue(who)).get(copy_address(cas)))
    assert form.typed()["family_name"] == ""


@pytest.mark.parametrize("pk", ["x", "0", "9" * 40, ""])
def test_an_id_that_does_not_exist_leaves_the_form_empty(pk, as_user, level2):
    form = Page(as_user(level2).get(f"/students/create-cas/STUDENT/new/?like={pk}"))
    assert form.typed()["family_name"] == ""
