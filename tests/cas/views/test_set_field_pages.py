"""`Set one field` on the screens of a batch: the field, its value, the count, and the change (section 11)."""

from datetime import date

import pytest

from cas.details import fields
from cas.models import Batch
from licences.models import Event
from licences.routes import Route
from tests.cas.models.test_as_many_statements import check_same_statements
from tests.factories import CHILD, COMPLETE, a_batch, a_batch_order, a_cas, a_draft, many
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(level2, allocation):
    """Make a batch of two CAS that are READY TO GO and one that is WORK IN PROGRESS."""
    return a_batch(level2, a_cas(level2), a_cas(level2, family_name="Abebe", course_id="OLD-1"), a_draft(level2))


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def at(batch, step="set-field/"):
    return f"/students/batches/{batch.pk}/{step}"


def ids_of(batch):
    return list(batch.cas.order_by("pk").values_list("pk", flat=True))


def selected(client, batch, **sent):
    """Return the page that asks for the field, after the user selected all CAS in the list."""
    listed = Page(client.get(at(batch, ""))).typed(at(batch, "move/"))
    return Page(client.post(at(batch), {**listed, **(sent or {"cas": ids_of(batch)})}))


def asked(client, batch, name):
    return Page(client.post(at(batch), {**selected(client, batch).typed(), "field": name}))


def counted(client, batch, name, value):
    """Return the page that asks for confirmation."""
    return Page(client.post(at(batch), {**asked(client, batch, name).typed(), **typed_in({name: value})}))


def values_in(batch, name):
    return list(batch.cas.order_by("pk").values_list(name, flat=True))


# The selection


def test_the_batch_offers_to_set_one_field_of_the_selected_cas(client, batch):
    (button,) = Page(client.get(at(batch, ""))).buttons("Set one field")
    assert button["formaction"] == at(batch)


@pytest.mark.parametrize("sent", [{"cas": ""}, {"cas": "x"}, {"cas": "\u0661"}])
def test_with_nothing_selected_the_page_asks_the_user_to_select_cas(client, batch, sent):
    page = selected(client, batch, **sent)
    assert page.status == 422
    assert page.summary == [("Select the CAS to change.", "#selected")]


def test_all_cas_of_the_batch_are_selected_at_once_on_every_page(client, batch, level2):
    many(level2, 120, batch=batch)
    page = Page(client.get(at(batch, "")))
    assert "All 123 CAS of this batch, on every page" in page.main.text
    page = selected(client, batch, all="yes")
    assert "You are changing 123 CAS of the batch “September intake”." in page.main.text


@pytest.mark.parametrize(("step", "sentence"), [("take-out/", "3 CAS taken out"), ("move/", "3 CAS moved to")])
def test_all_cas_are_taken_out_or_moved_at_once_as_well(client, batch, level2, step, sentence):
    other = a_batch(level2, name="Other")
    sent = {"all": "yes", "to": other.pk, "seen": batch.last_event()}
    (banner,) = Page(client.post(at(batch, step), sent, follow=True)).banners
    assert banner.startswith(sentence)
    assert not batch.cas.exists()


def test_moving_many_cas_names_ten_of_them(client, batch, level2):
    a_batch(level2, name="Other")
    many(level2, 10, batch=batch)
    page = Page(client.post(at(batch, "move/"), {"all": "yes", "seen": batch.last_event()}))
    assert "and 3 more" in page.main.text
    assert page.typed()["cas"].split() == [str(pk) for pk in ids_of(batch)]


# The field


def test_the_list_offers_every_field_that_is_not_one_students_own(client, batch):
    page = selected(client, batch)
    assert (page.status, page.h1) == (200, "Set one field")
    offered = {option["value"]: option.text for option in page.main.all("option") if option["value"]}
    assert list(offered) == [field.name for field in fields.settable_together(Route.STUDENT)]
    assert offered["study_city"] == "Main study address: City or town"


@pytest.mark.parametrize("name", ["", "nothing", "family_name", "living_arrangements"])
def test_no_field_or_another_field_is_an_error(client, batch, name):
    page = asked(client, batch, name)
    assert page.status == 422
    assert page.error_of("field")
    assert page.typed()["cas"].split() == [str(pk) for pk in ids_of(batch)]


# The value


@pytest.mark.parametrize("route", Route)
def test_every_field_asks_for_its_value_with_its_own_input(route, client, level2, case):
    batch = a_batch(level2, name="Route", route=route)
    made = Page(client.get(f"/students/create-cas/{route}/batch/{batch.pk}/")).typed()
    client.post(
        f"/students/create-cas/{route}/batch/{batch.pk}/",
        {**made, **typed_in(CHILD if route == Route.CHILD_STUDENT else COMPLETE)},
    )
    sent = {"cas": batch.cas.get().pk, "seen": batch.last_event()}
    for field in fields.settable_together(route):
        with case(field=field.name):
            page = Page(client.post(at(batch), {**sent, "field": field.name}))
            assert page.status == 200
            assert field.label in page.main.text
            assert f"in the section “{field.section.name}”" in page.main.text
            inputs = [
                element for element in page.form().all("input", "select", "textarea") if element["type"] != "hidden"
            ]
            assert {element["name"].removeprefix(field.name) for element in inputs} <= {"", "_day", "_month", "_year"}
            assert inputs


@pytest.mark.parametrize(
    ("name", "typed", "field"),
    [
        ("course_fees_first_year", {"course_fees_first_year": "12,5"}, "course_fees_first_year"),
        ("course_end_date", {"course_end_date_day": "31", "course_end_date_month": "2"}, "course_end_date"),
        ("course_title", {"course_title": "x" * 251}, "course_title"),
        ("is_remote_delivery", {"is_remote_delivery": "perhaps"}, "is_remote_delivery"),
        ("academic_level", {"academic_level": "RQF99"}, "academic_level"),
    ],
)
def test_a_wrong_value_is_shown_with_its_error_and_changes_nothing(client, batch, name, typed, field):
    page = Page(client.post(at(batch), {**asked(client, batch, name).typed(), **typed}))
    assert page.status == 422
    assert page.error_of(field)
    assert set(values_in(batch, "version")) == {1}


# The count


def test_the_confirmation_counts_the_changes_and_groups_the_values_that_are_replaced(client, batch):
    page = counted(client, batch, "course_id", "NEW-1")
    assert (page.status, page.h1) == (200, "Confirm the change")
    lines = dict(page.main.lines())
    assert lines["Field"] == "Course ID"
    assert lines["New value"] == "NEW-1"
    assert lines["CAS that change"] == "3"
    assert lines["CAS that have this value already"] == "0"
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.one("tbody").all("tr")]
    assert rows == [["(empty)", "2", "Nguyễn, Thị Minh; Okonkwo"], ["OLD-1", "1", "Abebe, Thị Minh"]]
    assert set(values_in(batch, "version")) == {1}


def test_the_confirmation_counts_the_cas_that_become_ready_or_are_no_longer_ready(client, level2):
    batch = a_batch(level2, a_cas(level2, is_remote_delivery=None), a_cas(level2, is_remote_delivery=True))
    lines = dict(counted(client, batch, "is_remote_delivery", True).main.lines())
    assert lines["CAS that have this value already"] == "1"
    assert lines["CAS that become READY TO GO"] == "1"
    page = counted(client, batch, "has_work_placement", True)
    assert dict(page.main.lines())["CAS that become WORK IN PROGRESS"] == "1"
    assert [item.text for item in page.one("ul", of="sms-picked").all("li")] == [
        "Nguyễn, Thị Minh Date of birth: 17 May 2002 READY TO GO MSc Data Science, starts 14 September 2099"
    ]


def test_the_confirmation_names_the_cas_that_cannot_have_the_value(client, batch):
    page = counted(client, batch, "course_end_date", date(2098, 1, 1))
    box = page.one("div", of="govuk-inset-text").text
    assert box.startswith("These CAS will not change:")
    assert "Expected course end date must be after the course start date. 2 CAS: Nguyễn, Thị Minh; Abebe" in box
    client.post(at(batch), page.typed())
    assert values_in(batch, "course_end_date") == [COMPLETE["course_end_date"]] * 2 + [date(2098, 1, 1)]


def test_a_value_that_changes_no_cas_cannot_be_confirmed(client, batch):
    page = counted(client, batch, "course_id", "")
    assert dict(page.main.lines())["CAS that change"] == "1"
    client.post(at(batch), page.typed())
    page = counted(client, batch, "course_id", "")
    assert "None of these CAS will change." in page.main.text
    assert page.buttons("Confirm") == []


def test_many_different_values_are_cut(client, batch, level2):
    for number in range(25):
        batch.put([a_cas(level2, course_id=f"C-{number}").pk], by=level2)
    page = counted(client, batch, "course_id", "NEW")
    assert len(page.one("tbody").all("tr")) == 20
    assert "and 7 other values" in page.main.text


# The change


def test_confirming_changes_every_cas_and_says_how_many(client, batch, level2):
    answer = client.post(at(batch), counted(client, batch, "course_id", "NEW-1").typed(), follow=True)
    assert answer.redirect_chain == [(at(batch, ""), 302)]
    page = Page(answer)
    assert page.banners == ["“Course ID” was set to “NEW-1” in 3 CAS."]
    assert values_in(batch, "course_id") == ["NEW-1"] * 3
    history = page.one("ol", of="sms-timeline").text
    assert "One field set Level2" in history
    assert "Course ID: NEW-1" in history
    assert "CAS: Nguyễn, Thị Minh; Abebe, Thị Minh; Okonkwo" in history


def test_a_date_and_an_answer_reach_the_change_without_loss(client, batch):
    for name, value in (("latest_acceptance_date", date(2099, 9, 20)), ("is_accommodation_provided", True)):
        assert client.post(at(batch), counted(client, batch, name, value).typed()).status_code == 302
        assert values_in(batch, name) == [value] * 3


def test_a_field_is_emptied_after_the_confirmation_says_so(client, batch):
    page = counted(client, batch, "course_id", "")
    assert dict(page.main.lines())["New value"] == "(empty)"
    page = Page(client.post(at(batch), page.typed(), follow=True))
    assert page.banners == ["“Course ID” was emptied in 1 CAS."]
    assert "Emptied: Course ID" in page.one("ol", of="sms-timeline").text


def test_a_cas_that_another_user_saved_meanwhile_refuses_the_whole_with_its_name(client, batch, level1):
    sent = counted(client, batch, "course_id", "NEW-1").typed()
    draft = batch.cas.get(family_name="Okonkwo")
    draft.amend({"course_id": "THEIRS"}, by=level1, version=1)
    page = Page(client.post(at(batch), sent))
    assert page.status == 409
    alert = page.one("section", of="sms-both-saves").text
    assert "Level1, " in alert
    assert "saved Okonkwo" in alert
    assert values_in(batch, "course_id") == ["", "OLD-1", "THEIRS"]
    assert "THEIRS" in page.one("tbody").text
    client.post(at(batch), page.typed())
    assert values_in(batch, "course_id") == ["NEW-1"] * 3


@pytest.mark.parametrize("step", ["field", "value", "confirm"])
def test_a_cas_that_left_the_batch_meanwhile_leads_back_to_the_list_with_its_name(client, batch, level1, step):
    if step == "field":
        sent = {**Page(client.get(at(batch, ""))).typed(at(batch, "move/")), "cas": ids_of(batch)}
    elif step == "value":
        sent = {**asked(client, batch, "course_id").typed(), "course_id": "NEW-1"}
    else:
        sent = counted(client, batch, "course_id", "NEW-1").typed()
    batch.take_out([batch.cas.get(family_name="Okonkwo").pk], by=level1)
    page = Page(client.post(at(batch), sent))
    assert (page.status, page.h1) == (409, "Batch details")
    assert "took out Okonkwo" in page.one("section", of="sms-both-saves").text
    assert values_in(batch, "course_id") == ["", "OLD-1"]


@pytest.mark.parametrize("shown", ["", "x", "1", "0-0", "\u0661-1", "-", "1-1-1"])
def test_versions_that_were_never_shown_change_nothing(client, batch, shown):
    sent = counted(client, batch, "course_id", "NEW-1").typed()
    answer = client.post(at(batch), {**sent, "shown": shown}, follow=True)
    assert answer.status_code in {200, 409}
    assert values_in(batch, "course_id") == ["", "OLD-1", ""]


def test_a_batch_that_is_being_paid_for_or_closed_is_refused_at_every_step(client, level2, allocation, system):
    batch = a_batch(level2, a_cas(level2), name="Paying")
    sent = counted(client, batch, "course_id", "NEW-1").typed()
    order = a_batch_order(batch)
    for act in (order, None):
        for step in (sent, {"cas": sent["cas"], "seen": sent["seen"]}):
            page = Page(client.post(at(batch), step))
            assert (page.status, page.h1) == (422, "Batch details")
            assert page.summary
        if act:
            act.settle(by=system)
    assert values_in(batch, "course_id") == [""]


def test_a_licence_that_has_ended_changes_no_cas(client, batch, licence, caseworker):
    sent = counted(client, batch, "course_id", "NEW-1").typed()
    licence.revoke(by=caseworker, reason="Because")
    page = Page(client.post(at(batch), sent))
    assert "You can no longer create or change CAS" in page.summary[0][0]
    assert Page(client.get(at(batch, ""))).buttons("Set one field") == []


def test_a_level_1_user_changes_the_batch_of_another_user_and_no_one_else_does(
    as_user, level1, colleague, outsider, batch
):
    sent = counted(as_user(level1), batch, "course_id", "NEW-1").typed()
    for user in (colleague, outsider):
        assert as_user(user).post(at(batch), sent).status_code == 404
    assert as_user(level1).post(at(batch), sent).status_code == 302
    assert Event.objects.filter(verb="set_field").get().by == level1


def test_the_page_of_the_effect_takes_as_many_statements_for_many_cas_as_for_one(client, level2):
    def made(number):
        batch = a_batch(level2, name=f"Of {number}")
        many(level2, number, batch=batch)
        sent = {"cas": " ".join(map(str, ids_of(batch))), "seen": batch.last_event(), "field": "course_id"}
        return batch, {**sent, "typed": "yes", "course_id": "NEW-1"}

    client.get("/students/")
    check_same_statements(made, lambda pair: client.post(at(pair[0]), pair[1]))
    assert Batch.objects.count() == 3
