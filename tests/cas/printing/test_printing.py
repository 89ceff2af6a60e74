"""The printed CAS: its contents, its page breaks, and the event of each printing."""

import logging
from datetime import UTC, date, datetime
from io import BytesIO
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from cas.details import fields
from cas.models import CAS
from cas.printing import document as printing
from cas.printing.document import file_name, is_long, print_many, printed, reads_from_right
from licences.models import Event
from sms.core import clock
from tests.factories import COMPLETE, a_cas, a_draft, an_allocation, assigned, in_status

# The layout does not depend on the database. tests/cas/printing/test_print_page.py prints on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

A_SUMMER_DAY = datetime(2026, 7, 14, 23, 5, tzinfo=UTC)  # five past midnight in London


def pages_of(document):
    """Return the text of each page. Lines are joined: the tests do not depend on line breaks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(document)).pages]


def text_of(cas, by):
    return " ".join(pages_of(printed(cas, by=by)))


def letters(text):
    """Return the text without spaces, because long words are broken to fit the page."""
    return "".join(text.split())


@pytest.fixture
def places(licence, caseworker):
    """Grant an allocation on the summer day."""
    with clock.set_to(A_SUMMER_DAY):
        return an_allocation(licence, by=caseworker)


@pytest.fixture
def cas(level1, places):
    """Return a CAS of a Level 1 user, assigned on 15 July 2026."""
    with clock.set_to(A_SUMMER_DAY):
        return assigned(a_cas(level1))


# Contents


def test_the_first_page_names_the_student_and_the_sponsor(cas, level1):
    text = text_of(cas, level1)
    assert text.startswith(
        "University of Example Sponsor licence number 4NUV7KB58 Confirmation of Acceptance for Studies "
        f"CAS number {cas.number} Nguyễn, Thị Minh"
    )


def test_the_first_page_shows_the_status_and_the_dates(cas, level1):
    assert "Status Date assigned Expiry date ASSIGNED 15 July 2026 15 January 2027" in text_of(cas, level1)


def test_every_filled_field_is_printed_under_its_section(cas, level1):
    text = text_of(cas, level1)
    for section, rows in fields.displayed(cas):
        rows_in_words = " ".join(f"{label} {value}" for label, value in rows)
        assert f"{section.name} {rows_in_words}" in text


def test_an_empty_field_is_not_printed(cas, level1):
    assert "Other names" not in text_of(cas, level1)


def test_the_printed_cas_says_who_printed_it_and_when_in_london_time(cas, level2):
    with clock.set_to(A_SUMMER_DAY):
        assert f"Printed on 15 July 2026 at 12:05am by {level2.name}." in text_of(cas, level2)


def test_the_printed_cas_says_that_it_is_not_a_government_document(cas, level1):
    assert (
        "This is not a government document. It is a printout of a record in an independent implementation of the "
        "Sponsorship Management System."
    ) in text_of(cas, level1)


def test_each_page_shows_its_own_number_and_the_cas_number(cas, level1):
    pages = pages_of(printed(cas, by=level1))
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"CAS {cas.number} · Nguyễn, Thị Minh Page {number} of 2")


def test_the_title_of_the_pdf_is_the_cas_number_and_the_name(cas, level1):
    reader = PdfReader(BytesIO(printed(cas, by=level1)))
    assert reader.metadata.title == f"CAS {cas.number} \N{EN DASH} Nguyễn, Thị Minh"


def test_the_file_is_named_by_the_cas_number_without_the_name(cas):
    assert file_name(cas) == f"CAS-{cas.number}.pdf"


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("ASSIGNED", None),
        ("EXPIRED", None),
        ("USED", "Date used"),
        ("WITHDRAWN", "Date withdrawn"),
        ("CANCELLED", "Date cancelled"),
        ("OBSOLETE", "Date made obsolete"),
    ],
)
def test_the_printed_cas_says_how_and_when_it_ended(status, label, level1, caseworker, places):
    with clock.set_to(A_SUMMER_DAY):
        cas = in_status(status, by=level1, caseworker=caseworker)
    headings = ["Status", "Date assigned", "Expiry date", *([label] if label else [])]
    values = [status, "15 July 2026", "15 January 2027", *(["15 July 2026"] if label else [])]
    assert " ".join([*headings, *values, "Category"]) in text_of(cas, level1)


# Drafts


@pytest.mark.parametrize("status", ["WORK IN PROGRESS", "READY TO GO"])
def test_every_page_of_an_unassigned_cas_says_that_it_is_a_draft(status, level1, caseworker):
    cas = in_status(status, by=level1, caseworker=caseworker)
    pages = pages_of(printed(cas, by=level1))
    assert f"CAS number Not assigned: this is a draft {cas.student_name} Status {status} Category" in pages[0]
    for number, page in enumerate(pages, start=1):
        assert page.endswith(f"Not assigned: this is a draft · {cas.student_name} Page {number} of {len(pages)}")


def test_a_draft_with_only_a_family_name_is_one_page(level1):
    cas = a_draft(level1)
    [page] = pages_of(printed(cas, by=level1))
    assert "Category Route Student Student details Family name Okonkwo Printed on" in page


def test_the_title_and_the_file_name_of_a_draft_say_that_it_is_a_draft(level1):
    cas = a_draft(level1)
    assert PdfReader(BytesIO(printed(cas, by=level1))).metadata.title == "CAS draft \N{EN DASH} Okonkwo"
    assert file_name(cas) == f"CAS-draft-{cas.pk}.pdf"


# The history


def test_printing_writes_an_event(cas, level2):
    with clock.set_to(A_SUMMER_DAY):
        printed(cas, by=level2)
    line = Event.objects.about("cas", cas.pk).last()
    assert (line.verb, line.by, line.at, line.label) == ("print", level2, A_SUMMER_DAY, f"CAS {line.subject_id}")


def test_a_pdf_that_could_not_be_made_leaves_no_event(cas, level1, monkeypatch):
    def out_of_paper(html, *, title):
        raise OSError("No space left on device")

    monkeypatch.setattr(printing, "pdf", out_of_paper)
    with pytest.raises(OSError, match="No space left"):
        printed(cas, by=level1)
    assert not Event.objects.filter(verb="print").exists()


def test_printing_takes_two_statements(cas, level1, django_assert_num_queries):
    cas = CAS.objects.get(pk=cas.pk)
    with django_assert_num_queries(2):
        printed(cas, by=level1)


# Several CAS


def test_several_cas_are_printed_in_the_same_way_as_one_each_with_its_event(level1, level2):
    cas_list = [a_cas(level1, family_name=name) for name in ("Ada", "Bo", "Cy")]
    found = CAS.objects.select_related("licence").order_by("pk")
    with clock.set_to(A_SUMMER_DAY):
        several = [(cas, pages_of(document)) for cas, document in print_many(found.iterator(), by=level2)]
        assert several == [(cas, pages_of(printed(cas, by=level2))) for cas in cas_list]
    for cas in cas_list:
        assert [line.by for line in Event.objects.about("cas", cas.pk) if line.verb == "print"] == [level2, level2]


def test_only_the_documents_that_were_taken_have_an_event(level1):
    first, second = a_cas(level1), a_cas(level1)
    documents = print_many([first, second], by=level1)
    next(documents)
    documents.close()
    assert Event.objects.filter(verb="print").get().subject_id == first.pk


# Any text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</td></tr></table><h1>ASSIGNED</h1>",
        '<img src="file:///etc/hostname">',
        '<link rel="attachment" href="/etc/hostname">',
        "<style>* { display: none }</style>",
        "@import 'http://localhost/x.css';",
        "javascript:alert(1)",
        "{{ cas.owner.password }} {% include 'base.html' %}",
        "&lt;b&gt; &amp; &#0; &#x1b;",
        "' onload=alert(1) dir='rtl",
    ],
)
def test_markup_in_a_field_is_printed_exactly_as_typed(hostile, level1):
    cas = a_cas(level1, other_names=hostile, course_title=hostile, evidence_for_offer=hostile)
    document = printed(cas, by=level1)
    text = " ".join(pages_of(document))
    assert text.count(hostile) == 3
    assert text.count("Address line 1") == 1
    assert PdfReader(BytesIO(document)).attachments == {}


def test_a_control_character_that_passed_the_checks_is_replaced(level1):
    cas = a_draft(level1)
    cas.licence.name = "Uni\x00versity\x1b of\ud800"
    assert text_of(cas, level1).startswith("Uni\ufffdversity\ufffd of\ufffd Sponsor licence number")


def test_a_direction_override_has_no_effect_outside_its_field(level1):
    cas = a_draft(level1, given_names="Ada")
    cas.family_name = "\u202eadanI"
    assert "Given name(s) Ada Printed on" in text_of(cas, level1)


SCRIPTS = {
    "Vietnamese": "Nguyễn Thị Mỹ Hằng",
    "Arabic": "محمد الحسيني",
    "Urdu": "ژینب ٹھاکر گھوڑے",
    "Hebrew": "ירון כהן",
    "Devanagari": "प्रिया शर्मा",
    "Bengali": "পূজা চট্টোপাধ্যায়",
    "Tamil": "பிரியா சுப்பிரமணியம்",
    "Thai": "ส้มโอ ศรีสุข",
    "Amharic": "አበበ በቂላ",
    "Georgian": "ნინო",
    "Cyrillic": "Наталія Шевченко",
    "Greek": "Μαρία Παπαδοπούλου",
    "Chinese": "王小明",
    "Korean": "김민수",
    "Japanese": "たなか",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_has_a_font(name, level1, caplog):
    printed(a_draft(level1), by=level1)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        document = printed(a_draft(level1, family_name=name, other_names=name), by=level1)
    assert caplog.records == []
    assert {letter for letter in name if letter.isalpha()} <= set(normalize("NFC", " ".join(pages_of(document))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("محمد", True), ("12 شارع", True), ("ירון", True), ("Ada محمد", False), ("", False), ("12 (!)", False)],
)
def test_text_is_set_in_the_direction_of_its_first_letter(text, expected):
    assert reads_from_right(text) is expected


# Page breaks


FULL = COMPLETE | {
    "applicant_id": "2026-0004711",
    "other_names": "Minh Anh",
    "application_id": "2026-DS-1",
    "ucas_id": "1234567890",
    "place_of_birth": "Hà Nội",
    "course_id": "PG-DS-26",
    "course_title": "Master of Science in Data Science and Artificial Intelligence " * 4,
    "latest_acceptance_date": date(2099, 10, 2),
    "is_remote_delivery": True,
    "remote_delivery_percent": 15,
    "partner_name": "Institute of Urban Data",
    "partner_licence_number": "4NUV7KB58",
    "partner_address_line_1": "4 Partner Way",
    "partner_city": "Leeds",
    "partner_county": "West Yorkshire",
    "partner_country": "GBR",
    "overseas_name": "Vietnam National University",
    "overseas_address_line_1": "144 Xuân Thủy",
    "overseas_city": "Hà Nội",
    "overseas_country": "VNM",
    "has_work_placement": True,
    "placement_address_line_1": "1 Town Hall",
    "placement_city": "Example",
    "placement_country": "GBR",
    "placement_percent": 25,
    "has_previous_uk_study": True,
    "previous_academic_level": "RQF7",
    "level_comparison": "SAME",
    "progression_justification": ("A different subject, at the same level. " * 25)[:1000].strip(),
    "is_selt_required": True,
    "selt_provider": "PEARSON",
    "english_level_attained": "B2",
    "selt_reference": "26GB004711",
    "selt_speaking": "6.5",
    "selt_listening": "7.0",
    "selt_reading": "7.5",
    "selt_writing": "6.5",
    "financial_sponsor": "Vietnam International Education Development",
    "is_agent_used": True,
    "agent_name": "Study Abroad Partners Ltd",
    "agent_contact_name": "Trần Văn Bình",
    "agent_address_line_1": "22 Lý Thường Kiệt",
    "agent_city": "Hà Nội",
    "agent_country": "VNM",
}

LONG_TEXT = "".join(f"Certificate {number:03} was seen in the original. " for number in range(50))[:2000].strip()


def test_a_text_of_2000_characters_continues_over_several_pages(level1):
    pages = pages_of(printed(a_cas(level1, **FULL | {"evidence_for_offer": LONG_TEXT}), by=level1))
    feet = [page[page.rindex(" Not assigned") :] for page in pages]
    assert sum("Certificate" in page for page in pages) > 1
    flow = " ".join(page.removesuffix(foot) for page, foot in zip(pages, feet, strict=True))
    assert f"Documents used to obtain the offer {LONG_TEXT} Is an ATAS certificate required?" in flow


def test_a_text_of_many_short_lines_continues_over_several_pages(level1):
    text = "\n".join(f"({number})" for number in range(200))
    pages = pages_of(printed(a_cas(level1, evidence_for_offer=text), by=level1))
    assert sum("(" in page and ")" in page for page in pages) >= 3
    assert all(f"({number})" in " ".join(pages) for number in range(200))


@pytest.mark.parametrize("title", ["W" * 250, "Ein Titel " * 25, "x-" * 125], ids=["one word", "words", "hyphens"])
def test_a_title_of_250_characters_is_printed_in_full(title, level1):
    cas = a_cas(level1, course_title=title)
    document = printed(cas, by=level1)
    assert letters(title) in letters(" ".join(pages_of(document)))


@pytest.mark.parametrize("paragraphs", [2, 5, 7])
def test_headings_stay_with_their_first_row_and_labels_with_their_text(paragraphs, level1):
    paragraph = "Each certificate was seen in the original by the admissions office, which keeps a copy. " * 3
    cas = a_cas(level1, **FULL | {"evidence_for_offer": "\n".join([paragraph] * paragraphs)})
    pages = pages_of(printed(cas, by=level1))
    for section, rows in fields.displayed(cas):
        starts = [f"{label} {' '.join(value.split())[:120]}" for label, value in rows]
        starts[0] = f"{section.name} {starts[0]}"
        for start in starts:
            assert any(start in page for page in pages)


@pytest.mark.parametrize(
    ("text", "expected"), [("x" * 600, False), ("x" * 601, True), ("\n" * 9, False), ("\n" * 11, True)]
)
def test_a_row_is_kept_on_one_page_up_to_about_ten_lines(text, expected):
    assert is_long(text) is expected
