"""Course templates: every user of the sponsor keeps them. They are never deleted (specification, section 8)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cas.details import fields
from cas.models import CourseTemplate
from cas.models.course_template import NAME_SIZE
from licences.models import Event
from licences.timeline import timeline
from sms.core import clock
from sms.core.refused import InvalidValues, NotAllowed, NotThere, Stale
from tests.factories import COMPLETE

COURSE = {name: value for name, value in COMPLETE.items() if name in fields.OF_COURSE} | {"course_id": "DS-1"}


def a_template(by, *, route="STUDENT", **values):
    return CourseTemplate.objects.add({**COURSE, **values}, route=route, by=by)


@pytest.fixture
def template(level2):
    return a_template(level2)


def events(template):
    return list(Event.objects.about("course_template", template.pk))


def test_a_template_holds_the_course_and_nothing_about_the_student(level2):
    template = CourseTemplate.objects.add({**COMPLETE, **COURSE}, route="STUDENT", by=level2)
    template.refresh_from_db()
    assert set(template.values) == set(fields.OF_COURSE)
    assert template.values["course_start_date"] == date(2099, 9, 14)
    assert template.values["course_fees_first_year"] == Decimal("21500")
    assert template.values["is_atas_required"] is False
    assert template.values["partner_name"] == ""
    assert set(template.details) == set(COURSE)


def test_it_is_named_after_the_course_unless_the_user_gives_a_name(level2, template):
    assert template.name == "DS-1 – MSc Data Science – September 2099"
    assert a_template(level2, name="Evening").name == "Evening"
    assert a_template(level2, course_id="", course_start_date=None).name == "MSc Data Science"


@pytest.mark.parametrize("length", [150, 250])
def test_a_default_name_ends_with_the_month_even_if_the_title_is_long(level2, length):
    name = a_template(level2, course_title="x" * length).name
    assert len(name) <= NAME_SIZE
    assert name.startswith("DS-1 – xxx")
    assert name.endswith(" – September 2099")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"study_postcode": "nowhere"}, "study_postcode"),
        ({"course_end_date": date(2099, 1, 1)}, "course_end_date"),
        ({"name": "x" * (NAME_SIZE + 1)}, "name"),
        ({"course_id": "", "course_title": "", "course_start_date": None}, "name"),
    ],
)
def test_values_are_checked_as_those_of_a_cas(level2, values, field):
    with pytest.raises(InvalidValues) as refused:
        a_template(level2, **values)
    assert set(refused.value.errors) == {field}
    assert not CourseTemplate.objects.exists()
    assert not Event.objects.filter(kind="course_template").exists()


def test_an_empty_field_is_no_error_because_a_template_may_be_part_of_a_course(level2):
    assert CourseTemplate.objects.add({"name": "Part"}, route="STUDENT", by=level2).details == {}


def test_no_two_templates_of_a_sponsor_and_route_have_the_same_name(level2, outsider, template):
    with pytest.raises(InvalidValues) as refused:
        a_template(level2, name=template.name.upper())
    assert refused.value.errors == {"name": "Your sponsor already has a template with this name. Choose another name"}
    a_template(level2, name=template.name, route="CHILD_STUDENT")
    a_template(outsider, name=template.name)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseTemplate.objects.create(
            licence=level2.licence, route="STUDENT", name="Another", name_key=template.name_key
        )


def test_every_user_of_the_sponsor_keeps_the_templates(template, level1, colleague):
    template.amend({**COURSE, "study_city": "Leeds"}, by=colleague, version=1)
    template.retire(by=level1)
    assert [event.by for event in events(template)[1:]] == [colleague, level1]


def test_a_caseworker_and_another_sponsor_keep_none(template, caseworker, outsider):
    with pytest.raises(NotAllowed):
        template.retire(by=caseworker)
    with pytest.raises(NotAllowed):
        CourseTemplate.objects.add(COURSE, route="STUDENT", by=caseworker)
    with pytest.raises(NotThere, match="No course template was found"):
        template.amend(COURSE, by=outsider, version=1)


def test_the_history_records_each_change(template, level1, level2):
    template.amend({**COURSE, "name": "DS", "study_city": "Leeds"}, by=level1, version=1)
    template.retire(by=level2)
    template.reinstate(by=level2)
    assert [event.verb for event in events(template)] == ["create", "save", "retire", "reinstate"]
    assert events(template)[1].data == {
        "name": ["DS-1 – MSc Data Science – September 2099", "DS"],
        "study_city": ["London", "Leeds"],
        "version": [1, 2],
    }
    assert [entry.title for entry in timeline(template)] == ["Reinstated", "Retired", "Changed", "Created"]
    changed = timeline(template)[2]
    assert [(change.label, change.after) for change in changed.changes] == [
        ("Name", "DS"),
        ("Main study address: City or town", "Leeds"),
    ]


def test_saving_without_a_change_records_nothing(template, level2):
    template.amend({**COURSE, "name": template.name}, by=level2, version=1)
    template.reinstate(by=level2)
    assert (template.version, len(events(template))) == (1, 1)


def test_a_save_over_another_users_newer_save_is_refused(template, level1, level2):
    CourseTemplate.objects.get().amend({**COURSE, "study_city": "Leeds"}, by=level1, version=1)
    with pytest.raises(Stale) as stale:
        template.amend({**COURSE, "study_city": "Bath"}, by=level2, version=1)
    assert [event.by for event in stale.value.events] == [level1]
    assert CourseTemplate.objects.get().values["study_city"] == "Leeds"


def test_a_retired_template_is_offered_no_longer_until_it_is_reinstated(template, level2):
    offered = CourseTemplate.objects.for_user(level2).offered("STUDENT")
    assert offered.get() == template
    template.retire(by=level2)
    assert template.retired_on == clock.today()
    assert not offered.all().exists()
    with clock.set_to(clock.now().replace(year=2098)):
        template.retire(by=level2)
    assert (template.retired_on, len(events(template))) == (clock.today(), 2)
    template.reinstate(by=level2)
    assert offered.get() == template


def test_it_is_offered_on_its_own_route_only(template, level2):
    assert not CourseTemplate.objects.for_user(level2).offered("CHILD_STUDENT").exists()


def test_it_is_never_deleted_and_stays_with_its_sponsor_and_route(template, outsider):
    rows = CourseTemplate.objects.filter(pk=template.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    for change in ({"licence": outsider.licence}, {"route": "CHILD_STUDENT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ds-1", True),
        ("DS", True),
        ("data science", True),
        ("Datascience", True),
        ("september", True),
        ("", True),
        (" ", True),
        ("S-1", True),  # part of the name
        ("history", False),
        ("1", True),
        ("%", False),
    ],
)
def test_it_is_found_by_the_beginning_of_the_course_id_or_any_part_of_the_title_or_name(template, text, found):
    assert CourseTemplate.objects.search(text).exists() is found


def test_a_value_that_todays_rules_refuse_does_not_prevent_reading_a_template(template):
    CourseTemplate.objects.filter(pk=template.pk).update(details={**template.details, "attendance": "GONE"})
    template.refresh_from_db()
    assert template.values["course_title"] == "MSc Data Science"
