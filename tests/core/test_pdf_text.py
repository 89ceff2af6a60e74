"""Drawing text so that it can be copied: it looks the same, and costs nothing where it is not needed.

tests/cas/printing/test_copied_text.py copies the text of a printed CAS in many scripts.
"""

import re
from contextlib import nullcontext
from io import BytesIO

import pypdfium2
import pytest
from PIL import ImageChops
from pypdf import PdfReader
from weasyprint.draw import text as library

from sms.core import pdf_text
from sms.core.characters import visible
from sms.core.pdf import pdf
from tests.cas.printing.test_copied_text import STUDENTS

pytestmark = pytest.mark.once


def picture(document):
    return pypdfium2.PdfDocument(document)[0].render(scale=3, grayscale=True).to_pil()


def differing(one, other):
    """Return how many of a million pixels differ by more than half of the way from black to white."""
    counts = ImageChops.difference(picture(one), picture(other)).histogram()
    return round(1_000_000 * sum(counts[128:]) / sum(counts))


def contents(document):
    return PdfReader(BytesIO(document)).pages[0].get_contents().get_data().decode("latin-1")


def copied(html):
    document = pdf(html, title="A title")
    text, _, _ = pypdfium2.PdfDocument(document)[0].get_textpage().get_text_range().partition("Page 1 of 1")
    return visible(text).split()


@pytest.fixture
def as_weasyprint_draws(monkeypatch):
    def drawn(html):
        with monkeypatch.context() as patched:
            patched.setattr(pdf_text, "copyable", nullcontext)
            return pdf(html, title="A title")

    return drawn


MARKS = {"Arabic with vowels": ["مُحَمَّدٍ"], "Khmer with marks below marks": ["កៀ្ងុំ"]}


@pytest.mark.parametrize("texts", (STUDENTS | MARKS).values(), ids=(STUDENTS | MARKS).keys())
def test_text_looks_as_weasyprint_draws_it(texts, as_weasyprint_draws):
    html = "".join(f"<p>{text}</p>" for text in texts)
    ours = pdf(html, title="A title")
    assert differing(ours, as_weasyprint_draws(html)) < differing(ours, pdf("", title="A title")) / 4


def test_its_twin_another_text_looks_different():
    one, other, empty = (pdf(html, title="A title") for html in ("<p>শর্মা</p>", "<p>বর্মা</p>", ""))
    assert differing(one, other) > differing(one, empty) / 4


def test_a_document_in_latin_letters_is_drawn_by_weasyprint(as_weasyprint_draws):
    html = "<h1>Nguyễn, Thị Minh</h1><p>Łódź – “D’Août” £5,000.50 • Київ • 王小明</p>"
    assert pdf(html, title="A title") == as_weasyprint_draws(html)


def test_letters_that_share_a_glyph_from_right_to_left_are_copied_in_their_order():
    assert copied('<p dir="rtl">الإسكندرية</p>') == ["الإسكندرية"]


def test_from_left_to_right_no_glyph_is_invisible():
    """An invisible glyph costs more than a code for several letters."""
    assert "3 Tr" not in contents(pdf("<p>ক্ষুদিরাম চট্টোপাধ্যায়</p>", title="A title"))


def test_brackets_from_right_to_left_are_copied_as_typed():
    assert copied('<p dir="rtl">(نسخة)</p>') == ["(نسخة)"]


TWO_CODES = "<p>ẹ\u0301</p><p>e\u0323\u0301</p>"  # for one glyph of Liberation Sans, the letter with the dot


def test_letters_that_no_font_has_are_copied_and_shown_as_boxes_beside_letters_with_codes_of_their_own(
    as_weasyprint_draws,
):
    html = f"{TWO_CODES}<p>\u0378\u0378\u0378</p>"
    assert copied(html) == ["ẹ\u0301", "e\u0323\u0301", "\u0378\u0378\u0378"]
    ours, boxes = pdf(html, title="A title"), pdf("<p>\u0378\u0378\u0378</p>", title="A title")
    assert differing(ours, as_weasyprint_draws(html)) < differing(boxes, pdf("", title="A title")) / 4


def test_weasyprint_draws_again_after_a_failure():
    original = library.draw_first_line
    with pytest.raises(ZeroDivisionError), pdf_text.copyable():
        1 / (library.draw_first_line is original)
    assert library.draw_first_line is original


def actual_texts(document):
    found = re.findall(r"/ActualText <(\w+)>", contents(document))
    return [bytes.fromhex(text).decode("utf-16") for text in found]


def test_each_word_from_left_to_right_has_an_actual_text():
    assert actual_texts(pdf("<p>Ms প্রিয়া শর্মা, 2024</p>", title="A title")) == ["প্রিয়া ", "শর্মা, "]


def test_words_from_right_to_left_have_no_actual_text_because_readers_would_turn_it_around():
    assert actual_texts(pdf("<p>محمد الحسيني</p>", title="A title")) == []
