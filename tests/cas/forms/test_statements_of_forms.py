"""The pages of forms read nothing twice, because a page of 80 fields must be quick (specification, section 14)."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.details import fields
from cas.forms import cas as cas_forms
from cas.forms.cas import cas_form
from cas.models import CourseTemplate, StudyAddress
from tests.factories import COMPLETE, a_batch, a_cas, an_agent
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def addresses(level1):
    """Return the addresses of the forms and lists, with something on each of their lists."""
    agent = an_agent(level1)
    cas = a_cas(level1, **agent.filled_in, agent=agent.pk)
    batch = a_batch(level1, a_cas(level1, is_agent_used=True, agent_name="Compass"))
    study = StudyAddress.objects.add({"name": "Main campus", "study_address_line_1": "1 Lane"}, by=level1)
    template = CourseTemplate.objects.add({"course_id": "C-1"}, route="STUDENT", by=level1)
    return {
        "edit a CAS": f"/students/cas/{cas.pk}/edit/",
        "create a CAS": "/students/create-cas/STUDENT/new/",
        "add the next CAS": f"/students/create-cas/STUDENT/batch/{batch.pk}/?after={batch.cas.get().pk}",
        "edit an agent": f"/students/agents/{agent.pk}/edit/",
        "agents": "/students/agents/",
        "retired agents": "/students/agents/?retired",
        "edit a study address": f"/students/study-addresses/{study.pk}/",
        "edit a course template": f"/students/course-templates/{template.pk}/",
        "course templates": "/students/course-templates/",
    }


def statements(act):
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    return answer, [query["sql"] for query in captured]


STATEMENTS = {
    "edit a CAS": 10,
    "create a CAS": 9,
    "add the next CAS": 12,
    "edit an agent": 5,
    "agents": 4,
    "retired agents": 3,
    "edit a study address": 4,
    "edit a course template": 6,
    "course templates": 6,
}


@pytest.mark.parametrize("screen", STATEMENTS)
def test_a_page_runs_these_statements_and_none_of_them_twice(screen, addresses, client):
    client.get("/students/")  # the session is read and written once
    answer, found = statements(lambda: client.get(addresses[screen]))
    assert answer.status_code == 200
    assert [sql for sql, times in Counter(found).items() if times > 1] == []
    assert len(found) == STATEMENTS[screen], "\n".join(found)


@pytest.mark.parametrize("screen", ["create a CAS", "add the next CAS"])
def test_a_save_does_not_look_for_the_agent_of_the_last_cas(screen, addresses, client):
    looks = 'ORDER BY "cas_cas"."id" DESC LIMIT 1'
    shown, found = statements(lambda: client.get(addresses[screen]))
    assert [sql for sql in found if sql.endswith(looks)], "\n".join(found)
    sent = Page(shown).typed() | typed_in(COMPLETE)
    answer, found = statements(lambda: client.post(addresses[screen], sent))
    assert answer.status_code == 302
    assert [sql for sql in found if sql.endswith(looks)] == []


@pytest.mark.parametrize("wrong", [{}, {"course_fees_paid": "x"}, {"course_end_date": COMPLETE["date_of_birth"]}])
def test_a_form_that_was_sent_is_checked_once(wrong, monkeypatch):
    checks = []
    checked = fields.checked
    monkeypatch.setattr(fields, "checked", lambda *values: checks.append(values) or checked(*values))
    for make in (cas_form, lambda route, data: cas_form(route, data=data).as_draft()):
        checks.clear()
        form = make("STUDENT", data=typed_in(COMPLETE | wrong))
        assert {name for part in form.sections() for name in part.wrong} == wrong.keys()
        assert len(checks) == 1


def test_the_form_of_a_saved_cas_is_checked_against_the_rules_of_today(level1):
    """A value that was right when it was saved counts as left to correct once it is wrong."""
    saved = {**COMPLETE, "course_end_date": COMPLETE["date_of_birth"]}
    form = cas_forms.form_class("STUDENT")(initial=saved)
    assert {name for part in form.sections() for name in part.wrong} == {"course_end_date"}
