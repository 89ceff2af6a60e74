"""Accessible PDFs (PDF/UA-1) made of our own HTML. Nothing else in the project makes any.

Left to itself, WeasyPrint follows each link of a page and embeds what it finds, the files of this machine included.
Here it fetches nothing at all: the one style sheet is read beforehand, and the fonts are the system's.
"""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from django.conf import settings
from django.utils.html import escape

# Controls, halves of surrogate pairs, and two that are no characters: the XML in a PDF can hold none of them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_press_is_free = Lock()


def pdf(html: str, *, title: str) -> bytes:
    """A tagged A4 document in British English. May be called from any thread.

    `html` is what stands in its body, and is styled by `assets/print.css`; what it links to stays out. `title` is
    plain text. Characters that cannot be printed are replaced by U+FFFD.
    """
    page = f'<!doctype html><html lang="en-GB"><title>{escape(title)}</title><body>{html}</body></html>'
    page = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", page)
    with _alone():
        return _press()(page)


@contextmanager
def _alone() -> Iterator[None]:
    """The press for this thread alone, until what a PDF leaves behind is gone, too.

    All PDFs share one map of fonts, and two threads at it at once can crash the process. The garbage collector
    would give fonts back to it from any thread: so it rests meanwhile, and then sweeps what came up since.
    """
    with _press_is_free:
        gc.disable()
        try:
            yield
        finally:
            gc.collect(0)
            gc.enable()


@cache
def _press() -> Callable[[str], bytes]:
    """What turns a page into a PDF, with the fonts and the style sheet that it keeps from one to the next."""
    # Here, because it takes half a second, and few of the commands in manage.py print anything.
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    # It warns of characters that no font has by quoting them, one by one: people's names, which no log may hold.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)  # and of each of its steps
    nothing = URLFetcher(allowed_protocols=())
    fonts = FontConfiguration()
    css = (settings.BASE_DIR / "assets/print.css").read_text(encoding="utf-8")
    style = CSS(string=css, url_fetcher=nothing, font_config=fonts)

    def press(page: str) -> bytes:
        html = HTML(string=page, url_fetcher=nothing)
        document: bytes = html.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        return document

    return press
