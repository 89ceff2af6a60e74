"""The pages of a printed CAS are filled, and the last page has more than a few lines, for any length of text."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from cas.printing.document import page
from sms.core.pdf import pdf
from tests.cas.printing.test_printing import FULL
from tests.factories import COMPLETE, a_cas, a_draft

# The layout does not depend on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

FOOT = 2  # lines: the CAS number with the name, and the number of the page
COLOPHON = 2
TEXT = "Each certificate was seen in the original. " * 100


def lines_of(cas, by):
    """Return the number of lines on each page, without the foot."""
    document = pdf(page(cas, by=by), title="A title")
    return [len(sheet.extract_text().splitlines()) - FOOT for sheet in PdfReader(BytesIO(document)).pages]


@pytest.fixture(params=[COMPLETE, FULL], ids=["mandatory fields", "all fields"])
def cas(request, level1):
    return a_cas(level1, **request.param)


def test_a_short_cas_is_one_page(level1):
    assert len(lines_of(a_draft(level1), level1)) == 1


@pytest.mark.parametrize("length", [40, 400, 1000])
def test_a_cas_with_every_mandatory_field_is_two_pages(length, level1):
    cas = a_cas(level1, **COMPLETE)
    cas.evidence_for_offer = TEXT[:length]
    assert len(lines_of(cas, level1)) == 2


@pytest.mark.parametrize("start", range(40, 4040, 1000))
def test_no_page_is_left_almost_empty(start, cas, level1):
    for length in range(start, start + 1000, 150):
        cas.evidence_for_offer = TEXT[:length]
        *others, last = lines_of(cas, level1)
        assert min(others) >= 20
        assert last >= len(["heading", "row", "heading", "row"]) + COLOPHON
