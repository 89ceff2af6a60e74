"""Copying an earlier CAS into a new one (specification, section 10)."""

import pytest

from cas.models import CAS
from tests.factories import a_cas, assigned
from tests.pages import Page


def copy_address(cas):
    return f"/students/create-cas/STUDENT/new/?like={cas.pk}"


@pytest.mark.parametrize("is_assigned", [False, True])
def test_the_form_of_the_new_cas_holds_every_detail_of_the_earlier_cas(is_assigned, as_user, level2, allocation):
    cas = a_cas(level2)
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
    assert (copy.status, copy.number, copy.version) == ("READY TO GO", None, 1)
    assert (copy.family_name, copy.course_title, copy.passport_number) == (
        cas.family_name,
        cas.course_title,
        cas.passport_number,
    )


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_a_cas_of_another_user_cannot_be_copied(who, as_user, level2, request):
    cas = a_cas(level2)
    form = Page(as_user(request.getfixturevalue(who)).get(copy_address(cas)))
    assert form.typed()["family_name"] == ""


@pytest.mark.parametrize("pk", ["x", "0", "9" * 40, ""])
def test_an_id_that_does_not_exist_leaves_the_form_empty(pk, as_user, level2):
    form = Page(as_user(level2).get(f"/students/create-cas/STUDENT/new/?like={pk}"))
    assert form.typed()["family_name"] == ""
