"""The form of a new CAS makes one CAS even if it is sent twice, by an impatient user or by a browser that retries."""

from functools import partial

import pytest

from cas.models import CAS
from licences.drafts import FormDraft
from licences.models import Draft
from tests.factories import a_batch
from tests.pages import Page
from tests.racing import at_once

NEW = "/students/create-cas/STUDENT/new/"


@pytest.fixture
def typed(as_user, level2):
    """Return what the browser sends of the form, with a name typed into it."""
    return Page(as_user(level2).get(NEW)).typed() | {"family_name": "Okonkwo"}


def save(client, typed, address=NEW):
    """Save the form. Return the address to which the answer redirects."""
    answer = client.post(address, typed)
    assert answer.status_code == 302
    return answer["Location"]


def test_the_second_save_leads_to_the_cas_that_the_first_save_made(as_user, level2, typed):
    client = as_user(level2)
    assert save(client, typed) == save(client, typed) == f"/students/cas/{CAS.objects.get().pk}/saved/"


def test_the_form_of_a_cas_for_a_batch_is_also_saved_once(as_user, level2):
    batch, client = a_batch(level2), as_user(level2)
    address = f"/students/create-cas/STUDENT/batch/{batch.pk}/"
    typed = Page(client.get(address)).typed() | {"family_name": "Okonkwo"}
    assert save(client, typed, address) == save(client, typed, address) == f"/students/batches/{batch.pk}/"
    assert CAS.objects.get().batch == batch


def test_a_user_who_goes_back_and_types_another_name_makes_another_cas(as_user, level2, typed):
    client = as_user(level2)
    assert save(client, typed) != save(client, typed | {"family_name": "Nguyễn"})
    assert CAS.objects.count() == 2


def test_the_same_values_on_a_new_form_make_another_cas(as_user, level2, typed):
    client = as_user(level2)
    again = Page(client.get(NEW)).typed() | {"family_name": "Okonkwo"}
    assert save(client, typed) != save(client, again)


def test_once_the_cas_is_deleted_the_same_form_can_be_saved_again(as_user, level2, typed):
    client = as_user(level2)
    save(client, typed)
    CAS.objects.get().remove(by=level2)
    save(client, typed)
    assert CAS.objects.count() == 1


def test_the_record_of_a_saved_form_keeps_nothing_that_was_typed(as_user, level2, typed):
    save(as_user(level2), typed)
    assert "Okonkwo" not in str(Draft.objects.get().data)


def saves(number, as_user, user, typed):
    """Return `number` saves of the form, each from another browser in which the user has signed in."""
    return [partial(save, as_user(user), typed) for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_eight_times_at_once_makes_one_cas(as_user, level2, typed):
    assert set(at_once(*saves(8, as_user, level2, typed))) == {f"/students/cas/{CAS.objects.get().pk}/saved/"}


@pytest.mark.django_db(transaction=True)
def test_without_the_check_for_an_earlier_save_the_form_makes_two_cas(as_user, level2, typed, monkeypatch):
    monkeypatch.setattr(FormDraft, "_saved_as", lambda draft: "")
    at_once(*saves(2, as_user, level2, typed))
    assert CAS.objects.count() == 2
