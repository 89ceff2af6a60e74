"""Functions that load a record for a view. They raise a 404 error if the user may not see it."""

from __future__ import annotations

from bulk_data_transfer import refusals
from bulk_data_transfer.models import ColumnChoice, Export, Upload
from licences.requests import SignedInRequest


def load_export(request: SignedInRequest, key: str) -> Export:
    """Return the export. Raises `Refused`, a 404 error, if it does not exist or this user may not see it."""
    rows = Export.objects.for_user(request.user).select_related("by", "job", "file").defer("ids")
    if found := rows.filter(key=key).first():
        return found
    raise refusals.EXPORT_NOT_FOUND()


def load_upload(request: SignedInRequest, key: str) -> Upload:
    """Return the upload. Raises `Refused`, a 404 error, if it does not exist or this user may not see it."""
    rows = Upload.objects.for_user(request.user).select_related(
        "licence", "by", "job", "stored", "batch", "incomplete_batch"
    )
    if found := rows.filter(key=key).first():
        return found
    raise refusals.UPLOAD_NOT_FOUND()


def load_column_choice(request: SignedInRequest, pk: int) -> ColumnChoice:
    """Return the choice of columns. Raises `Refused`, a 404 error, if it does not exist or is another sponsor's."""
    if found := ColumnChoice.objects.for_user(request.user).filter(pk=pk).first():
        return found
    raise refusals.COLUMN_CHOICE_NOT_FOUND()
