"""Parsing a file of any size in pieces, safely: no entities, no document type, no network, and flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from lxml import etree

from bulk_data_transfer import refusals
from sms.core.refused import Refused

MOST_BYTES = 256 * 1024
"""The most between the ends of two records. The longest valid CAS has about half of it, if all is escaped."""

_PIECE = 32 * 1024
_ENCODINGS = {"UTF-8", "UTF8", "ISO-8859-1", "ISO8859-1", "LATIN1", "US-ASCII", "ASCII"}
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_BOM = b"\xef\xbb\xbf"
_ENCODING_FAULTS = {"ERR_UNSUPPORTED_ENCODING", "ERR_INVALID_ENCODING"}
_LARGEST_KEPT_LINE = 65535  # libxml2 keeps larger ones only for text


def events(stream: BinaryIO, root: str = "", record: str = "") -> Iterator[tuple[str, etree._Element]]:
    """Yield ("start" or "end", element) from the start of a stream: of every element, or of those with these two tags.

    Raises `Refused` if the file is not XML, is not safe, or has more than `MOST_BYTES` without the end of a record.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=(root, record) if record else None,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )  # not collect_ids=False: with it, libxml2 reads an external document type
    encoding_of(stream)
    stream.seek(0)
    line, since, is_first = 1, 0, True
    while True:
        piece = stream.read(_PIECE)
        try:
            if piece:
                parser.feed(piece)
            else:
                parser.close()
        except etree.XMLSyntaxError as error:
            raise _refused(error) from error
        since += len(piece)
        for event, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
            if is_first:
                _check_document(element)
                is_first = False
            since = 0 if event == "end" and element.tag == record else since
            yield event, element
        line += piece.count(b"\n")
        if since > MOST_BYTES:
            raise refusals.TOO_LONG_RECORD(line=line)
        if not piece:
            return


def encoding_of(stream: BinaryIO) -> str:
    """Return the encoding that a file declares. Raises `Refused` unless it is one that bulk files can have."""
    stream.seek(0)
    start = stream.read(1024)
    if b"\x00" in start[:4]:
        raise refusals.ENCODING()  # UTF-16 or UTF-32
    declared = _DECLARED.match(start.removeprefix(_BOM))
    encoding = declared[1].decode().upper() if declared else "UTF-8"
    if encoding not in _ENCODINGS:
        raise refusals.ENCODING()
    return encoding


def _check_document(root: etree._Element) -> None:
    about = root.getroottree().docinfo
    if about.internalDTD is not None or about.externalDTD is not None:
        raise refusals.DOCUMENT_TYPE()


def _refused(error: etree.XMLSyntaxError) -> Refused:
    name = etree.ErrorTypes._getName(error.code, "")  # type: ignore[attr-defined]
    if name in _ENCODING_FAULTS:
        return refusals.ENCODING()
    if name == "ERR_RESOURCE_LIMIT":
        is_expanding = "entity" in str(error)
        return refusals.DOCUMENT_TYPE() if is_expanding else refusals.TOO_DEEP(line=error.lineno or 1)
    return refusals.NOT_XML(line=error.lineno or 1)


def line_of(element: etree._Element) -> int:
    """Return the line on which an element begins.

    For large line numbers libxml2 gives that of the end of the first text, so its line breaks are counted back.
    """
    line: int = element.sourceline or 0  # type: ignore[assignment]
    if line < _LARGEST_KEPT_LINE:
        return line
    while not element.text and len(element):
        element = element[0]
    return line - (element.text or element.tail or "").count("\n")
