"""Strange requests cause no program error and change nothing beyond the form's own fields (issue: under stress).

This is the short form of the experiment `forms`.
"""

import re

import pytest
from django.test import Client

from cas.models import CAS
from cas.views import cas_forms
from experiments import forms, fuzzing
from licences.models import StoredSearch
from sms import urls
from sms.core import values
from tests.factories import a_batch
from tests.pages import Page

pytestmark = [pytest.mark.long, pytest.mark.django_db]


def test_no_strange_request_fails_or_changes_a_column_beyond_the_forms_own():
    outcome = forms.run(seed=1, requests=120)
    assert outcome.faults == []
    changed = int(re.search(r"(\d+) requests changed something", outcome.figure)[1])
    assert changed > 12, "some strange requests must succeed, or the test proves nothing"


@pytest.fixture
def first_fault(monkeypatch):
    monkeypatch.setattr(forms, "MOST_FAULTS", 1)
    return lambda within: forms.run(seed=1, requests=2000, within=within).faults[0]


def test_the_experiment_finds_a_form_that_writes_a_column_which_is_not_its_own(first_fault, monkeypatch):
    def careless(route, limits, *, data=None, cas=None, **options):
        if data and cas and data.get("owner", "").isdecimal():
            CAS.objects.filter(pk=cas.pk).update(owner=data["owner"])
        return cas_form(route, limits, data=data, cas=cas, **options)

    cas_form = cas_forms.cas_form
    monkeypatch.setattr(cas_forms, "cas_form", careless)
    fault = first_fault(within="/edit/")
    assert "the page does not write it: CAS" in fault
    assert "owner_id" in fault


def test_the_experiment_finds_a_field_that_accepts_a_nul(first_fault, monkeypatch):
    """SQLite then stores the NUL. PostgreSQL refuses it, which is an error."""
    monkeypatch.setattr(values, "UNUSABLE", re.compile("(?!)"))
    monkeypatch.setattr(fuzzing, "TEXTS", ["a\0b"])
    fault = first_fault(within="/rename/")
    assert "not every database keeps" in fault or "answered 500" in fault


def test_the_experiment_finds_an_error(first_fault, monkeypatch):
    """Django's page for requests that cannot be read fails when it reads the form, and the answer is 500."""
    monkeypatch.setattr(urls, "handler400", "django.views.defaults.bad_request")
    fault = first_fault(within="/delete/")
    assert "answered 500" in fault


def test_a_form_that_cannot_be_read_gets_a_page_that_says_so():
    strict = Client(enforce_csrf_checks=True)  # then the form is read before the view runs
    strict.get("/sign-in/")
    answer = strict.post("/sign-in/", "login=level1", "application/x-www-form-urlencoded; charset=utf-16")
    assert answer.status_code == 400
    page = Page(answer)
    assert page.h1 == "The portal could not read your request"
    assert answer["X-Request-ID"] in page.main.text


def test_a_search_that_gives_a_value_twice_keeps_only_the_value_that_was_checked(as_user, level1):
    """PostgreSQL refuses a NUL in JSON."""
    sent = "family_name=a%00b&family_name=Smith&status=ASSIGNED&status=USED"
    answer = as_user(level1).post("/students/search/", sent, "application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert StoredSearch.objects.get().asked == {"family_name": ["Smith"], "status": ["ASSIGNED", "USED"]}


@pytest.mark.parametrize("referer", ["", "nowhere", "https://evil.example/", "javascript:alert(1)", "a b"])
def test_a_user_with_nothing_to_print_sees_the_batch_again_and_no_link_to_another_site(referer, as_user, level1):
    batch = a_batch(level1)
    answer = as_user(level1).post(f"/students/batches/{batch.pk}/print/", headers={"referer": referer})
    assert answer.status_code == 422
    assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("lookup", ["id__in", "id__range", "owner__password__startswith", "family_name__regex"])
def test_lists_of_the_admin_accept_only_the_filters_that_their_links_offer(lookup, as_user, caseworker):
    assert as_user(caseworker).get(f"/admin/cas/cas/?{lookup}={'9' * 30}").status_code == 400
