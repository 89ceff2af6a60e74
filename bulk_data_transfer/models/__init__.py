"""The models of files in and out."""

from bulk_data_transfer.models.column_choice import ColumnChoice
from bulk_data_transfer.models.export import Export
from bulk_data_transfer.models.stored_file import StoredFile, StoredFilePart

__all__ = ["ColumnChoice", "Export", "StoredFile", "StoredFilePart"]
