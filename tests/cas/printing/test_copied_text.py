"""Text that is copied from a printed CAS equals what was typed, in any script (specification, section 13).

Two readers copy it: PDFium, which is Chrome's, and pypdf, which does not know `ActualText` and reads the codes of
glyphs, as Firefox does. docs/decisions/26-copied-text.md has more readers.
"""

# ruff: noqa: RUF001 -- letters that look like Latin ones are part of the names

from collections import Counter
from contextlib import nullcontext
from io import BytesIO
from typing import NamedTuple
from unicodedata import normalize

import pypdfium2
import pytest
from pypdf import PdfReader

from cas.printing.document import printed
from sms.core import pdf_text
from sms.core.characters import visible
from tests.factories import a_draft
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Student(NamedTuple):
    """A student with names, a place and a document in one script."""

    family_name: str
    given_names: str
    place_of_birth: str
    evidence_for_offer: str


STUDENTS = {
    "Bengali": Student("চট্টোপাধ্যায়", "ক্ষুদিরাম কৃষ্ণেন্দু", "ব্রাহ্মণবাড়িয়া", "উচ্চ মাধ্যমিক সার্টিফিকেট, ২০২৪ (মূল কপি)"),
    "Devanagari": Student("श्रीवास्तव", "प्रिया लक्ष्मी", "उज्जैन", "उच्चतर माध्यमिक प्रमाणपत्र, २०२४ (मूल प्रति)"),
    "Kannada": Student("ಕೃಷ್ಣಮೂರ್ತಿ", "ಶ್ರೀನಿವಾಸ ರಾಜೇಂದ್ರ", "ಬೆಂಗಳೂರು", "ಪದವಿ ಪ್ರಮಾಣಪತ್ರ, ೨೦೨೪ (ಮೂಲ ಪ್ರತಿ)"),
    "Malayalam": Student("കൃഷ്ണൻകുട്ടി", "ശ്രീലക്ഷ്മി അവന\u0d4d\u200d", "തിരുവനന്തപുരം", "സർട്ടിഫിക്കറ്റ്, പ്ലസ് ടു 2024 (അസൽ)"),
    "Myanmar": Student("ဆန်းစုကြည်", "အောင် ခင်မျိုးချစ်", "ရန်ကုန်မြို့", "တက္ကသိုလ်ဝင်တန်း အောင်လက်မှတ် ၂၀၂၄"),
    "Tibetan": Student("རྒྱ་མཚོ།", "བསྟན་འཛིན་ དབང་ཕྱུག", "ལྷ་ས་གྲོང་ཁྱེར།", "སློབ་གྲྭ་ཆེན་མོའི་ ལག་ཁྱེར།"),
    "Arabic": Student("الحسيني", "علاء عبد الله", "الإسكندرية", "شهادة الثانوية العامة"),
    "Latin with accents that are letters of their own": Student(
        "Ọ\u0301láṣẹ\u0301gun", "Ẹ\u0300kọ\u0301", "M\u0308x", "x\u0302y\u0323, 2024"
    ),
    "Bengali with joiners": Student("র\u200d\u09cdযাব", "ক্\u200dষ", "কৃষ্ণনগর", "র\u200d\u09cdযাব, ২০২৪"),
    "Sinhala": Student("ශ්\u200dරී", "ක්\u200dෂේත්\u200dර", "කොළඹ", "ශ්\u200dරී ලංකා, 2024"),
    "Tamil": Student("சுப்பிரமணியம்", "பிரியா ஸ்ரீ", "கோயம்புத்தூர்", "பட்டப்படிப்பு சான்றிதழ், 2024"),
    "Telugu": Student("కృష్ణమూర్తి", "శ్రీనివాస్", "విశాఖపట్నం", "డిగ్రీ సర్టిఫికేట్, 2024"),
    "Gujarati": Student("શાસ્ત્રી", "પ્રિયંકા", "અમદાવાદ", "ક્ષત્રિય પ્રમાણપત્ર, 2024"),
    "Gurmukhi": Student("ਸਿੰਘ", "ਗੁਰਪ੍ਰੀਤ", "ਅੰਮ੍ਰਿਤਸਰ", "ਸਰਟੀਫਿਕੇਟ, 2024"),
    "Odia": Student("ମହାପାତ୍ର", "ଶ୍ରୀକାନ୍ତ", "ଭୁବନେଶ୍ୱର", "ପ୍ରମାଣପତ୍ର, 2024"),
    "Thai": Student("เชี่ยวชาญ", "น้ำผึ้ง", "กรุงเทพมหานคร", "ใบรับรองผลการศึกษา, 2024"),
    "Lao": Student("ວົງສາ", "ສົມສັກ", "ວຽງຈັນ", "ໃບຢັ້ງຢືນ, 2024"),
    "Khmer": Student("សុភាព", "សុខ", "ភ្នំពេញ", "វិញ្ញាបនបត្រ, 2024"),
    "Amharic": Student("በቂላ", "አበበ", "አዲስ አበባ", "የምስክር ወረቀት, 2024"),
    "Georgian": Student("ბერიძე", "ნინო", "თბილისი", "სერტიფიკატი, 2024"),
    "Armenian": Student("Հովհաննիսյան", "Արմեն", "Երևան", "վկայական և, 2024"),
    "Cyrillic": Student("Шевченко", "Наталія", "Київ", "Атестат, 2024"),
    "Greek": Student("Παπαδοπούλου", "Μαρία", "Αθήνα", "Πτυχίο, 2024"),
    "Chinese": Student("王", "小明", "北京市海淀区", "高中毕业证书，2024"),
    "Japanese": Student("葛\U000e0100城", "たなか ゆうき", "東京都", "卒業証明書、2024"),
    "Korean": Student("김", "민수", "서울특별시", "졸업 증명서, 2024"),
    "Hebrew": Student("כהן־לוי", "ירון", "ירושלים", "תעודה"),
    "Urdu": Student("ٹھاکر", "ژینب", "لاہور", "گھوڑے"),
}


SEVEN = ("Bengali", "Devanagari", "Kannada", "Malayalam", "Myanmar", "Tibetan", "Arabic")
RIGHT_TO_LEFT = ("Arabic", "Hebrew", "Urdu")


def copied(document, reader):
    """Return the text of the document that `reader` copies, as the portal would keep it if a user pasted it."""
    if reader == "PDFium":
        pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
    else:
        pages = [page.extract_text() for page in PdfReader(BytesIO(document)).pages]
    return normalize("NFC", " ".join(visible(" ".join(pages)).split()))


def document_of(student, by):
    return printed(a_draft(by, **student._asdict()), by=by)


def letters(text):
    return "".join(text.split())


@pytest.mark.parametrize("script", [script for script in STUDENTS if script not in RIGHT_TO_LEFT])
def test_text_from_left_to_right_is_copied_as_typed(script, level1):
    document = document_of(STUDENTS[script], level1)
    by_pdfium, by_pypdf = copied(document, "PDFium"), copied(document, "pypdf")
    for typed in STUDENTS[script]:
        assert normalize("NFC", typed) in by_pdfium
        assert letters(normalize("NFC", typed)) in letters(by_pypdf)  # it adds spaces around marks that were moved


def words_are_copied(student, text):
    return Counter(" ".join(student).split()) <= Counter(text.replace(",", " , ").split())


@pytest.mark.parametrize("reader", ["PDFium", "pypdf"])
@pytest.mark.parametrize("script", RIGHT_TO_LEFT)
def test_words_from_right_to_left_are_copied_as_typed(script, reader, level1):
    """Readers do not agree on the order of the words, if the line also has words from left to right."""
    assert words_are_copied(STUDENTS[script], copied(document_of(STUDENTS[script], level1), reader))


@pytest.mark.parametrize("script", SEVEN)
def test_its_twin_as_weasyprint_draws_it_the_text_would_not_be_copied(script, level1, monkeypatch):
    monkeypatch.setattr(pdf_text, "copyable", nullcontext)
    assert not words_are_copied(STUDENTS[script], copied(document_of(STUDENTS[script], level1), "PDFium"))


# What the accessibility page excepts. If one of these fails after an upgrade, a reader has become better: say so there.


def test_pdfium_swaps_the_words_of_an_arabic_name_beside_an_english_label(level1):
    document = document_of(Student("الحسيني", "محمد علي", "دمشق", "شهادة"), level1)
    assert "Given name(s) علي محمد" in copied(document, "PDFium")
    assert "Given name(s) محمد علي" in copied(document, "pypdf")


def test_pdfium_moves_arabic_vowel_marks(level1):
    document = document_of(Student("مُحَمَّد", "علي", "دمشق", "شهادة"), level1)
    assert "مُحَمَّد" not in copied(document, "PDFium")
    assert "مُحَمَّد" in copied(document, "pypdf")


def test_pypdf_adds_spaces_within_tibetan_words(level1):
    text = copied(document_of(STUDENTS["Tibetan"], level1), "pypdf")
    assert STUDENTS["Tibetan"].family_name not in text


def test_the_accessibility_page_says_what_is_not_copied_as_typed(client):
    text = Page(client.get("/accessibility/")).text
    for exception in ("check the order of the words", "move vowel marks", "joiners", "add spaces within words"):
        assert exception in text


def test_a_persian_word_loses_its_joiner(level1):
    student = Student("خانه\u200cای", "علی\u200cرضا", "لاهیجان", "گواهی\u200cنامه")
    document = document_of(student, level1)
    without_joiners = [typed.replace("\u200c", "") for typed in student]
    for reader in ("PDFium", "pypdf"):
        assert words_are_copied(without_joiners, copied(document, reader))
