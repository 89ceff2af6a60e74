"""Help for caseworkers: each page of the admin links to the step about it, in guides that sponsors do not see."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import resolve, reverse

from sms.casework.site import OUTSIDE, PLACES
from sms.help.contents import CASEWORK_GUIDES, CASEWORK_STEPS, FOR_ALL_USERS, GUIDES, addresses, written
from sms.help.guide import admin as pages_of
from tests.pages import Page
from tests.routes import ROUTES
from tests.test_every_route import ask
from tests.test_every_route import records as records_of_the_portal
from tests.test_help import NO_PAGE, OTHER_PAGES, is_page, links, unknown_labels

pytestmark = pytest.mark.django_db

__all__ = ["records_of_the_portal"]  # a fixture

REASONS = {
    "admin:login": "it sends the user to the sign-in page",
    "admin:app_list": "it sends the user to Casework",
}


def name_of(model_admin):
    return f"{model_admin.opts.app_label}_{model_admin.opts.model_name}"


def decisions():
    """Return the name of each decision of the admin, with the decision."""
    registered = admin.site._registry.values()
    found = {f"admin:{name_of(each)}_{decision.name}": decision for each in registered for decision in each.decisions}
    adding = {f"admin:{name_of(each)}_add": each.added_by for each in registered if each.added_by}
    return {**found, **adding}


def pages_without_decisions():
    """Return the names of all addresses of the admin, except those of decisions about a record."""
    inside = [each for model_admin in admin.site._registry.values() for each in model_admin.get_urls()]
    named = {f"admin:{each.name}" for each in [*admin.site.get_urls(), *inside] if getattr(each, "name", None)}
    return {name for name in named if not name.endswith("_decision")}


def step_about(route):
    name, number = CASEWORK_STEPS[route]
    return (CASEWORK_GUIDES | GUIDES)[name].steps[number - 1]


def test_every_address_of_the_admin_has_a_step_or_a_reason_why_not():
    of_admin = {route for route in CASEWORK_STEPS if route.startswith("admin:")}
    assert not REASONS.keys() & of_admin
    assert pages_without_decisions() | decisions().keys() == of_admin | REASONS.keys()


def test_no_decision_about_a_record_has_the_name_of_another_page():
    assert {name for name in pages_without_decisions() & decisions().keys() if not name.endswith("_add")} == set()


def test_every_page_of_the_admin_links_to_the_step_about_it(desk, records, case):
    steps = {f"/help/{name}/#{anchor}" for name in CASEWORK_GUIDES for anchor in desk.read(f"/help/{name}/").ids}
    for address, route in pages(records).items():
        with case(address=address):
            answer = desk.client.get(address)
            assert answer.status_code in {200, 302, 404}  # some decisions are not possible now
            if answer.status_code != 302:
                assert [link["href"] for link in links(Page(answer))] == [addresses(of_casework=True)[route]]
    found = addresses(of_casework=True)
    assert {found[route] for route in found if route.startswith("admin:")} <= steps


def pages(records):
    """Return every address of the admin that needs no search, with the name of its step."""
    found = {reverse(f"admin:{name}"): f"admin:{name}" for name in ("index", "find_cas", "check_cas")}
    for model_admin in admin.site._registry.values():
        name, pk = name_of(model_admin), records.get(f"{model_admin.opts.app_label}/{model_admin.opts.model_name}", 0)
        for each in model_admin.get_urls():
            if each.name.startswith(name) and not each.name.endswith("_decision"):
                args = [pk] if "pk" in str(each.pattern) else []
                found[reverse(f"admin:{each.name}", args=args)] = f"admin:{each.name}"
        for decision in model_admin.decisions:
            found[reverse(f"admin:{name}_decision", args=[pk, decision.name])] = f"admin:{name}_{decision.name}"
    return found


def test_the_pages_include_decisions_and_the_answers_to_wrong_input(desk, records):
    address = f"/admin/licences/licence/{records['licences/licence']}/suspend/"
    assert pages(records)[address] == "admin:licences_licence_suspend"
    step = addresses(of_casework=True)["admin:licences_licence_suspend"]
    answer = desk.client.post(address, {"reason": ""})
    assert answer.status_code == 422
    assert [link["href"] for link in links(Page(answer))] == [step]


def test_a_step_about_a_decision_names_its_button(case):
    for route, decision in decisions().items():
        with case(route=route):
            assert decision.label in step_about(route).labels()


def test_a_step_about_a_list_says_where_it_is_in_the_navigation(case):
    for label, name, group in PLACES:
        with case(place=label):
            labels = step_about(name if name in OUTSIDE else f"admin:{name}").labels()
            assert {label, group} - {""} <= set(labels)


def test_every_page_that_caseworkers_share_with_sponsors_links_to_a_step_for_caseworkers(
    records_of_the_portal, desk, case
):
    own = {guide.name for guide in written(FOR_ALL_USERS)} | CASEWORK_GUIDES.keys()
    for route in ROUTES.values():
        address = route.address.format_map(records_of_the_portal)
        name = resolve(address).view_name
        if "GET" in route.methods and name not in NO_PAGE | OTHER_PAGES:
            with case(address=address):
                answer = ask(desk.client, route, "GET", records_of_the_portal)
                found = [link["href"].split("/")[2] for link in links(Page(answer))] if is_page(answer) else ["sign-in"]
                assert len(found) == 1
                assert set(found) <= own


def test_a_caseworker_gets_no_help_about_the_work_of_sponsors(desk):
    answer = desk.client.get("/students/cas/")
    assert answer.status_code == 403
    assert not links(Page(answer))


def test_a_caseworker_can_read_the_guides_for_caseworkers_and_those_for_sponsors(desk):
    main = desk.read("/help/").main
    assert [link["href"] for link in main.all("a")] == [f"/help/{name}/" for name in (*CASEWORK_GUIDES, *GUIDES)]
    assert [heading.text for heading in main.all("h2")] == [
        "Guides for caseworkers",
        "Guides for all users",
        "Guides for sponsors",
    ]
    for name in (*CASEWORK_GUIDES, *GUIDES):
        assert desk.client.get(f"/help/{name}/").status_code == 200


def test_no_guide_of_caseworkers_has_the_name_of_a_guide_of_sponsors():
    assert not CASEWORK_GUIDES.keys() & GUIDES.keys()


@pytest.mark.parametrize("who", ["level1", "level2"])
def test_sponsors_do_not_see_the_guides_for_caseworkers(who, as_user, request):
    client = as_user(request.getfixturevalue(who))
    assert [link["href"] for link in Page(client.get("/help/")).main.all("a")] == [f"/help/{name}/" for name in GUIDES]
    for name in CASEWORK_GUIDES:
        assert client.get(f"/help/{name}/").status_code == 404


def test_without_signing_in_a_guide_for_caseworkers_leads_to_the_sign_in_page(db):
    for name in CASEWORK_GUIDES:
        assert Client().get(f"/help/{name}/")["Location"] == f"/sign-in/?next=/help/{name}/"


def test_a_sponsor_sees_no_help_on_an_address_of_the_admin(level1, as_user):
    page = Page(as_user(level1).get("/admin/licences/licence/"))
    assert page.status == 404
    assert not links(page)


def test_a_guide_for_caseworkers_has_its_own_number_and_numbered_steps(desk, case):
    for number, guide in enumerate(CASEWORK_GUIDES.values(), start=1):
        with case(guide=guide.name):
            page = desk.read(f"/help/{guide.name}/")
            assert page.h1 == f"Guide C{number} {guide.title}"
            for place, step in enumerate(guide.steps, start=1):
                section = page.by_id(f"step-{place}")
                assert section.one("h2").text == f"Step {place}: {step.title}"
                assert [label.text for label in section.all("b")] == step.labels()


def test_no_two_guides_have_the_same_title(desk):
    titles = [desk.read(f"/help/{name}/").title for name in (*CASEWORK_GUIDES, *GUIDES)]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 70


def test_every_label_that_a_step_names_is_on_a_screen():
    unknown = unknown_labels(CASEWORK_GUIDES.values(), with_admin=True)
    assert not unknown, "\n".join(unknown)


def test_the_names_of_pages_of_the_admin():
    assert pages_of("cas_rule", "changelist", "set") == ("admin:cas_rule_changelist", "admin:cas_rule_set")
