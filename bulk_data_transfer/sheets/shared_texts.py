"""The texts that the cells of a workbook share. A workbook of 10,000 records can have a million of them.

openpyxl makes several objects of each text, which takes 20 times as long. A page would not answer in time.
"""

from __future__ import annotations

from typing import IO

from defusedxml.ElementTree import DefusedXMLParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_ITEM, _TEXT, _PHONETIC = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "t", "rPh"))
_BLOCK = 1 << 16
_ESCAPE_OF_ESCAPES = "x005F_"  # openpyxl takes it out of every text


def read(part: IO[bytes]) -> list[str]:
    """Return the texts of the part `sharedStrings` of a workbook, without their formats and phonetic readings."""
    texts = _Texts()
    parser = DefusedXMLParser(target=texts)
    while block := part.read(_BLOCK):
        parser.feed(block)
    parser.close()
    return texts.found


class _Texts:
    """The texts so far. The parser calls it for each beginning, piece of text and end of an element."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self.is_read, self.is_phonetic = False, False

    def start(self, tag: str, attributes: object) -> None:
        if tag == _TEXT:
            self.is_read = not self.is_phonetic
        elif tag == _PHONETIC:
            self.is_phonetic = True

    def data(self, text: str) -> None:
        if self.is_read:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        if tag == _TEXT:
            self.is_read = False
        elif tag == _PHONETIC:
            self.is_phonetic = False
        elif tag == _ITEM:
            self.found.append("".join(self.pieces).replace(_ESCAPE_OF_ESCAPES, ""))
            self.pieces.clear()
