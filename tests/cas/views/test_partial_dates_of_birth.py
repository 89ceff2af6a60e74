"""A date of birth as the passport has it: with a day, with a month only, or with a year only (specification, 8)."""

import pytest

from cas.models import CAS
from cas.printing.document import page as printed_page
from tests.factories import COMPLETE, a_cas, a_draft, assigned
from tests.pages import Page, typed_in

NEW = "/students/create-cas/STUDENT/new/"
SEARCH = "/students/search/"
BOXES = ("date_of_birth_day", "date_of_birth_month", "date_of_birth_year")


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def boxes(*typed):
    return dict(zip(BOXES, typed, strict=True))


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        (("27", "March", "2007"), "2007-03-27", "27 March 2007"),
        (("", "3", "2007"), "2007-03", "March 2007"),
        (("", "", "2007"), "2007", "2007"),
    ],
)
def test_it_is_saved_shown_and_edited_as_far_as_it_is_known(typed, kept, shown, client, level1):
    assert client.post(NEW, typed_in(COMPLETE) | boxes(*typed)).status_code == 302
    cas = CAS.objects.get()
    assert (cas.date_of_birth, cas.status) == (kept, "READY TO GO")
    page = Page(client.get(f"/students/cas/{cas.pk}/"))
    assert dict(page.main.lines())["Date of birth"] == shown
    form = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    assert form.typed().items() >= boxes(typed[0], typed[1].replace("March", "3"), typed[2]).items()
    assert client.post(f"/students/cas/{cas.pk}/edit/", form.typed()).status_code == 302
    cas.refresh_from_db()
    assert cas.version == 1, "nothing has changed"


@pytest.mark.parametrize(
    ("typed", "sentence", "box"),
    [
        (
            ("27", "", "2007"),
            "Date of birth must include a month. If you do not know it, leave the day empty too",
            "month",
        ),
        (("", "3", ""), "Date of birth must include a year", "year"),
        (("27", "", ""), "Date of birth must include a month and year", "month"),
        (("", "", "2099"), "Date of birth must be in the past", "day"),
        (("", "", "1901"), "Date of birth must not be more than 120 years ago", "day"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_stays_as_typed(typed, sentence, box, client):
    page = Page(client.post(NEW, typed_in(COMPLETE) | boxes(*typed)))
    assert page.status == 422
    assert page.summary == [(sentence, f"#id_date_of_birth_{box}")]
    assert page.typed().items() >= boxes(*typed).items()
    assert not CAS.objects.exists()


def test_the_form_says_which_boxes_may_stay_empty(client):
    page = Page(client.get(NEW))
    hint = page.by_id("id_date_of_birth-hint").text
    assert "Leave blank any part that the passport does not show" in hint


def test_a_search_by_month_finds_its_year_and_its_days(client, level1):
    for born, name in (("2007", "An"), ("2007-03", "Bo"), ("2007-03-27", "Cy"), ("2007-04", "Di"), ("", "Ed")):
        a_draft(level1, given_names=name, date_of_birth=born)
    page = Page(client.post(SEARCH, boxes("", "March", "2007"), follow=True))
    assert [row.one("th").one("a").text for row in page.one("tbody").all("tr")] == [
        "Okonkwo, Cy",
        "Okonkwo, Bo",
        "Okonkwo, An",
    ]
    assert "Date of birth March 2007" in page.main.text


def test_an_error_of_a_search_is_said_at_its_box(client):
    page = Page(client.post(SEARCH, boxes("27", "", "2007")))
    assert page.summary[0][1] == "#id_date_of_birth_month"


def test_it_is_printed_as_far_as_it_is_known(level1, allocation):
    cas = assigned(a_cas(level1, date_of_birth="2007-03"))
    assert ">March 2007</" in printed_page(cas, by=level1)
