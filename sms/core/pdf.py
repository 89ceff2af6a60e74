"""Accessible PDFs (PDF/UA-1) made of our own HTML. Nothing else in the project makes any.

Left to itself, WeasyPrint follows each link of a page and embeds what it finds, the files of this machine included.
Here it fetches nothing at all: the one style sheet is read beforehand, and the fonts are the system's.
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

FEW = 30  # documents: they are printed sooner than further processes have started

_press_is_free = Lock()


def pdf(html: str, *, title: str) -> bytes:
    """A tagged A4 document in British English. May be called from any thread.

    `html` is what stands in its body, and is styled by `assets/print.css`; what it links to stays out. `title` is
    plain text. Characters that cannot be printed are replaced by U+FFFD.
    """
    page = f'<!doctype html><html lang="en-GB"><title>{escape(title)}</title><body>{html}</body></html>'
    page = UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", page)
    with _alone():
        return _press()(page)


def pdfs(pages: Iterable[tuple[str, str]]) -> Generator[bytes, None, None]:
    """Many documents, in the order of `pages` (each its html and its title), printed on all cores.

    A few at a time are taken from `pages` and kept in memory, however many there are. Whoever stops reading early
    closes the generator, and so ends the other processes.
    """
    waiting = iter(pages)
    first = list(islice(waiting, FEW + 1))
    if len(first) <= FEW:
        yield from (pdf(html, title=title) for html, title in first)
    else:
        yield from _on_all_cores(chain(first, waiting))


def _on_all_cores(pages: Iterator[tuple[str, str]]) -> Generator[bytes, None, None]:
    cores = len(os.sched_getaffinity(0))
    # Started anew and not forked: another thread may be printing, and a fork would take its lock and never its end.
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
    """What a process needs once: it knows the settings by the environment, and prints a first page for nothing."""
    Thread(target=_end_with_parent, daemon=True).start()
    pdf("", title="")


def _end_with_parent() -> None:
    """A process that was killed closes no pool, and its children would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _printed(html: str, title: str) -> bytes:
    return pdf(html, title=title)


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
