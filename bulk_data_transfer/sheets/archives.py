"""Checks of the zip archive of a workbook before anything in it is parsed (security: zip bombs, macros, links).

The sizes that the directory states are added up. They can be trusted, because Python reads no more of a part than the
directory states. Then each part is unpacked once, in blocks, and its marks are counted. So a part that is small, but
takes much memory as a tree of elements, is refused too.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bulk_data_transfer import refusals

MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes. 10,000 records with 60 answers each take about 30 million, without long texts."""

_MOST_PARTS = 1_000
_HIGHEST_RATIO = 200  # a sheet in which all rows are alike has about 13
_RATIO_COUNTS_FROM = 1024 * 1024  # bytes
_MOST_MARKS = 12_000_000  # 10,000 rows of 100 cells have 8,000,000
_MOST_MARKS_OF_A_ROW = 200_000  # a row has at most 16,384 cells
_MOST = {b"row": 200_000, b"si": 1_200_000}  # rows of a sheet, and different texts of its cells
_BLOCK = 1 << 16
_ROW_OR_TEXT = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?(row|si)[ />\r\n\t]")

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the name of a stream of an OLE file

_CONTENT_TYPES = "[content_types].xml"


def is_archive(head: bytes) -> bool:
    return head.startswith(b"PK")


def refuse_ole(file: BinaryIO) -> None:
    """Refuse a file that begins as workbooks with a password do, and those of Excel before 2007. Raises `Refused`."""
    file.seek(0)
    if file.read(len(_OLE)) == _OLE:
        has_password = _ENCRYPTED in file.read()
        raise refusals.WORKBOOK_HAS_PASSWORD() if has_password else refusals.OTHER_WORKBOOK()


def check(file: BinaryIO, *, most_unpacked: int = MOST_UNPACKED) -> None:
    """Raise `Refused` unless the file is the archive of a workbook that is safe to parse."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _check_kind([part.filename.lower() for part in parts])
            _check_parts(parts, most_unpacked)
            _check_marks(archive, parts)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise refusals.WORKBOOK_DAMAGED() from error


def _check_kind(names: Collection[str]) -> None:
    if "mimetype" in names or "xl/workbook.bin" in names:
        raise refusals.OTHER_WORKBOOK()
    if _CONTENT_TYPES not in names or not any(name.startswith("xl/") for name in names):
        raise refusals.OTHER_FILE()
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise refusals.WORKBOOK_HAS_MACROS()
    if any(name.startswith("xl/externallinks/") for name in names):
        raise refusals.WORKBOOK_HAS_LINKS()


def _check_parts(parts: list[ZipInfo], most_unpacked: int) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise refusals.WORKBOOK_HAS_PASSWORD()
    names = {part.filename.lower() for part in parts}
    is_odd = any("\\" in name or ".." in name or name.startswith("/") for name in names)
    if is_odd or len(names) < len(parts) or any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        raise refusals.WORKBOOK_DAMAGED()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    is_bomb = unpacked > max(_RATIO_COUNTS_FROM, packed * _HIGHEST_RATIO)
    if len(parts) > _MOST_PARTS or unpacked > most_unpacked or is_bomb:
        raise refusals.WORKBOOK_TOO_LARGE()


def _check_marks(archive: ZipFile, parts: list[ZipInfo]) -> None:
    marks = 0
    for part in parts:
        with archive.open(part) as unpacked:
            if part.filename.lower() == _CONTENT_TYPES and b"macroEnabled" in unpacked.read(_BLOCK):
                raise refusals.WORKBOOK_HAS_MACROS()
            marks += _marks_in(unpacked)
        if marks > _MOST_MARKS:
            raise refusals.WORKBOOK_TOO_LARGE()


def _marks_in(part: IO[bytes]) -> int:
    """Return the number of marks of elements and attributes. Raises `Refused` if a row has too many, or the part has.

    A row whose beginning is divided between two blocks counts as part of the row before it.
    """
    total = in_this_row = 0
    found: Counter[bytes] = Counter()
    while block := part.read(_BLOCK):
        first, *others = _ROW_OR_TEXT.split(block)
        found.update(others[::2])
        rows = [_marks(first) + in_this_row, *map(_marks, others[1::2])]
        if max(rows) > _MOST_MARKS_OF_A_ROW or any(found[name] > most for name, most in _MOST.items()):
            raise refusals.WORKBOOK_TOO_LARGE()
        in_this_row = rows[-1]
        total += _marks(block)
    return total


def _marks(xml: bytes) -> int:
    return xml.count(b"<") + xml.count(b"=")
