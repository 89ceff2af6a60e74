"""Make accessible PDFs (PDF/UA-1) from our own HTML. No other module makes PDFs.

By default, WeasyPrint follows the links of a page and embeds what it finds, even files of this machine. Here it fetches
nothing: the style sheet is read beforehand, and the fonts are the system's.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from threading import Lock, Thread

from django.conf import settings
from django.utils.html import escape

from sms.core.characters import UNUSABLE

FEW = 30  # documents: one process prints these before others would have started

_press_is_free = Lock()


def pdf(html: str, *, title: str) -> bytes:
    """Return a tagged A4 document in British English. It can be called from any thread.

    `html` is the content of the body, and is styled by `assets/print.css`. Linked files are not included. `title` is
    plain text. Characters that cannot be printed are replaced by U+FFFD.
    """
    page = f'<!doctype html><html lang="en-GB"><title>{escape(title)}</title><body>{html}</body></html>'
    page = UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", page)
    with _alone():
        return _press()(page)


def pdfs(pages: Iterable[tuple[str, str]]) -> Generator[bytes, None, None]:
    """Yield a document for each of `pages` (html and title), in their order, printed on all cores.

    Only a few pages at a time are taken from `pages` and kept in memory. A caller that stops reading early must close
    the generator, which ends the other processes.
    """
    waiting = iter(pages)
    first = list(islice(waiting, FEW + 1))
    if len(first) <= FEW:
        yield from (pdf(html, title=title) for html, title in first)
    else:
        yield from _on_all_cores(chain(first, waiting))


def _on_all_cores(pages: Iterator[tuple[str, str]]) -> Generator[bytes, None, None]:
    cores = len(os.sched_getaffinity(0))
    # Not forked: another thread may be printing, and a fork would inherit its lock, which would never be released.
    processes = ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), initializer=_warm_up)
    printing: deque[Future[bytes]] = deque()
    try:
        for html, title in pages:
            printing.append(processes.submit(_printed, html, title))
            if len(printing) > 2 * cores:
                yield printing.popleft().result()
        while printing:
            yield printing.popleft().result()
    finally:
        processes.shutdown(cancel_futures=True)


def _warm_up() -> None:
    """Prepare a new process: watch its parent, and print an empty page to load fonts and styles."""
    Thread(target=_end_with_parent, daemon=True).start()
    pdf("", title="")


def _end_with_parent() -> None:
    """End this process with its parent. A killed parent closes no pool, so its children would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _printed(html: str, title: str) -> bytes:
    return pdf(html, title=title)


@contextmanager
def _alone() -> Iterator[None]:
    """Reserve the press for this thread, until the objects of the last PDF are collected.

    All PDFs share one font map, and two threads that use it at once can crash the process. The garbage collector could
    return fonts to it from any thread, so it is off in the block, and then runs here.
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
    """Return the function that turns a page into a PDF. It keeps its fonts and style sheet between calls."""
    # Imported here, because it takes half a second and few commands of manage.py print anything.
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    from sms.core import pdf_text

    # It warns of characters that no font has and quotes them: they may be of names, which no log may contain.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)  # logs each of its steps
    nothing = URLFetcher(allowed_protocols=())
    fonts = FontConfiguration()
    css = (settings.BASE_DIR / "assets/print.css").read_text(encoding="utf-8")
    style = CSS(string=css, url_fetcher=nothing, font_config=fonts)

    def press(page: str) -> bytes:
        html = HTML(string=page, url_fetcher=nothing)
        with pdf_text.copyable():
            document: bytes = html.write_pdf(
                finisher=pdf_text.finish, stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
            )
        return document

    return press
