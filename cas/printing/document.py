"""The printed CAS: what stands on it, and what its file is called (specification, sections 8 and 10)."""

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

# The statuses in which a CAS ended on a day that only its history knows: the move that ended it, and the day's label.
ENDINGS = {
    CASStatus.WITHDRAWN: ("withdraw", "Date withdrawn"),
    CASStatus.CANCELLED: ("cancel", "Date cancelled"),
    CASStatus.OBSOLETE: ("make_obsolete", "Date made obsolete"),
}


def printed(cas: CAS, *, by: User) -> bytes:
    """The CAS as an accessible PDF, which `by` prints now: that becomes a line of its history.

    One that was never assigned is printed as a draft, for checking. Whether `by` may see `cas` is settled by
    where it comes from: `CAS.objects.for_user(by)`.
    """
    document = pdf(page(cas, by=by), title=title(cas))
    Event.objects.record("print", cas, by=by)
    return document


def print_many(cas_list: Iterable[CAS], *, by: User) -> Iterator[tuple[CAS, bytes]]:
    """Each CAS with its PDF, in their order, printed on all cores; the rest is as for `printed`.

    Read `cas_list` with their licences (`select_related`), best from `.iterator()`: only the few that are being printed
    are kept in memory. All queries are made here, none in the other processes.
    """
    ours, theirs = tee(cas_list)
    with closing(pdfs((page(cas, by=by), title(cas)) for cas in theirs)) as documents:
        for cas, document in zip(ours, documents, strict=True):
            Event.objects.record("print", cas, by=by)
            yield cas, document


def bundled(cas_list: Sequence[CAS], *, by: User) -> bytes:
    """One PDF of these CAS, each of which begins on a page of its own and has a bookmark; of 100 at most.

    It takes memory as it grows: of more, make several. Who asks writes the lines of history.
    """
    pages = (
        format_html('<article title="{}">{}</article>', title(cas), mark_safe(page(cas, by=by))) for cas in cas_list
    )
    return pdf("".join(pages), title=title(cas_list[0]) if len(cas_list) == 1 else f"{len(cas_list)} CAS")


def page(cas: CAS, *, by: User) -> str:
    """What stands on the printed CAS, as HTML for `sms.core.pdf`."""
    context = {
        "cas": cas,
        "name": cas.student_name,
        "dates": dates(cas),
        "sections": fields.displayed(cas),
        "reads_from_right": reads_from_right,
        "is_long": is_long,
        "printed_at": clock.now(),
        "by": by,
    }
    return render_to_string("cas/printed.html", context)


def title(cas: CAS) -> str:
    """What a reader of the PDF shows as its name."""
    return f"CAS {cas.number or 'draft'} – {cas.student_name}"


def file_name(cas: CAS) -> str:
    """What the PDF is called when it is saved. It tells nothing of the student."""
    return f"CAS-{cas.number}.pdf" if cas.number else f"CAS-draft-{cas.pk}.pdf"


def dates(cas: CAS) -> list[tuple[str, date]]:
    """The days that count in the life of an assigned CAS, each with its label, in the order of that life."""
    days = [(column.label, column.of(cas)) for column in columns(("assigned_on", "expires_on", "decided_on"))]
    if cas.status in ENDINGS:
        verb, label = ENDINGS[CASStatus(cas.status)]
        moved = Event.objects.about("cas", cas.pk).filter(verb=verb).last()
        days.append((label, moved.at if moved else None))
    return [(label, day) for label, day in days if day]


def reads_from_right(text: str) -> bool:
    """Whether its first letter belongs to a script that is written from right to left."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction != "L" for direction in directions if direction in {"L", "R", "AL"}), False)


def is_long(text: str) -> bool:
    """Whether it takes more than about ten lines, and so may be spread over pages."""
    return len(text) + 60 * text.count("\n") > 600
