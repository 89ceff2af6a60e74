"""Printing a printout piece by piece, and making its file (specification, section 10)."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import timedelta
from typing import IO

from django.db.models.functions import JSONObject

from cas import refusals
from cas.models import CAS, Printout, PrintoutPiece
from cas.models.printout import JOB_KIND
from cas.models.queryset import LABEL
from cas.printing.document import bundled
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.models import Event
from licences.models.job import JobState

A_LEASE = timedelta(minutes=10)  # 100 CAS take 10 seconds, or a minute on a busy machine


def job_kind() -> Kind:
    """Return the kind of job that printouts are."""
    return Kind(JOB_KIND, "printout", "printouts", print_piece, lease=A_LEASE)


def print_piece(run: Run) -> None:
    """Print the next piece of a printout, without CAS that the user may no longer see."""
    printout = Printout.objects.get(key=run.job.arguments["printout"])
    number, by = run.job.progress, run.job.by
    ids = printout.ids_of(number)
    found = CAS.objects.for_user(by).select_related("licence", "owner").in_bulk(ids)
    cas_list = [found[pk] for pk in ids if pk in found]
    pdf = bundled(cas_list, by=by) if cas_list else b""
    with run.saving(progress=number + 1, is_last=number + 1 >= printout.piece_count):
        PrintoutPiece.objects.create(printout=printout, number=number, count=len(cas_list), pdf=pdf)
        rows = CAS.objects.filter(pk__any_of=list(found))
        Event.objects.record_each("print", rows, by=by, label=LABEL, data=JSONObject())


def state_of(printout: Printout, places: dict[int, int]) -> str:
    """Return the progress of the printout in words. `places` are the places in the queue, by job id."""
    job = printout.job
    if job.state == JobState.QUEUED:
        return f"Number {places.get(job.pk, 1):,} in the queue"
    if job.state == JobState.WAITING:
        return "Waiting to try again" if job.attempt else "Waiting for your other printouts"
    return ENDS[JobState(job.state)]


ENDS = {
    JobState.RUNNING: "Printing",
    JobState.DONE: "Ready",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}


def document(printout: Printout) -> tuple[str, IO[bytes]]:
    """Return the name and the file of a finished printout: a PDF, or a ZIP of several. The name identifies no student.

    Raises `Refused` if none of its CAS could be printed.
    """
    pieces = printout.pieces.filter(count__gt=0)
    if not pieces.exists():
        raise refusals.NONE_PRINTED()
    if printout.piece_count == 1:
        return "CAS.pdf", io.BytesIO(pieces.get().pdf)
    packed = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # PDFs are already compressed
        first = 1
        for piece in pieces.iterator(chunk_size=1):
            last = first + piece.count - 1
            archive.writestr(f"CAS {first} to {last}.pdf", bytes(piece.pdf))
            first = last + 1
    packed.seek(0)
    return "CAS.zip", packed
