"""The models of files in and out."""

from bulk_data_transfer.models.column_choice import ColumnChoice
from bulk_data_transfer.models.export import Export
from bulk_data_transfer.models.stored_file import StoredFile, StoredFilePart
from bulk_data_transfer.models.upload import Stage, Upload, Which
from bulk_data_transfer.models.upload_row import Outcome, Result, UploadRow

__all__ = [
    "ColumnChoice",
    "Export",
    "Outcome",
    "Result",
    "Stage",
    "StoredFile",
    "StoredFilePart",
    "Upload",
    "UploadRow",
    "Which",
]
