"""A page printed from the browser has what it says, and nothing that can only be pressed (assets/paper.scss)."""

import io

import pytest
from pypdf import PdfReader

from tests.factories import a_batch, a_cas, a_draft, assigned
from tests.journeys.test_layout import CASEWORKER, SPONSOR
from tests.sponsorship_duties.factories import a_report

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# What is on paper although it can only be pressed, the addresses after links, and whether the page is cut.
ON_PAPER = """() => {
    const isShown = (each) => each.checkVisibility() && each.getClientRects().length > 0;
    const pressed = [...document.querySelectorAll("button, nav, .govuk-button, table [type=checkbox]")];
    const links = [...document.querySelectorAll("a")].filter(isShown);
    return {
        pressed: pressed.filter(isShown).map((each) => each.outerHTML.slice(0, 80)),
        addresses: links.map((each) => getComputedStyle(each, "::after").content).filter((text) => text.includes("/")),
        isCut: document.documentElement.scrollWidth > innerWidth,
    };
}"""
A4 = 703  # pixels of the width that is printed on


@pytest.fixture
def records(level1, allocation):
    cas = assigned(a_cas(level1, passport_number="P1"))
    a_report(cas, by=level1)
    batch = a_batch(level1, a_cas(level1, passport_number="P4"), a_draft(level1))
    return {"live": cas.pk, "draft": a_draft(level1).pk, "batch": batch.pk}


@pytest.mark.parametrize(
    ("who", "address"),
    [
        *(("level1", address) for address in SPONSOR if "{order}" not in address),
        *(("caseworker", address) for address in CASEWORKER),
    ],
)
def test_a_printed_page_has_no_buttons_navigation_or_addresses_and_is_not_cut(visit, records, who, address, request):
    visitor = visit(request.getfixturevalue(who), width=A4)
    visitor.page.emulate_media(media="print")
    visitor.goes_to(address.format(**records))
    assert visitor.page.evaluate(ON_PAPER) == {"pressed": [], "addresses": [], "isCut": False}


def test_a_long_list_is_printed_as_whole_rows_with_its_headings_on_each_page(visit, level1):
    names = [f"Student{number:03}" for number in range(60)]
    for name in names:
        a_draft(level1, family_name=name, course_title="Engineering " * 5)
    visitor = visit(level1)
    visitor.goes_to("/students/cas/")
    reader = PdfReader(io.BytesIO(visitor.page.pdf(format="A4")))
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) > 1
    assert all("Owner" in page for page in pages)
    shown = visitor.page.get_by_role("rowheader").get_by_role("link").all_inner_texts()
    assert [name for name in names if any(name in page for page in pages)] == sorted(each[:10] for each in shown)
    assert "/students/" not in "".join(pages)


def test_what_is_folded_is_on_paper(visit, level1, allocation):
    cas = a_draft(level1)
    changed = dict.fromkeys(("course_title", "given_names", "course_id", "study_city", "applicant_id"), "Metallurgy")
    cas.amend(changed, by=level1, version=1)
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(visitor.page.pdf())).pages)
    assert text.count("Metallurgy") >= 10, "among the details, and in the folded line of the history"
