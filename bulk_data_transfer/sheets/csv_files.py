"""CSV files, as Excel and student-record systems write them, read row by row.

The encoding is that of the byte order mark, else UTF-8 if the file is valid UTF-8, else Windows-1252. Cells are
separated by commas, semicolons or tabs. A byte that the encoding lacks becomes half of a surrogate pair, which is later
named as a fault of its cell.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import chain
from typing import BinaryIO

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets.headings import count_known
from bulk_data_transfer.sheets.sheet import Row, Sheet, first_filled, is_empty
from sms.core.characters import UNUSABLE

DELIMITERS = (",", ";", "\t")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BLOCK = 1 << 16
_BEGINNINGS = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"{\\rtf")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # control characters other than white space and escape
_DECLARED = "sep="  # Excel's own first line, which names the delimiter


def opened(file: BinaryIO) -> Sheet:
    """Return the sheet of a CSV file. It reads the file from its beginning, and never closes it. Raises `Refused`."""
    encoding = encoding_of(file)
    delimiter, headings = _delimiter(file, encoding)
    is_binary = any(isinstance(cell, str) and UNUSABLE.search(cell) for cell in headings.cells)
    if is_binary or (not count_known(headings) and _is_no_text(file, encoding)):
        raise refusals.OTHER_FILE()
    if str(headings.cells[0]).lstrip().startswith("<"):
        raise refusals.NOT_A_SHEET()
    return Sheet("csv", headings, _records(file, encoding, delimiter, headings))


def _is_no_text(file: BinaryIO, encoding: str) -> bool:
    """Return whether a file is a picture, a PDF or another file that is no text, by its beginning."""
    file.seek(0)
    head = file.read(_BLOCK)
    return head.startswith(_BEGINNINGS) or (encoding != "utf-16" and bool(_NO_TEXT.search(head)))


def encoding_of(file: BinaryIO) -> str:
    """Return the name of the encoding of a text file. A file that is cut off in a character is still UTF-8."""
    file.seek(0)
    head = file.read(_BLOCK)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while head:
            decoder.decode(head)
            head = file.read(_BLOCK)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(file: BinaryIO, encoding: str) -> tuple[str, Row]:
    """Return the delimiter that gives the most known headings, else the most headings, and the row of headings."""
    found = {delimiter: first_filled(_rows(file, encoding, delimiter, strict=False)) for delimiter in DELIMITERS}
    return max(found.items(), key=lambda each: (count_known(each[1]), len(each[1].cells)))


def _rows(file: BinaryIO, encoding: str, delimiter: str, *, strict: bool = True) -> Iterator[Row]:
    """Yield all rows, with empty ones. Rows are counted as Excel counts them. Raises `Refused`.

    A reader that is not `strict` takes quotation marks as they come, as is needed while the delimiter is a guess.
    """
    file.seek(0)
    errors = "surrogatepass" if encoding == "utf-16" else "surrogateescape"
    text = TextIOWrapper(file, encoding, errors, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter, strict=strict), start=1):
            yield Row(number, cells)
    except csv.Error as error:
        raise refusals.QUOTES_DO_NOT_MATCH(row=number + 1) from error
    except UnicodeError as error:
        raise refusals.FILE_CUT_OFF() from error
    finally:
        if not file.closed:
            text.detach()  # otherwise it would close the file


def _lines(text: TextIOWrapper) -> Iterable[str]:
    """Return the lines, without a first line that names the delimiter.

    This is no generator. A generator that is left before its end would close the file.
    """
    first = text.readline()
    return text if first.startswith(_DECLARED) else chain([first], text)


def _records(file: BinaryIO, encoding: str, delimiter: str, headings: Row) -> Iterator[Row]:
    """Yield the rows after the headings that are not empty."""
    width = len(headings.cells)
    for row in _rows(file, encoding, delimiter):
        if row.number > headings.number and not is_empty(row.cells):
            count = len(row.cells)
            if count < width:
                yield Row(row.number, row.cells, refusals.ROW_TOO_SHORT(cells=count, headings=width))
            elif not is_empty(row.cells[width:]):
                yield Row(row.number, row.cells, refusals.ROW_TOO_LONG(cells=count, headings=width))
            else:
                yield row
