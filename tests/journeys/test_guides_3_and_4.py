"""Manual 4, guides 3 and 4, step by numbered step: how to find a CAS and edit, delete or assign it."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS
from licences.models import StoredSearch
from tests.factories import COMPLETE, a_cas, a_draft, assigned
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def asks(visitor, **typed):
    """Fill in fields of a search screen by their labels, and select Next."""
    main = visitor.page.get_by_role("main")
    for label, text in typed.items():
        main.get_by_label(label.replace("_", " "), exact=True).fill(text)
    visitor.selects("Next")


def sees_listed(visitor, *names):
    """Expect the list to name exactly these."""
    expect(visitor.page.get_by_role("rowheader").get_by_role("link")).to_have_text(list(names))


@EVERY_WAY
def test_a_cas_is_found_and_edited_and_another_is_deleted(visit, request, allocation, who, with_javascript, width):
    user = request.getfixturevalue(who)
    stranger = request.getfixturevalue("level1" if who == "level2" else "outsider")
    a_draft(stranger, family_name="Nguyen", given_names="Another user's")
    cas = a_cas(user)
    for name in ("Ada", "Bo"):
        a_draft(user, family_name="Nguyễn-Lê", given_names=name)
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to("/students/")

    def finds(**typed):
        # 1. From the Students screen, Create CAS.
        visitor.selects("Create CAS")
        # 2. The route, and Next.
        visitor.sees_screen("Create a CAS")
        visitor.chooses("Student")
        visitor.selects("Next")
        # 3. Find an existing single CAS, and Next.
        visitor.chooses("Find an existing single CAS")
        visitor.selects("Next")
        # 4. The search parameters, and Next.
        visitor.sees_screen("Create a CAS")
        visitor.sees("Route: Student")
        asks(visitor, **typed)

    # A search without any parameter lists all that can be edited or deleted.
    finds()
    visitor.sees_screen("Select the CAS to edit or delete")
    visitor.selects("Change the search")
    # A search that finds none says so, and keeps the typed values.
    asks(visitor, Family_name="Nguyệnx")
    visitor.sees("No CAS was found")
    expect(visitor.page.get_by_role("main").get_by_label("Family name", exact=True)).to_have_value("Nguyệnx")
    # 4. Note: vague parameters give a list, newest first, and the search can be changed.
    asks(visitor, Family_name="NGUYEN")
    visitor.sees_screen("Select the CAS to edit or delete")
    sees_listed(visitor, "Nguyễn-Lê, Bo", "Nguyễn-Lê, Ada", "Nguyễn, Thị Minh")
    visitor.page.reload()
    expect(visitor.page.get_by_role("rowheader")).to_have_count(3)
    visitor.selects("Change the search")
    asks(visitor, **{"Given_name(s)": "thi"})

    # 5. A single result opens the Edit an existing CAS screen: edit, and Save.
    visitor.sees_screen("Edit an existing CAS")
    visitor.holds({"family_name": "Nguyễn"})
    visitor.types({"study_city": "Leeds"})
    visitor.selects("Save")

    # 6. Confirmation of saved CAS, with the amended details.
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees("Leeds")
    assert CAS.objects.get(pk=cas.pk).study_city == "Leeds"

    # 5. Delete a CAS from a list, and confirm.
    visitor.goes_to("/students/")
    finds(Family_name="nguyen le")
    visitor.selects("Nguyễn-Lê, Ada")
    visitor.sees_screen("Edit an existing CAS")
    visitor.selects("Delete")
    visitor.sees_screen("Delete a CAS")
    visitor.sees("You are about to delete the CAS of Nguyễn-Lê, Ada")
    visitor.selects("Delete")
    visitor.sees("The CAS of Nguyễn-Lê, Ada was deleted.")
    assert not CAS.objects.filter(owner=user, given_names="Ada").exists()


@EVERY_WAY
def test_a_cas_is_found_assigned_and_paid_for(visit, request, allocation, who, with_javascript, width):
    user = request.getfixturevalue(who)
    cas = a_cas(user, applicant_id="S-4711")
    a_cas(user, family_name="Nguyen", passport_number="X2")
    assigned(a_cas(user, passport_number="X3"))
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to("/students/")

    # 1. From the Students screen, Assign CAS.
    visitor.selects("Assign CAS")
    # 2. Assign single CAS.
    visitor.sees_screen("Assign CAS")
    visitor.chooses("Assign single CAS")
    visitor.selects("Next")
    # 3. The parameters, and Next. Note: vague parameters give a list.
    visitor.sees_screen("Search for a single CAS to assign")
    asks(visitor, Family_name="nguy")
    visitor.sees_screen("Select the CAS to assign")
    sees_listed(visitor, "Nguyen, Thị Minh", "Nguyễn, Thị Minh")
    visitor.selects("Change the search")
    visitor.sees_screen("Search for a single CAS to assign")
    asks(visitor, Applicant_ID="s 4711")
    # 4. The details, and Assign.
    visitor.sees_screen("Assign CAS")
    visitor.sees_line("Student", "Nguyễn, Thị Minh")
    visitor.selects("Assign")
    # 5. OK, and the payment.
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.sees_screen("Sandbox payment page")
    visitor.selects("Pay")
    # 6. Assigned, with its number.
    visitor.sees_screen("Confirmation of assigned CAS")
    cas.refresh_from_db()
    visitor.sees(cas.number)


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_search_box_of_every_page_finds_cas_and_sorts_the_list(visit, level2, allocation, with_javascript):
    cas = assigned(a_cas(level2))
    for name in ("Ada", "Bo"):
        a_draft(level2, given_names=name)
    visitor = visit(level2, with_javascript=with_javascript)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    box = visitor.page.get_by_role("search").get_by_role("searchbox")

    def looks_for(text):
        box.fill(text)
        box.press("Enter")

    if with_javascript:
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.keyboard.press("/")
        expect(box).to_be_focused()
        box.press_sequentially("a/b")
        expect(box).to_have_value("a/b")
        field = visitor.page.get_by_role("main").get_by_label("Applicant ID")
        field.press_sequentially("7/8")
        expect(field).to_have_value("7/8")
    looks_for(f" {cas.number.lower()} ")
    visitor.sees_screen("Nguyễn, Thị Minh")
    looks_for("okon")
    visitor.sees_screen("CAS found")
    sees_listed(visitor, "Okonkwo, Bo", "Okonkwo, Ada")
    visitor.selects("Name")
    sees_listed(visitor, "Okonkwo, Ada", "Okonkwo, Bo")
    visitor.selects("Okonkwo, Ada")
    visitor.sees_screen("Okonkwo, Ada")
    visitor.page.go_back()
    sees_listed(visitor, "Okonkwo, Ada", "Okonkwo, Bo")
    looks_for("E4G0000000000Z")
    visitor.sees_screen("Search for CAS")
    visitor.sees_errors("This is not a CAS number. Check each character.")
    for key in StoredSearch.objects.values_list("key", flat=True):
        assert "okon" not in key.lower()
    assert "E4G" not in visitor.page.url


def test_the_pages_of_searching_are_accessible(visit, inspector, level1, caseworker, allocation):
    visitor = visit(level1)
    visitor.goes_to("/students/search/")
    inspector.looks_at(visitor, "Search")
    asks(visitor, CAS_number="E4G")
    inspector.looks_at(visitor, "Search, with an error")
    asks(visitor, CAS_number="", Family_name="Unknown")
    inspector.looks_at(visitor, "Search, none")
    for number in range(30):
        a_draft(level1, given_names=f"Number {number}", nationality=COMPLETE["nationality"])
    asks(visitor, Family_name="oko")
    visitor.sees_screen("CAS found")
    inspector.looks_at(visitor, "Search, many")
    visitor.selects("Last changed")
    inspector.looks_at(visitor, "Search, sorted")
    visitor.page.get_by_role("navigation", name="CAS by status").get_by_role("link", name="USED 0").click()
    inspector.looks_at(visitor, "Search, none of a status")
    visitor.goes_to("/students/assign-cas/single/")
    inspector.looks_at(visitor, "Search to assign")
    reader = visit(caseworker)
    reader.goes_to("/admin/")
    reader.opens("Find CAS", group="CAS and orders")
    inspector.looks_at(reader, "Casework, find")
    asks(reader, Family_name="oko")
    reader.sees_screen("CAS found")
    inspector.looks_at(reader, "Casework, found")
