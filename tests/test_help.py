"""Help beside the work: each screen links to the step about it, in guides that name only what screens have."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve

from sms.help.contents import (
    FOR_ALL_USERS,
    FOR_CASEWORKERS,
    FOR_SPONSORS,
    GUIDES,
    STEPS,
    addresses,
    shown,
    steps_of,
    written,
)
from sms.help.guide import Guide, Step
from tests.pages import Page
from tests.routes import ROUTES
from tests.test_every_route import ask, records

pytestmark = pytest.mark.django_db

__all__ = ["records"]  # a fixture

WRITTEN = written(FOR_ALL_USERS, FOR_SPONSORS)

LINK = "Help with this page (opens in new tab)"
OTHER_PAGES = {
    "accessibility": "it explains itself",
    "help": "it is the help",
    "help_guide": "it is the help",
    "sandbox_payment": "it imitates a page of a payment provider",
}
NO_PAGE = {
    "home": "it sends the user to Students",
    "health": "it answers programs",
    "session": "it answers a script",
    "order_status": "it answers a script",
    "printout_state": "it answers a script",
    "export_state": "it answers a script",
    "upload_state": "it answers a script",
    "course_template_texts": "it answers a script",
    "fetch_printout": "it is a file",
    "fetch_export": "it is a file",
    "fetch_left_out": "it is a file",
    "fetch_schema": "it is a file",
    "fetch_template": "it is a file",
    "template_of_changes": "it is a file",
    "fetch_example": "it is a file",
    "payment_callback": "it answers payment providers",
    "payment_return": "it sends the user to the payment",
    "keep_selection": "it sends the user back to the list",
}


def names():
    """Return the names of all addresses, except the admin's."""
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def is_page(answer):
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def links(page):
    return [link for link in page.all("a") if link.text == LINK]


def test_every_address_has_a_step_or_a_reason_why_not_and_every_step_is_about_addresses_that_exist():
    reasons = {**OTHER_PAGES, **NO_PAGE}
    assert not reasons.keys() & STEPS.keys()
    assert names() == STEPS.keys() | reasons.keys()


def test_every_page_links_to_the_step_about_it(records, as_user, case, level1, level2):
    steps = {f"/help/{name}/#{anchor}" for name in GUIDES for anchor in Page(as_user(level1).get(f"/help/{name}/")).ids}
    clients = as_user(level2), as_user(level1)
    for pattern, route in ROUTES.items():
        name = resolve(route.address.format_map(records)).view_name
        for answer in (ask(client, route, "GET", records) for client in clients if "GET" in route.methods):
            with case(route=pattern, status=answer.status_code):
                if name in NO_PAGE:
                    assert not is_page(answer)
                elif is_page(answer):
                    assert [link["href"] for link in links(Page(answer))] == [
                        addresses()[each] for each in [name] if each in STEPS
                    ]
    assert set(addresses().values()) <= steps


@pytest.mark.parametrize(
    ("address", "status", "step"),
    [
        ("/students/cas/", 200, "/help/find-and-print-cas/#step-4"),
        ("/licence/", 403, "/help/licence-summary/#step-1"),
        ("/students/cas/0/", 404, "/help/find-and-print-cas/#step-5"),
        ("/nothing/", 404, ""),
    ],
)
def test_refusals_link_to_the_step_of_their_screen(address, status, step, level2, as_user):
    page = Page(as_user(level2).get(address))
    assert page.status == status
    assert [link["href"] for link in links(page)] == ([step] if step else [])


def test_the_link_opens_a_new_tab_and_is_not_part_of_the_page(level1, as_user):
    page = Page(as_user(level1).get("/students/cas/"))
    (link,) = links(page)
    assert (link["target"], link["rel"]) == ("_blank", "noopener")
    assert not links(page.main)
    assert link in page.one("nav", of="sms-help").all("a")


def test_every_page_has_the_help_in_its_footer(level1, as_user):
    for page in (Page(Client().get("/sign-in/")), Page(as_user(level1).get("/students/"))):
        assert page.one("footer").link("Help") == "/help/"


def test_the_sign_in_page_has_help_that_needs_no_sign_in(db):
    (link,) = links(Page(Client().get("/sign-in/")))
    assert link["href"] == "/help/sign-in/#step-1"
    assert Page(Client().get(link["href"])).h1.endswith("Sign in and sign out")


def test_without_signing_in_only_public_guides_can_be_read(db):
    listed = [link["href"] for link in Page(Client().get("/help/")).main.all("a")]
    for name, guide in GUIDES.items():
        answer = Client().get(f"/help/{name}/")
        assert (f"/help/{name}/" in listed) is guide.is_public
        assert answer.status_code == (200 if guide.is_public else 302)
        if not guide.is_public:
            assert answer["Location"] == f"/sign-in/?next=/help/{name}/"


def test_every_user_of_a_sponsor_can_read_all_guides_for_sponsors(level1, level2, as_user):
    for user in (level1, level2):
        main = Page(as_user(user).get("/help/")).main
        assert [link["href"] for link in main.all("a")] == [f"/help/{name}/" for name in GUIDES]
        assert {as_user(user).get(f"/help/{name}/").status_code for name in GUIDES} == {200}


def test_a_guide_that_does_not_exist_is_not_found(level1, as_user):
    assert as_user(level1).get("/help/nothing/").status_code == 404


def test_a_guide_lists_its_steps_with_links_and_says_who_can_do_it(level1, as_user):
    client = as_user(level1)
    for number, guide in enumerate(GUIDES.values(), start=1):
        page = Page(client.get(f"/help/{guide.name}/"))
        assert page.h1 == f"Guide {number} {guide.title}"
        contents = [(link["href"], link.text) for link in page.main.one("nav").all("a")]
        assert contents == [(f"#step-{place}", step.title) for place, step in enumerate(guide.steps, start=1)]
        for place, step in enumerate(guide.steps, start=1):
            section = page.by_id(f"step-{place}")
            assert section.one("h2").text == f"Step {place}: {step.title}"
            assert [label.text for label in section.all("b")] == step.labels()
        assert ("Only Level 1 users can do this." in page.main.text) is guide.is_for_level_1


def test_no_two_guides_have_the_same_title(level1, as_user):
    client = as_user(level1)
    titles = [Page(client.get(f"/help/{name}")).title for name in ("", *(f"{name}/" for name in GUIDES))]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 70


def test_the_help_reads_nothing_but_the_session_and_its_user(level1, as_user):
    def statements(client, address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return [query["sql"].partition(" WHERE ")[0] for query in captured.captured_queries]

    client = as_user(level1)
    client.get("/accessibility/")  # the first request after a while notes the time in the session
    others = statements(client, "/accessibility/")
    for address in ("/help/", "/help/create-a-cas/"):
        assert statements(client, address) == others
    assert statements(Client(), "/help/sign-in/") == []


def test_a_route_has_one_step():
    guide = Guide("again", "Again", "", (Step("See the CAS", "Look.", ("cas",)),))
    with pytest.raises(ValueError, match="The route cas has a step in find-and-print-cas and in again"):
        steps_of([*WRITTEN, guide])


def test_a_guide_about_screens_that_do_not_exist_is_not_shown():
    guides = [Guide("none", "None", "", (Step("Look", "Look."),)), GUIDES["sign-in"]]
    assert list(shown(guides)) == ["sign-in"]


def test_a_step_has_paragraphs_and_lists_with_labels_in_bold():
    step = Step("Save", "Select **Save**\n    & go on.\n\n- **OK**\n- a point\n  of two lines")
    assert step.blocks == ["Select <b>Save</b> &amp; go on.", ["<b>OK</b>", "a point of two lines"]]
    assert step.labels() == ["Save", "OK"]


def test_every_label_that_a_step_names_is_on_a_screen():
    """A screen has a label as a text of a page, or as a text in the code of forms, columns and lists."""
    unknown = unknown_labels(GUIDES.values())
    assert not unknown, "\n".join(unknown)


def unknown_labels(guides, *, with_admin=False):
    """Return the labels of these guides that no screen has, with the steps that name them."""
    on_screens = texts_of_pages(with_admin=with_admin) | texts_of_code()
    return [
        f"{guide.name}, step {number}: {label}"
        for guide in guides
        for number, step in enumerate(guide.steps, start=1)
        for label in step.labels()
        if label not in on_screens
    ]


def test_every_label_is_closed():
    guides = [*WRITTEN, *written(FOR_CASEWORKERS)]
    assert not [step.title for guide in guides for step in guide.steps if step.text.count("**") % 2]


TEXTS = re.compile(r""""([^"]*)"|'([^']*)'""")
NOT_TEXT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)


def texts_of_pages(*, with_admin=False):
    """Return the texts between tags, and the texts in expressions, of all pages but those of the help.

    Those of the admin are left out, too, unless asked for: sponsors do not see them.
    """
    left_out = {"help"} if with_admin else {"help", "admin"}
    found = set()
    root = Path(engines["jinja2"].template_dirs[0])
    for path in root.rglob("*.html"):
        if path.relative_to(root).parts[0] not in left_out:
            source = path.read_text()
            found |= {" ".join(text.split()) for text in NOT_TEXT.split(source)}
            found |= {first or second for part in NOT_TEXT.findall(source) for first, second in TEXTS.findall(part)}
    return found


def texts_of_code():
    """Return the texts in the code of the apps."""
    apps = (
        Path(settings.BASE_DIR, app) for app in ("licences", "cas", "sponsorship_duties", "bulk_data_transfer", "sms")
    )
    paths = [path for app in apps for path in app.rglob("*.py") if not {"help", "migrations", "demo"} & {*path.parts}]
    trees = [ast.walk(ast.parse(path.read_text())) for path in paths]
    return {
        node.value for tree in trees for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_test_of_labels_would_see_a_label_that_no_screen_has():
    assert {"Save", "Students", "Batch name", "Continue where you left off", "Family name"} <= (
        texts_of_pages() | texts_of_code()
    )
    assert "Save and go home" not in texts_of_pages() | texts_of_code()
