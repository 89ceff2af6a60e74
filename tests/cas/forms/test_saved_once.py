"""The form of a new CAS that is sent twice, by an impatient hand or a browser that tries again, makes one CAS."""

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
    """What the browser sends of the page, with a name typed into it."""
    return Page(as_user(level2).get(NEW)).typed() | {"family_name": "Okonkwo"}


def saved(client, typed, address=NEW):
    """Where saving leads."""
    answer = client.post(address, typed)
    assert answer.status_code == 302
    return answer["Location"]


def test_the_second_leads_to_the_cas_that_the_first_has_made(as_user, level2, typed):
    client = as_user(level2)
    assert saved(client, typed) == saved(client, typed) == f"/students/cas/{CAS.objects.get().pk}/saved/"


def test_so_it_is_in_a_batch(as_user, level2):
    batch, client = a_batch(level2), as_user(level2)
    address = f"/students/create-cas/STUDENT/batch/{batch.pk}/"
    typed = Page(client.get(address)).typed() | {"family_name": "Okonkwo"}
    assert saved(client, typed, address) == saved(client, typed, address) == f"/students/batches/{batch.pk}/"
    assert CAS.objects.get().batch == batch


def test_who_goes_back_and_types_something_else_makes_another(as_user, level2, typed):
    client = as_user(level2)
    assert saved(client, typed) != saved(client, typed | {"family_name": "Nguyễn"})
    assert CAS.objects.count() == 2


def test_the_same_texts_on_a_new_page_make_another(as_user, level2, typed):
    client = as_user(level2)
    again = Page(client.get(NEW)).typed() | {"family_name": "Okonkwo"}
    assert saved(client, typed) != saved(client, again)


def test_once_the_first_is_deleted_the_same_page_can_be_saved_again(as_user, level2, typed):
    client = as_user(level2)
    saved(client, typed)
    CAS.objects.get().remove(by=level2)
    saved(client, typed)
    assert CAS.objects.count() == 1


def test_nothing_that_was_typed_is_kept_to_tell_it_again(as_user, level2, typed):
    saved(as_user(level2), typed)
    assert "Okonkwo" not in str(Draft.objects.get().data)


def savings(number, as_user, user, typed):
    """So many, each from a browser of its own, in all of which the user has signed in."""
    return [partial(saved, as_user(user), typed) for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_eight_times_at_once_it_makes_one(as_user, level2, typed):
    assert set(at_once(*savings(8, as_user, level2, typed))) == {f"/students/cas/{CAS.objects.get().pk}/saved/"}


@pytest.mark.django_db(transaction=True)
def test_without_asking_what_was_saved_it_makes_several(as_user, level2, typed, monkeypatch):
    monkeypatch.setattr(FormDraft, "_saved_as", lambda draft: "")
    at_once(*savings(2, as_user, level2, typed))
    assert CAS.objects.count() == 2
