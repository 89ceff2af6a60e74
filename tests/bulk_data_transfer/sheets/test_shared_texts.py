"""The texts of a workbook are read as openpyxl reads them, but without its objects."""

import io

import pytest
from defusedxml.common import DefusedXmlException
from openpyxl.reader.strings import read_string_table
from openpyxl.xml.constants import SHEET_MAIN_NS

from bulk_data_transfer.sheets import shared_texts

ITEMS = [
    "<si><t>plain</t></si>",
    "<si/>",
    "<si><t/></si>",
    '<si><t xml:space="preserve">  two \n lines </t></si>',
    "<si><r><rPr><b/></rPr><t>bold</t></r><r><t> and not</t></r></si>",
    "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>",
    "<si><t>_x005F_x0041_ &amp; &lt; é 😀</t></si>",
]


def part(*items, before=""):
    text = f'<?xml version="1.0" encoding="UTF-8"?>{before}<sst xmlns="{SHEET_MAIN_NS}">{"".join(items)}</sst>'
    return io.BytesIO(text.encode())


def test_texts_are_those_that_openpyxl_reads():
    expected = read_string_table(part(*ITEMS))
    assert shared_texts.read(part(*ITEMS)) == expected
    assert expected[4:6] == ["bold and not", "東京"]


def test_a_text_that_stands_in_two_blocks_is_whole(monkeypatch):
    monkeypatch.setattr(shared_texts, "_BLOCK", 7)
    assert shared_texts.read(part(*ITEMS)) == read_string_table(part(*ITEMS))


def test_entities_are_refused():
    with pytest.raises(DefusedXmlException):
        shared_texts.read(part("<si><t>&a;</t></si>", before='<!DOCTYPE sst [<!ENTITY a "b">]>'))
