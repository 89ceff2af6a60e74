"""The draft of the CAS form: it is kept while the user types, and listed at Students (specification, section 8)."""

import pytest
from django.test import Client

from cas.forms.cas import form_class, parameters
from cas.models import CAS
from licences.models import Draft, Event
from licences.routes import Route
from tests.factories import CHILD, COMPLETE, PASSWORD, a_batch, a_cas, a_draft, an_order, assigned
from tests.pages import Page, typed_in

NEW = "/students/create-cas/STUDENT/new/"


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def cas(level1):
    return a_cas(level1)


def edit(cas):
    return f"/students/cas/{cas.pk}/edit/"


def typed_into(client, address, **values):
    """Return what the browser sends of the form at `address` with `values` typed into it."""
    return Page(client.get(address)).typed() | values


def keep(client, address, **values):
    """Type `values` into the form at `address` and keep the draft, without saving."""
    answer = client.post(address, typed_into(client, address, **values), headers={"X-Keep-Draft": "true"})
    assert answer.status_code == 200


def drafts(page):
    """Return the drafts that Students lists: each name with its address."""
    lines = page.main.all(of="sms-lines")
    lines = lines[0].all("li") if lines else []
    return [(line.one("a").text, line.one("a")["href"]) for line in lines if line.text.startswith("draft: ")]


# The form


@pytest.mark.parametrize(("route", "values"), [("STUDENT", COMPLETE), ("CHILD_STUDENT", CHILD)])
def test_a_draft_holds_every_value_that_was_typed(route, values, client):
    """A CAS saved from the draft equals a CAS saved without one."""
    address = f"/students/create-cas/{route}/new/"
    typed = {name: text for name, text in typed_in(values).items() if text}
    keep(client, address, **typed)
    (draft,) = Draft.objects.open()
    page = Page(client.get(draft.address))
    assert page.typed().items() >= typed.items()
    client.post(draft.address, page.typed())
    at_once = CAS.objects.add(values, route=route, by=draft.user)
    saved = CAS.objects.exclude(pk=at_once.pk).get()
    assert [getattr(saved, name) for name in values] == [getattr(at_once, name) for name in values]
    assert saved.status == at_once.status


def test_a_draft_holds_invalid_values_exactly_as_typed(client):
    ids = {"version", "agent"}  # not typed
    strange = {name: "?!" for name in form_class(Route.STUDENT).parameters() if name not in ids}
    keep(client, NEW, **strange)
    (draft,) = Draft.objects.open()
    page = Page(client.get(draft.address))
    boxes = {field["name"] for field in page.form().all("input") if field["type"] in {"radio", "checkbox"}}
    expected = {name: text for name, text in strange.items() if name not in boxes}
    assert page.typed().items() >= expected.items()
    assert (page.status, page.summary) == (200, [])


def test_a_draft_keeps_the_fields_of_every_route_and_only_those():
    assert parameters() == {name for route in Route for name in form_class(route).parameters()}
    assert {"family_name", "date_of_birth_year", "boarding_fees", "version"} <= parameters()
    assert not {"status", "owner", "route", "csrfmiddlewaretoken", "draft"} & parameters()


def test_keeping_a_draft_changes_neither_the_cas_nor_its_history(client, cas):
    before = CAS.objects.filter(pk=cas.pk).values().get()
    events = Event.objects.count()
    keep(client, edit(cas), family_name="Trần", study_city="")
    assert CAS.objects.filter(pk=cas.pk).values().get() == before
    assert Event.objects.count() == events


def test_the_count_of_mandatory_fields_left_includes_what_was_typed(client):
    empty, typed = Page(client.get(NEW)), typed_in(COMPLETE)
    keep(client, NEW, **typed)
    full = Page(client.get(Draft.objects.get().address))
    assert "mandatory fields left" in empty.one(of="sms-save-bar__status").text
    assert full.one(of="sms-save-bar__status").text == "No mandatory fields left. Status after saving: READY TO GO"


def test_a_save_after_the_time_out_without_javascript_loses_nothing(client, cas, level1):
    typed = typed_into(client, edit(cas), given_names="Thị", course_fees_paid="£5,000", date_of_birth_month="Octember")
    stranger = Client()
    to_sign_in = stranger.post(edit(cas), typed)["Location"]
    back = stranger.post(to_sign_in, {"login": "level1", "password": PASSWORD, "next": edit(cas)})["Location"]
    page = Page(stranger.get(back))
    assert page.h1 == "Edit an existing CAS"
    assert page.typed().items() >= {k: v for k, v in typed.items() if k != "draft"}.items()
    answer = stranger.post(back, page.typed() | {"course_fees_paid": "5000", "date_of_birth_month": "10"})
    assert answer["Location"] == f"/students/cas/{cas.pk}/saved/"
    cas.refresh_from_db()
    assert (cas.given_names, cas.version) == ("Thị", 2)
    assert not Draft.objects.open()


# Another user saves meanwhile


def test_a_draft_keeps_the_version_that_it_was_made_from(client, cas, level2):
    keep(client, edit(cas), study_city="York")
    cas.amend({"study_city": "Leeds", "course_id": "DS-1"}, by=cas.owner, version=1)
    page = Page(client.get(edit(cas)))
    assert "This CAS was saved after you started typing." in page.main.text
    assert page.typed()["version"] == "1"
    answer = client.post(edit(cas), page.typed())
    assert answer.status_code == 409
    page = Page(answer)
    assert (page.typed()["study_city"], page.typed()["course_id"]) == ("York", "DS-1")
    assert client.post(edit(cas), page.typed())["Location"] == f"/students/cas/{cas.pk}/saved/"
    cas.refresh_from_db()
    assert (cas.study_city, cas.course_id) == ("York", "DS-1")


def test_a_draft_of_the_current_version_does_not_mention_another_user(client, cas):
    keep(client, edit(cas), study_city="York")
    assert "Another user has saved" not in Page(client.get(edit(cas))).main.text


def test_the_user_can_delete_the_draft_and_start_from_the_saved_version(client, cas):
    keep(client, edit(cas), study_city="York")
    page = Page(client.get(edit(cas)))
    (button,) = page.buttons("Delete it and start from the saved version")
    client.post(edit(cas), page.typed(edit(cas)) | {button["name"]: ""})
    page = Page(client.get(edit(cas)))
    assert (page.typed()["study_city"], page.banners) == ("London", [])


def test_a_draft_that_cannot_be_saved_at_present_is_kept_until_it_can(client, cas, level1, allocation):
    keep(client, edit(cas), study_city="York")
    order = an_order(cas, by=level1)
    assert client.get(edit(cas))["Location"] == f"/students/cas/{cas.pk}/"
    order.cancel(by=level1)
    assert Page(client.get(edit(cas))).typed()["study_city"] == "York"


# Students


def test_drafts_are_listed_first_with_name_course_and_address(client, level1):
    a_draft(level1, family_name="Saved")
    keep(client, NEW, family_name="Nguyễn", given_names="Thị", course_title="MSc Data Science")
    page = Page(client.get("/students/"))
    (draft,) = Draft.objects.open()
    assert drafts(page) == [("Nguyễn, Thị", draft.address)]
    first, second = page.main.one(of="sms-lines").all("li")
    assert first.text.startswith("draft: Nguyễn, Thị MSc Data Science not saved, kept on ")
    assert second.one("a").text == "Saved"
    assert Page(client.get(draft.address)).typed()["family_name"] == "Nguyễn"


def test_a_draft_without_a_name_is_listed_also(client):
    keep(client, NEW, course_title="MSc Data Science")
    assert [name for name, _ in drafts(Page(client.get("/students/")))] == ["No name yet"]


def test_several_new_cas_can_be_typed_at_the_same_time(client):
    for name in ("Nguyễn", "Wang", "Okafor"):
        keep(client, NEW, family_name=name)
    listed = drafts(Page(client.get("/students/")))
    assert [name for name, _ in listed] == ["Okafor", "Wang", "Nguyễn"]
    assert [Page(client.get(address)).typed()["family_name"] for _, address in listed] == ["Okafor", "Wang", "Nguyễn"]
    assert Page(client.get(NEW)).typed()["family_name"] == ""


def test_a_cas_with_a_draft_is_listed_once(client, cas):
    keep(client, edit(cas), family_name="Trần")
    lines = Page(client.get("/students/")).main.one(of="sms-lines").all("li")
    assert [line.one("a").text for line in lines] == ["Trần, Thị Minh"]
    assert lines[0].one("a")["href"] == edit(cas)


def test_a_draft_is_no_longer_listed_once_it_is_saved(client):
    keep(client, NEW, family_name="Nguyễn")
    (draft,) = Draft.objects.open()
    client.post(draft.address, Page(client.get(draft.address)).typed())
    assert drafts(Page(client.get("/students/"))) == []


@pytest.mark.parametrize("what", ["deleted", "assigned", "surrendered"])
def test_a_draft_that_can_never_be_saved_is_not_listed(what, client, cas, level1, allocation, licence, caseworker):
    keep(client, edit(cas), family_name="Trần")
    keep(client, NEW, family_name="Nguyễn")
    assert len(drafts(Page(client.get("/students/")))) == 2
    if what == "deleted":
        cas.remove(by=level1)
    elif what == "assigned":
        assigned(cas)
    else:
        licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    left = [] if what == "surrendered" else ["Nguyễn"]
    assert [name for name, _ in drafts(Page(client.get("/students/"))) if name == "Nguyễn"] == left
    if what != "surrendered":
        assert "Trần" not in Page(client.get("/students/")).main.text


@pytest.mark.parametrize("other", ["level2", "colleague", "outsider"])
def test_a_draft_is_seen_by_no_other_user_at_students_or_on_a_form(other, client, cas, as_user, request):
    keep(client, NEW, family_name="Nguyễn-Secret")
    keep(client, edit(cas), family_name="Trần-Secret")
    other_client = as_user(request.getfixturevalue(other))
    for address in ("/students/", edit(cas), *(draft.address for draft in Draft.objects.open())):
        assert "Secret" not in other_client.get(address).content.decode()


def test_a_level_1_user_does_not_see_what_a_level_2_user_types_into_the_same_cas(client, level2, as_user):
    cas = a_cas(level2)
    keep(as_user(level2), edit(cas), family_name="Trần-Secret")
    for address in ("/students/", edit(cas), f"/students/cas/{cas.pk}/"):
        assert "Secret" not in client.get(address).content.decode()


def test_students_shows_the_draft_if_it_belongs_to_the_user(client, cas, as_user, level2):
    keep(client, NEW, family_name="Nguyễn-Secret")
    Draft.objects.update(user=level2)
    assert "Secret" in as_user(level2).get("/students/").content.decode()


@pytest.mark.parametrize("screen", ["", "assign/"])
def test_a_user_with_an_unsaved_draft_of_a_cas_is_warned_before_they_assign_it(
    screen, client, as_user, cas, allocation
):
    address = f"/students/cas/{cas.pk}/{screen}"
    said = "that are not saved. They will not be part of the CAS when it is assigned."
    assert said not in Page(client.get(address)).main.text
    keep(client, edit(cas), family_name="Elsewhere")
    page = Page(client.get(address))
    assert said in page.main.text
    assert page.main.link("Continue editing") == edit(cas)


def test_a_user_with_an_unsaved_draft_of_a_cas_is_warned_before_they_assign_its_batch(client, level1, cas, allocation):
    batch = a_batch(level1, cas, a_cas(level1))
    keep(client, edit(cas), family_name="Elsewhere")
    for screen in ("", "assign/"):
        page = Page(client.get(f"/students/batches/{batch.pk}/{screen}"))
        assert page.main.link("Continue editing") == edit(cas)
