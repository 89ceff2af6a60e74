"""The caseworkers' navigation has every list, in groups, and tables show numbers so that they can be compared."""

from django.contrib import admin
from django.urls import reverse

from licences.casework.pages import RecordAdmin
from tests.factories import a_cas, a_licence, an_order, order_in_status

LEFT_OUT = {  # reached from other records
    "licences_allocationentry",
    "licences_addressee",
    "sponsorship_duties_activityreason",
    "cas_batch",
}


def menu(page):
    """Return the places outside groups, and those of each group."""
    nav = page.one("nav", of="sms-navigation")
    groups = {
        button.text: page.by_id(button["popovertarget"]) for button in nav.all("button", of="sms-navigation__group")
    }
    grouped = {name: [link.text for link in places.all("a")] for name, places in groups.items()}
    inside = {text for texts in grouped.values() for text in texts}
    alone = [link.text for link in nav.all("a") if link.text not in inside and link["href"] != "/profile/"]
    return alone, grouped


def test_the_navigation_has_places_and_groups_of_places(desk):
    alone, grouped = menu(desk.read("/admin/"))
    assert alone == ["Casework", "Requests", "Reports"]
    assert list(grouped) == ["Sponsors", "CAS and orders", "Settings", "System"]
    assert grouped["Settings"] == ["Activity types", "Rules"]


def test_every_list_is_in_the_navigation(desk):
    found = {link["href"] for link in desk.read("/admin/").one("nav", of="sms-navigation").all("a")}
    models = [model._meta for model, each in admin.site._registry.items() if isinstance(each, RecordAdmin)]
    names = {f"{meta.app_label}_{meta.model_name}" for meta in models}
    missing = {name for name in names if reverse(f"admin:{name}_changelist") not in found}
    assert missing == LEFT_OUT


def test_the_place_and_its_group_are_marked_on_its_own_page_and_on_those_below_it(desk, level2):
    cas = a_cas(level2)
    for address, current in (("/admin/cas/cas/", "page"), (f"/admin/cas/cas/{cas.pk}/", "true")):
        nav = desk.read(address).one("nav", of="sms-navigation")
        marked = {
            (each.tag, each.text, each["aria-current"]) for each in nav.all("a", "button") if each["aria-current"]
        }
        assert marked == {("button", "CAS and orders", "true"), ("a", "CAS", current)}


def test_the_first_page_says_how_many_of_all_it_shows(desk, level2, allocation, caseworker):
    order_in_status("REFUND DUE", a_cas(level2), caseworker=caseworker)
    for number in range(12):
        licence = a_licence(f"4NUV7K{number:02}1", f"College {number}", by=caseworker)
        licence.suspend(by=caseworker, reason="A visit")
    captions = [table.one("caption").text for table in desk.read("/admin/").all("table")]
    assert "Refunds due: 1" in captions
    assert "Suspended licences: 10 of 12" in captions


def test_numbers_are_aligned_to_the_right_below_their_headings(desk, level2, allocation):
    an_order(a_cas(level2), by=level2)
    for address, headings in {
        "/admin/cas/order/": {"CAS", "Total"},
        "/admin/licences/allocation/": {"Granted", "Used", "Held", "Unused"},
    }.items():
        table = desk.read(address).one("table")
        right = {cell["data-label"] for cell in table.all("td", of="govuk-table__cell--numeric")}
        assert right == {head.text for head in table.all("th", of="govuk-table__header--numeric")}
        assert right >= headings
