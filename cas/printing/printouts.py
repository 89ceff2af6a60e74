"""Working through printouts, piece by piece: whoever is killed at one leaves it to the next (section 10)."""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import JSONObject

from cas import refusals
from cas.models import CAS, Printout, PrintoutPiece
from cas.models.printout import MOST_ATTEMPTS
from cas.models.queryset import LABEL
from cas.printing.document import bundled
from licences.models import Event
from sms.core import clock
from sms.core.unavailable import why

logger = logging.getLogger(__name__)


def print_next() -> bool:
    """Print one piece of the printout that waits longest; returns whether there was one to print."""
    printout = Printout.objects.waiting().select_related("asked_by").first()
    if printout is None:
        return False
    number = printout.next_piece()
    try:
        if number is not None:
            _print(printout, number)
    except IntegrityError:  # somebody else has just printed it, and their lines of history stand
        logger.info("Piece %s of printout %s was there already", number, printout.pk)
    except Exception as error:
        if why(error):
            raise  # not the fault of the printout, whose attempts are few
        logger.exception("Piece %s of printout %s could not be printed", number, printout.pk)
        Printout.objects.filter(pk=printout.pk).update(attempts=F("attempts") + 1)
    _finish(printout)
    return True


def document(printout: Printout) -> tuple[str, IO[bytes]]:
    """The finished printout as a file, and its name: a PDF, or several in a ZIP. The name tells nothing of anybody.

    Raises `Refused` when none of its CAS could be printed.
    """
    pieces = printout.pieces.filter(count__gt=0)
    if not pieces.exists():
        raise refusals.NONE_PRINTED()
    if printout.piece_count == 1:
        return "CAS.pdf", io.BytesIO(pieces.get().pdf)
    packed = tempfile.TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # PDFs are packed already
        first = 1
        for piece in pieces.iterator(chunk_size=1):
            last = first + piece.count - 1
            archive.writestr(f"CAS {first} to {last}.pdf", bytes(piece.pdf))
            first = last + 1
    packed.seek(0)
    return "CAS.zip", packed


def _print(printout: Printout, number: int) -> None:
    by = printout.asked_by
    ids = printout.ids_of(number)
    found = CAS.objects.for_user(by).select_related("licence", "owner").in_bulk(ids)
    cas_list = [found[pk] for pk in ids if pk in found]
    pdf = bundled(cas_list, by=by) if cas_list else b""
    with transaction.atomic():
        PrintoutPiece.objects.create(printout=printout, number=number, count=len(cas_list), pdf=pdf)
        rows = CAS.objects.filter(pk__any_of=list(found))
        Event.objects.record_each("print", rows, by=by, label=LABEL, data=JSONObject())


def _finish(printout: Printout) -> None:
    rows = Printout.objects.filter(pk=printout.pk, finished_at=None)
    if printout.next_piece() is None:
        rows.update(finished_at=clock.now())
    else:
        rows.filter(attempts__gte=MOST_ATTEMPTS).update(finished_at=clock.now())
