"""Regular jobs about files. Each is safe to run twice, and by two processes at the same time."""

from __future__ import annotations

from bulk_data_transfer.models import Export
from bulk_data_transfer.models.upload_row import purge_uploads
from licences.clock_guard import waits_for_clock


@waits_for_clock
def delete_old_exports() -> int:
    """Delete the files of exports that were requested more than 30 days ago. Return how many."""
    return Export.objects.purge()


@waits_for_clock
def delete_old_uploads() -> int:
    """Delete the files that users sent more than 30 days ago, and the values of their records. Return how many."""
    return purge_uploads()
