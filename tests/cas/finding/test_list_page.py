"""All CAS: the plain list, with a filter by status. test_find_pages.py has what it shares with searches."""

import pytest

from cas.columns import BY_NAME, label_of
from cas.finding import listing
from cas.lifecycle import CASStatus
from sms.core import clock
from sms.core.govuk import formats
from tests.factories import a_cas, a_draft, an_allocation, an_order, assigned, in_status
from tests.pages import Page


@pytest.fixture
def listed(as_user):
    def open_page(user, **query):
        return Page(as_user(user).get("/students/cas/", query))

    return open_page


def names(page):
    return [row.one("th").one("a").text for table in page.all("tbody") for row in table.all("tr")]


def statuses(page):
    return {link.text.rsplit(" ", 1)[0]: link.text.rsplit(" ", 1)[1] for link in page.one(of="sms-filter").all("a")}


def test_it_shows_each_cas_with_its_status_number_course_owner_and_date(listed, level1, allocation):
    cas = assigned(a_cas(level1, applicant_id="A-7"))
    page = listed(level1)
    assert page.h1 == "All CAS"
    (row,) = page.one("tbody").all("tr")
    assert row.one("a")["href"] == f"/students/cas/{cas.pk}/"
    assert row.all("td")[0].text == "Select Nguyễn, Thị Minh"
    today = formats.day(clock.today())
    cells = [cell.text for cell in row.all("th", "td")[1:]]
    assert cells == [
        f"Nguyễn, Thị Minh {BY_NAME['date_of_birth'].show(cas.date_of_birth)} A-7",
        f"ASSIGNED {cas.number}",
        "MSc Data Science 14 September 2099",
        "– Level1",
        today,
        today,
    ]
    headings = [cell.text for cell in page.one("thead").all("th")]
    assert headings[0] == "Select"
    labels = [each["data-label"] for each in row.walk() if each["data-label"]]
    assert " ".join(headings[1:]) == f"{label_of('name')} {' '.join(labels)}"


def test_the_newest_come_first(listed, level1):
    for name in ("First", "Second", "Third"):
        a_draft(level1, family_name=name)
    assert names(listed(level1)) == ["Third", "Second", "First"]


def test_a_level_1_user_sees_the_sponsors_and_a_level_2_user_their_own(listed, level1, level2, colleague, outsider):
    for user, name in ((level1, "One"), (level2, "Two"), (colleague, "Three"), (outsider, "Four")):
        a_draft(user, family_name=name)
    assert set(names(listed(level1))) == {"One", "Two", "Three"}
    assert names(listed(level2)) == ["Two"]
    assert names(listed(outsider)) == ["Four"]


def test_each_status_can_be_picked_with_how_many_have_it(listed, level1, allocation, caseworker):
    for status in CASStatus.values:
        in_status(status, by=level1, caseworker=caseworker, passport_number=status)
    page = listed(level1)
    assert statuses(page) == {"All": "8"} | dict.fromkeys(CASStatus.values, "1")
    for link in page.one(of="sms-filter").all("a")[1:]:
        status = link.text.removesuffix(" 1")
        picked = listed(level1, status=status)
        assert [row.all("td")[1].one("strong").text for row in picked.one("tbody").all("tr")] == [status]
        (current,) = [link for link in picked.one(of="sms-filter").all("a") if link["aria-current"]]
        assert current.text == f"{status} 1"
        assert statuses(picked) == statuses(page)


def test_the_links_of_the_statuses_lead_to_their_lists(as_user, level1):
    a_cas(level1)
    client = as_user(level1)
    page = Page(client.get("/students/cas/"))
    answer = Page(client.get(page.one(of="sms-filter").link("READY TO GO 1")))
    assert len(names(answer)) == 1
    assert names(Page(client.get(page.one(of="sms-filter").link("ASSIGNED 0")))) == []


def test_an_empty_list_says_what_would_be_there_and_how_to_start(listed, level1):
    page = listed(level1)
    assert "There are no CAS. Select Create CAS to start one." in page.main.text
    assert page.main.link("Create CAS") == "/students/create-cas/"
    assert "There are no CAS with the status ASSIGNED." in listed(level1, status="ASSIGNED").main.text


@pytest.mark.parametrize("status", ["ready to go", "<b>", "", "\x00", "DELETED"])
def test_a_status_that_does_not_exist_shows_all(listed, level1, status):
    assert "There are no CAS." in listed(level1, status=status).main.text
    a_draft(level1)
    page = listed(level1, status=status)
    assert names(page) == ["Okonkwo"]
    (current,) = [link for link in page.one(of="sms-filter").all("a") if link["aria-current"]]
    assert current.text == "All 1"


def test_a_long_list_has_pages(as_user, level1):
    for n in range(51):
        a_draft(level1, family_name=f"Student {n}")
    client = as_user(level1)
    first = Page(client.get("/students/cas/", {"status": "WORK IN PROGRESS"}))
    assert len(names(first)) == 25
    pages = first.one("nav", of="govuk-pagination")
    last = Page(client.get(f"/students/cas/{pages.link('3')}"))
    assert names(last) == ["Student 0"]
    assert "status=WORK+IN+PROGRESS" in pages.link("3")


@pytest.fixture
def few(monkeypatch):
    """Let 30 CAS of the open list be in reach, and the others be counted up to 2."""
    monkeypatch.setattr(listing, "IN_REACH", 30)
    monkeypatch.setattr(listing, "ROUGHLY", 2)


def test_of_very_many_the_pages_lead_to_the_newest(listed, level1, few):
    for n in range(31):
        a_draft(level1, family_name=f"Student {n}")
    page = listed(level1)
    assert statuses(page)["All"] == "30+"
    assert statuses(page)["WORK IN PROGRESS"] == "2+"
    assert (
        "There are more than 30 CAS. These pages show the newest. To find older CAS, choose a status or search."
        in page.main.text
    )
    assert names(listed(level1, page="2")) == [f"Student {n}" for n in range(5, 0, -1)]
    assert names(listed(level1, page="3")) == names(listed(level1, page="2")), "the last page in reach"


def test_the_status_that_is_open_is_counted_as_far_as_its_pages_lead(listed, level1, few):
    for n in range(4):
        a_draft(level1, family_name=f"Student {n}")
    page = listed(level1, status="WORK IN PROGRESS")
    assert statuses(page)["WORK IN PROGRESS"] == "4"
    assert statuses(page)["All"] == "2+"
    assert "More than" not in page.main.text


@pytest.mark.parametrize("page", ["0", "-1", "99", "9" * 40, "two", "", "\x00"])
def test_a_page_that_does_not_exist_shows_one_that_does(listed, level1, page):
    a_draft(level1)
    assert names(listed(level1, page=page)) == ["Okonkwo"]


def test_names_are_shown_as_typed_and_never_as_markup(listed, level1):
    a_draft(level1, family_name="<script>alert(1)</script>", given_names='O\'Brien "Bo" & Æ')
    page = listed(level1)
    assert names(page) == ['<script>alert(1)</script>, O\'Brien "Bo" & Æ']
    assert "<script>alert" not in page.html


def test_a_deep_page_reads_whole_no_row_but_its_own(as_user, level1, django_assert_max_num_queries):
    for n in range(26):
        a_draft(level1, family_name=f"Student {n}")
    client = as_user(level1)
    client.get("/students/cas/")  # the first also notes when the session began
    with django_assert_max_num_queries(6) as statements:
        client.get("/students/cas/", {"page": "2"})
    assert "OFFSET 25) " in statements[-1]["sql"], "the ids are found first"
    assert "passport_number" not in statements[-1]["sql"]


def test_it_takes_at_most_six_statements_however_many_cas_there_are(
    as_user, level1, licence, caseworker, django_assert_max_num_queries
):
    an_allocation(licence, 100, by=caseworker)
    client = as_user(level1)
    assigned(a_cas(level1))
    client.get("/students/cas/")
    with django_assert_max_num_queries(6) as few:
        client.get("/students/cas/")
    for n in range(15):
        a_draft(level1, family_name=f"Draft {n}")
        an_order(a_cas(level1), by=level1)
    with django_assert_max_num_queries(len(few)):
        assert len(names(Page(client.get("/students/cas/")))) == 25
