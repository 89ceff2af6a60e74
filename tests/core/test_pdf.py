"""PDFs: accessible (PDF/UA-1), without any linked file, and printed from any thread."""

import gc
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from io import BytesIO
from pathlib import Path
from urllib.request import OpenerDirector
from urllib.response import addinfourl
from xml.etree import ElementTree

import pytest
from django.conf import settings
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.text.line_break import Layout

from sms.core.pdf import FEW, _press, pdf, pdfs

pytestmark = pytest.mark.once

ROW = '<table><tr><th scope="row">Family name</th><td>Okonkwo</td></tr></table>'


def read(document):
    return PdfReader(BytesIO(document))


def text_of(document):
    return " ".join(" ".join(page.extract_text() for page in read(document).pages).split())


def structure(document):
    """Return the kind and the dictionary of each element of the tag tree, in reading order."""

    def walk(element):
        element = element.get_object()
        if isinstance(element, dict) and "/S" in element:
            yield element["/S"], element
        kids = element.get("/K", []) if isinstance(element, dict) else []
        for kid in kids if isinstance(kids, list) else [kids]:
            if not isinstance(kid.get_object(), int):
                yield from walk(kid)

    return list(walk(read(document).trailer["/Root"]["/StructTreeRoot"]))


def fonts_of(document):
    """Return the fonts by name, each with whether its file is embedded."""
    fonts = {}
    for page in read(document).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            fonts[font.get_object()["/BaseFont"]] = bool({"/FontFile2", "/FontFile3"} & set(descriptor))
    return fonts


# PDF/UA-1


def test_a_pdf_is_tagged_and_says_that_it_is_pdf_ua():
    root = read(pdf(ROW, title="A title")).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/ParentTree"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert 'pdfuaid:part="1"' in metadata


def test_a_pdf_is_in_british_english():
    assert read(pdf(ROW, title="A title")).trailer["/Root"]["/Lang"] == "en-GB"


def test_viewers_show_the_title_of_a_pdf():
    reader = read(pdf(ROW, title="CAS, Nguyễn & <b>sons</b>"))
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "CAS, Nguyễn & <b>sons</b>"
    assert reader.xmp_metadata.dc_title["x-default"] == "CAS, Nguyễn & <b>sons</b>"


def test_each_cell_of_a_table_refers_to_its_heading():
    elements = structure(pdf(ROW, title="A title"))
    [heading] = [element for kind, element in elements if kind == "/TH"]
    [cell] = [element for kind, element in elements if kind == "/TD" and "/A" in element]
    assert cell["/A"]["/Headers"] == [heading["/ID"]]


def test_all_fonts_are_embedded_and_look_like_arial():
    fonts = fonts_of(pdf(f"<h1>Heading</h1><p>Some text</p>{ROW}", title="A title"))
    assert all(fonts.values())
    assert {name.partition("+")[2] for name in fonts} == {"Liberation-Sans", "Liberation-Sans-Bold"}


def test_pages_are_numbered():
    document = pdf('<p style="break-after: page">One</p><p>Two</p>', title="A title")
    assert [page.extract_text().split()[-4:] for page in read(document).pages] == [
        ["Page", "1", "of", "2"],
        ["Page", "2", "of", "2"],
    ]


LONG_ROW = '<tr class="long"><th scope="row">Label</th><td>{}</td></tr>'.format("line\n" * 30)


@pytest.mark.parametrize("space", range(215, 255, 5))
def test_a_heading_and_a_label_stay_with_three_lines_of_text(space):
    page = f'<div style="height: {space}mm"></div><h2>Heading</h2><table>{LONG_ROW}</table>'
    [start] = [page for page in read(pdf(page, title="A title")).pages if "Heading" in page.extract_text()]
    assert start.extract_text().split()[:5] == ["Heading", "Label", "line", "line", "line"]


@pytest.mark.parametrize("rows", [1, 3, 7])
@pytest.mark.parametrize("space", range(215, 255, 10))
def test_a_section_of_up_to_seven_rows_is_not_broken(space, rows):
    page = f'<div style="height: {space}mm"></div><h2>Heading</h2>{ROW.replace("</table>", ROW[7:-8] * (rows - 1))}'
    [whole] = [page for page in read(pdf(page, title="A title")).pages if "Heading" in page.extract_text()]
    assert whole.extract_text().count("Okonkwo") == rows


def test_a_longer_section_breaks_with_four_rows_on_either_side():
    page = f'<div style="height: 215mm"></div><h2>Heading</h2>{ROW.replace("</table>", ROW[7:-8] * 7)}'
    pages = read(pdf(page, title="A title")).pages
    assert [page.extract_text().count("Okonkwo") for page in pages] == [4, 4]


def test_a_short_section_can_be_on_another_page_than_the_next():
    short, tall = (f"<h2>Heading</h2>{ROW.replace('</table>', ROW[7:-8] * more)}" for more in (0, 6))
    page = f'<div style="height: 200mm"></div>{short}{tall}'
    pages = read(pdf(page, title="A title")).pages
    assert [page.extract_text().count("Okonkwo") for page in pages] == [1, 7]


def test_weasyprint_understands_every_rule_of_the_style_sheet(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        CSS(filename=settings.BASE_DIR / "assets/print.css")
    assert caplog.records == []


# Without any linked file

SECRET = "the text of a file of this machine"

# Every place where a page can have a link.
PLACES = (
    '<img alt="" src="{}">',
    '<object data="{}"></object>',
    '<svg width="9" height="9"><title>t</title><image href="{}" width="9" height="9"/></svg>',
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">link</a>',
    '<style>@import "{}";</style>',
    '<style>p {{ background: url("{}") }}</style><p>text</p>',
    '<style>@font-face {{ font-family: f; src: url("{}") }}</style>',
)

# Each kind of link, and a link in upper case.
LINKS = {
    "http": "http://localhost:9/x",
    "https": "https://localhost:9/x",
    "file": "file:///{folder}/secret.txt",
    "ftp": "ftp://localhost:9/x",
    "data": "data:text/css,p%7Bcolor:red%7D",
    "relative": "secret.txt",
    "without a scheme": "//localhost:9/x",
    "upper case": "FILE:///{folder}/secret.txt",
}


@pytest.fixture
def opened(monkeypatch):
    """Return a list of the addresses that any code tries to open. All of them answer with nothing."""
    asked = []

    def open_(self, request, data=None, timeout=None):
        asked.append(request.full_url)
        return addinfourl(BytesIO(), Message(), request.full_url, 200)

    monkeypatch.setattr(OpenerDirector, "open", open_)
    yield asked
    _press.cache_clear()  # removes the temporary folder made for the font in the page
    gc.collect()


def full_of(link, folder):
    """Return a page with `link` in all places. The `?` makes each address different."""
    links = (f"{link.format(folder=folder)}?{place}" for place in range(len(PLACES)))
    return f'<base href="file://{folder}/">' + "".join(map(str.format, PLACES, links))


def test_no_link_of_any_kind_is_opened(tmp_path, opened, subtests):
    for kind, link in LINKS.items():
        with subtests.test(link=kind):
            opened.clear()
            assert read(pdf(full_of(link, tmp_path), title="A title")).pages
            assert opened == []


def test_its_twin_without_our_fetcher_every_link_would_be_opened(tmp_path, opened, subtests):
    for kind, link in LINKS.items():
        with subtests.test(link=kind):
            opened.clear()
            HTML(string=full_of(link, tmp_path)).write_pdf()
            assert len(opened) == len(PLACES)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path


ATTACHED = '<html lang="en-GB"><title>t</title><link rel="attachment" href="file://{folder}/secret.txt"><p>text</p>'


def test_no_file_of_this_machine_is_attached(folder):
    assert read(pdf(ATTACHED.format(folder=folder), title="A title")).attachments == {}


def test_its_twin_without_our_fetcher_a_file_of_this_machine_would_be_attached(folder):
    document = HTML(string=ATTACHED.format(folder=folder)).write_pdf(pdf_variant="pdf/ua-1")
    assert list(read(document).attachments.values()) == [[SECRET.encode()]]


# Any text


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_cannot_be_printed_is_replaced(character):
    reader = read(pdf(f"<p>before{character}after</p>", title=f"x{character}y"))
    assert "before" in reader.pages[0].extract_text()
    assert "after" in reader.pages[0].extract_text()
    assert reader.metadata.title == "x\ufffdy"
    ElementTree.fromstring(reader.trailer["/Root"]["/Metadata"].get_object().get_data())


def test_html_in_a_title_is_escaped():
    document = pdf("<p>text</p>", title='</title><link rel="attachment" href="file:///etc/hostname"><p>outside')
    assert text_of(document) == "text Page 1 of 1"


def test_characters_that_no_font_has_are_not_logged(caplog):
    pdf("<p>Family name: \U0010fffd</p>", title="A title")
    assert caplog.records == []


def test_its_twin_with_warnings_on_those_characters_would_be_logged(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf("<p>Family name: \U0010fffd</p>", title="A title")
    assert "\U0010fffd" in caplog.text


# From any thread


def test_threads_that_print_at_once_each_get_their_own_document():
    def printed(number):
        return text_of(pdf(f"<h1>Number {number}</h1>" + ROW * 5, title=f"Title {number}"))

    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(printed, range(16)))
    assert [text.partition(" Family")[0] for text in texts] == [f"Number {number}" for number in range(16)]


def test_no_pango_objects_are_left_for_a_garbage_collector_in_another_thread():
    gc.collect()
    pdf(ROW * 5, title="A title")
    assert [thing for thing in gc.get_objects() if issubclass(type(thing), Layout)] == []
    assert gc.isenabled()


def test_its_twin_without_our_collection_pango_objects_would_be_left():
    gc.disable()
    try:
        HTML(string=ROW * 5).write_pdf()
        assert [thing for thing in gc.get_objects() if issubclass(type(thing), Layout)] != []
    finally:
        gc.enable()


# Many


def numbered(taken, count):
    for number in range(count):
        taken.append(number)
        yield f"<h1>Number {number}</h1>", f"Title {number}"


def test_a_few_documents_are_printed_in_this_process(monkeypatch):
    monkeypatch.setattr("sms.core.pdf.ProcessPoolExecutor", None)
    assert [text_of(document)[:8] for document in pdfs(numbered([], 2))] == ["Number 0", "Number 1"]
    assert list(pdfs([])) == []


def test_many_documents_are_printed_in_order_by_other_processes_as_they_are_needed():
    taken, processes = [], multiprocessing.active_children()
    documents = pdfs(numbered(taken, 10 * FEW))
    first = [next(documents) for _ in range(3)]
    assert [text_of(document).partition(" Page")[0] for document in first] == ["Number 0", "Number 1", "Number 2"]
    assert read(first[2]).metadata.title == "Title 2"
    assert FEW < len(taken) < 2 * FEW
    assert len(multiprocessing.active_children()) > len(processes)
    documents.close()
    assert multiprocessing.active_children() == processes


def children_of_a_killed_process(*, before=""):
    """Kill a process that prints documents. Return its child processes that still run some seconds later."""
    code = f"""
import multiprocessing, os, signal
from sms.core import pdf
{before}
if __name__ == "__main__":
    documents = pdf.pdfs(("text", "A title") for _ in range({FEW + 9}))
    next(documents)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as killed:
        children = [int(pid) for pid in killed.stdout.readline().split()]
    assert children
    until = time.monotonic() + 4
    while (left := [pid for pid in children if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def test_the_other_processes_end_when_their_parent_is_killed():
    assert children_of_a_killed_process() == []


def test_its_twin_without_our_thread_they_would_wait_for_ever():
    left = children_of_a_killed_process(before="pdf._warm_up = int  # does nothing")
    assert left
    for pid in left:
        os.kill(pid, signal.SIGKILL)


def test_commands_that_print_nothing_do_not_import_weasyprint():
    code = "import django, sys; django.setup(); import cas.printing; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
