"""The printed CAS: its contents and the name of its file (specification, sections 8 and 10)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import tee
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from cas.columns import columns
from cas.details import fields
from cas.lifecycle import CASStatus
from cas.models import CAS
from licences.models import Event
from sms.core import clock
from sms.core.pdf import pdf, pdfs

if TYPE_CHECKING:
    from licences.models import User

# Final statuses whose day is kept only in the history: the move that led to the status, and the label of the day.
ENDINGS = {
    CASStatus.WITHDRAWN: ("withdraw", "Date withdrawn"),
    CASStatus.CANCELLED: ("cancel", "Date cancelled"),
    CASStatus.OBSOLETE: ("make_obsolete", "Date made obsolete"),
}


def printed(cas: CAS, *, by: User) -> bytes:
    """Return the CAS as an accessible PDF, and add a line to its history: printed by `by`.

    A CAS that was never assigned is printed as a draft, for checking. The caller must take `cas` from
    `CAS.objects.for_user(by)`, because this function does not check whether `by` may see it.
    """
    document = pdf(page(cas, by=by), title=title(cas))
    Event.objects.record("print", cas, by=by)
    return document


def print_many(cas_list: Iterable[CAS], *, by: User) -> Iterator[tuple[CAS, bytes]]:
    """Yield each CAS with its PDF, in order. The PDFs are made on all cores; otherwise this is like `printed`.

    Read `cas_list` with the licences (`select_related`), best from `.iterator()`: only the CAS that are being printed
    are kept in memory. All queries run in this process.
    """
    ours, theirs = tee(cas_list)
    with closing(pdfs((page(cas, by=by), title(cas)) for cas in theirs)) as documents:
        for cas, document in zip(ours, documents, strict=True):
            Event.objects.record("print", cas, by=by)
            yield cas, document


def bundled(cas_list: Sequence[CAS], *, by: User) -> bytes:
    """Return one PDF of at most 100 CAS. Each starts on a new page and has a bookmark.

    Memory use grows with the number of CAS, so make several PDFs of more than 100. The caller records the printing in
    the history.
    """
    pages = (
        format_html('<article title="{}">{}</article>', title(cas), mark_safe(page(cas, by=by))) for cas in cas_list
    )
    return pdf("".join(pages), title=title(cas_list[0]) if len(cas_list) == 1 else f"{len(cas_list)} CAS")


def page(cas: CAS, *, by: User) -> str:
    """Return the contents of the printed CAS, as HTML for `sms.core.pdf`."""
    context = {
        "cas": cas,
        "name": cas.student_name,
        "dates": dates(cas),
        "sections": fields.displayed(cas),
        "reads_from_right": reads_from_right,
        "is_long": is_long,
        "has_long": has_long,
        "printed_at": clock.now(),
        "by": by,
    }
    return render_to_string("cas/printed.html", context)


def title(cas: CAS) -> str:
    """Return the title of the PDF, which PDF readers show."""
    return f"CAS {cas.number or 'draft'} – {cas.student_name}"


def file_name(cas: CAS) -> str:
    """Return the name of the PDF file. It does not identify the student."""
    return f"CAS-{cas.number}.pdf" if cas.number else f"CAS-draft-{cas.pk}.pdf"


def dates(cas: CAS) -> list[tuple[str, date]]:
    """Return the dates to print of an assigned CAS, each with its label."""
    days = [(column.label, column.of(cas)) for column in columns(("assigned_on", "expires_on", "decided_on"))]
    if cas.status in ENDINGS:
        verb, label = ENDINGS[CASStatus(cas.status)]
        moved = Event.objects.about("cas", cas.pk).filter(verb=verb).last()
        days.append((label, moved.at if moved else None))
    return [(label, day) for label, day in days if day]


def reads_from_right(text: str) -> bool:
    """Return whether the first letter of `text` belongs to a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction != "L" for direction in directions if direction in {"L", "R", "AL"}), False)


def is_long(text: str) -> bool:
    """Return whether `text` takes more than about ten lines, so that it may break across pages."""
    return len(text) + 60 * text.count("\n") > 600


def has_long(rows: Iterable[tuple[str, str]]) -> bool:
    """Return whether a row, a label and its text, `is_long`, so that its section may break before and after any row."""
    return any(is_long(text) for _, text in rows)
