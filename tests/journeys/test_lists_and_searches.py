"""Lists that the portal keeps for sponsors, and a caseworker who searches the orders. Each page is inspected."""

import pytest

from tests.factories import a_batch, a_cas, an_order, assigned, order_in_status

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_level_1_user_sees_what_the_visa_brake_affects_and_exports_it(visit, inspector, level1, level2, allocation):
    assigned(a_cas(level2, nationality="AFG", family_name="Ahmadi", passport_number="P100"))
    assigned(a_cas(level2, nationality="SDN", family_name="Osman", passport_number="P101"))
    visitor = visit(level1)
    visitor.goes_to("/students/")
    inspector.looks_at(visitor, "students with a line for the visa brake")
    visitor.selects("2 live CAS affected by the visa brake")
    visitor.sees_screen("Live CAS affected 2")
    visitor.sees("Nationalities: Afghanistan, Cameroon, Myanmar, Sudan.")
    inspector.looks_at(visitor, "live CAS affected")
    visitor.page.get_by_label("All 2 CAS on this list").check()
    visitor.selects("Export")
    visitor.sees("Live CAS affected")
    visitor.sees("2 CAS")

    visitor.goes_to("/students/allocations-about-to-expire/")
    visitor.sees_screen("Allocations about to expire")
    inspector.looks_at(visitor, "allocations about to expire")


def test_a_caseworker_searches_the_orders_and_reads_a_long_history(visit, inspector, caseworker, level2, allocation):
    order_in_status("REFUND DUE", a_cas(level2, family_name="Okafor", passport_number="X2"), caseworker=caseworker)
    an_order(a_cas(level2, family_name="Wang", passport_number="X3"), by=level2)
    cas = assigned(a_cas(level2, family_name="Bello", passport_number="X4"))
    for day in range(25):
        cas.refresh_from_db()
        cas.write_note(f"Note {day}", by=level2, version=cas.version)
    visitor = visit(caseworker)
    visitor.goes_to("/admin/")
    visitor.opens("Orders", group="CAS and orders")
    visitor.sees("3 on this list")
    visitor.page.get_by_label("Order, name, CAS or passport number").fill("okafor")
    visitor.selects("Search")
    visitor.sees("1 on this list")
    assert "okafor" not in visitor.page.url.lower()
    inspector.looks_at(visitor, "orders found")
    visitor.page.get_by_label("Order, name, CAS or passport number").fill("")
    visitor.selects("Search")
    visitor.sees_errors("Enter what to search for")
    inspector.looks_at(visitor, "a search for nothing")

    visitor.goes_to(f"/admin/cas/cas/{cas.pk}/")
    visitor.sees("Note 24")
    visitor.selects("Older entries")
    visitor.sees("Newer entries")
    visitor.sees("Payment received")
    inspector.looks_at(visitor, "older entries")


def test_a_level_2_user_finds_students_and_batches_by_the_search_box(visit, inspector, level1, level2):
    cas = a_cas(level2, family_name="Okonkwo", given_names="Chidi", passport_number="B7654321")
    a_cas(level2, family_name="Chidi", passport_number="X2")
    a_cas(level1, family_name="Okonkwo", given_names="Chidi", passport_number="X3")  # not theirs
    a_batch(level2, name="Chinese New Year intake")
    visitor = visit(level2)
    visitor.goes_to("/students/")

    def finds(text):
        visitor.page.get_by_label("Name, CAS or passport number, Applicant ID or batch").fill(text)
        visitor.selects("Find")

    for text in ("chidi OKONKWO", "Okonkwo Chi", "b-765 4321"):
        finds(text)
        visitor.sees_screen("Okonkwo, Chidi")
        assert visitor.page.url.endswith(f"/students/cas/{cas.pk}/")
    finds("chinese new")
    visitor.sees_screen("Batch details")
    finds("chi")
    visitor.sees_screen("CAS and batches found")
    visitor.sees("Batches found by name")
    visitor.sees("Given name(s)")
    assert "chi" not in visitor.page.url.rpartition("/search/")[0]
    inspector.looks_at(visitor, "CAS and batches found")
