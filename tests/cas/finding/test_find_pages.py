"""Finding CAS: `Create a CAS` (guide 3), `Search for a single CAS to assign` (guide 4), and any CAS."""

from datetime import date

import pytest

from cas import numbers
from cas.finding import listing
from cas.finding.screens import NEVER_BEFORE_ASSIGNED
from cas.models import CAS
from cas.models.search_fields import SEARCH_FIELDS
from licences.models import StoredSearch
from tests.cas.finding.searching import ANY, ASSIGN, BOX, EDIT, Searcher, kept, names, reached, statuses
from tests.factories import a_batch, a_cas, a_draft, an_order, assigned
from tests.pages import Page, typed_in


@pytest.fixture
def searcher(as_user):
    return lambda user, screen=ANY: Searcher(as_user(user), screen)


# The screens


@pytest.mark.parametrize(
    ("screen", "heading", "back"),
    [
        (EDIT, "Create a CAS", "/students/create-cas/STUDENT/"),
        (ASSIGN, "Search for a single CAS to assign", "/students/assign-cas/"),
        (ANY, "Search for CAS", "/students/"),
    ],
)
def test_each_screen_asks_everything_that_a_cas_can_be_found_by(screen, heading, back, searcher, level1):
    page = searcher(level1).reads(screen)
    assert page.h1 == heading
    assert page.main.buttons("Next")
    assert page.link("Back") == back
    shown = {text.text for text in page.main.all("label", "legend")}
    asked = set(SEARCH_FIELDS) - {"anything", "sponsor", "owner_id"}
    left_out = {EDIT: {"route", *NEVER_BEFORE_ASSIGNED}, ASSIGN: {"batch", *NEVER_BEFORE_ASSIGNED}, ANY: set()}[screen]
    assert {SEARCH_FIELDS[name].field.label for name in asked - left_out} <= shown
    assert not {SEARCH_FIELDS[name].field.label for name in left_out - {"route"}} & shown
    assert page.main.text.count("Route") == 1


def test_the_owner_is_asked_of_level_1_users_who_see_those_of_others(searcher, level1, level2, colleague, outsider):
    options = searcher(level1).reads(ANY).by_id("id_owner").all("option")
    assert [option.text for option in options] == [
        "Any owner",
        "Colleague (colleague)",
        "Level1 (level1)",
        "Level2 (level2)",
    ]
    assert "id_owner" not in searcher(level2).reads(ANY).ids


def test_a_route_that_there_is_not_is_not_found(searcher, level1):
    assert searcher(level1).client.get("/students/create-cas/WORKER/find/").status_code == 404


def test_the_drafts_of_a_surrendered_route_are_still_found(searcher, level1, licence, caseworker):
    cas = a_draft(level1)
    licence.surrender_route("STUDENT", by=caseworker, reason="No longer offered")
    assert reached(searcher(level1, EDIT).sends(family_name="oko")) == f"/students/cas/{cas.pk}/edit/"


# What was typed


@pytest.mark.parametrize(
    ("screen", "listed"),
    [
        (EDIT, ["In a batch", "Ready", "Draft"]),
        (ASSIGN, ["Paying", "Ready", "Draft"]),
        (ANY, ["In a batch", "Paying", "Assigned", "Ready", "Draft"]),
    ],
)
def test_an_empty_search_lists_everything_that_can_be_found_there(screen, listed, searcher, level1, allocation):
    a_draft(level1, family_name="Draft")
    a_cas(level1, family_name="Ready", given_names="")
    assigned(a_cas(level1, family_name="Assigned", given_names=""))
    an_order(a_cas(level1, family_name="Paying", given_names=""), by=level1)
    a_batch(level1, a_cas(level1, family_name="In a batch", given_names=""))
    assert "Leave everything empty to list every CAS" in searcher(level1, screen).reads(screen).main.text
    page = searcher(level1, screen).finds()
    assert names(page) == listed
    assert statuses(page)[0] == f"All {len(listed)}"


def test_the_search_box_of_the_header_still_asks_for_something(searcher, level1):
    answer = searcher(level1, BOX).sends(anything="")
    assert answer.status_code == 422
    ((sentence, href),) = Page(answer).summary
    assert sentence == "Enter at least one detail to search for"
    assert href.removeprefix("#") in Page(answer).ids
    assert not StoredSearch.objects.exists()


def test_a_foreign_number_that_fails_our_check_is_found(searcher, level1, allocation, monkeypatch):
    foreign = "E4G1BB2B34B5B6"
    monkeypatch.setattr("cas.numbers.draw_many", lambda count, route, taken: [foreign])
    cas = assigned(a_cas(level1))
    assert searcher(level1, ANY).sends(number=foreign)["Location"] == f"/students/cas/{cas.pk}/"


@pytest.mark.parametrize(("digit", "is_mistyped"), [(0, False), (1, True)])
def test_a_number_that_is_not_found_and_fails_its_check_is_said_to_look_mistyped(digit, is_mistyped, searcher, level1):
    number = numbers.draw("STUDENT")
    typed = number[:-1] + numbers._CHECKS[(numbers._CHECKS.index(number[-1]) + digit) % 11]
    person = searcher(level1, ANY)
    page = person.reads(person.sends(number=typed)["Location"])
    assert "No CAS was found" in page.main.text
    assert ("looks mistyped" in page.main.text) is is_mistyped


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("E4G0000000000Z", "This is not a CAS number. Check each character."),
        ("E4G", "A CAS number has 14 characters. You entered 3."),
        ("Nguyễn", "A CAS number has 14 characters. You entered 6."),
    ],
)
def test_a_number_that_cannot_be_one_says_so_without_a_search(
    typed, sentence, searcher, level1, django_assert_max_num_queries
):
    person = searcher(level1)
    person.reads(ANY)
    with django_assert_max_num_queries(4):
        page = Page(person.sends(number=typed, given_names="Thị"))
    assert page.error_of("number") == sentence
    assert (kept(page)["number"], kept(page)["given_names"]) == (typed, "Thị")
    assert not StoredSearch.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"course_id": "–"}, "course_id", "Course ID must include a letter or a number"),
        ({"passport_number": "..."}, "passport_number", "must include a letter or a number"),
        ({"given_names": "An\x07"}, "given_names", "contains a character that cannot be kept"),
        ({"nationality": "Freedonia"}, "nationality", "“Freedonia” is not in the list"),
        ({"date_of_birth_day": "31", "date_of_birth_month": "2"}, "date_of_birth", "must include a year"),
        ({"status": "ready"}, "status", "“ready” is not in the list"),
        ({"owner": "0"}, "owner", "“0” is not in the list"),
        (
            {"starts_from": date(2027, 9, 2), "starts_to": date(2027, 9, 1)},
            "starts_to",
            "Course start date, to: must not be before “Course start date, from”",
        ),
    ],
)
def test_what_is_not_valid_is_said_beside_the_field(asked, field, sentence, searcher, level1):
    answer = searcher(level1).sends(**asked)
    assert answer.status_code == 422
    assert sentence in Page(answer).error_of(field)


# One hit, many, none


@pytest.mark.parametrize(
    ("screen", "leads_to"),
    [(EDIT, "/students/cas/{}/edit/"), (ASSIGN, "/students/cas/{}/assign/"), (ANY, "/students/cas/{}/")],
)
def test_one_hit_goes_straight_on(screen, leads_to, searcher, level2):
    cas = a_cas(level2)
    a_draft(level2)
    answer = searcher(level2, screen).sends(family_name="NGUYEN", date_of_birth=date(2002, 5, 17))
    assert (answer.status_code, reached(answer)) == (302, leads_to.format(cas.pk))


def test_many_give_a_list_the_newest_first_in_which_each_leads_on(searcher, level1):
    cas_list = [a_draft(level1, given_names=name) for name in ("Ada", "Bo", "Chi")]
    page = searcher(level1, EDIT).finds(family_name="okonkwo")
    assert page.h1 == "Select the CAS to edit or delete"
    assert names(page) == ["Okonkwo, Chi", "Okonkwo, Bo", "Okonkwo, Ada"]
    assert page.link("Okonkwo, Ada").startswith(f"/students/cas/{cas_list[0].pk}/edit/?from=")
    assert statuses(page) == ["All 3", "WORK IN PROGRESS 3", "READY TO GO 0"]
    searched = page.one("dl")
    assert searched.text == "Family name okonkwo Route Student"


def test_none_says_so_and_keeps_what_was_typed(searcher, level1):
    a_draft(level1)
    asked = {"family_name": "Ōkonkwo-", "date_of_birth": date(2001, 2, 3), "nationality": "NGA", "course_id": ""}
    person = searcher(level1, EDIT)
    page = person.finds(**asked)
    assert page.h1 == "Create a CAS"
    assert page.title.startswith("No CAS was found: ")
    assert "No CAS was found" in page.main.text
    assert page.main.one("form")["action"] == EDIT
    assert kept(page).items() >= typed_in(asked).items()
    assert "Route: Student" in page.main.text


@pytest.mark.parametrize("typed", ["Vietnam", "viet nam", "Vietnamese", "vn", "VNM"])
def test_a_nationality_is_searched_by_any_of_its_names(typed, searcher, level1):
    cas = a_cas(level1, nationality="VNM")
    a_cas(level1, nationality="NGA")
    assert searcher(level1).sends(nationality=typed)["Location"].endswith(f"/students/cas/{cas.pk}/")


def test_a_name_of_several_countries_is_refused_and_one_of_a_single_country_is_kept_as_its_choice(searcher, level1):
    several = searcher(level1).sends(nationality="Korea")
    sentence = "Nationality: “Korea” can be North Korea or South Korea. Choose one of them"
    assert sentence in Page(several).error_of("nationality")
    assert kept(Page(several))["nationality"] == "Korea"
    assert kept(searcher(level1).finds(nationality="Vietnamese", family_name="Wang"))["nationality"] == "VNM"


@pytest.mark.parametrize("name", ["passport_number", "applicant_id", "course_id"])
def test_none_says_which_letter_of_an_identifier_only_looks_latin(name, searcher, level1):
    a_draft(level1, **{name: "AB12"})
    page = searcher(level1).finds(**{name: "A\u041212"})  # a Cyrillic letter
    assert "No CAS was found" in page.main.text
    assert "“\u0412” is Cyrillic and looks like B. Enter it again in Latin letters" in page.main.text
    in_the_box = searcher(level1, BOX).finds(anything="A\u041212")
    assert "“\u0412” is Cyrillic and looks like B" in in_the_box.main.text


def test_none_says_nothing_of_the_letters_of_a_name(searcher, level1):
    for asked in ({"family_name": "\u0412\u0410"}, {"anything": "\u0412\u0410"}):
        page = searcher(level1).finds(**asked)
        assert "No CAS was found" in page.main.text
        assert "Cyrillic" not in page.main.text


def test_the_route_that_was_chosen_before_narrows_the_search(searcher, level1):
    cas = a_draft(level1)
    CAS.objects.add({"family_name": "Okonkwo"}, route="CHILD_STUDENT", by=level1)
    assert reached(searcher(level1, EDIT).sends(family_name="oko")) == f"/students/cas/{cas.pk}/edit/"
    sent = searcher(level1, EDIT).sends(family_name="oko", route="CHILD_STUDENT")
    assert reached(sent) == f"/students/cas/{cas.pk}/edit/", "it is not asked again"
    assert len(names(searcher(level1).finds(family_name="oko"))) == 2


def test_only_single_ones_that_are_not_assigned_are_found_to_be_assigned(searcher, level1, allocation):
    assigned(a_cas(level1))
    a_batch(level1, a_cas(level1, passport_number="X2"))
    single = a_cas(level1, passport_number="X3")
    assert reached(searcher(level1, ASSIGN).sends(family_name="ng")) == f"/students/cas/{single.pk}/assign/"
    choices = [box["value"] for box in searcher(level1).reads(ASSIGN).main.all("input") if box["type"] == "checkbox"]
    assert choices == ["WORK IN PROGRESS", "READY TO GO"]


def test_what_is_not_theirs_is_not_found(searcher, level1, level2, colleague, outsider, allocation):
    cas = assigned(a_cas(level2))
    for stranger in (colleague, outsider):
        for asked in ({"number": cas.number}, {"family_name": "ng"}, {"status": "ASSIGNED"}):
            assert "No CAS was found" in searcher(stranger).finds(**asked).main.text
    assert searcher(level1).finds(number=cas.number).h1 == "Nguyễn, Thị Minh"


def test_a_number_is_found_however_it_is_written(searcher, level1, allocation):
    cas = assigned(a_cas(level1))
    typed = f" {cas.number[:4].lower()} {cas.number[4:].replace('0', 'o').replace('1', 'L')} "
    assert searcher(level1).sends(number=typed)["Location"] == f"/students/cas/{cas.pk}/"


# The address of what was found


@pytest.fixture
def found(searcher, level1):
    """Return the page and the address of what a Level 1 user found: two named Okonkwo."""
    for name in ("Ada", "Bo"):
        a_draft(level1, given_names=name)
    person = searcher(level1)
    return person, person.sends(family_name="Okonkwo")["Location"]


def test_its_address_holds_only_a_key_and_can_be_read_again(found):
    person, address = found
    assert address == f"/students/search/{StoredSearch.objects.get().key}/"
    assert names(person.reads(address)) == names(person.reads(address)) == ["Okonkwo, Bo", "Okonkwo, Ada"]


def test_what_changed_meanwhile_is_there_when_one_comes_back(found, level1):
    person, address = found
    CAS.objects.first().remove(by=level1)
    assert len(names(person.reads(address))) == 1, "it stays a list, though one is left"
    CAS.objects.get().remove(by=level1)
    assert "No CAS was found" in person.reads(address).main.text


def test_the_search_is_changed_with_everything_that_was_typed(searcher, level1, level2):
    for name in ("Ada", "Bo"):
        a_draft(level1, given_names=name, nationality="NGA")
    asked = {"family_name": " Oko ", "nationality": "NGA", "owner": str(level1.pk), "starts_to": date(2100, 1, 1)}
    person = searcher(level1, EDIT)
    for number in range(2):
        a_draft(level1, given_names=str(number), nationality="NGA", course_start_date=date(2099, 9, 9))
    page = person.finds(**asked)
    again = person.reads(page.link("Change the search"))
    assert again.main.one("form")["action"] == EDIT
    assert kept(again).items() >= typed_in(asked).items()
    assert again.link("Back") == "/students/create-cas/STUDENT/"
    assert "Dates" in [summary.text for summary in again.all("summary")]
    assert "open" in again.main.one("details")


def test_a_search_is_for_the_user_who_made_it(found, as_user, level2, outsider, caseworker):
    _, address = found
    for stranger in (level2, outsider):
        for page in (address, f"{address}change/"):
            assert as_user(stranger).get(page).status_code == 404
    assert as_user(caseworker).get(address).status_code == 403


def test_a_search_that_is_no_longer_kept_says_for_how_long_it_was(found, as_user, level1, level2):
    """Another user reads the same, and does not learn that there is one."""
    _, address = found
    sentence = "Searches are kept for 30 days, for the user who made them. Start again from Students."
    assert sentence in Page(as_user(level2).get(address)).main.text
    StoredSearch.objects.all().delete()
    for page in (address, f"{address}change/"):
        assert sentence in Page(as_user(level1).get(page)).main.text


def test_an_owner_who_no_longer_exists_is_asked_again(searcher, level1):
    search = StoredSearch.objects.keep("any", {"owner": ["0"]}, by=level1)
    answer = searcher(level1).client.get(f"/students/search/{search.key}/")
    assert answer.status_code == 422
    assert "is not in the list" in Page(answer).error_of("owner")


# The list


def test_it_is_filtered_by_status(searcher, level1):
    a_cas(level1)
    for _ in range(2):
        a_draft(level1, nationality="VNM")
    person = searcher(level1)
    page = person.finds(nationality="VNM")
    assert statuses(page)[:4] == ["All 3", "WORK IN PROGRESS 2", "READY TO GO 1", "ASSIGNED 0"]
    assert names(person.reads(page.link("READY TO GO 1"))) == ["Nguyễn, Thị Minh"]
    none = person.reads(page.link("ASSIGNED 0"))
    assert "No CAS in these results has the status ASSIGNED." in none.main.text
    assert statuses(none)[0] == "All 3"


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "C"),
        ("name", "A"),
        ("-name", "C"),
        ("status", "B"),
        ("-status", "C"),
        ("start", "B"),
        ("-start", "A"),
        ("assigned", "B"),
        ("-assigned", "B"),
        ("changed", "B"),
        ("-changed", "A"),
        ("nothing", "C"),
        ("\x00", "C"),
    ],
)
def test_it_is_sorted(sort, first, searcher, level1, allocation):
    a, b, c = (
        a_cas(level1, family_name="Wang", given_names=name, passport_number=name, course_start_date=date(year, 9, 1))
        for name, year in (("A", 2099), ("B", 2098), ("C", 2098))
    )
    c.amend({"course_start_date": None}, by=level1, version=c.version)
    a.amend({"course_id": "1"}, by=level1, version=a.version)
    assigned(b)
    CAS.objects.filter(pk=b.pk).update(changed_at=b.created_at)
    person = searcher(level1)
    address = person.sends(family_name="wang")["Location"]
    assert names(person.reads(address, sort=sort))[0] == f"Wang, {first}"


def test_a_heading_sorts_by_its_column_and_then_the_other_way_round(found):
    person, address = found
    page = person.reads(address, status="WORK IN PROGRESS", page="1")
    once = person.reads(address + page.link("Name"))
    assert names(once) == ["Okonkwo, Ada", "Okonkwo, Bo"]
    assert [cell["aria-sort"] for cell in once.all("th") if cell["aria-sort"]] == ["ascending"]
    twice = person.reads(address + once.link("Name"))
    assert names(twice) == ["Okonkwo, Bo", "Okonkwo, Ada"]
    assert "status=WORK+IN+PROGRESS" in twice.link("Name")


def test_a_long_list_has_pages_that_keep_the_order_and_the_status(searcher, level1):
    for number in range(27):
        a_draft(level1, given_names=f"N{number:02}")
    person = searcher(level1)
    address = person.sends(family_name="o")["Location"]
    first = person.reads(address, sort="name", status="WORK IN PROGRESS")
    assert names(first) == [f"Okonkwo, N{number:02}" for number in range(25)]
    second = person.reads(address + first.one("nav", of="govuk-pagination").link("2"))
    assert names(second) == ["Okonkwo, N25", "Okonkwo, N26"]


@pytest.fixture
def few(monkeypatch):
    """30 CAS are in reach, and up to 3 of each status are counted."""
    monkeypatch.setattr(listing, "IN_REACH", 30)
    monkeypatch.setattr(listing, "ROUGHLY", 3)


def test_of_very_many_the_newest_are_in_reach_and_the_page_says_to_narrow_the_search(searcher, level1, few):
    for number in range(31):
        a_draft(level1, given_names=f"N{number:02}")
    person = searcher(level1)
    address = person.sends(family_name="o")["Location"]
    page = person.reads(address)
    assert (
        "There are more than 30 CAS. These pages show the newest. To see fewer, narrow your search." in page.main.text
    )
    assert statuses(page)[:3] == ["All 30+", "WORK IN PROGRESS", "READY TO GO"]
    assert names(person.reads(address, page="2"))[-1] == "Okonkwo, N01"
    assert names(person.reads(address, sort="name"))[0] == "Okonkwo, N01", "the oldest is out of reach in any order"
    picked = person.reads(address, status="WORK IN PROGRESS")
    assert statuses(picked)[:3] == ["All 30+", "WORK IN PROGRESS 30+", "READY TO GO"]


def test_more_than_are_counted_of_each_status_and_fewer_than_are_in_reach(searcher, level1, few):
    for number in range(5):
        a_draft(level1, given_names=f"N{number}")
    page = searcher(level1).finds(family_name="o")
    assert statuses(page)[:2] == ["All 5", "WORK IN PROGRESS"]
    assert "More than" not in page.main.text


def test_it_takes_at_most_six_statements_however_many_are_found(
    searcher, level1, few, allocation, django_assert_max_num_queries
):
    person = searcher(level1)
    for number in range(3):
        a_draft(level1, given_names=f"N{number}")
    address = person.sends(family_name="o")["Location"]
    person.reads(address)
    with django_assert_max_num_queries(6):
        person.reads(address)
    for number in range(40):
        a_draft(level1, given_names=f"M{number}")
    with django_assert_max_num_queries(6) as statements:
        person.reads(address, status="WORK IN PROGRESS", sort="name", page="2")
    assert "passport_number" not in statements[-1]["sql"], "it reads what it shows"
    with django_assert_max_num_queries(5):
        person.sends(family_name="o")
