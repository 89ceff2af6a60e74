"""Nothing typed into the forms of batches, templates, agents and study addresses is lost (specification, section 8)."""

import pytest
from django.test import Client

from cas.models import Batch, CourseTemplate, StudyAddress
from licences.models import Draft
from tests.factories import PASSWORD, a_batch, a_cas, an_agent
from tests.pages import Page

pytestmark = pytest.mark.django_db

ADDRESS = {"name": "Main campus", "study_address_line_1": "1 Learning Lane"}


def set_field(client, level1):
    """Return the page that asks for the value of the field."""
    batch = a_batch(level1, a_cas(level1))
    sent = {"cas": batch.cas.get().pk, "seen": batch.last_event(), "field": "course_id"}
    address = f"/students/batches/{batch.pk}/set-field/"
    return Page(client.post(address, sent)), address


def opened(address):
    return lambda client, level1: (Page(client.get(address)), address)


def edited(address, make):
    def arrive(client, level1):
        there = address.format(make(level1).pk)
        return Page(client.get(there)), there

    return arrive


FORMS = {
    "a new batch": (opened("/students/create-cas/STUDENT/new-batch/"), "name", "Batch Autumn"),
    "the name of a batch": (edited("/students/batches/{}/rename/", a_batch), "name", "Batch Autumn"),
    "one field of a batch": (set_field, "course_id", "Set one field: Course ID"),
    "a new study address": (opened("/students/study-addresses/new/"), "name", "Study address Autumn"),
    "a study address": (
        edited("/students/study-addresses/{}/", lambda user: StudyAddress.objects.add(ADDRESS, by=user)),
        "name",
        "Study address Autumn",
    ),
    "a new agent": (opened("/students/agents/new/"), "agent_name", "Agent Autumn"),
    "an agent": (edited("/students/agents/{}/edit/", an_agent), "agent_name", "Agent Autumn"),
    "a new course template": (opened("/students/course-templates/new/STUDENT/"), "name", "Course template Autumn"),
    "a course template": (
        edited(
            "/students/course-templates/{}/",
            lambda user: CourseTemplate.objects.add({"course_id": "C-1"}, route="STUDENT", by=user),
        ),
        "name",
        "Course template Autumn",
    ),
}
each_form = pytest.mark.parametrize(("arrive", "name", "label"), FORMS.values(), ids=FORMS)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def drafts_at_students(client):
    """Return the drafts that Students lists, by name, with their addresses."""
    lines = [line for of in Page(client.get("/students/")).main.all(of="sms-lines") for line in of.all("li")]
    return {line.one("a").text: line.one("a")["href"] for line in lines if line.text.startswith("draft: ")}


@each_form
def test_what_was_typed_before_the_time_out_is_shown_after_the_user_signs_in_again(arrive, name, label, client, level1):
    page, address = arrive(client, level1)
    stranger = Client()
    to_sign_in = stranger.post(address, page.typed() | {name: "Autumn"})["Location"]
    back = stranger.post(to_sign_in, {"login": "level1", "password": PASSWORD})["Location"]
    again = Page(stranger.get(back))
    assert (again.h1, again.typed()[name], again.summary) == (page.h1, "Autumn", [])
    assert again.banners[0].startswith("We kept what you typed on ")


@each_form
def test_what_is_typed_is_kept_in_the_background_and_listed_at_students(arrive, name, label, client, level1):
    page, address = arrive(client, level1)
    answer = client.post(address, page.typed() | {name: "Autumn"}, headers={"X-Keep-Draft": "true"})
    assert answer.status_code == 200
    listed = drafts_at_students(client)
    assert Page(client.get(listed[label])).typed()[name] == "Autumn"


@each_form
def test_no_other_user_sees_what_was_typed(arrive, name, label, client, level1, as_user, outsider):
    page, address = arrive(client, level1)
    client.post(address, page.typed() | {name: "Autumn-Secret"}, headers={"X-Keep-Draft": "true"})
    (draft,) = Draft.objects.open()
    assert draft.user == level1
    other = as_user(outsider)
    for at in (draft.address, address, "/students/"):
        assert "Secret" not in other.get(at, follow=True).content.decode()


def test_a_batch_that_is_sent_twice_is_created_once(client, level1):
    address = "/students/create-cas/STUDENT/new-batch/"
    sent = Page(client.get(address)).typed() | {"name": "Autumn"}
    first, second = client.post(address, sent), client.post(address, sent)
    batch = Batch.objects.get()
    assert first["Location"] == second["Location"] == f"/students/batches/{batch.pk}/"
    assert drafts_at_students(client) == {}


def test_a_study_address_that_is_sent_twice_is_added_once(client, level1):
    address = "/students/study-addresses/new/"
    sent = Page(client.get(address)).typed() | ADDRESS
    first, second = client.post(address, sent), client.post(address, sent)
    assert first["Location"] == second["Location"] == "/students/study-addresses/"
    assert StudyAddress.objects.get().name == "Main campus"
    assert drafts_at_students(client) == {}


def test_a_save_ends_the_draft_of_a_name_or_an_address(client, level1):
    batch, study = a_batch(level1), StudyAddress.objects.add(ADDRESS, by=level1)
    for address in (f"/students/batches/{batch.pk}/rename/", f"/students/study-addresses/{study.pk}/"):
        sent = Page(client.get(address)).typed() | {"name": "Autumn"}
        client.post(address, sent, headers={"X-Keep-Draft": "true"})
        assert len(drafts_at_students(client)) == 1
        client.post(address, sent)
        assert drafts_at_students(client) == {}


def test_the_draft_of_a_batch_that_is_assigned_or_of_a_deleted_address_is_not_listed(client, level1):
    batch, study = a_batch(level1), StudyAddress.objects.add(ADDRESS, by=level1)
    for address in (f"/students/batches/{batch.pk}/rename/", f"/students/study-addresses/{study.pk}/"):
        client.post(address, Page(client.get(address)).typed(), headers={"X-Keep-Draft": "true"})
    assert len(drafts_at_students(client)) == 2
    batch.remove(by=level1)
    study.remove(by=level1)
    assert drafts_at_students(client) == {}
