"""Draw the text of a PDF so that a copy of it equals what was typed. Only `sms.core.pdf` uses this module.

A PDF holds codes of glyphs, and a table with the text of each code. WeasyPrint has one code for a glyph, with the text
of the place where the glyph is used first. In many scripts, however, a glyph stands for different letters in different
words, and letters swap places or share a glyph. Lines with such scripts are therefore drawn here:

- A glyph has a code for each text that it stands for, so that the texts of a line in their order are the line.
- A word from left to right also has an `ActualText`. Readers that know it use nothing else.
- A word from right to left has a letter for each code, in the order of sight: readers turn it around, letter by letter.
  A letter that shares a glyph gets an invisible glyph of its own.

docs/decisions/26-copied-text.md has what readers make of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pydyf  # type: ignore[import-untyped]
from weasyprint.draw import text as library  # type: ignore[import-untyped]
from weasyprint.text.ffi import FROM_UNITS, ffi, pango  # type: ignore[import-untyped]

# Latin, Greek, Cyrillic and Armenian letters without combining accents, punctuation, Chinese, Japanese and Korean:
# WeasyPrint draws them faster, and each of their glyphs stands for one letter.
SIMPLE = re.compile(
    "[\x00-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\u20cf\u2100-\u24ff"
    "\u2e80-\u3029\u3030-\u3098\u309b-\ua4cf\uac00-\ud7a3\uff01-\uff5e]*"
)
LAST = "\ufffd"  # PDFium leaves out this character and all after it from an `ActualText`
NO_TEXT = "\u200b"  # of a glyph beyond the letters. Firefox would show the code of a glyph that has no text
BRACKETS = str.maketrans("()[]{}<>«»", ")(][}{><»«")
THOUSANDTHS = 1000 * FROM_UNITS  # within a line, PDF measures in thousandths of the font size
VISIBLE, INVISIBLE = 0, 3  # how PDF renders text


class Cluster(NamedTuple):
    """Letters, and the glyphs that show them together."""

    font: Any
    is_from_right: bool
    text: str
    glyphs: list[Any]


@contextmanager
def copyable() -> Iterator[None]:
    """Draw text here while the block runs. It is not for two threads at once. `finish` must finish the PDF."""
    original = library.draw_first_line

    def draw(stream: Any, box: Any, overflow: str, ellipsis: str, matrix: Any) -> Any:
        if not SIMPLE.fullmatch(box.text) and overflow != "ellipsis" and ellipsis == "none":
            pango.pango_layout_set_single_paragraph_mode(box.pango_layout.layout, True)
            line, _ = box.pango_layout.get_first_line()
            if all(_can_draw(item, stream) for item in _items(line)):
                stream.set_text_matrix(*matrix.values)
                _draw(line, box.pango_layout.text.encode(), stream)
                return []  # the emojis that are left to draw
        return original(stream, box, overflow, ellipsis, matrix)

    library.draw_first_line = draw
    try:
        yield
    finally:
        library.draw_first_line = original


def finish(document: Any, pdf: Any) -> None:
    """Map the codes that were added to their glyphs, and those of missing glyphs to the box that replaces them."""
    fonts = {font.name: font for font in document.fonts.values() if any(isinstance(key, tuple) for key in font.missing)}
    for entry in [each for each in pdf.objects if isinstance(each, dict) and each.get("BaseFont") in fonts]:
        if "Encoding" in entry:
            entry["Encoding"] = "/Identity-H"
        else:
            font = fonts[entry["BaseFont"]]
            glyphs = [*range(font.glyph_count), *(key[0] if isinstance(key, tuple) else 0 for key in font.missing)]
            table = pydyf.Stream([b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)], compress=True)
            pdf.add_object(table)
            entry["CIDToGIDMap"] = table.reference


def _items(line: Any) -> Iterator[Any]:
    run = line.runs[0]
    while run != ffi.NULL:
        yield run.data
        run = run.next


def _can_draw(item: Any, stream: Any) -> bool:
    """Return whether the font has all the glyphs, and they are plain outlines: emojis and bitmaps are not."""
    font, _ = stream.add_font(item.item.analysis.font)
    glyphs = (item.glyphs.glyphs[n].glyph for n in range(item.glyphs.num_glyphs))
    has_outlines = font.type == "ttf" and not (font.bitmap or font.png or font.svg or font.colr)
    return has_outlines and not any(
        glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG for glyph in glyphs if glyph != pango.PANGO_GLYPH_EMPTY
    )


def _draw(line: Any, text: bytes, stream: Any) -> None:
    pen = Pen(stream)
    for word in _words(line, text):
        typed = "".join(cluster.text for cluster in word)
        has_actual_text = not SIMPLE.fullmatch(typed) and max(typed) < LAST and not word[0].is_from_right
        if has_actual_text:
            pen.show()
            stream.begin_marked_content("Span", pydyf.Dictionary({"ActualText": pydyf.String(typed)}))
        for cluster in word:
            pen.draw(cluster)
        if has_actual_text:
            pen.show()
            stream.end_marked_content()
    pen.show()


def _words(line: Any, text: bytes) -> Iterator[list[Cluster]]:
    """Yield the words of a line from left to right. A word runs in one direction, and includes the space after it."""
    word: list[Cluster] = []
    for item in _items(line):
        for cluster in _clusters(item, text):
            if word and (word[-1].text.isspace() or word[-1].is_from_right != cluster.is_from_right):
                yield word
                word = []
            word.append(cluster)
    if word:
        yield word


def _clusters(item: Any, text: bytes) -> Iterator[Cluster]:
    starts = [item.glyphs.log_clusters[n] for n in range(item.glyphs.num_glyphs)]
    in_order = sorted(set(starts))
    ends = dict(zip(in_order, [*in_order[1:], item.item.length], strict=True))
    for start in dict.fromkeys(starts):
        letters = text[item.item.offset + start : item.item.offset + ends[start]].decode()
        glyphs = [item.glyphs.glyphs[n] for n, other in enumerate(starts) if other == start]
        yield Cluster(item.item.analysis.font, bool(item.item.analysis.level % 2), letters, glyphs)


def _shared(cluster: Cluster, count: int) -> list[str]:
    """Return a text for each of `count` glyphs, and then the letters that are left over."""
    letters = list(cluster.text)
    more = len(letters) - count
    if cluster.is_from_right:
        # A joiner has no glyph. It is left out, because PDFium would swap the parts of the word that it joins.
        letters = [letter.translate(BRACKETS) for letter in reversed(letters)] if count else []
    elif more > 0 and count:
        letters = [cluster.text[: more + 1], *letters[more + 1 :]]
    return letters + [NO_TEXT] * -more


class Pen:
    """Draws clusters. `place` is where the next one belongs, and `at` is where the pen is."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.pango_font: Any = None
        self.place = self.at = self.rise = 0.0
        self.parts: list[str] = []

    def draw(self, cluster: Cluster) -> None:
        if cluster.font != self.pango_font:
            self._take(cluster.font)
        texts = iter(_shared(cluster, sum(glyph.glyph != pango.PANGO_GLYPH_EMPTY for glyph in cluster.glyphs)))
        for glyph in cluster.glyphs:
            if glyph.glyph != pango.PANGO_GLYPH_EMPTY:
                self._raise(-glyph.geometry.y_offset * FROM_UNITS)
                self._put(glyph.glyph, next(texts), self._measure(glyph.geometry.x_offset))
            self.place += self._measure(glyph.geometry.width)
        self._raise(0)
        if self.glyph and (left := list(texts)):
            self.show()
            self.stream.set_text_rendering(INVISIBLE)
            for letter in left:
                self._put(self.glyph, letter, width=1)
            self.show()
            self.stream.set_text_rendering(VISIBLE)

    def show(self) -> None:
        """Write the glyphs that were drawn since the last time."""
        if self.parts:
            self.stream.show_text("".join(self.parts))
            self.parts = []

    def _take(self, pango_font: Any) -> None:
        if self.pango_font is not None:
            self._go(self.place)
        self.show()
        self.pango_font = pango_font
        self.font, self.size = self.stream.add_font(pango_font)
        self.stream.set_font_size(self.font.hash, self.size)
        self.place = self.at = 0  # measured in this font
        self.glyph = 0  # the last one

    def _measure(self, units: int) -> float:
        return units * THOUSANDTHS / self.size

    def _raise(self, rise: float) -> None:
        if rise != self.rise:
            self.show()
            self.stream.set_text_rise(rise)
            self.rise = rise

    def _go(self, place: float) -> None:
        if gap := round(self.at - place):
            self.parts.append(str(gap))
            self.at -= gap

    def _put(self, glyph: int, text: str, offset: float = 0, width: int | None = None) -> None:
        """Draw a glyph that stands for `text`. An invisible glyph has a `width` other than its own, in thousandths."""
        widths = self.font.widths
        if glyph not in widths:
            pango.pango_font_get_glyph_extents(self.pango_font, glyph, self.stream.ink_rect, self.stream.logical_rect)
            widths[glyph] = round(self._measure(self.stream.logical_rect.width))
        code = glyph
        if self.font.to_unicode.setdefault(glyph, text) != text or width is not None:
            code = self.font.get_unused_glyph_id((glyph, text, width))
            self.font.to_unicode[code] = text
            widths[code] = widths[glyph] if width is None else width
        self._go(self.place + offset)
        self.parts.append(f"<{code:04x}>")
        self.at += widths[code]
        self.glyph = glyph
